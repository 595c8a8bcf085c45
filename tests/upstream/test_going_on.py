"""Engines that fall silent or break off in the middle of a stream, faults 5 and 7, where policies have the next engine
go on: the caller reads one answer."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import APIError, OpenAI

from tests.api.test_openai_sdk import client_of
from tests.conftest import Routers
from tests.faults import (
    answers,
    calls_a_tool,
    ends_early,
    fails,
    hangs_up_now,
    opens_and_then,
    resets_now,
    says_it_failed,
    stalls,
    waits,
)
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.serving.simulated_engine import simulated
from tests.upstream.fault import ALONE, HASTY, ask

STREAMED = {"stream": True}
BREAKS: dict[str, Any] = {
    "5-continued": (stalls, "timed_out"),
    "7-continued": (resets_now, None),
    "hangs up": (hangs_up_now, None),
    "ends early": (ends_early, "malformed"),
    "says that it failed": (says_it_failed("EngineCore died"), "failed"),
}

BUDGET_MS = 1500
"""Enough for both engines to say what they have to say, on a busy machine too."""


@pytest.fixture
def client(tandem: RouterProcess) -> Iterator[OpenAI]:
    """OpenAI's own client."""
    with client_of(tandem) as client:
        yield client


@pytest.mark.parametrize("name", BREAKS)
def test_the_strong_tier_goes_on_from_the_released_text_and_the_caller_reads_one_answer(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, client: OpenAI, name: str
) -> None:
    fault, outcome = BREAKS[name]
    fast.does(opens_and_then("so ", "far", then=fault))
    strong.does(answers(" and", " on"))

    raw = client.chat.completions.with_raw_response.create(
        model="auto", messages=[{"role": "user", "content": "Say hi."}], stream=True, max_tokens=9,
        stream_options={"include_usage": True},
    )  # fmt: skip
    *chunks, last = list(raw.parse())

    assert "".join(each.choices[0].delta.content or "" for each in chunks) == "so far and on"
    assert len({(each.id, each.created, each.model) for each in (*chunks, last)}) == 1
    assert [each.choices[0].finish_reason for each in chunks if each.choices[0].finish_reason] == ["stop"]
    assert [each.choices[0].delta.role for each in chunks if each.choices[0].delta.role] == ["assistant"]
    assert not any(each.usage for each in chunks)
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens, last.usage.total_tokens) == (16, 4, 20)
    broken, served = (last.model_extra or {})["router"]["attempts"]
    assert (broken["tier"], served["tier"], served["outcome"]) == ("fast", "strong", "served")
    assert served["completion_tokens"] == 2
    assert outcome in (None, broken["outcome"])
    record = tandem.await_record(raw.headers["x-request-id"])
    assert (record["outcome"], record["tier"]) == ("served", "strong")
    assert record["usage"]["completion_tokens"] == 4


