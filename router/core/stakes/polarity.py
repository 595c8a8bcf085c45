"""Whether words are meant: negated, only asked about, quoted, defined, told in a story, or a noun. Pure."""

from collections.abc import Sequence

from router.core.stakes.folding import COMMA, END
from router.core.stakes.rule import words_of

OPENING = 7
"""Among so many first words a sentence says what it wants."""

BEGINNING_REACH = 2
REQUEST_REACH = 2
WISH_REACH = 6
"""A verb among the first words of a sentence is an imperative; a wish stands so few words before what is wished."""

NEGATION_REACH = 5
PASSIVE_REACH = 5
STAKE_REACH = 10
"""So far a negation, the helper of a participle and a word like "production" reach."""

_NEGATIONS = words_of("not dont never without avoid cannot cant wont wouldnt didnt doesnt shouldnt isnt arent nobody")
_DETERMINERS = words_of(
    "a an the this that these those my your his her our their its no of some any each best great word verb in was were "
    "by for is are has had been first last next who which they he she ever always often used"
)
_ASKED_ABOUT = words_of("who which what why when where whose wheres whats")
_REPORTED = words_of("does did was were has is are")
_TASKS = words_of(
    """
    explain describe define translate summarise summarize proofread rewrite rephrase reword paraphrase write
    compose suggest spell classify compare discuss outline illustrate correct title caption name recommend
    implement tell teach draft extract identify categorize categorise
"""
)
_HOW = words_of("how")
_OWN = words_of("i we")
_SURE = words_of("sure ensure")
_REWORDED = words_of("translate rewrite rephrase reword proofread paraphrase spell pronounce")
_AT_STAKE = words_of("production prod live all every everything entire whole our everyone irreversibly permanently")
_ASKING = words_of(
    """
    how please you lets want need needs must should gotta wish ahead like kindly ill id im can could would will
    required necessary time supposed us
"""
)
_LEADING = words_of("and then now just also immediately first finally ok okay hey hi yes sudo git run so or quickly")
_SPEAKERS = words_of("i we you lets us please it someone")
_TURNS = words_of("then afterwards also")
_BEGINNINGS = words_of("with start begin mind proceed continue finish resume commence about try")
_PARTICLED = words_of("take bring turn switch power shut spin knock tear wind pull")
_WANTED = words_of("be get gets getting need needs want wants gone have see")
LIGHT = words_of(
    """
    story stories poem poems haiku novel screenplay lyrics joke jokes fiction fictional limerick sonnet villain
    synonym synonyms antonym meaning means mean definition plural grammatical idiom phrase crossword pun rhyme
    etymology movie film films movies album song songs chess videogame caption hypothetically scrabble
"""
)
"""Words of fiction and of talk about words: what stands in a sentence with one is not in earnest."""


def is_asked(before: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    """Whether the verb between these words is something to be done: an imperative, a wish, a polite question."""
    if before and before[-1] in _DETERMINERS:
        return False
    said = _same_sentence(before)
    if not _is_requested(said) or _is_negated(said):
        return False
    return _is_earnest(said, behind) and not _is_framed(said, behind[:STAKE_REACH])


def is_begun(before: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    """Whether the gerund between these words is something to be done: "go ahead with deleting"."""
    return not _BEGINNINGS.isdisjoint(before[-BEGINNING_REACH:]) and is_asked(before[:-1], behind)


def completes_a_verb(before: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    """Whether the particle between these words belongs to a verb that is to be done: "take down"."""
    return not _PARTICLED.isdisjoint(before[-1:]) and is_asked(before[:-1], behind)


def is_wanted(before: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    """Whether the participle between these words is what should come about: "has to be deleted", not "was"."""
    said = _same_sentence(before)
    if (_WANTED.isdisjoint(said[-PASSIVE_REACH:]) and _SURE.isdisjoint(said)) or _is_negated(said):
        return False
    return _is_earnest(said, behind) and not _is_framed(said, behind[:STAKE_REACH])


def is_told(before: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    """Whether what stands between these words is in earnest."""
    said = _same_sentence(before)
    return _REWORDED.isdisjoint(said[:OPENING]) and _is_earnest(said, behind)


def _same_sentence(before: Sequence[bytes]) -> Sequence[bytes]:
    if END not in before:
        return before
    return before[len(before) - before[::-1].index(END) :]


def _is_requested(before: Sequence[bytes]) -> bool:
    """Whether a verb after these words opens a clause or follows a wish, as what people ask for does."""
    if len(before) <= REQUEST_REACH or before[-1] == COMMA or before[-1] in _LEADING or before[-1].endswith(b"ly"):
        return True
    near = before[-WISH_REACH:]
    return not _ASKING.isdisjoint(near) and not _SPEAKERS.isdisjoint(before[-OPENING:])


def _is_negated(before: Sequence[bytes]) -> bool:
    near = before[-NEGATION_REACH:]
    if _NEGATIONS.isdisjoint(near):
        return False
    last = max(place for place, word in enumerate(near) if word in _NEGATIONS)
    return COMMA not in near[last:]


def _is_earnest(said: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    if not LIGHT.isdisjoint(said):
        return False
    if LIGHT.isdisjoint(behind):
        return True
    return END in behind and LIGHT.isdisjoint(behind[: behind.index(END)])


def _is_framed(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether a sentence only asks about a deed, or for a text or a program about one."""
    if not _TURNS.isdisjoint(before):
        return False
    head = before[:OPENING]
    if not _TASKS.isdisjoint(head):
        return True
    if not _ASKED_ABOUT.isdisjoint(head[:2]) or not _REPORTED.isdisjoint(head[:1]):
        return True
    if _HOW.isdisjoint(head[:3]):
        return False
    return _OWN.isdisjoint(head) or _AT_STAKE.isdisjoint(after)
