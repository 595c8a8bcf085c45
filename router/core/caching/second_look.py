"""What must match before two questions count as the same. Pure.

Each look says in words what differs, or None. The last of them lets nothing pass that is not accounted for; those
before it are named after what people ask about, and hold even if that one were mistaken.
"""

from collections.abc import Callable, Sequence
from typing import Final

from router.core.caching.alike import are_one_deed, are_one_word, is_slip
from router.core.caching.manner import HOW
from router.core.caching.opposites import DIRECTIONS, OPPOSITES, UNITS
from router.core.caching.question import PERSON, Question

Look = Callable[[Question, Question], str | None]

_LENIENT: Final = (frozenset[str](), frozenset({PERSON + "I"}), frozenset({PERSON + "you"}))
"""Whom questions may mean without saying so: `the password` is mine to reset, `the opening hours` are yours."""


def difference(one: Question, other: Question) -> str | None:
    """What keeps two questions from being the same, in words; None: nothing does. It does not matter which is first."""
    if one.text == other.text:
        return None
    for look in LOOKS:
        said = look(one, other)
        if said is not None:
            return said
    return None


def lacks_content(one: Question, other: Question) -> str | None:
    """Too little is left of one of them to compare: greetings, thanks, a bare question word."""
    return None if one.has_content and other.has_content else "one of them says too little"


def languages_differ(one: Question, other: Question) -> str | None:
    """Two languages, where both show theirs."""
    if one.language and other.language and one.language != other.language:
        return f"another language: {_two(one.language, other.language)}"
    return None


def code_differs(one: Question, other: Question) -> str | None:
    """Names in code, paths and options, letter for letter."""
    return None if one.code == other.code else f"other code: {_apart(one.code, other.code)}"


def numbers_differ(one: Question, other: Question) -> str | None:
    """Numbers in digits or in words, ordinals, versions, times of day, and all names with a digit."""
    return None if one.numbers == other.numbers else f"other numbers: {_apart(one.numbers, other.numbers)}"


def units_differ(one: Question, other: Question) -> str | None:
    """Units of measure and currencies."""
    ours, theirs = UNITS.intersection(one.words), UNITS.intersection(other.words)
    return None if ours == theirs else f"other units: {_apart(sorted(ours), sorted(theirs))}"


def days_differ(one: Question, other: Question) -> str | None:
    """Months, weekdays, seasons, today and tomorrow."""
    return None if one.days == other.days else f"other days: {_apart(sorted(one.days), sorted(other.days))}"


def denials_differ(one: Question, other: Question) -> str | None:
    """One says what the other denies."""
    return None if one.denials == other.denials else "one denies something, the other does not"


def kinds_differ(one: Question, other: Question) -> str | None:
    """Who, when and where are different questions; so are whether and how."""
    return None if one.kinds == other.kinds else f"another kind of question: {_apart(one.kinds, other.kinds)}"


def tenses_differ(one: Question, other: Question) -> str | None:
    """What is, what was, and what will be."""
    return None if one.tenses == other.tenses else f"another time: {_apart(one.tenses, other.tenses)}"


def opposites_differ(one: Question, other: Question) -> str | None:
    """A word and its opposite."""
    ours, theirs = set(one.words) - set(other.words), set(other.words) - set(one.words)
    for word in sorted(ours):
        found = sorted(theirs & OPPOSITES.get(word, frozenset()))
        if found:
            return f"the opposite: {_two(word, found[0])}"
    return None


def directions_differ(one: Question, other: Question) -> str | None:
    """From, to, before, after, with, without: another relation of the same things."""
    ours = tuple(sorted(word for word in one.words if word in DIRECTIONS))
    theirs = tuple(sorted(word for word in other.words if word in DIRECTIONS))
    return None if ours == theirs else f"another direction or relation: {_apart(ours, theirs)}"


