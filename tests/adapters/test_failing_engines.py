"""Engines that cannot be reached, fall silent or fall over in the middle: who answers, and how soon."""

import json
import time
from typing import Any

import pytest

from tests.conftest import BOTH_WAYS, FAST_TEXT, STRONG_TEXT, Way
from tests.faults import (
    answers,
    ends_early,
    hangs_up,
    hangs_up_now,
    never_answers,
    opens_and_then,
    refuses_with,
    resets,
    resets_now,
    says_it_failed,
    stalls,
    waits,
)
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import open_stream, post, request_fields

ALONE = {"model": "auto:fast-only"}
"""A request that only the fast tier may answer."""


# --- who cannot be reached ------------------------------------------------------------------------------------


@BOTH_WAYS
def test_a_dead_fast_tier_is_answered_by_the_strong_one_at_once(
    router: RouterProcess,
    fast: ScriptedEngine,
    way: Way,
) -> None:
    with fast.refusing_connections():
        began_s = time.monotonic()
        response = post(router.public, request_fields(**way))
        took_s = time.monotonic() - began_s

    print(f"refused connection, answered by the other tier after {took_s * 1000:.1f} ms")
    assert response.text == STRONG_TEXT
    assert (response.header("x-router-attempts") or "").startswith("fast:unavailable")
    assert took_s < 0.5


@BOTH_WAYS
def test_a_fast_tier_behind_a_black_hole_costs_the_connect_timeout_and_no_more(
    router: RouterProcess,
    fast: ScriptedEngine,
    way: Way,
) -> None:
    with fast.dropping_connections():
        began_s = time.monotonic()
        response = post(router.public, request_fields(**way))
        took_s = time.monotonic() - began_s

    print(f"dropped connection, answered by the other tier after {took_s * 1000:.1f} ms")
    assert response.text == STRONG_TEXT
    assert 0.3 < took_s < 2.0


@BOTH_WAYS
def test_with_every_tier_dead_the_caller_is_told_so(
    router: RouterProcess,
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    way: Way,
) -> None:
    with fast.refusing_connections(), strong.refusing_connections():
        response = post(router.public, request_fields(**way))

    assert (response.status, response.error["code"]) == (503, "overloaded")
    assert response.header("x-router-attempts") == "fast:unavailable, strong:unavailable, strong:unavailable"


def test_a_tier_that_must_not_be_replaced_is_not(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    with strong.refusing_connections():
        response = post(router.public, request_fields() | {"model": "auto:strong-only"})

    assert response.status == 503
    assert not fast.received


@BOTH_WAYS
def test_a_policy_that_degrades_falls_back_to_the_lower_tier(
    router: RouterProcess,
    strong: ScriptedEngine,
    way: Way,
) -> None:
    with strong.refusing_connections():
        response = post(router.public, request_fields(**way) | {"model": "auto:strong-or-less"})

    assert response.text == FAST_TEXT
    assert (response.header("x-router-attempts") or "").startswith("strong:unavailable, fast:")


def test_a_request_that_the_engine_refuses_is_not_degraded(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    strong.does(refuses_with("no such thing"))

    response = post(router.public, request_fields() | {"model": "auto:strong-or-less"})

    assert response.status == 400
    assert not fast.received


# --- who falls silent -----------------------------------------------------------------------------------------


@BOTH_WAYS
def test_an_engine_that_never_answers_is_given_up_on_and_hung_up_on(
    impatient: RouterProcess,
    fast: ScriptedEngine,
    way: Way,
) -> None:
    fast.does(never_answers())
    began_s = time.monotonic()

    response = post(impatient.public, request_fields(**way) | ALONE)

    assert (response.status, response.error["code"]) == (504, "deadline_exceeded")
    assert 0.4 < time.monotonic() - began_s < 3
    fast.await_left()


@BOTH_WAYS
def test_an_engine_that_never_answers_is_replaced_by_the_next_tier(
    impatient: RouterProcess,
    fast: ScriptedEngine,
    way: Way,
) -> None:
    fast.does(never_answers())

    response = post(impatient.public, request_fields(**way))

    assert response.text == STRONG_TEXT
    assert (response.header("x-router-attempts") or "").startswith("fast:timed_out")


def test_an_engine_that_opens_a_stream_and_says_nothing_is_replaced(
    impatient: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(opens_and_then(then=stalls))

    response = post(impatient.public, request_fields(stream=True))

    assert response.text == STRONG_TEXT


def test_a_caller_who_pauses_for_longer_than_an_engine_may_is_not_the_engines_silence(
    impatient: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(answers(*["x" * 65536] * 400))

    with open_stream(impatient.public, request_fields()) as stream:
        stream.next_event()
        time.sleep(1.5)
        *_, done = stream.payloads()

    assert done == "[DONE]"


# --- who fails once text is out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        (stalls, "timed_out", "deadline_exceeded"),
        (resets_now, None, None),
        (hangs_up_now, None, None),
        (ends_early, "malformed", "upstream_error"),
        (says_it_failed("the engine died"), "failed", "upstream_error"),
        (says_it_failed("too many requests", code=429), "overloaded", "rate_limit_exceeded"),
    ],
)
def test_a_fault_after_the_first_text_is_an_error_event_and_no_done(
    impatient: RouterProcess,
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    fault: Any,
    outcome: str | None,
    code: str | None,
) -> None:
    fast.does(opens_and_then("so ", "far", then=fault))

    with open_stream(impatient.public, request_fields(model="auto:breaks-off")) as stream:
        *chunks, last = [json.loads(each) for each in stream.payloads()]

    assert stream.status == 200
    assert "".join(each["choices"][0]["delta"].get("content") or "" for each in chunks) == "so far"
    assert list(last) == ["error"]
    assert last["error"].keys() == {"message", "type", "param", "code"}
    assert code is None or last["error"]["code"] == code
    assert not strong.received
    record = impatient.await_record(stream.headers["x-request-id"])
    assert (record["outcome"], record["status"]) == ("broken", 200)
    assert outcome is None or [each["outcome"] for each in record["attempts"]] == [outcome]


@BOTH_WAYS
def test_a_reset_before_the_first_byte_is_not_the_callers_to_bear(
    router: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(resets())

    assert post(router.public, request_fields(**way)).status == 200


@BOTH_WAYS
@pytest.mark.parametrize("fault", [hangs_up, resets])
def test_a_kept_connection_that_turns_out_to_be_closed_is_replaced_by_a_new_one(
    router: RouterProcess,
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    fault: Any,
    way: Way,
) -> None:
    fast.does(answers("first"), fault(), answers("second"))

    first, second = post(router.public, request_fields(**way)), post(router.public, request_fields(**way))

    assert (first.text, second.text) == ("first", "second")
    assert [each.connection for each in fast.received] == [1, 1, 2]
    assert not strong.received


@BOTH_WAYS
def test_a_call_that_an_engine_may_have_died_of_is_not_repeated(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(answers("first"), waits(0.3, hangs_up()), answers("second"))
    post(router.public, request_fields(**way))

    response = post(router.public, request_fields(**way))

    assert response.text == STRONG_TEXT
    assert len(fast.received) == 2


@BOTH_WAYS
def test_a_call_is_repeated_once_and_no_more(
    router: RouterProcess,
    fast: ScriptedEngine,
    way: Way,
) -> None:
    fast.does(answers("first"), hangs_up(), hangs_up(), answers("too late"))
    post(router.public, request_fields(**way))

    response = post(router.public, request_fields(**way) | ALONE)

    assert response.status == 503
    assert len(fast.received) == 3
