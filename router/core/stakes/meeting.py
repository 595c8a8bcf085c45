"""Whether a verb and what stands behind it make a deed. Pure, at a bounded cost."""

from collections.abc import Sequence

from router.core.stakes.folding import COMMA
from router.core.stakes.grammar import TURNS
from router.core.stakes.objects import GIVEN, GIVEN_HERE, HARMLESS, PLACES, POINTERS, PRONOUNS
from router.core.stakes.polarity import clause_behind
from router.core.stakes.rule import Deed, Finding, words_of

OBJECT_REACH = 11
PARTICLE_REACH = 7
MASS_REACH = 3
PLACE_REACH = 14
"""So many words behind a verb its object, its particle, a word like "all" and the place of its object may stand."""

NAMED_REACH = 30
"""So many words before a verb name what "it" behind the verb stands for."""

_TO_ME = words_of("me us")
_DONE_TO_ME = frozenset({"medical", "security"})
"""What somebody may ask to be given that is no text."""

_WITHIN = words_of("in from of on within throughout")
_NO_OBJECT = words_of("from and or") | {COMMA}


def deeds_at(words: Sequence[bytes], at: int, deeds: tuple[Deed, ...]) -> list[Finding]:
    """The deeds that a verb of theirs makes with what stands behind it."""
    behind = clause_behind(words, at, PLACE_REACH)
    if not behind or is_done_to_a_text(behind):
        return []
    named = words[max(at - NAMED_REACH, 0) : at] if behind[0] in PRONOUNS else ()
    given_to_me = behind[0] in _TO_ME
    return [
        deed.finding
        for deed in deeds
        if meets(deed, behind, named) and (not given_to_me or deed.finding.domain in _DONE_TO_ME)
    ]


def is_done_to_a_text(behind: Sequence[bytes]) -> bool:
    """Whether what stands behind a verb is in a text: "the last word of this sentence", "the code below"."""
    if PLACES.isdisjoint(behind):
        return False
    return any(word in PLACES and _is_given(behind, at) for at, word in enumerate(behind))


def _is_given(behind: Sequence[bytes], at: int) -> bool:
    before = behind[max(at - 2, 0) : at]
    if not GIVEN_HERE.isdisjoint(before) or not GIVEN_HERE.isdisjoint(behind[at + 1 : at + 2]):
        return True
    return not GIVEN.isdisjoint(before) and not _WITHIN.isdisjoint(behind[max(at - 4, 0) : at])


def meets(deed: Deed, behind: Sequence[bytes], named: Sequence[bytes]) -> bool:
    """Whether a deed has the object that it needs: `behind` its verb, or `named` before a pronoun."""
    if deed.particles and deed.particles.isdisjoint(behind[:PARTICLE_REACH]):
        return False
    for place, word in enumerate(behind[:OBJECT_REACH]):
        if word in deed.objects:
            return True
        if word in TURNS:
            break
        if word in HARMLESS and COMMA not in behind[2:place]:
            return False
    if not deed.mass.isdisjoint(behind[:MASS_REACH]) or not deed.objects.isdisjoint(named):
        return True
    if deed.grasp == "any":
        return behind[0] not in _NO_OBJECT
    return deed.grasp == "pointed" and (bool(deed.particles) or behind[0] in POINTERS)
