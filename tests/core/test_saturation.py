"""How full a backend is: ours to the moment, others' as its engine last said, and what may be ours of its limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.concurrency_limit import WINDOW, Limiter, Service, fixed
from router.core.saturation import FRESH_S, Lease, Occupancy


def an_occupancy(ours: int = 0, limit: int = 4) -> Occupancy:
    """Of a backend with this limit, at which so many of our attempts are open."""
    occupancy = Occupancy(fixed(limit))
    for _ in range(ours):
        occupancy.opened()
    return occupancy


def test_without_a_word_from_the_engine_what_is_open_is_ours() -> None:
    occupancy = an_occupancy(ours=2)
    occupancy.closed()

    assert occupancy.in_flight(0.0) == 1


def test_what_the_engine_counts_beyond_ours_is_others() -> None:
    occupancy = an_occupancy(ours=2)
    occupancy.heard(5, ours=2, now_s=0.0)

    assert (occupancy.in_flight(0.0), occupancy.others(0.0)) == (5, 3)


def test_ours_change_at_once_and_others_when_the_engine_speaks_again() -> None:
    occupancy = an_occupancy(ours=2)
    occupancy.heard(5, ours=2, now_s=0.0)
    occupancy.opened()

    assert occupancy.in_flight(0.1) == 6
    occupancy.heard(3, ours=3, now_s=0.25)
    assert occupancy.in_flight(0.25) == 3


def test_an_engine_that_has_not_yet_heard_of_ours_has_no_fewer_than_nobody_elses() -> None:
    occupancy = an_occupancy(ours=4)
    occupancy.heard(1, ours=4, now_s=0.0)

    assert (occupancy.in_flight(0.0), occupancy.others(0.0)) == (4, 0)


def test_what_was_said_too_long_ago_does_not_count() -> None:
    occupancy = an_occupancy(ours=1)
    occupancy.heard(9, ours=1, now_s=0.0)

    assert occupancy.in_flight(FRESH_S - 0.01) == 9
    assert occupancy.in_flight(FRESH_S) == 1


def test_where_no_limit_is_known_there_is_none() -> None:
    occupancy = Occupancy()
    occupancy.took(Service(1.0, 1.0, 0))
    occupancy.refused()
    occupancy.leased(Lease(2, 2, 10.0))

    assert occupancy.limit(0.0) == 0


def test_a_limit_that_learns_is_the_one_that_holds() -> None:
    occupancy = Occupancy(Limiter(4.0, 1, 20))
    for _ in range(10 * WINDOW):
        occupancy.took(Service(100.0, 100.0, 3))

    assert occupancy.limit(0.0) > 4
    for _ in range(50):
        occupancy.refused()
    assert occupancy.limit(0.0) == 1


def test_a_lease_says_how_much_of_the_limit_may_be_ours_whatever_others_have_open() -> None:
    occupancy = an_occupancy(ours=1, limit=8)
    occupancy.leased(Lease(slots=3, replicas=2, until_s=1.0))
    occupancy.heard(3, ours=1, now_s=0.0)

    assert (occupancy.in_flight(0.0), occupancy.limit(0.0)) == (3, 5)
    occupancy.heard(8, ours=1, now_s=0.0)
    assert (occupancy.in_flight(0.0), occupancy.limit(0.0)) == (8, 8)


def test_when_a_lease_is_over_the_share_is_an_equal_one_and_never_nothing() -> None:
    occupancy = an_occupancy(limit=8)
    occupancy.leased(Lease(slots=7, replicas=3, until_s=1.0))
    assert [occupancy.share(at_s) for at_s in (0.9, 1.0)] == [7, 2]

    occupancy.leased(Lease(slots=0, replicas=20, until_s=2.0))
    assert [occupancy.share(at_s) for at_s in (1.9, 2.0)] == [0, 1]


@pytest.mark.parametrize(("ours", "waiting", "wanted"), [(0, 0, 1), (2, 0, 2), (1, 1, 2), (3, 0, 7), (3, 2, 11)])
def test_who_has_filled_its_share_wants_twice_as_much(ours: int, waiting: int, wanted: int) -> None:
    occupancy = an_occupancy(ours, limit=8)
    occupancy.waiting = waiting
    occupancy.leased(Lease(slots=3, replicas=2, until_s=1.0))

    assert occupancy.wanted(0.0) == wanted


@given(
    ours=st.integers(0, 50),
    count=st.integers(0, 100),
    limit=st.integers(1, 50),
    slots=st.integers(0, 50),
    replicas=st.integers(1, 50),
    at_s=st.floats(0.0, 3.0),
)
def test_others_are_never_fewer_than_none_nor_is_a_limit_more_than_the_whole(
    ours: int, count: int, limit: int, slots: int, replicas: int, at_s: float
) -> None:
    occupancy = an_occupancy(ours, limit)
    occupancy.heard(count, ours, now_s=0.0)
    occupancy.leased(Lease(slots, replicas, until_s=1.0))

    assert occupancy.in_flight(at_s) >= ours
    assert 0 <= occupancy.limit(at_s) <= limit
    is_free = occupancy.in_flight(at_s) < occupancy.limit(at_s)
    assert not is_free or (ours < occupancy.share(at_s) and occupancy.in_flight(at_s) < limit)