def names_differ(one: Question, other: Question) -> str | None:
    """A name that the other question has not, to the letter."""
    ours, theirs = one.names - set(other.words) - other.names, other.names - set(one.words) - one.names
    return (
        f"other names: {_apart(sorted(ours), sorted(theirs))}"
        if _are_lost(ours, one) or _are_lost(theirs, other)
        else None
    )


def persons_differ(one: Question, other: Question) -> str | None:
    """Mine or yours, his or hers."""
    if one.persons == other.persons or (one.persons in _LENIENT[:2] and other.persons in _LENIENT[:2]):
        return None
    if not (one.persons and other.persons) and one.persons in _LENIENT and other.persons in _LENIENT:
        return None
    return f"about other persons: {_apart(sorted(one.persons), sorted(other.persons))}"


def wordings_differ(one: Question, other: Question) -> str | None:
    """Every word, in its place; a phrase may be moved as a whole. Pronouns count where they mean more than one
    person."""
    untold = frozenset[str]() if len(one.persons | other.persons) > 1 else one.persons | other.persons
    left, right = _without(untold, one.main), _without(untold, other.main)
    ours = [_without(untold, phrase) for phrase in one.phrases]
    theirs = [_without(untold, phrase) for phrase in other.phrases]
    if _match(left, right, one, other) and any(
        all(_match(first, second, one, other) for first, second in zip(ours, order, strict=True))
        for order in _orders(theirs)
        if len(order) == len(ours)
    ):
        return None
    missing, added = _unmatched(one, other), _unmatched(other, one)
    if missing or added:
        return f"other words: {_apart(missing, added)}"
    return "the same words in another order"


LOOKS: Final[tuple[Look, ...]] = (
    lacks_content,
    languages_differ,
    code_differs,
    numbers_differ,
    units_differ,
    days_differ,
    opposites_differ,
    denials_differ,
    kinds_differ,
    tenses_differ,
    directions_differ,
    names_differ,
    persons_differ,
    wordings_differ,
)
"""All looks, those that are easiest to understand first."""


def _are_lost(names: frozenset[str], question: Question) -> bool:
    """Whether names are among the words that matter, and not in what was said around the question."""
    return not names.isdisjoint(question.words)


def _without(untold: frozenset[str], words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in untold)


def _match(ours: Sequence[str], theirs: Sequence[str], one: Question, other: Question) -> bool:
    if len(ours) != len(theirs):
        return False
    is_deed = False
    for first, second in zip(ours, theirs, strict=True):
        if not (_is_matched(first, second, one, other) or (is_deed and are_one_deed(first, second))):
            return False
        is_deed = first == HOW
    return True


def _is_matched(first: str, second: str, one: Question, other: Question) -> bool:
    """Whether two words are one. Names are what they are, to the letter."""
    if first == second:
        return True
    if first in one.names or second in other.names:
        return False
    if are_one_word(first, second, one.language or other.language):
        return True
    return is_slip(first, second, _known(first, one) | _known(second, other), one.language or other.language)


def _known(word: str, question: Question) -> frozenset[str]:
    """The word, where it is one by the accents that it was written with."""
    return frozenset({word}) if word in question.accented else frozenset()


def _orders(phrases: list[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """The phrases as they are, and with one of them moved to either end."""
    orders = [phrases]
    for at, phrase in enumerate(phrases):
        rest = phrases[:at] + phrases[at + 1 :]
        orders += [[phrase, *rest], [*rest, phrase]]
    return orders


def _unmatched(one: Question, other: Question) -> list[str]:
    return [
        word
        for word in dict.fromkeys(one.words)
        if not word.startswith(PERSON) and not any(_is_matched(word, each, one, other) for each in other.words)
    ]


def _apart(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """What either has beyond the other."""
    left, right = list(ours), list(theirs)
    for word in ours:
        if word in right:
            left.remove(word)
            right.remove(word)
    return _two(", ".join(left) or "none", ", ".join(right) or "none")


def _two(one: str, other: str) -> str:
    """Both, in an order that does not depend on which was first."""
    first, second = sorted((one, other))
    return f"{first} / {second}"
