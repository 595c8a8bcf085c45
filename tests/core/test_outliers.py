"""A backend that does far worse than its peers is left out for a while: not on a hunch, and never all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.outliers import (
    FEWEST,
    FIRST_EJECTION_S,
    LONGEST_EJECTION_S,
    SLOWER,
    WINDOW_S,
    Conduct,
    find_outlier,
)


def conduct(attempts: int = FEWEST, failing: float = 0.0, slow: float = 1.0, now_s: float = 0.0) -> Conduct:
    """Of a backend that has failed this share of so many attempts, its answers `slow` times as long as expected."""
    found = Conduct()
    for at in range(attempts):
        found.ended(now_s, failed=at < failing * attempts)
        found.took(slow)
    return found


def test_where_all_do_alike_nobody_is_an_outlier() -> None:
    for alike in ({}, {"failing": 0.6}, {"slow": 10.0}):
        assert find_outlier({name: conduct(**alike) for name in "abcd"}, 0.0) is None


@pytest.mark.parametrize("worse", [{"failing": 0.4}, {"slow": SLOWER * 1.1}])
def test_one_that_fails_more_or_takes_longer_than_its_peers_is_found(worse: dict[str, float]) -> None:
    assert find_outlier({"a": conduct(), "b": conduct(**worse), "c": conduct()}, 0.0) == "b"
    assert find_outlier({"a": conduct(), "b": conduct(**worse)}, 0.0) == "b"


@pytest.mark.parametrize("slightly", [{"failing": 0.2}, {"slow": SLOWER * 0.9}])
def test_one_that_does_a_little_worse_is_not(slightly: dict[str, float]) -> None:
    assert find_outlier({"a": conduct(), "b": conduct(**slightly), "c": conduct()}, 0.0) is None


def test_of_two_outliers_the_worse_is_found_first() -> None:
    pool = {"a": conduct(), "b": conduct(slow=5.0), "c": conduct(slow=9.0), "d": conduct(), "e": conduct()}

    assert find_outlier(pool, 0.0) == "c"


def test_a_few_attempts_tell_nothing() -> None:
    few = conduct(FEWEST - 1, failing=1.0, slow=100.0)

    assert find_outlier({"a": conduct(), "b": few}, 0.0) is None
    assert find_outlier({"a": conduct(FEWEST - 1), "b": conduct(failing=1.0, slow=100.0)}, 0.0) is None


def test_failures_of_long_ago_no_longer_count() -> None:
    pool = {"a": conduct(), "b": conduct(failing=1.0)}

    assert find_outlier(pool, WINDOW_S * 2) is None


@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=8))
def test_at_most_half_of_a_pool_is_ejected_and_never_the_last(slow: list[float]) -> None:
    pool = {str(at): conduct(slow=each) for at, each in enumerate(slow)}

    while (outlier := find_outlier(pool, 0.0)) is not None:
        pool[outlier].eject(0.0)

    ejected = sum(each.is_ejected(0.0) for each in pool.values())
    assert ejected <= len(pool) / 2


def test_ejections_grow_longer_and_are_forgotten_by_who_has_done_well_for_long() -> None:
    found, now_s, lasted = Conduct(), 0.0, []
    for _ in range(12):
        until_s = found.eject(now_s)
        lasted.append(until_s - now_s)
        now_s = until_s + 1.0

    assert lasted[:3] == [FIRST_EJECTION_S, 2 * FIRST_EJECTION_S, 3 * FIRST_EJECTION_S]
    assert lasted[-1] == LONGEST_EJECTION_S
    now_s += LONGEST_EJECTION_S
    assert found.eject(now_s) == now_s + FIRST_EJECTION_S


def test_who_is_pardoned_is_there_at_once_and_owes_nothing() -> None:
    pool = {"a": conduct(), "b": conduct(slow=10.0)}
    pool["b"].eject(0.0)

    pool["b"].pardon()

    assert not pool["b"].is_ejected(0.0)
    assert find_outlier(pool, 0.0) is None


def test_who_is_back_is_judged_by_what_it_does_from_then_on() -> None:
    pool = {"a": conduct(), "b": conduct(slow=10.0)}
    until_s = pool["b"].eject(0.0)

    assert pool["b"].is_ejected(until_s - 1.0)
    assert not pool["b"].is_ejected(until_s)
    assert find_outlier(pool, until_s) is None
