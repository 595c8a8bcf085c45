"""A tenant whose requests have climbed too often: whom it keeps from the dear tier, and whom it does not."""

import pytest

from router.core.errors import (
    BackendError,
    EngineFailed,
    Malformed,
    NotAdmitted,
    Overloaded,
    Refused,
    TimedOut,
    Unavailable,
)
from router.core.policy import Rule, Then
from router.core.values import TierState
from router.stores.escalations import LocalEscalations
from tests.dispatch.scenes import IMPATIENT, STRONG_OR_LESS, Scene, asking, backend
from tests.doubles import NEVER, CountedEscalations, Ends, Fails, HandClock, RecordingAnswer, Says
from tests.examples import a_policy
from tests.vllm_wire import text_events

GOOD = (Says(b"text", 1.0), Ends(2))
NO = Refused("it will not", 400, "top_p")
OF_THE_REQUEST = [NO, EngineFailed("it failed"), TimedOut("it was silent"), Malformed("it spoke in tongues")]
OPERATORS = [Unavailable("it is away"), Overloaded("it is busy"), Refused("too long", 400, "input_tokens")]
"""Errors of the fast tier while it serves everything else."""


def spent(error: BackendError) -> Scene:
    """A scene whose tenant has no escalations left, and whose fast tier fails."""
    return Scene(backend(Fails(error)), backend(*GOOD), escalations=CountedEscalations(0))


def by_name(error: BackendError) -> str:
    return error.outcome


@pytest.mark.parametrize("error", OF_THE_REQUEST, ids=by_name)
def test_the_request_ends_with_the_error_of_the_tier_below(error: BackendError) -> None:
    scene = spent(error)

    scene.play()

    assert scene.opened == ["fast"]
    assert scene.answer.calls == ["fail"]
    assert scene.answer.last.error is error


def test_the_record_and_the_caller_are_told_why_nobody_else_was_asked() -> None:
    scene = spent(NO)

    scene.play()

    trail = [(each.tier, each.backend, each.outcome) for each in scene.record.attempts]
    assert trail == [("fast", "fast-1", "refused"), ("strong", "", "escalations_spent")]
    assert scene.answer.last.head is not None
    assert scene.answer.last.head.attempts == scene.record.attempts
    assert (scene.record.outcome, scene.record.error) == ("refused", "refused: status 400, param top_p")


@pytest.mark.parametrize("error", OPERATORS, ids=by_name)
def test_what_is_not_of_the_request_neither_counts_nor_is_held_against_it(error: BackendError) -> None:
    escalations = CountedEscalations(0)
    scene = Scene(backend(Fails(error)), backend(*GOOD), escalations=escalations)

    scene.play()

    assert (scene.opened, scene.record.tier) == (["fast", "strong"], "strong")
    assert escalations.told == [("local", "asked")]


@pytest.mark.parametrize("error", OF_THE_REQUEST[1:], ids=by_name)
def test_a_tier_that_fails_one_after_the_other_is_not_held_against_anybody(error: BackendError) -> None:
    scene = spent(error)
    scene.fleet.doing["fast"] = TierState(configured=True, failures=1)

    scene.play()

    assert (scene.opened, scene.record.outcome) == (["fast", "strong"], "served")


def test_a_breaker_that_leaves_the_fast_tier_alone_is_not_held_against_anybody() -> None:
    scene = spent(NO)
    scene.fleet.left_alone = {"fast"}

    scene.play()

    assert [each.outcome for each in scene.record.attempts] == [NotAdmitted.outcome, "served"]


def test_a_tier_given_up_by_the_rules_timeout_is_one_that_failed() -> None:
    scene = Scene(backend(NEVER), backend(*GOOD), IMPATIENT, escalations=CountedEscalations(0))

    scene.play()

    assert [each.outcome for each in scene.record.attempts] == ["timed_out", "escalations_spent"]
    assert isinstance(scene.answer.last.error, TimedOut)
    assert [stream.closed for stream in scene.fast.streams] == [1]


def test_a_way_down_is_no_escalation() -> None:
    scene = Scene(backend(*GOOD), backend(Fails(EngineFailed("no"))), STRONG_OR_LESS, escalations=CountedEscalations(0))

    scene.play()

    assert (scene.opened, scene.record.tier) == (["strong", "fast"], "fast")


def test_a_stream_that_breaks_off_is_not_gone_on_with_by_the_tier_above() -> None:
    broke = EngineFailed("it broke off")
    so_far = (Says(b"".join(text_events("canvas", "so far ", 1)), 1.0), Fails(broke))
    scene = Scene(backend(*so_far), backend(*GOOD), escalations=CountedEscalations(0))

    scene.play()

    assert scene.answer.calls == ["begin", "release", "break_off"]
    assert scene.answer.last.error is broke
    assert scene.opened == ["fast"]


def test_each_request_counts_and_each_climb_that_was_granted() -> None:
    escalations = CountedEscalations(1)
    scene = Scene(backend(Fails(NO)), backend(*GOOD), escalations=escalations)

    outcomes = []
    for _ in range(2):
        scene.play()
        outcomes.append(scene.log.records.pop().outcome)

    assert outcomes == ["served", "refused"]
    assert escalations.told == [("local", "asked"), ("local", "take")] * 2


def test_a_tenant_that_would_send_everything_up_gets_a_share_up_and_a_few() -> None:
    limits = LocalEscalations(HandClock(), share=0.25, least_a_s=0.1)
    scene = Scene(backend(Fails(NO)), backend(*GOOD), escalations=limits)

    for _ in range(100):
        scene.play()
        scene.answer = RecordingAnswer()

    served = sum(each.outcome == "served" for each in scene.log.records)
    assert served == 0.25 * 100 + 0.1 * 60


# --- what is remembered ---------------------------------------------------------------------------------------


ESCALATED = "memory.escalated"
REMEMBERING = a_policy(Rule("went-up", ESCALATED, (ESCALATED,), lambda facts: facts[ESCALATED], Then(("strong",))))


def after_a_climb(left: int) -> tuple[Scene, CountedEscalations]:
    """A request that has climbed once comes again, with so many escalations left."""
    escalations = CountedEscalations(1)
    scene = Scene(backend(Fails(NO)), backend(*GOOD), REMEMBERING, escalations=escalations)
    scene.play()
    scene.log.records.clear()
    for each in scene.backends:
        each.asked.clear()
    escalations.left = left
    escalations.told.clear()
    scene.play()
    return scene, escalations


def test_a_request_that_goes_straight_up_because_it_climbed_before_counts_as_a_climb() -> None:
    scene, escalations = after_a_climb(left=1)

    assert (scene.opened, scene.record.rule) == (["strong"], "went-up")
    assert escalations.told == [("local", "asked"), ("local", "take")]


def test_there_is_no_short_cut_where_the_climb_would_be_refused() -> None:
    scene, _ = after_a_climb(left=0)

    assert (scene.opened, scene.record.rule) == (["fast"], "otherwise")
    assert [each.outcome for each in scene.record.attempts] == ["refused", "escalations_spent"]


def test_a_pin_counts_as_no_climb_whatever_is_remembered() -> None:
    escalations = CountedEscalations(9)
    scene = Scene(backend(Fails(NO)), backend(*GOOD), REMEMBERING, escalations=escalations)
    scene.play()
    escalations.told.clear()

    scene.play(asking(model="strong"))

    assert escalations.told == [("local", "asked")]
