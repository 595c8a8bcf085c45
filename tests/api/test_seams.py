"""A rejected block seen by OpenAI's own client: one answer, wherever the fast tier went wrong."""

import random
from itertools import pairwise
from typing import Any

import orjson
import pytest
from openai import APIError
from openai.types.chat import ChatCompletionChunk

from router.core.chat_stream import fold
from router.core.event_stream import payloads
from tests.api.test_openai_sdk import client_of
from tests.conftest import Routers
from tests.faults import answers, calls_a_tool
from tests.router_process import RouterProcess
from tests.scripted_engine import Exchange, Reply, ScriptedEngine
from tests.wire_client import post, request_fields

TEXT = (
    "Zoë's otters\n\n1. They swim \u2014 often at night.\n2. They eat fish, 漢字 and crayfish.\n\n```py\nfor each in ("
    '"a", "b"):\n\tprint(f"{each!r} \\n")\n```\n\nनमस्ते, 👩‍👩‍👧 e\u0301; that is    all.\n'
)
CUTS = 1_000


def writes_and_spoils(at: int, seed: int) -> Reply:
    """Writes the text up to this character in blocks of any length, then a block that no check lets pass."""
    random_ = random.Random(seed)
    ends = sorted({0, at, *(random_.randint(0, at) for _ in range(random_.randint(0, 4)))})
    blocks = [TEXT[start:end] for start, end in pairwise(ends)]
    return answers(*blocks, f"{TEXT[at : at + 40]}<pad><pad>", TEXT[at:])


def goes_on() -> Reply:
    """Writes what is missing of the text, as whoever is given its beginning."""

    async def reply(exchange: Exchange) -> None:
        last = exchange.request.fields["messages"][-1]
        begun = last["content"] if last["role"] == "assistant" else ""
        assert TEXT.startswith(begun)
        await answers(*[*TEXT[len(begun) :]][:200], TEXT[len(begun) + 200 :])(exchange)

    return reply


def said(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


@pytest.mark.timeout(300)
def test_wherever_a_block_is_rejected_the_caller_reads_the_same_text_in_valid_chunks(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    cuts = random.Random(7)
    strong.does(goes_on())
    with client_of(router) as client:
        for number in range(CUTS):
            fast.does(writes_and_spoils(cuts.randint(0, len(TEXT)), number))

            chunks = list(
                client.chat.completions.create(
                    model="auto:gated", messages=[{"role": "user", "content": "Otters?"}], stream=True
                )
            )

            assert said(chunks) == TEXT, number
            assert len({(each.id, each.created, each.model, each.object) for each in chunks}) == 1
            choices = [choice for chunk in chunks for choice in chunk.choices]
            assert [each.finish_reason for each in choices if each.finish_reason] == ["stop"]
            assert [each.delta.role for each in choices if each.delta.role] == ["assistant"]


def test_the_router_object_tells_what_was_rejected_and_the_record_why(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(writes_and_spoils(30, 1))
    strong.does(goes_on())

    response = post(router.public, request_fields("Otters?") | {"model": "auto:gated"})

    assert response.json["choices"][0]["message"]["content"] == TEXT
    assert [each["outcome"] for each in response.json["router"]["attempts"]] == ["rejected", "served"]
    assert response.json["router"]["wasted_tokens"] > 0
    record = router.await_record(response.header("x-request-id"))
    found = [each["check"] for each in record["attempts"][0]["gate"]["verdict"]["findings"]]
    assert "special_tokens" in found


def test_a_plain_answer_that_passes_is_the_engines_body(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("Otters ", "swim ", "well."))

    response = post(router.public, request_fields("What do otters do?") | {"model": "auto:gated"})

    body = response.json
    (choice,) = body["choices"]
    assert choice["message"]["content"] == "Otters swim well."
    assert (choice["message"]["role"], choice["finish_reason"]) == ("assistant", "stop")
    assert body["object"] == "chat.completion"
    assert body["usage"] == {"prompt_tokens": 18, "completion_tokens": 3, "total_tokens": 21}
    assert fast.received[0].fields["stream_options"] == {"include_usage": True, "continuous_usage_stats": True}


@pytest.mark.parametrize("stream", [True, False])
def test_a_tool_call_passes_whole(routers: Routers, router: RouterProcess, fast: ScriptedEngine, stream: bool) -> None:
    fast.does(calls_a_tool())
    tool: Any = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}

    with client_of(router) as client:
        answer: Any = client.chat.completions.create(
            model="auto:gated", messages=[{"role": "user", "content": "Rain?"}], tools=[tool], stream=stream
        )
        if stream:
            pieces = [each for chunk in answer for each in chunk.choices[0].delta.tool_calls or ()]
            name, arguments = pieces[0].function.name, "".join(each.function.arguments or "" for each in pieces)
        else:
            (call,) = answer.choices[0].message.tool_calls
            name, arguments = call.function.name, call.function.arguments

    assert (name, orjson.loads(arguments)) == ("get_weather", {"city": "Paris"})


def test_where_no_tier_is_left_a_rejected_block_is_an_error_of_its_own(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(writes_and_spoils(0, 1))

    with client_of(router) as client, pytest.raises(APIError) as error:
        client.chat.completions.create(
            model="auto:gated",
            messages=[{"role": "user", "content": "Otters?"}],
            extra_headers={"x-router-max-tier": "fast"},
        )

    assert error.value.code == "answer_rejected"
    assert strong.received == []


SUM = request_fields("A shop sells 12 boxes of 7 pens. How many pens is that?") | {"model": "auto:agreeing"}
WORKED_OUT = "Twelve boxes with 7 pens each hold 12 * 7 = 84 pens. The answer is 84."


@pytest.mark.parametrize("way", [{}, {"stream": True, "stream_options": {"include_usage": True}}])
def test_two_samples_that_agree_are_one_answer_of_one_choice(
    router: RouterProcess, fast: ScriptedEngine, way: dict[str, Any]
) -> None:
    fast.does(answers(WORKED_OUT, choices=2))

    response = post(router.public, SUM | way)

    assert fast.received[0].fields["n"] == 2
    chunks = [orjson.loads(each) for each in payloads(response.body) if each != b"[DONE]"] if way else [response.json]
    body = fold(chunks) if way else response.json
    (choice,) = body["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == (WORKED_OUT, "stop")
    record = router.await_record(response.header("x-request-id"))
    assert record["attempts"][0]["gate"]["verdict"]["agreed"] is True
