"""How many retries a backend is spared."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.retry_budget import LEAST_A_S, SHARE, WINDOW_S, RetryBudget


def test_a_backend_that_is_asked_little_may_be_retried_a_few_times_a_second() -> None:
    budget = RetryBudget()

    granted = [budget.take(0.0) for _ in range(100)]

    assert sum(granted) == LEAST_A_S * WINDOW_S


def test_retries_of_long_ago_are_forgotten() -> None:
    budget = RetryBudget()
    for _ in range(100):
        budget.take(0.0)

    assert budget.take(WINDOW_S)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_an_engine_that_always_fails_gets_a_fifth_more_work_at_most(asked: int, retried: int) -> None:
    budget = RetryBudget()
    for _ in range(asked):
        budget.asked(1.0)

    granted = sum(budget.take(1.0) for _ in range(retried))

    assert granted <= max(SHARE * asked, LEAST_A_S * WINDOW_S)
    assert granted == min(retried, int(max(SHARE * asked, LEAST_A_S * WINDOW_S)))
