"""With `denoise: auto` what is left of a latency budget becomes passes of the diffusion engine, attempt by attempt."""

import pytest

from router.core.cascade import cascade
from router.core.checks.written import Brief, Written
from router.core.denoise import DENOISING as DENOISING_DIALS
from router.core.denoise import FIXED, NO_BUDGET, Chosen, Spending
from router.core.errors import EngineFailed, Unavailable, with_retry
from router.core.gate import Orders
from router.core.latency import Pace
from router.core.moves import Attempt, Block, Open
from router.core.plan import Plan
from router.core.policy import AUTO, Denoise, Then
from router.core.values import Hints, TierState
from router.core.verdict import ACCEPTED, Verdict
from router.ports import Asked
from router.stores.latencies import LocalLatencies
from tests.dispatch.scenes import DENOISING, Scene, asking, backend
from tests.doubles import Ends, Fails, HandClock, Says, Step
from tests.examples import a_policy, signals
from tests.vllm_wire import opening_events, text_events

PACE = Pace(1e9, step_ms=50.0, crowding=0.0, slots=8, canvas_tokens=256, passes=12, passes_p90=24)
PATIENT = Then(("fast", "strong"), denoise=AUTO, over_budget="best_effort")
GOOD = (Says(b"text", 0.1), Ends(tokens=9))


def scene(*fast: Step, then: Then = PATIENT, strong: tuple[Step, ...] = GOOD) -> Scene:
    latencies = LocalLatencies({"fast-1": PACE, "strong-1": PACE}, HandClock())
    return Scene(backend(*fast), backend(*strong), a_policy(otherwise=then), latencies=latencies, tiers=DENOISING)


def hurried(budget_ms: int | None, **about) -> Asked:
    return asking(hints=Hints(latency_budget_ms=budget_ms), **about)


def told(scene: Scene) -> list[Chosen | None]:
    """What the fast engine was told, attempt by attempt."""
    return [envelope.denoise for _, envelope in scene.fast.asked]


def steps_with(budget_ms: int) -> int | None:
    playing = scene(*GOOD)
    playing.play(hurried(budget_ms))
    (chosen,) = told(playing)
    return None if chosen is None else chosen.steps


def test_a_tighter_budget_is_fewer_passes() -> None:
    found = [steps_with(budget_ms) for budget_ms in (200, 800, 1_600, 60_000)]

    assert found[0] == 8
    assert found[-1] == 48
    assert 8 < found[1] < found[2] < 48


def test_the_record_of_the_attempt_says_what_was_asked_for_and_why() -> None:
    playing = scene(*GOOD)

    playing.play(hurried(800))

    (attempt,), (chosen,) = playing.record.attempts, told(playing)
    assert attempt.denoise == chosen
    assert attempt.denoise is not None
    assert attempt.denoise.why.startswith("0.8 s left for 1 canvas at ")
    assert playing.answer.last.head is not None
    assert playing.answer.last.head.attempts == (attempt,)


def test_the_record_predicts_the_answer_with_the_passes_it_may_take() -> None:
    playing = scene(*GOOD, then=Then(("fast",), denoise=AUTO))

    playing.play(hurried(800))

    assert 0 < playing.record.predicted_p90_ms <= 800


def test_without_a_budget_the_engine_is_left_as_it_was_started() -> None:
    playing = scene(*GOOD)

    playing.play()

    assert told(playing) == [Chosen(None, None, NO_BUDGET)]


def test_an_engine_without_the_dials_is_left_alone() -> None:
    playing = scene(Fails(EngineFailed("no")))

    playing.play(hurried(800))

    ((_, envelope),) = playing.strong.asked
    assert envelope.denoise is None
    assert playing.record.attempts[-1].denoise is None


@pytest.mark.parametrize("then", [PATIENT, Then(("fast",), denoise=AUTO)], ids=["best_effort", "refuse"])
def test_a_retry_gets_what_is_left_then(then: Then) -> None:
    playing = scene(Fails(with_retry(Unavailable("closed"), "connection"), 0.4), then=then)

    playing.play(hurried(1_600))

    first, second = told(playing)
    assert first is not None
    assert second is not None
    assert (first.why[:5], second.why[:5]) == ("1.6 s", "1.2 s")
    assert first.steps is not None
    assert second.steps is not None
    assert first.steps > second.steps


def test_a_continuation_gets_what_is_left_then_for_what_is_left_to_write() -> None:
    block = Says(
        b"".join(
            [
                *opening_events("canvas", 1),
                *text_events("canvas", "Otters swim well, eat fish and sleep on their backs. ", 1),
            ]
        ),
        0.3,
    )
    playing = scene(block, Fails(EngineFailed("no"), 0.1), then=Then(("fast",), denoise=AUTO))

    playing.play(hurried(1_600))

    _, rest = told(playing)
    ((_, _), (_, envelope)) = playing.fast.asked
    assert envelope.continues is not None
    assert rest is not None
    assert rest.why.startswith("1.2 s left for 1 canvas")


def test_the_gate_knows_the_canvas_that_was_asked_for() -> None:
    widths: list[int | None] = []

    def noting(written: Written) -> Verdict:
        widths.append(written.canvas)
        return ACCEPTED

    orders = Orders("block", Brief(), noting, canvas=256)
    spent = Spending(Denoise(4, 64), {"fast": TierState()}, {"fast": DENOISING_DIALS}, signals(), None)
    plan = Plan(("fast",), (), None, 15.0, gated=frozenset(("fast",)), orders=orders, spending=spent)
    machine = cascade(plan, 0.0)

    opening = next(machine)[0]
    machine.send(Block(1, b"".join(text_events("canvas", "Otters swim well, eat fish and sleep on their backs.", 1))))

    assert opening == Open(Attempt(1, "fast"), None, Chosen(4, 64, FIXED))
    assert widths == [64]
