"""A latency budget passes over tiers that are known to take too long, and refuses at once what none can answer in time:
on what was learned, never on what is assumed."""

import pytest
from msgspec.structs import replace

from router.core.budget import LEARNED
from router.core.decision import Decision, decide
from router.core.errors import DeadlineExceeded
from router.core.ladder import reach_up_to
from router.core.policy import AUTO, Then
from router.core.situation import Question, note, reopen
from router.core.values import Hints, TierState
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION
from tests.examples import FAST, STRONG, a_policy, a_view, caller

TWO = reach_up_to("hosted", {"fast": FAST, "strong": STRONG})
CLIMBING = Then(("fast", "strong"))


def taking(p50_ms: int, p90_ms: int, seen: int = LEARNED) -> TierState:
    return TierState(True, 4_000, predicted_p50_ms=p50_ms, predicted_p90_ms=p90_ms, seen_answers=seen)


QUICK, SLOW, LATE, UNKNOWN = taking(100, 200), taking(900, 2_000), taking(200, 900), TierState(True, 4_000)


def decided(fast: TierState, strong: TierState, budget_ms: int | None = 300, then: Then = CLIMBING) -> Decision:
    view = a_view(hints=Hints(latency_budget_ms=budget_ms), tiers={"fast": fast, "strong": strong})
    return decide(a_policy(otherwise=then), view, TWO, None)


def ladder(*about, **more) -> tuple[str, ...]:
    return decided(*about, **more).tiers


def test_a_tier_that_would_take_too_long_is_passed_over_for_one_that_would_not() -> None:
    decision = decided(SLOW, QUICK)

    assert (decision.tiers, decision.reason) == (("strong",), "budget")
    assert decision.excluded == ("fast:latency_budget",)
    assert decision.ladder.exclusions[-1].why == "is 300 ms; 90 in 100 such answers take this tier up to 2000 ms"


def test_a_tier_is_late_by_its_upper_quantile() -> None:
    assert ladder(LATE, QUICK) == ("strong",)
    assert ladder(LATE, QUICK, budget_ms=900) == ("fast", "strong")


def test_another_tier_may_be_preferred_on_what_is_assumed_of_it() -> None:
    assert ladder(SLOW, taking(100, 200, seen=0)) == ("strong",)


@pytest.mark.parametrize("fast", [QUICK, UNKNOWN, taking(900, 2_000, seen=LEARNED - 1)])
def test_a_tier_that_is_in_time_or_that_too_little_is_known_of_is_tried(fast: TierState) -> None:
    assert ladder(fast, QUICK) == ("fast", "strong")


@pytest.mark.parametrize("strong", [UNKNOWN, taking(400, 800, seen=0), LATE])
def test_a_late_tier_is_kept_where_none_is_known_to_be_in_time(strong: TierState) -> None:
    assert ladder(SLOW, strong) == ("fast", "strong")


def test_a_late_tier_further_up_stays_what_the_request_may_climb_to() -> None:
    assert ladder(QUICK, SLOW) == ("fast", "strong")


def test_without_a_budget_nothing_is_passed_over() -> None:
    assert ladder(SLOW, QUICK, budget_ms=None) == ("fast", "strong")


def test_what_no_tier_can_answer_in_time_is_refused_with_what_it_would_take() -> None:
    with pytest.raises(DeadlineExceeded) as refused:
        decided(SLOW, taking(400, 800))

    assert refused.value.message == (
        "the answer is not likely within 300 ms: it would take fast about 900 ms, strong about 400 ms; "
        "a budget of 800 ms would do for 90 in 100 such answers"
    )


def test_the_tier_that_takes_the_place_of_one_passed_over_is_no_escalation() -> None:
    assert ladder(SLOW, QUICK, then=Then(("fast", "strong"), max_escalations=0)) == ("strong",)


def test_a_rule_may_rather_have_a_late_answer_than_none_but_still_prefers_one_in_time() -> None:
    best_effort = Then(("fast", "strong"), over_budget="best_effort")

    assert ladder(SLOW, SLOW, then=best_effort) == ("fast", "strong")
    assert ladder(SLOW, QUICK, then=best_effort) == ("strong",)


@pytest.mark.parametrize(
    ("then", "about"),
    [
        (Then(("fast",), deadline_s=0.3), {}),
        (Then(("fast",)), {"by": caller(latency_budget_ms=300)}),
    ],
    ids=["the rule's", "the key's"],
)
def test_the_budget_may_be_the_rules_or_the_keys(then: Then, about: dict) -> None:
    with pytest.raises(DeadlineExceeded):
        decide(a_policy(otherwise=then), a_view(tiers={"fast": SLOW}, **about), TWO, None)


def test_a_pinned_tier_is_held_to_the_budget_too() -> None:
    view = a_view(hints=Hints(latency_budget_ms=300), tiers={"fast": SLOW, "strong": QUICK})

    with pytest.raises(DeadlineExceeded):
        decide(a_policy(otherwise=CLIMBING), view, TWO, "fast")


def test_a_request_that_is_decided_again_from_its_record_meets_the_same_budget() -> None:
    view = a_view(by=caller(latency_budget_ms=300), tiers={"fast": SLOW, "strong": QUICK})
    again = reopen(note(Question(view, TWO, None)))

    assert decide(a_policy(otherwise=CLIMBING), again.view, again.reach, again.pin).tiers == ("strong",)


# --- budgets that are kept by fewer passes ----------------------------------------------------------------------

DENOISING = replace(FAST, dialect=VLLM_DIFFUSION)
REACH = reach_up_to("hosted", {"fast": DENOISING, "strong": STRONG})
PASSING = replace(SLOW, canvas_tokens=256, pass_ms=20.0)
SPENDING = Then(("fast", "strong"), denoise=AUTO)


def spent(budget_ms: int, fast: TierState = PASSING, then: Then = SPENDING) -> Decision:
    view = a_view(hints=Hints(latency_budget_ms=budget_ms), tiers={"fast": fast, "strong": SLOW})
    return decide(a_policy(otherwise=then), view, REACH, None)


def test_a_tier_that_keeps_the_budget_by_fewer_passes_is_not_late() -> None:
    decision = spent(300)

    assert decision.tiers == ("fast", "strong")
    assert decision.foreseen("fast", PASSING).predicted_p90_ms <= 300
    assert decision.as_dict()["denoise"] == {
        "fast": {"steps": 14, "canvas": None, "why": "0.3 s left for 1 canvas at 20 ms a pass"}
    }


def test_a_tier_that_cannot_keep_it_even_at_the_floor_is_late_by_what_the_floor_takes() -> None:
    with pytest.raises(DeadlineExceeded) as refused:
        spent(150)

    assert "fast about 180 ms" in refused.value.message


def test_a_late_answer_that_is_better_than_none_is_written_at_the_floor() -> None:
    decision = spent(150, then=Then(("fast",), denoise=AUTO, over_budget="best_effort"))

    assert (decision.tiers, decision.denoised()["fast"].steps) == (("fast",), 8)


def test_it_is_so_again_when_it_is_decided_from_its_record() -> None:
    view = a_view(hints=Hints(latency_budget_ms=300), tiers={"fast": PASSING, "strong": QUICK})
    again = reopen(note(Question(view, REACH, None)))
    policy = a_policy(otherwise=SPENDING)

    decisions = [decide(policy, view, REACH, None), decide(policy, again.view, again.reach, again.pin)]

    assert [each.tiers for each in decisions] == [("fast", "strong")] * 2
    assert decisions[0].denoised() == decisions[1].denoised()
