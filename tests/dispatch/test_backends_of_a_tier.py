"""A request to a tier of two backends: who is asked, and what the record and the policy are told of it."""

import pytest

from router.core.breaker import CONSECUTIVE
from router.core.errors import BackendError, EngineFailed, NotAdmitted, Unavailable, with_retry
from router.core.latency import Pace
from router.core.policy import Then
from router.core.pool_choice import Candidate, preferred
from router.core.recall import conversation_key
from router.engines.fleet import Pools
from router.engines.member import Station
from router.stores.latencies import LocalLatencies
from tests.dispatch.scenes import TIERS, Scene, asking, backend
from tests.doubles import Ends, Fails, LoopClock, RecordingAnswer, Says, Step
from tests.examples import a_policy
from tests.vllm_wire import opening_events, text_events

PACE = Pace(prefill_tokens_per_s=10_000, step_ms=1, crowding=0.0, slots=8)
ASKED = asking()
KEY = conversation_key(ASKED.caller.tenant, ASKED.request, ASKED.hints)
HOME, OTHER = (each.name for each in preferred(KEY, [Candidate("fast-1"), Candidate("fast-2")]))
BOTH, ALONE = Then(("fast", "strong"), gate="off"), Then(("fast",), gate="off")
GOOD = (Says(b"text"), Ends(9))
BEGUN = Says(b"".join([*opening_events("tier1", 1), *text_events("tier1", "some ", 1)]))
BROKE_DOWN = EngineFailed("it failed")
BROKE = with_retry(Unavailable("the connection broke"), "connection")


def pooled(*home: Step, other: tuple[Step, ...] = GOOD, then: Then = BOTH) -> Scene:
    """A scene whose fast tier are two: the home of its conversation, and the other."""
    scene = Scene(backend(*home), backend(*GOOD), a_policy(otherwise=then))
    scene.fast.name, second, clock = HOME, backend(*other), LoopClock()
    second.name = OTHER
    stations = {"fast": [Station(scene.fast), Station(second)], "strong": [Station(scene.strong)]}
    paces = dict.fromkeys((HOME, OTHER, scene.strong.name), PACE)
    scene.fleet = Pools(stations, TIERS, LocalLatencies(paces, clock), clock)
    return scene


def trail(scene: Scene) -> list[tuple[str, str]]:
    """Who was asked and what came of it, as the latest record says."""
    return [(each.backend, each.outcome) for each in scene.log.records[-1].attempts]


def test_the_home_of_a_conversation_serves_it() -> None:
    scene = pooled(*GOOD)

    scene.play(ASKED)

    assert trail(scene) == [(HOME, "served")]
    assert scene.record.attempts[0].others == 0


@pytest.mark.parametrize("error", [BROKE_DOWN, BROKE])
def test_what_one_backend_fails_the_other_serves_before_the_tier_above_is_asked(error: BackendError) -> None:
    scene = pooled(Fails(error))

    scene.play(ASKED)

    assert trail(scene) == [(HOME, error.outcome), (OTHER, "served")]
    assert scene.record.outcome == "served"


def test_where_both_fail_the_tier_above_serves() -> None:
    scene = pooled(Fails(BROKE_DOWN), other=(Fails(BROKE_DOWN),))

    scene.play(ASKED)

    assert trail(scene) == [(HOME, "failed"), (OTHER, "failed"), ("strong-1", "served")]


def test_an_answer_that_breaks_off_is_gone_on_with_by_the_other_backend() -> None:
    scene = pooled(BEGUN, Fails(BROKE_DOWN), other=(BEGUN, Ends(9)))

    scene.play(ASKED)

    assert trail(scene) == [(HOME, "failed"), (OTHER, "served")]


def test_a_tier_is_not_admitted_to_only_when_none_of_its_backends_may_be_asked() -> None:
    scene = pooled(Fails(BROKE_DOWN), other=(Fails(BROKE_DOWN),), then=ALONE)
    for _ in range(CONSECUTIVE):
        scene.answer = RecordingAnswer()
        scene.play(ASKED)

    scene.answer = RecordingAnswer()
    scene.play(ASKED)

    assert trail(scene) == [(HOME, "not_admitted")]
    error = scene.answer.last.error
    assert isinstance(error, NotAdmitted)
    assert error.retry_after_s


def test_decisions_and_records_see_the_tier_as_a_whole() -> None:
    scene = pooled(*GOOD)

    scene.play(ASKED)

    situation = scene.record.situation
    assert situation is not None
    fast = situation.tiers["fast"]
    assert (fast.spare, fast.in_flight, fast.failures) == (1, 0, 0)
    assert fast.predicted_p50_ms > 0
