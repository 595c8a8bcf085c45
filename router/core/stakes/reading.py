"""Reading a text for deeds, commands and situations: one pass, at a cost linear in the text. Pure.

Only a word that leads a rule is looked at, and a verb only where the word before it leaves it commanding, so that
ordinary prose costs little more than being split.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress

from router.core.stakes.commands import COMMANDS
from router.core.stakes.deeds import BEGUN, DEEDS, ENDED, GONE
from router.core.stakes.folding import COMMA, END
from router.core.stakes.grammar import (
    ADVERB,
    AT_ONCE,
    BEGINNINGS,
    FOLLOWING,
    IMPERATIVES_OF_WORK,
    LEAVES,
    OPENERS,
    REWORDED,
    RUN_UP,
    STRAIGHT,
    TALK,
    TO,
    TURNS,
    UNTOLD,
)
from router.core.stakes.meeting import deeds_at
from router.core.stakes.polarity import (
    asks_about,
    continues,
    head_of,
    is_begun,
    is_commanded,
    is_earnest,
    is_reworded,
    is_serious,
    is_wanted,
    is_work_on_a_text,
    run_up_start,
)
from router.core.stakes.rule import Deed, Finding, Rule, words_of
from router.core.stakes.situations import SITUATIONS
from router.core.stakes.speech import READS, is_talk
from router.core.stakes.unnamed import orders_unnamed, wishes
from router.core.stakes.verbs import DESTROY

AT_ONCE_WORDS, PASTE_REACH = 100, 4
"""So many words around the saying that an answer is run as it comes what it does is told, and so close behind
"pasting" stands "straight"."""

ENOUGH = 8
"""A word that led to so many findings is not looked at again."""

OPENING_WORDS = 14
"""Among so many first words a task says that it is about a text that follows."""

UNDONE_REACH = 8
"""So many words before a command say that it was run by mistake."""

SAME_WORDS = 12
"""So many words behind a command that stands inside a sentence belong to it."""

BEHIND_WORDS = 60
"""Among so many words behind a command its sentence ends, and another may ask about it."""

_OF_A_TEXT = REWORDED | words_of(
    """
    use given based read article information background question answer passage context according dialogue
    paragraph choose select pick predict generate