def test_an_engine_that_is_to_go_on_is_given_the_text_as_its_own_unfinished_message(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(opens_and_then("so ", "far ", then=resets_now))
    strong.does(answers(" and on"))

    told = ask(tandem, STREAMED, max_tokens=9, seed=None, stop=["x"])

    sent = strong.received[0].fields
    assert (told.text, told.whole) == ("so far and on", True)
    assert sent["messages"] == [
        {"role": "user", "content": "Say hi."},
        {"role": "assistant", "content": "so far"},
    ]
    assert (sent["continue_final_message"], sent["add_generation_prompt"]) == (True, False)
    assert (sent["max_tokens"], sent["stop"], sent["stream"]) == (7, ["x"], True)


def test_a_stream_that_was_promised_before_it_began_keeps_the_name_it_was_promised_under(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, client: OpenAI
) -> None:
    fast.does(waits(0.4, opens_and_then("so ", "far", then=resets_now)))
    strong.does(answers(" and", " on"))

    raw = client.chat.completions.with_raw_response.create(
        model=HASTY, messages=[{"role": "user", "content": "Say hi."}], stream=True
    )
    chunks = list(raw.parse())

    assert "".join(each.choices[0].delta.content or "" for each in chunks) == "so far and on"
    assert {(each.id, each.model) for each in chunks} == {(f"chatcmpl-{raw.headers['x-request-id']}", HASTY)}
    assert [each.choices[0].delta.role for each in chunks if each.choices[0].delta.role] == ["assistant"]


def test_where_no_tier_is_left_the_same_engine_goes_on_once_if_it_broke_off(
    tandem: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(opens_and_then("so ", "far", then=resets_now), answers(" and on"))
    assert ask(tandem, STREAMED, ALONE).text == "so far and on"

    fast.does(opens_and_then("so ", "far", then=resets_now), opens_and_then(" and", then=resets_now))
    told = ask(tandem, STREAMED, ALONE)
    assert (told.text, told.whole, told.code) == ("so far and", False, "upstream_error")
    assert len(fast.received) == 2

    fast.does(opens_and_then("so ", "far", then=stalls))
    assert ask(tandem, STREAMED, ALONE).code == "deadline_exceeded"
    assert len(fast.received) == 1


def test_an_answer_that_nobody_can_go_on_with_ends_in_the_error_with_which_it_broke_off(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, client: OpenAI
) -> None:
    fast.does(opens_and_then("so ", "far", then=stalls))
    strong.does(fails(500))

    told = ask(tandem, STREAMED)

    assert (told.text, told.whole, told.code) == ("so far", False, "deadline_exceeded")
    with pytest.raises(APIError):
        list(client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "Hi."}], stream=True))


def test_an_engine_that_is_killed_under_a_stream_is_not_noticed_by_its_reader(
    running_routers: Routers, tmp_path: Path
) -> None:
    folders = {tier: tmp_path / tier for tier in ("fast", "strong")}
    for folder in folders.values():
        folder.mkdir()
    settings = running_routers.settings(tmp_path)
    with (
        simulated(folders["fast"], "fast", "--profile", "cpu-tiny") as fast,
        simulated(folders["strong"], "strong", "--profile", "cpu-tiny-strong", "--speed", "4") as strong,
    ):
        for tier, engine, model in [("fast", fast, "tier1"), ("strong", strong, "tier2")]:
            url = f"http://{engine.address.host}:{engine.address.port}"
            settings["tiers"][tier]["backends"][0] |= {"url": url, "model": model}
        with serving(settings, tmp_path) as router, client_of(router) as client:
            chunks = []
            for chunk in client.chat.completions.create(
                model="auto", messages=[{"role": "user", "content": "Tell a long story."}], stream=True,
                max_tokens=2000, extra_body={"ignore_eos": True}, stream_options={"include_usage": True},
            ):  # fmt: skip
                if len(chunks) == 2:
                    fast.process.kill()
                chunks.append(chunk)

    *said, last = chunks
    assert len({(each.id, each.created, each.model) for each in chunks}) == 1
    assert [each.choices[0].finish_reason for each in said if each.choices[0].finish_reason] == ["length"]
    assert (last.model_extra or {})["router"]["tier"] == "strong"
    assert last.usage is not None
    assert last.usage.completion_tokens == 2000


@pytest.mark.parametrize("beside", [{"n": 2}, {"logprobs": True}, {"tool_choice": "required"}, {"echo": True}], ids=str)
def test_an_answer_that_has_to_be_one_engines_is_not_gone_on_with(
    tandem: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, beside: dict[str, Any]
) -> None:
    for engine in (fast, strong):
        engine.does(opens_and_then("so ", "far", then=resets_now), calls_a_tool())

    told = ask(tandem, STREAMED, **beside)

    assert (told.text, told.whole, told.code) == ("so far", False, "upstream_error")
    assert len(fast.received) + len(strong.received) == 1


def test_the_deadline_holds_for_the_rest_too(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(opens_and_then("so ", "far", then=resets_now))
    strong.does(opens_and_then(" and", then=stalls))

    told = ask(router, STREAMED, budget_ms=BUDGET_MS)

    assert (told.text, told.whole, told.code) == ("so far and", False, "deadline_exceeded")
    assert told.error is not None
    assert f"within {BUDGET_MS} ms" in told.error["message"]
    strong.await_left()
