"""Tenants who wait for the same thing take turns."""

from router.core.caching.turns import Turns


def waiting(*given: tuple[str, int]) -> Turns[int]:
    turns = Turns[int](most=6, most_of_one=4)
    for tenant, item in given:
        turns.add(tenant, item)
    return turns


def anybody(_tenant: str) -> bool:
    return True


def test_each_tenant_gets_one_before_any_gets_another() -> None:
    turns = waiting(("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5))

    assert [turns.take(anybody) for _ in range(6)] == [1, 4, 5, 2, 3, None]


def test_who_may_not_have_a_turn_keeps_its_place() -> None:
    turns = waiting(("a", 1), ("b", 2))

    assert turns.take(lambda tenant: tenant == "b") == 2
    assert turns.take(lambda tenant: tenant == "b") is None
    assert turns.take(anybody) == 1


def test_one_tenant_does_not_fill_the_queue() -> None:
    turns = waiting()

    assert [turns.add("a", number) for number in range(5)] == [True, True, True, True, False]
    assert [turns.add("b", number) for number in range(3)] == [True, True, False]
    assert len(turns) == 6
