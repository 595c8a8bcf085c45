"""How many kept answers may be written again: a few a minute, a share of what is given, half of it to one tenant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.caching.upgrade_budget import WINDOW_S, UpgradeBudget


def spent(budget: UpgradeBudget, tenants: list[str], now_s: float = 0.0) -> list[str]:
    """Who gets something, of those who ask in this order."""
    granted = []
    for tenant in tenants:
        if budget.has_left(tenant, now_s):
            budget.take(tenant, now_s)
            granted.append(tenant)
    return granted


def a_budget(a_minute: int, share: float, given: int) -> UpgradeBudget:
    budget = UpgradeBudget(a_minute, share)
    for _ in range(given):
        budget.given(0.0)
    return budget


@pytest.mark.parametrize(
    ("a_minute", "share", "given", "allowed"),
    [(6, 0.1, 1000, 6), (6, 0.1, 40, 4), (6, 0.1, 3, 1), (6, 0.0, 1000, 1), (0, 1.0, 1000, 0), (1, 1.0, 1000, 1)],
)
def test_so_many_a_minute_and_no_more_than_a_share_of_what_is_given(
    a_minute: int, share: float, given: int, allowed: int
) -> None:
    budget = a_budget(a_minute, share, given)

    assert len(spent(budget, [str(number) for number in range(20)])) == allowed


def test_what_was_spent_comes_back_after_a_minute() -> None:
    budget = a_budget(1, 1.0, 10)

    assert spent(budget, ["a"], 0.0) == ["a"]
    assert spent(budget, ["b"], WINDOW_S - 0.1) == []
    assert spent(budget, ["b"], WINDOW_S) == ["b"]


def test_one_tenant_gets_no_more_than_half() -> None:
    budget = a_budget(6, 1.0, 100)

    assert spent(budget, ["a"] * 9 + ["b"]) == ["a", "a", "a", "b"]


def test_looking_does_not_spend() -> None:
    budget = a_budget(1, 1.0, 10)

    assert [budget.has_left("a", 0.0) for _ in range(3)] == [True, True, True]


@given(st.integers(0, 20), st.floats(0, 1), st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 20)), max_size=80))
def test_in_no_minute_is_more_spent(a_minute: int, share: float, asked: list[tuple[str, float]]) -> None:
    budget, now_s, times = a_budget(a_minute, share, 50), 0.0, list[float]()
    for tenant, later_s in asked:
        now_s += later_s
        times += [now_s for _ in spent(budget, [tenant], now_s)]

    for start_s in times:
        assert sum(start_s <= each < start_s + WINDOW_S for each in times) <= a_minute
