"""For whose answer a request waits that another replica is about to keep, and for how long: less than `commit_after`,
and never at the price of its own budget."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.budget import LEARNED
from router.core.caching.entry import Place
from router.core.caching.terms import AS_USUAL, Caching, Directives, Terms
from router.core.caching.waiting import lease_place, patience_s
from router.core.decision import decide
from router.core.ladder import reach_up_to
from router.core.policy import Then
from router.core.values import TierState
from tests.examples import FAST, STRONG, a_policy, a_view

TWO = reach_up_to("hosted", {"fast": FAST, "strong": STRONG})
TERMS = Terms(Place("acme", "default", "0" * 64), Caching(), AS_USUAL, ("fast", "strong"), "usual", False)


def patience(budget_ms: float | None = None, p50_ms: int = 0, p90_ms: int = 0, seen: int = 0, **about: Any) -> float:
    """With a `commit_after` of ten seconds unless said otherwise."""
    fast = TierState(True, 4_000, predicted_p50_ms=p50_ms, predicted_p90_ms=p90_ms, seen_answers=seen)
    view = a_view(tiers={"fast": fast, "strong": TierState(True, 4_000)})
    terms = about.pop("terms", TERMS)
    decision = decide(a_policy(otherwise=Then(("fast", "strong"), **about)), view, TWO, None)
    return patience_s(terms, decision, view, budget_ms)


@given(
    st.none() | st.floats(1, 600_000),
    st.integers(0, 60_000),
    st.integers(0, 60_000),
    st.integers(0, 2 * LEARNED),
    st.floats(0.01, 600),
)
def test_patience_is_less_than_commit_after_and_leaves_the_budget_what_most_answers_take(
    budget_ms: float | None, p50_ms: int, more_ms: int, seen: int, commit_s: float
) -> None:
    most_s = patience(budget_ms, p50_ms, p50_ms + more_ms, seen, commit_after_s=commit_s)

    assert 0 <= most_s < commit_s
    if budget_ms is not None and most_s > 0:
        assert most_s * 1000 + p50_ms + more_ms <= budget_ms * (1 + 1e-9)


def test_without_a_budget_it_is_half_of_commit_after() -> None:
    assert patience() == 5.0


def test_who_has_a_budget_and_knows_nothing_of_the_tier_does_not_wait() -> None:
    assert patience(budget_ms=60_000) == 0.0


def test_where_half_of_such_answers_are_known_to_take_longer_there_is_none() -> None:
    assert patience(p50_ms=5_001, seen=LEARNED) == 0.0
    assert patience(p50_ms=5_000, seen=LEARNED) == 5.0
    assert patience(p50_ms=5_001, seen=LEARNED - 1) == 5.0


@pytest.mark.parametrize(("max_age_s", "most_s"), [(0.0, 0.0), (1.0, 5.0), (None, 5.0)])
def test_whoever_wants_an_answer_younger_than_any_has_none(max_age_s: float | None, most_s: float) -> None:
    assert patience(terms=replace(TERMS, directives=Directives(max_age_s=max_age_s))) == most_s


OTHERS = [
    replace(TERMS, place=Place("other", "default", "0" * 64)),
    replace(TERMS, place=Place("acme", "other", "0" * 64)),
    replace(TERMS, place=Place("acme", "default", "1" * 64)),
    replace(TERMS, ladder=("strong",)),
    replace(TERMS, ladder=("fast",)),
    replace(TERMS, rule="other"),
    replace(TERMS, needs_verified=True),
]


def test_only_those_wait_for_each_other_who_would_take_each_others_answers() -> None:
    places = {lease_place(each, budget_ms) for each in (TERMS, *OTHERS) for budget_ms in (None, 300)}

    assert len(places) == 2 * (1 + len(OTHERS))
    assert lease_place(TERMS, 300) == lease_place(replace(TERMS, caching=Caching(ttl_s=1.0)), 300)
