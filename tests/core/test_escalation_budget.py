"""How many requests of a tenant may climb for what they are, and which failures are of that kind."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import (
    BackendError,
    EngineFailed,
    Malformed,
    NotAdmitted,
    Overloaded,
    Refused,
    TimedOut,
    Unavailable,
    Untrusted,
)
from router.core.escalation_budget import LEAST_A_S, SHARE, WINDOW_S, EscalationBudget, is_of_the_request

LEAST = LEAST_A_S * WINDOW_S
AMBIGUOUS = [EngineFailed("x"), TimedOut("x"), Malformed("x")]
OPERATORS = [Unavailable("x"), Overloaded("x"), NotAdmitted("x"), Untrusted("x")]


@given(st.integers(0, 2_000), st.integers(0, 2_000))
def test_a_tenant_whose_every_request_would_climb_gets_a_share_of_them_up_and_a_few(asked: int, wanted: int) -> None:
    budget = EscalationBudget()
    for _ in range(asked):
        budget.asked(1.0)

    granted = sum(budget.take(1.0) for _ in range(wanted))

    assert granted == min(wanted, int(SHARE * asked + LEAST))


def test_looking_does_not_spend() -> None:
    budget = EscalationBudget(share=0, least_a_s=1 / WINDOW_S)

    assert [budget.has_left(0.0) for _ in range(3)] == [True] * 3
    assert (budget.take(0.0), budget.has_left(0.0), budget.take(0.0)) == (True, False, False)


def test_what_climbed_a_minute_ago_is_forgotten() -> None:
    budget = EscalationBudget()
    while budget.take(0.0):
        pass

    assert not budget.take(WINDOW_S * 0.89)
    assert budget.take(WINDOW_S)


@pytest.mark.parametrize("failures_before", [0, 7])
def test_what_an_engine_refuses_is_of_the_request_however_it_is_doing(failures_before: int) -> None:
    assert is_of_the_request(Refused("no", 400, "top_p"), failures_before)


def test_a_prompt_that_turns_out_too_long_is_what_the_tier_cannot_do() -> None:
    assert not is_of_the_request(Refused("too long", 400, "input_tokens"), 0)


@pytest.mark.parametrize("error", AMBIGUOUS, ids=lambda each: each.outcome)
def test_a_failure_is_of_the_request_where_the_tier_had_served_the_one_before(error: BackendError) -> None:
    assert is_of_the_request(error, 0)
    assert not is_of_the_request(error, 1)


@pytest.mark.parametrize("error", OPERATORS, ids=lambda each: type(each).__name__)
def test_a_tier_that_is_away_or_busy_is_nobodys_request(error: BackendError) -> None:
    assert not is_of_the_request(error, 0)


@pytest.mark.parametrize("fails", [0.05, 0.3, 0.5, 0.7, 1.0])
def test_a_tier_that_fails_at_random_never_spends_the_budget(fails: float) -> None:
    chance, budget, in_a_row, refused = random.Random(7), EscalationBudget(), 0, 0

    for number in range(20_000):
        now_s = number / 100
        budget.asked(now_s)
        failed = chance.random() < fails
        if failed and is_of_the_request(EngineFailed("x"), in_a_row):
            refused += not budget.take(now_s)
        in_a_row = in_a_row + 1 if failed else 0

    assert refused == 0
