"""Whether an engine reads is found out, and found out again after a while."""

from router.core.reading.ability import MISSES, REST_S, Ability


def missed(ability: Ability, times: int, at_s: float = 0.0) -> None:
    for _ in range(times):
        ability.missed(at_s)


def test_an_engine_is_thought_to_read_until_it_is_found_not_to() -> None:
    ability = Ability()
    before = ability.is_thought(0.0)
    ability.lacking(5.0)

    assert (before, ability.is_thought(5.0)) == (True, False)


def test_after_a_while_it_is_tried_again() -> None:
    ability = Ability()
    ability.lacking(5.0)

    assert not ability.is_thought(4.9 + REST_S)
    assert ability.is_thought(5.0 + REST_S)


def test_what_may_be_due_to_a_text_counts_when_it_happens_again_and_again() -> None:
    ability = Ability()
    missed(ability, MISSES - 1)
    before = ability.is_thought(0.0)
    missed(ability, 1)

    assert (before, ability.is_thought(0.0)) == (True, False)


def test_a_reading_in_between_shows_that_it_is_able() -> None:
    ability = Ability()
    missed(ability, MISSES - 1)
    ability.shown()
    missed(ability, MISSES - 1)

    assert ability.is_thought(0.0)


def test_on_its_second_try_one_miss_is_enough() -> None:
    ability = Ability()
    ability.lacking(0.0)
    missed(ability, 1, at_s=REST_S)

    assert not ability.is_thought(REST_S)


def test_a_reading_ends_its_rest() -> None:
    ability = Ability()
    ability.lacking(0.0)
    ability.shown()

    assert ability.is_thought(1.0)
