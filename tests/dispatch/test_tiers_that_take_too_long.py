"""A tier that gives no block in the time its policy allows is given up for the next one, before anything was released
and never after; the last one is waited for; and how often a request may move up at all."""

import asyncio
import time

import pytest

from router.core.errors import EngineFailed, Refused, Unavailable
from router.core.policy import Then
from router.engines.dialects.vllm import VLLM
from router.engines.http import HttpBackend
from router.engines.line import Line, Timeouts, open_connections
from router.engines.wire_body import BodyWriter
from router.ports import Asked
from router.silence import open_silence
from tests.dispatch.scenes import COMMIT_AFTER_S, IMPATIENT, TIMEOUT_S, Scene, asking, backend, status_of
from tests.doubles import NEVER, Ends, Fails, Says, Step
from tests.examples import a_policy
from tests.faults import never_answers
from tests.scripted_engine import ScriptedEngine

GOOD = (Says(b"text", 1.0), Ends(tokens=2))
GONE = Unavailable("away")
REFUSED = Refused("never", 400)
AN_HOUR_S = 3600.0

both_ways = pytest.mark.parametrize("asked", [asking(streamed=False), asking(streamed=True)], ids=["plain", "streamed"])


def trail(scene: Scene) -> list[tuple[str, str, float]]:
    """What came of each attempt, and how long it took."""
    return [(each.tier, each.outcome, each.elapsed_s) for each in scene.record.attempts]


@both_ways
def test_a_silent_fast_tier_is_answered_for_by_the_strong_one(asked: Asked) -> None:
    scene = Scene(backend(NEVER), backend(*GOOD), IMPATIENT)

    scene.play(asked)

    assert scene.answer.calls == ["begin", "release", "end"]
    assert scene.answer.released == b"text"
    assert trail(scene) == [("fast", "timed_out", TIMEOUT_S), ("strong", "served", 1.0)]
    assert [stream.closed for stream in scene.fast.streams] == [1]
    assert (scene.record.outcome, scene.record.tier, scene.record.error) == ("served", "strong", None)
    assert scene.record.elapsed_s == TIMEOUT_S + 1.0


def test_an_engine_that_is_given_up_sees_it_at_once(fast: ScriptedEngine) -> None:
    fast.does(never_answers())
    strong = backend(Says(b"text"), Ends(after_s=1.0))
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", timeout_s=0.1))

    async def serve() -> None:
        async with open_silence() as silence, open_connections(silence) as connections:
            writer = BodyWriter("tier1", VLLM, b"pepper")
            real = HttpBackend(Line("fast-1", connections, fast.url, Timeouts()), writer)
            await Scene(real, strong, policy).serve(asking())

    asyncio.run(serve())

    left_s = fast.await_left()
    assert left_s - fast.received[0].at_s < 0.6
    assert time.monotonic() - left_s > 0.4, "it was while the strong tier answered"


@pytest.mark.parametrize("first", [NEVER, Fails(GONE, 3.5), Fails(REFUSED)], ids=["given up", "gone", "refused"])
@both_ways
def test_the_last_tier_may_take_as_long_as_it_likes(asked: Asked, first: Step) -> None:
    scene = Scene(backend(first), backend(Says(b"text", AN_HOUR_S), Ends()), IMPATIENT)

    scene.play(asked)

    assert scene.answer.released == b"text"
    assert trail(scene)[-1] == ("strong", "served", AN_HOUR_S)
    assert [stream.closed for stream in scene.strong.streams] == [1]
    assert (scene.record.outcome, scene.record.tier, scene.record.error) == ("served", "strong", None)


def test_a_caller_who_waits_for_the_last_tier_is_kept_alive() -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", commit_after_s=COMMIT_AFTER_S, timeout_s=30.0))
    scene = Scene(backend(NEVER), backend(Says(b"text", 31.0), Ends()), policy)

    scene.play()

    timeline = [(each.at_s, each.call) for each in scene.answer.told]
    assert timeline == [
        (10.0, "begin"),
        (10.0, "commit"),
        (25.0, "keep_alive"),
        (40.0, "keep_alive"),
        (55.0, "keep_alive"),
        (61.0, "release"),
        (61.0, "end"),
    ]
    assert trail(scene) == [("fast", "timed_out", 30.0), ("strong", "served", 31.0)]


@both_ways
def test_when_the_last_tier_fails_after_another_was_given_up_its_error_is_a_real_status(asked: Asked) -> None:
    scene = Scene(backend(NEVER), backend(Fails(GONE, 1.0)), IMPATIENT)

    scene.play(asked)

    assert scene.answer.calls == ["fail"]
    assert scene.answer.last.error is GONE
    assert scene.answer.last.head is not None
    assert [each.outcome for each in scene.answer.last.head.attempts] == ["timed_out", "unavailable"]
    assert (scene.record.outcome, scene.record.status) == ("failed", status_of(GONE))
    assert scene.record.elapsed_s == TIMEOUT_S + 1.0


