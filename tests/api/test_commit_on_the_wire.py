"""A stream whose first block takes long: the caller is told that we are here, and what follows is one answer under
one identity, whoever gives it."""

import json
import time
from typing import Any

import pytest

from tests.conftest import STRONG_TEXT
from tests.faults import answers, fails, never_answers, opens_and_then, refuses_with, resets, says_it_failed, waits
from tests.odd_answers import is_plain_though_asked_to_stream
from tests.router_process import RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine
from tests.wire_client import Stream, open_stream, post, request_fields

HASTY = {"model": "auto:hasty"}
"""Commits after 0.15 s; comments follow every 0.1 s."""

SLOW_S = 0.45
TURN_S = 0.4
"""When the fast tier fails: after the commit, on a busy machine too."""


def events_of(stream: Stream) -> tuple[list[dict[str, Any]], list[str], str]:
    """The chunks of a stream, its comments, and its last payload if that is no chunk."""
    events = list(stream.events())
    comments = [each for each in events if each.startswith(":")]
    payloads = [each.removeprefix("data: ") for each in events if each.startswith("data: ")]
    end = payloads.pop() if payloads[-1] == "[DONE]" or '"error"' in payloads[-1] else ""
    return [json.loads(each) for each in payloads], comments, end


def text_of(chunks: list[dict[str, Any]], choice: int = 0) -> str:
    """What one choice says."""
    said = [each["delta"] for chunk in chunks for each in chunk["choices"] if each["index"] == choice]
    return "".join(delta.get("content") or "" for delta in said)


def roles_of(chunks: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Which choices are told their role, in order."""
    deltas = [(each["index"], each["delta"]) for chunk in chunks for each in chunk["choices"]]
    return [(index, delta["role"]) for index, delta in deltas if delta.get("role")]


def identities_of(chunks: list[dict[str, Any]]) -> set[tuple[str, int, str]]:
    """Under which names the chunks go out."""
    return {(each["id"], each["created"], each["model"]) for each in chunks}


def test_the_role_goes_out_before_the_engine_has_said_anything_and_comments_until_it_has(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(answers("late", after_s=SLOW_S))
    began_s = time.monotonic()

    with open_stream(router.public, request_fields() | HASTY) as stream:
        first = json.loads(stream.next_event().removeprefix("data: "))
        took_s = time.monotonic() - began_s
        later = list(stream.events())

    comments = [position for position, each in enumerate(later) if each.startswith(":")]
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert 0.1 < took_s < SLOW_S - 0.05
    assert 1 <= len(comments) <= 4
    assert comments == list(range(len(comments)))


def test_the_identity_of_the_role_chunk_is_that_of_the_whole_stream(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(answers("late ", "text", after_s=SLOW_S))
    asked = request_fields(stream_options={"include_usage": True}) | HASTY

    with open_stream(router.public, asked) as stream:
        chunks, _, end = events_of(stream)

    ((name, created, model),) = identities_of(chunks)
    assert name == f"chatcmpl-{stream.headers['x-request-id']}"
    assert abs(created - time.time()) < 60
    assert model == "auto:hasty"
    assert text_of(chunks) == "late text"
    assert roles_of(chunks) == [(0, "assistant")]
    assert chunks[-1]["usage"]["completion_tokens"] == 2
    assert chunks[-1]["router"]["tier"] == "fast"
    assert end == "[DONE]"


def test_every_choice_is_told_its_role_once(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("late ", "text", choices=2, after_s=SLOW_S))

    with open_stream(router.public, request_fields(n=2) | HASTY) as stream:
        chunks, _, _ = events_of(stream)

    assert roles_of(chunks) == [(0, "assistant"), (1, "assistant")]
    assert (text_of(chunks, 0), text_of(chunks, 1)) == ("late text", "late text")


def test_a_block_in_time_goes_out_under_the_engines_own_identity(router: RouterProcess) -> None:
    with open_stream(router.public, request_fields() | HASTY) as stream:
        chunks, comments, _ = events_of(stream)

    assert identities_of(chunks) == {("chatcmpl-9e4ff8871547cc8d", 1_795_171_622, "tier1")}
    assert comments == []


@pytest.mark.parametrize(
    "failure",
    [
        resets(),
        fails(500),
        refuses_with("no such thing"),
        opens_and_then(then=says_it_failed("the engine died")),
    ],
)
def test_a_failure_after_the_commit_is_taken_over_by_the_next_tier_under_the_same_identity(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, failure: Reply
) -> None:
    fast.does(waits(TURN_S, failure))
    strong.does(answers("said by ", "the strong tier", after_s=0.25))

    with open_stream(router.public, request_fields() | HASTY) as stream:
        chunks, comments, end = events_of(stream)

    assert len(identities_of(chunks)) == 1
    assert chunks[0]["id"] == f"chatcmpl-{stream.headers['x-request-id']}"
    assert text_of(chunks) == STRONG_TEXT
    assert roles_of(chunks) == [(0, "assistant")]
    assert len(comments) >= 2
    assert end == "[DONE]"
    router_object = chunks[-1]["router"]
    assert router_object["tier"] == "strong"
    assert [each["tier"] for each in router_object["attempts"]] == ["fast", "strong"]


def test_a_tier_that_takes_over_may_answer_in_one_piece(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(waits(TURN_S, fails(500)))
    strong.does(is_plain_though_asked_to_stream(STRONG_TEXT))

    with open_stream(router.public, request_fields() | HASTY) as stream:
        chunks, _, end = events_of(stream)

    assert (text_of(chunks), len(identities_of(chunks)), end) == (STRONG_TEXT, 1, "[DONE]")


@pytest.mark.parametrize(
    ("last", "kind", "code"),
    [
        (fails(500), "server_error", "upstream_error"),
        (fails(503), "server_error", "overloaded"),
        (refuses_with("no such thing"), "invalid_request_error", None),
    ],
)
def test_when_every_tier_fails_after_the_commit_the_stream_ends_in_an_error_and_without_done(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, last: Reply, kind: str, code: str | None
) -> None:
    fast.does(waits(TURN_S, fails(500)))
    strong.does(last)

    with open_stream(router.public, request_fields() | HASTY) as stream:
        chunks, _, end = events_of(stream)

    error = json.loads(end)["error"]
    assert (stream.status, text_of(chunks)) == (200, "")
    assert (error["type"], error["code"]) == (kind, code)
    record = router.await_record(stream.headers["x-request-id"])
    assert (record["outcome"], record["status"]) == ("broken", 200)
    assert record["attempts"][0]["outcome"] == "failed"


def test_silence_after_the_commit_is_given_up_on_all_the_same(
    impatient: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(never_answers())

    with open_stream(impatient.public, request_fields() | HASTY) as stream:
        chunks, comments, end = events_of(stream)

    assert (text_of(chunks), end) == (STRONG_TEXT, "[DONE]")
    assert comments


def test_a_plain_answer_is_never_committed_to(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(waits(TURN_S, fails(500)))

    response = post(router.public, request_fields() | HASTY)

    assert (response.status, response.text) == (200, STRONG_TEXT)
    assert response.header("x-router-tier") == "strong"
