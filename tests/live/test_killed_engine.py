"""The fast engine is killed in the middle of its work. What was released stays, and the strong tier goes on from it,
unless the policy has it end in an error; what was not yet released is served by the strong tier; what comes after goes
there too."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from openai import InternalServerError, OpenAI
from openai.types.chat import ChatCompletionChunk

from tests.live.asking import PROMPT, Reply, ask, ask_streamed
from tests.live.crowd import crowd
from tests.live.engines import LiveEngine
from tests.live.pages import fetch
from tests.live.routers import Router
from tests.patience import until

LONG: dict[str, Any] = {
    "messages": [{"role": "user", "content": PROMPT}],
    "max_tokens": 3000,
    "extra_body": {"ignore_eos": True},
}
CONTINUED = {**LONG, "max_tokens": 1500}
"""Some canvases that the engine that is killed is not done with, and no more than the other writes in good time."""

GONE = ("fast:unavailable", "fast:not_admitted")
"""What is said of an engine that cannot be reached, and once it has failed often enough, of one that is left alone."""

BROKE = "fast:unavailable, fast:not_admitted"
"""What is said of one whose connection broke, and which is left alone by the time that it would be tried again."""

SHORT = {**LONG, "max_tokens": 30}
TEXT = re.compile('"content":"[^"]')
WAITING = 5
"""Callers of plain answers. With the three streams they are all that the engine works for at once."""


@dataclass(frozen=True)
class Wake:
    """What callers saw when the engine was killed under them. `continued` and `lines` are all of two streams that had
    their first block, the latter by a policy that has them end there; `committed` had its role and no more; those of
    `plain` had nothing at all, or came later."""

    continued: list[ChatCompletionChunk]
    lines: list[str]
    committed: list[ChatCompletionChunk]
    plain: Sequence[Reply]


@pytest.fixture(scope="module")
def killed(slow_owner: OpenAI, slow_engine: LiveEngine) -> Wake:
    """The engine is killed while it works for as many callers as it can."""
    if slow_engine.leader is None:
        pytest.skip("the slow engine was started by somebody else and is not ours to kill")
    until(slow_engine.is_idle, 30.0)
    completions = slow_owner.chat.completions
    waiting = {"model": "auto:ladder", "max_tokens": 30, "extra_body": {"ignore_eos": True}}
    with (
        completions.create(
            model="auto:ladder", stream=True, stream_options={"include_usage": True}, **CONTINUED
        ) as stream,
        completions.with_streaming_response.create(model="auto:breaks-off", stream=True, **LONG) as raw,
    ):
        begun, lines = [next(stream), next(stream)], raw.iter_lines()
        told = _until_text(lines)
        with completions.create(model="auto:hasty", stream=True, **SHORT) as committed:
            role = next(committed)
            with crowd(WAITING, lambda: ask(slow_owner, **waiting)) as plain:
                until(lambda: slow_engine.requests_running() == 3 + WAITING, 5.0)
                slow_engine.kill()
                plain.await_more()
            return Wake([*begun, *stream], [*told, *filter(None, lines)], [role, *committed], plain.replies)


def _until_text(lines: Iterator[str]) -> list[str]:
    """The lines of a stream up to its first text: on a busy machine it may be promised long before."""
    told = [next(lines)]
    while not TEXT.search(told[-1]):
        told.append(next(lines))
    return [line for line in told if line]


def test_a_stream_that_has_begun_is_gone_on_with_by_the_strong_tier(killed: Wake) -> None:
    *chunks, last = killed.continued
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in killed.continued}) == 1
    assert [chunk.choices[0].delta.role for chunk in chunks if chunk.choices[0].delta.role] == ["assistant"]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == ["length"]
    broken, served = (last.model_extra or {})["router"]["attempts"]
    assert (broken["tier"], served["tier"], served["outcome"]) == ("fast", "strong", "served")
    assert last.usage is not None
    assert 0 < served["completion_tokens"] < last.usage.completion_tokens == 1500


def test_a_stream_that_may_not_be_gone_on_with_ends_in_an_error_and_does_not_say_that_it_is_done(killed: Wake) -> None:
    assert '"role":"assistant"' in killed.lines[0]
    error = json.loads(killed.lines[-1].removeprefix("data: "))["error"]
    assert error["code"] == "upstream_error"
    assert "127.0.0.1" not in str(error)
    assert "data: [DONE]" not in killed.lines


def test_a_stream_that_was_promised_and_not_begun_is_written_by_the_strong_tier(killed: Wake) -> None:
    role, *rest = killed.committed
    assert role.choices[0].delta.role == "assistant"
    assert not any(chunk.choices[0].delta.role for chunk in rest)
    assert any(chunk.choices[0].delta.content for chunk in rest)
    assert {(chunk.id, chunk.created, chunk.model) for chunk in rest} == {(role.id, role.created, role.model)}
    cut_off, served = (rest[-1].model_extra or {})["router"]["attempts"]
    assert (cut_off["tier"], served["tier"], served["outcome"]) == ("fast", "strong", "served")


def test_every_plain_request_in_flight_and_all_that_follow_are_answered_by_the_strong_tier(killed: Wake) -> None:
    attempts = [reply.headers["x-router-attempts"] for reply in killed.plain]
    assert {f"{gone}, strong:served" for gone in GONE} <= set(attempts)
    assert set(attempts) <= {f"{gone}, strong:served" for gone in (*GONE, BROKE)}
    assert sum(each.startswith("fast:unavailable") for each in attempts) >= WAITING
    assert {reply.usage.completion_tokens for reply in killed.plain} == {30}


@pytest.mark.usefixtures("killed")
def test_the_next_request_is_served_by_the_strong_tier(slow_owner: OpenAI) -> None:
    assert ask(slow_owner).headers["x-router-attempts"] in {f"{gone}, strong:served" for gone in GONE}
    assert ask_streamed(slow_owner).headers["x-router-attempts"] in {f"{gone}, strong:streaming" for gone in GONE}


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize("asking", [ask, ask_streamed], ids=["plain", "streamed"])
def test_a_pin_to_the_dead_tier_is_a_503(asking: Callable[..., Reply], slow_owner: OpenAI) -> None:
    with pytest.raises(InternalServerError) as caught:
        asking(slow_owner, model="fast")
    assert caught.value.status_code == 503
    assert caught.value.response.headers["x-router-attempts"] in {*GONE, "fast:unavailable, fast:unavailable"}
    assert "127.0.0.1" not in str(caught.value.body)


@pytest.mark.usefixtures("killed")
def test_readiness_is_degraded_and_says_by_which_tier(slow_router: Router) -> None:
    page = fetch(f"{slow_router.admin}/readyz")
    assert page.status == 200
    report = json.loads(page.text)
    assert report["status"] == "degraded"
    assert report["tiers"]["fast"]["reachable"] is False
    assert report["tiers"]["strong"]["reachable"] is True


@pytest.mark.usefixtures("killed")
def test_what_broke_off_is_recorded_as_broken(slow_router: Router) -> None:
    broken = until(lambda: [record for record in slow_router.records() if record["outcome"] == "broken"], 5.0)
    assert len(broken) == 1
    assert all(record["tier"] == "fast" and record["status"] == 200 for record in broken)
