"""Whether an ask is talk, which wants words back, or a deed, which wants something done. Pure.

Every sentence is talk, a deed or neither. The first that is one of them decides, for what people say about
themselves around a question is neither; a deed that is asked for after talk still counts.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from router.core.stakes.folding import COMMA, END
from router.core.stakes.grammar import ASKED_ABOUT, LIGHT, TALK, TURNS, WORKS
from router.core.stakes.polarity import asks_about, head_of
from router.core.stakes.rule import words_of

OPENING_WORDS = 120
"""So many first words of an ask say what it is after."""

LIGHT_WORDS = 10
"""Among so many first words of a sentence one of fiction makes it talk."""

CHAT_WORDS = 14
"""A greeting or a word of thanks has at most so many words."""

AGREEING_WORDS = 5
"""Among so many first words somebody says yes or no."""

READS = words_of(
    """
    show list find check look search count read view display get fetch pull query lookup see print inspect monitor
    track remind walk talk guide give quote verify confirm
"""
)
"""Verbs that only look, where nothing else follows that is done."""

_YES = words_of(
    """
    yes y yep yeah ya yup sure ok okay go do proceed confirm confirmed confirming absolutely affirmative approved
    approve agreed right correct definitely please execute continue alright fine sounds aye k kk certainly all both
    ja si oui make lets exactly perfect great
"""
)
_AGAIN = words_of("same again rest others remaining next another more too also likewise repeat")
_NO = words_of("no not dont never wait stop hold cancel later leave nope instead first")
_ASKS = words_of("do does did can could should would will has have am isnt arent doesnt")
_ABOUT = [b"about"]
"""What points back to what was asked before: "what about Bob?"."""

_ASKED_FOR = ([b"you"], [b"u"], [b"please"], [b"it"], [b"that"], [b"this"], [b"so"])
"""What follows such a word where something is asked for: "could you", "do it"."""

_CURIOUS = words_of(
    "wondering curious thinking asking writing reading studying learning interested understand know see"
)
_CHAT = words_of(
    """
    thanks thank thx cheers brilliant great perfect awesome nice lovely hello hi hey morning evening afternoon good
    bye goodbye cool wow lol haha excellent sweet got welcome night
"""
)
_DRY = ((b"dry", b"run"), (b"plan", b"only"), (b"no", b"apply"), (b"just", b"curious"), (b"just", b"asking"))
_SOFT = words_of("put give make get run")
"""Verbs that fetch a text as well as anything."""

_A = words_of("a an some five three ten two the your 0")
_NOUNS = words_of(
    """
    advice checklist class code docstring draft email essay example examples explanation flashcards formula function
    guide headline idea ideas letter list method module name names outline overview paragraph poem policy program
    pseudocode query question questions quiz recap recipe regex report script slogan snippet speech story summary
    template test tests text tips title toast tutorial wording
"""
)


def is_talk(words: Sequence[bytes], deeds: frozenset[bytes]) -> bool:
    """Whether the words of an ask want nothing done; `deeds` are the verbs of what may be done."""
    opening = words[:OPENING_WORDS]
    if _is_held(opening):
        return True
    talked = False
    for sentence in _sentences(opening):
        if _is_deed(sentence, deeds):
            return False
        talked = talked or _is_talk(sentence)
    return talked


def _is_held(words: Sequence[bytes]) -> bool:
    """Whether somebody says that nothing is to be done yet."""
    return any(pair in _DRY for pair in pairwise(words))


def _sentences(words: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    start = 0
    for at, word in enumerate(words):
        if word == END:
            if at > start:
                yield words[start:at]
            start = at + 1
    if start < len(words):
        yield words[start:]


def _is_deed(sentence: Sequence[bytes], deeds: frozenset[bytes]) -> bool:
    """Whether a sentence tells to do something, at its beginning or after talk: "explain it, then run it"."""
    if not LIGHT.isdisjoint(sentence[:LIGHT_WORDS]):
        return False
    for at, word in enumerate(sentence[1:]):
        if sentence[at] in TURNS and word in deeds and word not in TALK:
            return True
    head = head_of(sentence)
    if head in _SOFT and _wants_a_text(sentence):
        return False
    return head in deeds and head not in TALK and head not in READS and not asks_about(sentence[:2])


def _is_talk(sentence: Sequence[bytes]) -> bool:
    if sentence[1:2] == _ABOUT:
        return False
    if not LIGHT.isdisjoint(sentence) or asks_about(sentence[:2]) or _is_small_talk(sentence):
        return True
    head = head_of(sentence)
    if head in TALK - WORKS or head in READS or head in ASKED_ABOUT:
        return True
    if sentence[0] in _ASKS and sentence[1:2] not in _ASKED_FOR:
        return True
    if not _CURIOUS.isdisjoint(sentence[:6]) or _wants_a_text(sentence):
        return True
    return any(head_of(part) in ASKED_ABOUT for part in _parts(sentence))


def _is_small_talk(sentence: Sequence[bytes]) -> bool:
    return len(sentence) <= CHAT_WORDS and not _CHAT.isdisjoint(sentence[:3])


def _wants_a_text(sentence: Sequence[bytes]) -> bool:
    return sentence[0] in _NOUNS or (not _A.isdisjoint(sentence[:5]) and not _NOUNS.isdisjoint(sentence[:8]))


def _parts(sentence: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    start = 0
    for at, word in enumerate(sentence):
        if word == COMMA:
            yield sentence[start:at]
            start = at + 1
    yield sentence[start:]


def agrees(words: Sequence[bytes]) -> bool:
    """Whether an ask says yes to what was proposed."""
    opening = words[:AGREEING_WORDS]
    return _NO.isdisjoint(opening) and not _YES.isdisjoint(opening[:2]) and ASKED_ABOUT.isdisjoint(words[:4])


def repeats(words: Sequence[bytes]) -> bool:
    """Whether an ask wants what was done to be done again."""
    return not _AGAIN.isdisjoint(words[:AGREEING_WORDS]) and ASKED_ABOUT.isdisjoint(words[:4])
