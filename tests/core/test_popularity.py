"""How often kept answers were given."""

from router.core.caching.popularity import Popularity
from tests.cached import place

HERE, THERE = place(1), place(2)


def counted(*times: float, popularity: Popularity | None = None) -> Popularity:
    """The entries that were made then, given one after the other."""
    popularity = popularity or Popularity()
    for made_s in times:
        popularity.count(HERE, made_s)
    return popularity


def test_an_entry_is_due_once_it_was_given_so_often() -> None:
    assert not counted(1.0, 1.0).is_due(HERE, 3, 0.0)
    assert counted(1.0, 1.0, 1.0).is_due(HERE, 3, 0.0)
    assert not counted(1.0, 1.0, 1.0).is_due(THERE, 3, 0.0)


def test_of_another_entry_at_the_same_place_the_count_begins_anew() -> None:
    assert not counted(1.0, 1.0, 2.0).is_due(HERE, 3, 0.0)
    assert counted(1.0, 1.0, 2.0, 2.0, 2.0).is_due(HERE, 3, 0.0)


def test_what_is_at_rest_is_not_due_whatever_is_there() -> None:
    popularity = counted(1.0)
    popularity.rest(HERE, 10.0)
    counted(2.0, popularity=popularity)

    assert [popularity.is_due(HERE, 1, now_s) for now_s in (9.9, 10.0)] == [False, True]


def test_what_was_not_given_for_longest_is_forgotten_first() -> None:
    popularity = Popularity(most_places=2)
    for each in (place(1), place(2), place(1), place(3)):
        popularity.count(each, 1.0)

    assert [popularity.is_due(place(number), 1, 0.0) for number in (1, 2, 3)] == [True, False, True]
