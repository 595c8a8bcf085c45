"""A streamed chat completion, event by event."""

import json
import time
from typing import Any

import pytest

from tests.conftest import STRONG_TEXT
from tests.faults import answers, calls_a_tool
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import open_stream, request_fields

WITH_USAGE = {"stream_options": {"include_usage": True}}


def chunks_of(router: RouterProcess, **beside: Any) -> list[dict[str, Any]]:
    """The chunks of one streamed answer, which must end in [DONE]."""
    with open_stream(router.public, request_fields(**beside)) as stream:
        *chunks, done = stream.payloads()
    assert done == "[DONE]"
    return [json.loads(each) for each in chunks]


def text_of(chunks: list[dict[str, Any]], choice: int = 0) -> str:
    """The text of one choice, put together."""
    deltas = [each["delta"] for chunk in chunks for each in chunk["choices"] if each["index"] == choice]
    return "".join(delta.get("content") or "" for delta in deltas)


def test_the_headers_are_those_of_a_stream_and_tell_where_it_comes_from(router: RouterProcess) -> None:
    with open_stream(router.public, request_fields()) as stream:
        stream.payloads()

    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["cache-control"] == "no-cache"
    assert stream.headers["x-router-tier"] == "fast"
    assert stream.headers["x-router-attempts"] == "fast:streaming"
    assert "content-length" not in stream.headers


@pytest.mark.parametrize("texts", [("Hi.",), ("one ", "two ", "three"), ("Zoë ✓ 漢字 ", '"quoted" \\n ', "\u2028end")])
def test_the_text_comes_through_as_the_engine_wrote_it(
    router: RouterProcess, fast: ScriptedEngine, texts: tuple[str, ...]
) -> None:
    fast.does(answers(*texts))

    chunks = chunks_of(router)

    assert text_of(chunks) == "".join(texts)
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


def test_every_chunk_carries_one_identity(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("one ", "two ", "three"))

    chunks = chunks_of(router, **WITH_USAGE)

    assert len({(each["id"], each["created"], each["model"], each["object"]) for each in chunks}) == 1


def test_a_block_goes_out_before_the_next_one_is_there(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("first", "second", every_s=0.4))

    with open_stream(router.public, request_fields()) as stream:
        stream.next_event()
        began_s = time.monotonic()
        stream.payloads()

    assert time.monotonic() - began_s > 0.2


def test_the_router_object_stands_on_the_last_chunk(router: RouterProcess) -> None:
    *earlier, last = chunks_of(router)

    assert last["router"]["tier"] == "fast"
    assert last["router"]["attempts"][0]["completion_tokens"] == 1
    assert not any("router" in each for each in earlier)


def test_usage_that_was_asked_for_comes_in_a_chunk_of_its_own(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("one ", "two"))

    *earlier, last = chunks_of(router, **WITH_USAGE)

    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 18, "completion_tokens": 2, "total_tokens": 20}
    assert last["router"]["tier"] == "fast"
    assert not any(each.get("usage") or "router" in each for each in earlier)


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": False}}, {"stream_options": None}])
def test_usage_that_was_not_asked_for_stays_here_though_the_engine_is_always_asked(
    router: RouterProcess, fast: ScriptedEngine, options: dict[str, Any]
) -> None:
    chunks = chunks_of(router, **options)

    assert not any(each.get("usage") for each in chunks)
    assert all(each["choices"] for each in chunks)
    assert fast.received[0].fields["stream_options"] == {"include_usage": True}


def test_the_record_has_the_usage_nobody_asked_for(router: RouterProcess) -> None:
    with open_stream(router.public, request_fields()) as stream:
        stream.payloads()

    record = router.await_record(stream.headers["x-request-id"])

    assert record["usage"] == {"prompt_tokens": 18, "completion_tokens": 1, "cost_microusd": None}
    assert (record["outcome"], record["streamed"], record["tier"]) == ("served", True, "fast")


def test_every_choice_is_streamed(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("one ", "two", choices=2))

    chunks = chunks_of(router, n=2, **WITH_USAGE)

    assert (text_of(chunks, 0), text_of(chunks, 1)) == ("one two", "one two")
    assert [each["index"] for chunk in chunks for each in chunk["choices"] if each["finish_reason"]] == [0, 1]
    assert chunks[-1]["usage"]["completion_tokens"] == 4


def test_a_tool_call_is_streamed_in_its_pieces(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(calls_a_tool())

    chunks = chunks_of(router)

    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", [])]
    assert calls[0]["function"]["name"] == "get_weather"
    assert "".join(call["function"]["arguments"] for call in calls) == '{"city": "Paris"}'
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_a_stream_can_come_from_the_strong_tier(router: RouterProcess) -> None:
    chunks = chunks_of(router, model="auto:strong-only")

    assert text_of(chunks) == STRONG_TEXT
    assert chunks[0]["model"] == "tier2"