"""
)
WORKED_ON = UNTOLD | words_of("fix correct improve edit polish label remove replace simplify check")
SAY_IT = [b"how", b"would", b"you", b"say"]
_NAMING = words_of("def function method class keyword command called")
_UNDONE = words_of("accidentally accidently mistake ran undo recover")

_Found = Iterable[Finding]
_Reader = Callable[[Sequence[bytes], int], _Found]


def read_words(words: Sequence[bytes]) -> Iterator[Finding]:
    """What the words of a text hold; a finding may come twice."""
    quoted = _is_about_a_text(words)
    readers = _QUOTED if quoted else _READERS
    told: list[bytes] = []
    for at in compress(range(len(words)), map(_LEADS.__contains__, words)):
        word = words[at]
        if (word in _VERBS_ALONE and _is_told(words, at)) or told.count(word) >= ENOUGH:
            continue
        for read in readers.get(word, ()):
            for found in read(words, at):
                told.append(word)
                yield found
    if not quoted:
        yield from orders_unnamed(words, VERBS)
        yield from wishes(words, _ENDED)


def _is_told(words: Sequence[bytes], at: int) -> bool:
    """Whether a verb that leads nothing but orders gives none at this place: "they wanted to stop", "he stops"."""
    if words[at - 1] == TO:
        return words[at - 2] not in _BEFORE_TO
    return not _may_command(words, at)


def _may_command(words: Sequence[bytes], at: int) -> bool:
    """Whether `is_commanded` is worth asking: a verb commands only behind a boundary or a word of a run-up."""
    return at == 0 or words[at - 1] in OPENERS or words[at - 1][-2:] == ADVERB


def wants_words(words: Sequence[bytes]) -> bool:
    """Whether the words of an ask want an answer, and nothing done."""
    return is_talk(words, _IMPERATIVES)


def _told_at(words: Sequence[bytes], at: int) -> _Found:
    return [
        rule.finding
        for rule in _TOLD[words[at]]
        if _has_partner(words, at, rule) and is_earnest(words, at) and not is_reworded(words, at)
    ]


def _has_partner(words: Sequence[bytes], at: int, rule: Rule) -> bool:
    if not rule.partners or _is_near(words, at, rule, rule.partners):
        return not rule.harmless or not _is_near(words, at, rule, rule.harmless)
    return False


def _is_near(words: Sequence[bytes], at: int, rule: Rule, wanted: frozenset[bytes]) -> bool:
    if not wanted.isdisjoint(words[at + 1 : at + 1 + rule.after]):
        return True
    return bool(rule.before) and not wanted.isdisjoint(words[max(at - rule.before, 0) : at])


def _ordered_at(words: Sequence[bytes], at: int) -> _Found:
    if not _may_command(words, at) or (words[at] in _TYPED and _typed(words, at)):
        return ()
    met = deeds_at(words, at, _ORDERED[words[at]])
    if not met or not is_commanded(words, at, _IMPERATIVES) or not is_serious(words, at):
        return ()
    aside = words[at] not in DESTROY and continues(words, at, _IMPERATIVES) and wants_words(words)
    return () if aside else met


def _ordered_later(words: Sequence[bytes], at: int) -> _Found:
    """What is ordered behind a text that a task is about: only what says that it comes after it."""
    return _ordered_at(words, at) if not TURNS.isdisjoint(words[max(run_up_start(words, at) - 1, 0) : at]) else ()


def _begun_at(words: Sequence[bytes], at: int) -> _Found:
    if BEGINNINGS.isdisjoint(words[max(at - 2, 0) : at]) or not is_begun(words, at, _IMPERATIVES):
        return ()
    return deeds_at(words, at, _BEGUN[words[at]]) if is_serious(words, at) else ()


def _gone_at(words: Sequence[bytes], at: int) -> _Found:
    if GONE.partners.isdisjoint(words[max(at - GONE.before, 0) : at]):
        return ()
    met = is_wanted(words, at) and is_serious(words, at) and not wants_words(words)
    return (GONE.finding,) if met else ()


def _typed_at(words: Sequence[bytes], at: int) -> _Found:
    met = _typed(words, at)
    return met if met and is_serious(words, at) and not _is_talked_about(words, at) else ()


def _typed(words: Sequence[bytes], at: int) -> list[Finding]:
    return [rule.finding for rule in _TYPED[words[at]] if _has_partner(words, at, rule)]


def _pasted_at(words: Sequence[bytes], at: int) -> _Found:
    """The deeds in an answer that is run as it comes ("I am pasting it straight in"), asked for before or behind."""
    if STRAIGHT.isdisjoint(words[at + 1 : at + 1 + PASTE_REACH]):
        return ()
    around = range(max(at - AT_ONCE_WORDS, 0), min(at + AT_ONCE_WORDS, len(words)))
    return [found for verb in around if words[verb] in VERBS for found in deeds_at(words, verb, _ORDERED[words[verb]])]


def _is_talked_about(words: Sequence[bytes], at: int) -> bool:
    """Whether the command at this place is part of a question, of a definition or of what went wrong."""
    if at and words[at - 1] in _NAMING:
        return True
    if head_of(words[max(at - OPENING_WORDS, 0) : at + 1]) == words[at]:
        return False
    before, behind = words[:at], words[at : at + BEHIND_WORDS]
    if not _UNDONE.isdisjoint(before[-UNDONE_REACH:]) or wants_words(before) or is_work_on_a_text(before):
        return True
    if before and before[-1] not in (END, COMMA) and wants_words(words[: at + SAME_WORDS]):
        return True
    return END in behind and wants_words(behind[behind.index(END) :])


def is_about_given_words(words: Sequence[bytes]) -> bool:
    """Whether a text asks that words which it gives be reworded, corrected or labelled."""
    opening = words[:OPENING_WORDS]
    head = head_of(opening)
    if head in WORKED_ON:
        return not FOLLOWING.isdisjoint(opening) or COMMA in opening
    return opening[:4] == SAY_IT


def _is_about_a_text(words: Sequence[bytes]) -> bool:
    """Whether a text opens with a task that is done to the words behind it."""
    opening = words[:OPENING_WORDS]
    if asks_about(opening[:2]):
        return False
    return head_of(opening) in _OF_A_TEXT and (not FOLLOWING.isdisjoint(opening) or COMMA in opening)


def _by_lead(rules: Sequence[Rule]) -> dict[bytes, tuple[Rule, ...]]:
    led: dict[bytes, list[Rule]] = {}
    for rule in rules:
        for word in rule.leads:
            led.setdefault(word, []).append(rule)
    return {word: tuple(each) for word, each in led.items()}


def _by_verb(deeds: Sequence[Deed]) -> dict[bytes, tuple[Deed, ...]]:
    led: dict[bytes, list[Deed]] = {}
    for deed in deeds:
        for verb in deed.verbs:
            led.setdefault(verb, []).append(deed)
    return {verb: tuple(each) for verb, each in led.items()}


def _readers_of(table: tuple[tuple[Iterable[bytes], _Reader], ...]) -> dict[bytes, tuple[_Reader, ...]]:
    readers: dict[bytes, tuple[_Reader, ...]] = {}
    for leads, read in table:
        for lead in leads:
            readers[lead] = (*readers.get(lead, ()), read)
    return readers


_TOLD = _by_lead(SITUATIONS)
_TYPED = _by_lead(COMMANDS)
_ORDERED = _by_verb(DEEDS)
_BEGUN = _by_verb(BEGUN)
_ENDED = _by_verb(ENDED)
VERBS = frozenset(_ORDERED)
"""The verbs of deeds."""

DEEDS_BY_VERB, DEEDS_BY_PAST = _ORDERED, _ENDED
"""The deeds by their verbs, and by the past of these."""

_IMPERATIVES = VERBS - TALK | READS | IMPERATIVES_OF_WORK
_READERS = _readers_of(
    (
        (_TOLD, _told_at),
        (_ORDERED, _ordered_at),
        (_BEGUN, _begun_at),
        (GONE.leads, _gone_at),
        (_TYPED, _typed_at),
        (AT_ONCE, _pasted_at),
    )
)
_QUOTED = _readers_of(((_ORDERED, _ordered_later),))
_BEFORE_TO = RUN_UP | LEAVES
"""What stands before "to" where it leads to an order: "I need to", not "they wanted to"."""

_LEADS = frozenset(_READERS)
_VERBS_ALONE = VERBS - frozenset([*_TOLD, *_BEGUN, *_TYPED, *GONE.leads, *AT_ONCE])
"""Words that lead nothing but orders: most of those in prose, left alone unless what stands before may command."""
