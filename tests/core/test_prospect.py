"""Beginning where a right answer within the budget is likeliest."""

from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.config.yaml_file import read_yaml
from router.core.decision import Decision, decide
from router.core.errors import DeadlineExceeded
from router.core.ladder import reach_up_to
from router.core.policy import Then
from router.core.priors import Benchmark, log_odds_gap
from router.core.prospect import USUAL_GAP, chance_right, prospect_of
from router.core.values import Hints, Score, Tier, TierState
from tests.examples import FAST, STRONG, a_policy, a_view, caller, signals
from tests.policy_texts import SHIPPED

TWO = reach_up_to("strong", {"fast": FAST, "strong": STRONG})
IN_TIME = Then(("fast", "strong"), begin="in_time")
EASY = Score(0.2, "low")

IDLE = TierState(configured=True, limit=8)
QUICK = replace(IDLE, predicted_p50_ms=300, predicted_p90_ms=800)
SLOW = replace(IDLE, predicted_p50_ms=1000, predicted_p90_ms=2500)

states = st.builds(
    lambda p50, ratio, in_flight: TierState(
        configured=True, limit=8, in_flight=in_flight, predicted_p50_ms=p50, predicted_p90_ms=round(p50 * ratio)
    ),
    st.integers(1, 60_000),
    st.floats(1.0, 6.0),
    st.integers(0, 12),
)


def decided(fast: TierState, strong: TierState, budget_ms: int | None, then: Then = IN_TIME, **about: Any) -> Decision:
    pin: Tier | None = about.pop("pin", None)
    hints = Hints(latency_budget_ms=budget_ms)
    view = a_view(None, signals(difficulty=EASY), hints, caller(pins=True), tiers={"fast": fast, "strong": strong})
    return decide(a_policy(otherwise=then), view, TWO, pin)


def full(state: TierState) -> TierState:
    return replace(state, in_flight=state.limit)


def test_with_time_enough_the_tier_begins_that_is_right_more_often() -> None:
    decision = decided(QUICK, SLOW, budget_ms=60_000)

    assert (decision.tiers, decision.starts, decision.reason) == (("strong",), ("strong",), "budget")
    assert [fit.tier for fit in decision.ladder.fallback] == ["fast"]


def test_with_little_time_the_tier_begins_that_is_likelier_to_be_done() -> None:
    assert decided(QUICK, SLOW, budget_ms=1_000).tiers == ("fast", "strong")


def test_a_full_tier_is_passed_over_for_one_that_has_a_seat() -> None:
    assert decided(QUICK, full(SLOW), budget_ms=60_000).tiers == ("fast", "strong")
    assert decided(full(QUICK), SLOW, budget_ms=2_000).tiers == ("strong",)


def test_a_full_tier_is_waited_for_where_the_other_would_be_too_late() -> None:
    late = replace(IDLE, predicted_p50_ms=9_000, predicted_p90_ms=12_000)

    assert decided(full(QUICK), late, budget_ms=1_000).starts == ("fast", "strong")


def test_an_idle_tier_is_asked_for_what_is_hardly_likely_in_time_and_a_busy_one_is_not() -> None:
    late = replace(IDLE, predicted_p50_ms=9_000, predicted_p90_ms=12_000)
    unlikely = replace(IDLE, predicted_p50_ms=1_500, predicted_p90_ms=4_000)

    assert decided(unlikely, late, budget_ms=1_000).tiers == ("fast", "strong")
    with pytest.raises(DeadlineExceeded, match="not likely within 1000 ms"):
        decided(replace(unlikely, in_flight=7), late, budget_ms=1_000)


def test_a_rule_that_would_rather_have_a_late_answer_gets_one() -> None:
    late = replace(IDLE, predicted_p50_ms=9_000, predicted_p90_ms=12_000)

    assert decided(late, late, 1_000, replace(IN_TIME, over_budget="best_effort")).tiers


@pytest.mark.parametrize("unknown", [IDLE, TierState(configured=True)])
def test_the_order_of_the_ladder_holds_where_nothing_is_predicted(unknown: TierState) -> None:
    assert decided(QUICK, unknown, budget_ms=60_000).tiers == ("fast", "strong")
    assert decided(unknown, SLOW, budget_ms=60_000).tiers == ("fast", "strong")


def test_the_order_of_the_ladder_holds_without_a_budget_and_a_pin_holds_with_one() -> None:
    assert decided(QUICK, SLOW, budget_ms=None).tiers == ("fast", "strong")
    assert decided(QUICK, SLOW, budget_ms=60_000, pin="fast").tiers == ("fast",)


def test_no_more_tiers_than_the_rule_lets_a_request_climb() -> None:
    assert decided(QUICK, SLOW, 1_000, replace(IN_TIME, max_escalations=0)).tiers == ("fast",)


@given(states, st.integers(1, 100_000), st.integers(1, 100_000))
def test_more_time_never_makes_an_answer_less_likely(state: TierState, one_ms: int, other_ms: int) -> None:
    less, more = (prospect_of("fast", state, EASY, each) for each in sorted((one_ms, other_ms)))

    assert 0.0 <= less.in_time <= more.in_time <= 1.0


@given(states, st.integers(1, 100_000))
def test_an_answer_gains_no_more_than_itself_and_on_an_idle_tier_nothing_less(state: TierState, budget_ms: int) -> None:
    alone, among = (prospect_of("fast", each, EASY, budget_ms) for each in (replace(state, in_flight=0), state))

    assert alone.gain == alone.in_time
    assert among.gain <= among.in_time


@given(st.floats(0.0, 1.0))
def test_the_strong_tier_is_right_no_less_often(score: float) -> None:
    hard = Score(score, "medium")

    assert chance_right("fast", hard) <= chance_right("strong", hard) + 1e-8


def test_the_usual_gap_is_that_of_the_published_benchmarks() -> None:
    published = read_yaml(SHIPPED / "classifiers" / "default" / "priors.yaml").data["benchmarks"].values()

    assert fmean(log_odds_gap(Benchmark(**each)) for each in published) == pytest.approx(USUAL_GAP, abs=0.001)
