"""Whether two words are one: an ending of grammar apart, or a slip of the keys. Pure."""

import re
from functools import lru_cache
from typing import Final

from router.core.caching.manner import manner_of
from router.core.checks.vocabulary import is_known, is_well_formed

LEAST_SLIPPED = 5
"""Letters of a word in which a slip can be told from another word."""

LEAST_INCOMPLETE = 7
"""Letters of a word that is still told when one is missing, or one too many."""

_DOUBLED: Final = re.compile(r"([bcdfgklmnpt])\1|(ss|ll|rr)(?!$)")
_ANOTHER: Final = re.compile(r"([bdfglmnprst])\1(?:ed|ing|er|e|es|y|ar|ir)?$")
_TELLS_APART: Final = frozenset(
    "desert canon coral below finnish poison cousin ahora enterar encerar angel angle casual causal trial trail diary "
    "dairy martial marital silver sliver sacred scared united untied calvary cavalry brain brian coset cosset perfect "
    "prefect preserve perverse complaint compliant signal singal employer employee feasting finish".split()
)
"""Words that a slip makes other words of; a doubled consonant does so before endings, too: later and latter."""

_TELLING: Final = frozenset(
    "new good custom arm glass mean train board meet build spell feel paint cloth wood water manner time open end rate "
    "bank market account hear set load list window team page note map photo contact number sheet doc slide cook turn "
    "even be do go morn dur ear fine wed ship rent lend borrow teach draw ring evening string spring king thing wing "
    "force mas gras pas ma le la de se no do so u i a it thank physic economic politic statistic mathematic "
    "day mar sud nou vou tou mai".split()
)
"""Words that an ending makes another word of."""


def are_one_word(one: str, other: str, language: str) -> bool:
    """Whether two words of a language differ in nothing, or in an ending that changes nothing that is asked."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if short in _TELLING or len(short) < 3 or not (short.isalpha() and long.isalpha()):
        return False
    if language in ("", "en"):
        return long == _plural(short)
    return language in ("fr", "es") and long in (short + "s", short + "es") and short[-1] != "s"


def are_one_deed(one: str, other: str) -> bool:
    """Whether two English words are one verb, said as what one does and as doing it: reset and resetting."""
    short, long = sorted((one, other), key=len)
    stems = (short, short[:-1] if short.endswith("e") else short + short[-1:])
    return len(short) > 2 and long in (stem + "ing" for stem in stems)


def is_slip(one: str, other: str, known: frozenset[str], language: str) -> bool:
    """Whether a word is another one mistyped: one letter missing or too many, or two in each other's place, and only
    one of the two is a word at all. A letter missing may make a rare word of a common one (venue and venule), so that
    such a word must be spelt as none of its language is. `known` are words, whatever the vocabulary says."""
    if not _may_be_slip(one, other):
        return False
    odd = [word for word in (one, other) if word not in known and not is_known(word)]
    if len(odd) == 1 and (len(one) == len(other) or not is_well_formed(odd[0], language or "en")):
        return True
    return _is_common_slip(one, other)


def _is_short(one: str, other: str) -> bool:
    """Whether two words of unequal length are too short to be one."""
    return len(one) != len(other) and min(len(one), len(other)) < LEAST_INCOMPLETE


@lru_cache(maxsize=1 << 12)
def slipped_from(word: str, language: str) -> str:
    """The one word of a language's tables that a word is mistyped from, or the word itself."""
    found = [
        each
        for each in _words_of(language)
        if _may_be_slip(word, each) and (_is_common_slip(word, each) or not (is_known(word) or _is_short(word, each)))
    ]
    return found[0] if len(found) == 1 else word


@lru_cache(maxsize=16)
def _words_of(language: str) -> tuple[str, ...]:
    manner = manner_of(language)
    words = manner.common.union(word for word in manner.heads if not word.endswith(("s", "ing")))
    return tuple(word for word in words if len(word) >= LEAST_SLIPPED)


def _may_be_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LEAST_SLIPPED or not (one.isalpha() and other.isalpha()):
        return False
    return one[0] == other[0] and _TELLS_APART.isdisjoint((one, other)) and _are_one_slip_apart(one, other)


def _is_common_slip(one: str, other: str) -> bool:
    """A consonant doubled or not, or `ie` for `ei`, where no other word is made by it."""
    if one.replace("ie", "ei") == other.replace("ie", "ei"):
        return True
    short, long = sorted((one, other), key=len)
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    is_doubled = len(short) < len(long) and long[at] == long[at - 1]
    return is_doubled and _DOUBLED.match(long, at - 1) is not None and _ANOTHER.search(long) is None


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _are_one_slip_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return one[-1] == one[-2] or other[-1] == other[-2]  # a last letter doubled, or not
    if len(one) == len(other):
        return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    short, long = sorted((one, other), key=len)
    return short[at:] == long[at + 1 :]