def test_a_caller_who_waits_through_a_tier_that_was_given_up_is_told_at_the_usual_instant_of_the_next() -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", commit_after_s=COMMIT_AFTER_S, timeout_s=7.0))
    scene = Scene(backend(NEVER), backend(Says(b"text", 3.5), Ends()), policy)

    scene.play()

    assert [(each.at_s, each.call) for each in scene.answer.told][:3] == [
        (10.0, "begin"),
        (10.0, "commit"),
        (10.5, "release"),
    ]
    assert scene.answer.told[0].head is not None
    assert scene.answer.told[0].head.tier == "strong"


@both_ways
def test_a_tier_has_its_whole_time_however_late_it_is_called(asked: Asked) -> None:
    scene = Scene(backend(Fails(GONE, 3.5)), backend(Says(b"text", 3.5), Ends()), IMPATIENT)

    scene.play(asked)

    assert trail(scene) == [("fast", "unavailable", 3.5), ("strong", "served", 3.5)]


def test_once_a_block_was_released_a_tier_may_be_silent_for_as_long_as_its_backend_allows() -> None:
    scene = Scene(backend(Says(b"one ", 3.9), Says(b"two", 100.0), Ends(after_s=100.0)), backend(*GOOD), IMPATIENT)

    scene.play()

    assert scene.answer.released == b"one two"
    assert (scene.record.outcome, scene.opened) == ("served", ["fast"])


def test_an_answer_that_is_complete_is_not_given_up_while_it_is_closed() -> None:
    scene = Scene(backend(Ends(after_s=3.0), closing_s=60.0), backend(*GOOD), IMPATIENT)

    scene.play()

    assert trail(scene) == [("fast", "served", 3.0)]
    assert scene.answer.calls[-1] == "end"


def test_without_a_timeout_a_tier_is_waited_for() -> None:
    scene = Scene(backend(Says(b"text", AN_HOUR_S), Ends()), backend(*GOOD))

    scene.play(asking(streamed=False))

    assert scene.opened == ["fast"]


def test_a_tier_that_was_given_up_may_be_answered_for_by_a_lower_one() -> None:
    policy = a_policy(otherwise=Then(("strong",), on_unavailable="degrade", timeout_s=TIMEOUT_S))
    scene = Scene(backend(*GOOD), backend(NEVER), policy)

    scene.play()

    assert trail(scene) == [("strong", "timed_out", TIMEOUT_S), ("fast", "served", 1.0)]


def test_the_lower_tier_that_answers_for_another_may_take_as_long_as_it_likes() -> None:
    policy = a_policy(otherwise=Then(("strong",), on_unavailable="degrade", timeout_s=TIMEOUT_S))
    scene = Scene(backend(Says(b"text", AN_HOUR_S), Ends()), backend(Fails(GONE, 1.0)), policy)

    scene.play()

    assert trail(scene) == [("strong", "unavailable", 1.0), ("fast", "served", AN_HOUR_S)]


# --- how often a request may move up ----------------------------------------------------------------------------


WAYS_TO_GIVE_NOTHING: dict[str, Step] = {
    "failed": Fails(EngineFailed("no")),
    "refused": Fails(REFUSED),
    "silent": NEVER,
}


@pytest.mark.parametrize("what", WAYS_TO_GIVE_NOTHING)
@pytest.mark.parametrize("limit", [1, 2, None])
def test_a_request_moves_up_when_its_rule_allows_it(what: str, limit: int | None) -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", timeout_s=TIMEOUT_S, max_escalations=limit))
    scene = Scene(backend(WAYS_TO_GIVE_NOTHING[what]), backend(*GOOD), policy)

    scene.play()

    assert scene.opened == ["fast", "strong"]
    assert scene.record.outcome == "served"


@pytest.mark.parametrize("what", ["failed", "refused"])
def test_a_request_that_may_not_move_up_gets_the_error_of_its_first_tier_whatever_that_is(what: str) -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", timeout_s=TIMEOUT_S, max_escalations=0))
    scene = Scene(backend(WAYS_TO_GIVE_NOTHING[what]), backend(*GOOD), policy)

    scene.play()

    assert scene.opened == ["fast"]
    assert scene.answer.calls == ["fail"]
    assert scene.record.outcome == what


@both_ways
def test_a_request_that_may_not_move_up_waits_for_its_only_tier(asked: Asked) -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", timeout_s=TIMEOUT_S, max_escalations=0))
    scene = Scene(backend(Says(b"text", AN_HOUR_S), Ends()), backend(*GOOD), policy)

    scene.play(asked)

    assert trail(scene) == [("fast", "served", AN_HOUR_S)]
    assert scene.record.outcome == "served"


def test_to_be_answered_for_by_a_lower_tier_is_no_move_up() -> None:
    policy = a_policy(otherwise=Then(("strong",), on_unavailable="degrade", max_escalations=0))
    scene = Scene(backend(*GOOD), backend(Fails(GONE)), policy)

    scene.play()

    assert scene.opened == ["strong", "fast"]
    assert scene.record.outcome == "served"


def test_the_first_tier_that_can_serve_is_where_a_request_starts_and_not_a_move_up() -> None:
    policy = a_policy(otherwise=Then(("fast", "strong"), gate="off", max_escalations=0))
    scene = Scene(backend(*GOOD), backend(*GOOD), policy)

    scene.play(asking(parameters={"seed": 7}))

    assert scene.opened == ["strong"]
    assert scene.record.outcome == "served"
