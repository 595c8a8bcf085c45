"""What becomes of a latency budget once it is known how long answers take: from the records of those served before."""

import pytest

from router.core.errors import DeadlineExceeded
from router.core.latency import Pace
from router.core.policy import Then
from router.core.values import Hints
from router.ports import Asked
from router.stores.latencies import LocalLatencies
from tests.dispatch.scenes import Scene, asking, backend
from tests.doubles import Ends, HandClock, RecordingAnswer, Says
from tests.examples import a_policy

PACE = Pace(prefill_tokens_per_s=10_000, step_ms=1, crowding=0.0, slots=8)
SERVED = 40
TAKES_S = 2.0


def knowing(then: Then, strong_takes_s: float = TAKES_S) -> Scene:
    """A scene that has served enough for both tiers to be known, the fast one taking `TAKES_S`."""
    latencies = LocalLatencies({"fast-1": PACE, "strong-1": PACE}, HandClock())
    fast, strong = (backend(Says(b"text"), Ends(9, after_s=each)) for each in (TAKES_S, strong_takes_s))
    for tier in ("fast", "strong"):
        learning = Scene(fast, strong, a_policy(otherwise=Then((tier,))), latencies=latencies)
        for _ in range(SERVED):
            learning.play()
            learning.answer = RecordingAnswer()
        latencies.take(learning.log.records)
        fast.asked.clear()
        strong.asked.clear()
    return Scene(fast, strong, a_policy(otherwise=then), latencies=latencies)


def hurried(budget_ms: int) -> Asked:
    return asking(hints=Hints(latency_budget_ms=budget_ms))


def test_a_budget_that_no_tier_can_keep_is_answered_at_once_and_no_engine_is_called() -> None:
    scene = knowing(Then(("fast", "strong"), gate="off"))

    scene.play(hurried(300))

    assert scene.opened == []
    error = scene.answer.last.error
    assert isinstance(error, DeadlineExceeded)
    assert "about 2000 ms" in error.message
    assert (scene.record.outcome, scene.record.elapsed_s) == ("failed", 0.0)


def test_a_budget_that_only_the_better_tier_can_keep_goes_there() -> None:
    scene = knowing(Then(("fast", "strong"), gate="off"), strong_takes_s=0.1)

    scene.play(hurried(300))

    assert (scene.opened, scene.record.reason, scene.record.tier) == (["strong"], "budget", "strong")
    assert scene.record.excluded == ("fast:latency_budget",)


def test_with_best_effort_a_late_answer_comes_whole() -> None:
    scene = knowing(Then(("fast", "strong"), gate="off", over_budget="best_effort"))

    scene.play(hurried(300))

    assert (scene.record.outcome, scene.record.elapsed_s) == ("served", TAKES_S)


def test_a_record_carries_what_was_predicted_beside_what_it_took() -> None:
    scene = knowing(Then(("fast",), gate="off"))

    scene.play()

    record = scene.record
    assert (record.predicted_p50_ms, record.elapsed_s) == (pytest.approx(2_000, rel=0.01), TAKES_S)
    assert record.predicted_p90_ms >= record.predicted_p50_ms
