"""Reading a text for cues: folded, split into words and looked up once, at a cost linear in the text. Pure.

Only a cue with one of its leading words there is tried, and only on the few words around it, so that ordinary text
costs little more than being split. `excerpt` bounds the text: nothing a caller writes makes it expensive to judge.
"""

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from router.core.cues import CUES, TOOL_CUES, TRAITS, Cue
from router.core.lexicon import ENGLISH, GROUPS

TINY_WORDS = 4
BRIEF_WORDS = 8
LENGTHY_WORDS = 120
FIGURES_DIGITS = 4
CONSTRAINED_LIMITS = 4
"""At most so many words make a text `tiny` and `brief`; at least so many words, digits, and different words of the
group `limit` make it `lengthy`, `figures` and `constrained`."""

OPENING_WORDS = 40
"""Among so many first words English prose has one of `lexicon.ENGLISH`."""

OCCURRENCES = 8
"""So many occurrences of a leading word are tried: what a ninth would add is not worth the time it takes."""

SETTLING_STAKES = 2.5
"""A cue of so much weight settles its subject: the cues below it in the table would only say the same again."""


class Passage(Struct, frozen=True, gc=False):
    """One part of a prompt, read: its text, its words (folded), and the cues in it in the order of their table."""

    text: str
    words: Sequence[bytes]
    cues: tuple[Cue, ...]


def excerpt(text: str, head: int, tail: int) -> str:
    """The first `head` and the last `tail` characters of a text longer than both together, else all of it."""
    if len(text) <= head + tail:
        return text
    return f"{text[:head]}\n{text[len(text) - tail :]}"


def read_ask(text: str) -> Passage:
    """Read what a user asks, for every cue of `cues.CUES`."""
    folded = _fold(text)
    words = folded.split()
    present = _ASKED.vocabulary.intersection(words)
    traits = _traits(text, folded, len(words), len(present & _LIMITS))
    return Passage(text, words, _find(_ASKED, words, present, traits))


def read_earlier(text: str) -> Passage:
    """Read what was said before an ask, for those of `cues.CUES` that weigh something and ask for no trait.

    Of each turn only a glimpse is read, so a partner may stand anywhere in it.
    """
    return _read_words(text, _EARLIER)


def read_system(text: str) -> Passage:
    """Read a system prompt, for the cues that `read_earlier` looks for and that say something about stakes."""
    return _read_words(text, _SYSTEM)


def read_tools(text: str) -> Passage:
    """Read names and descriptions of tools, for the cues of `cues.TOOL_CUES`."""
    return _read_words(text, _OFFERED)


def opens_in_english(passage: Passage) -> bool:
    """Whether a passage begins like English prose."""
    return not _ENGLISH.isdisjoint(passage.words[:OPENING_WORDS])


def shares_a_deed(ask: Passage, tools: Passage) -> bool:
    """Whether an ask uses the very verb of something that a tool does to the world."""
    return not (_OFFERED.led.keys() & tools.words).isdisjoint(ask.words)


class _Plan(Struct, frozen=True):
    """How to look for one cue: the traits it asks for, as bits; its leading words; and the words of the other
    group, of which one must stand `within` so many words of a leading one (0: anywhere)."""

    cue: Cue
    traits: int
    leads: frozenset[bytes]
    partners: frozenset[bytes]
    within: int


class _Index(Struct, frozen=True):
    """Cues made ready. `vocabulary` holds every word to look for, leading or not, `led` the plans that each word
    leads, `unled` those that traits alone lead: by number, which is their order."""

    plans: tuple[_Plan, ...]
    led: dict[bytes, tuple[int, ...]]
    vocabulary: frozenset[bytes]
    unled: tuple[int, ...]


def _read_words(text: str, index: _Index) -> Passage:
    words = _fold(text).split()
    present = index.vocabulary.intersection(words)
    return Passage(text, words, _find(index, words, present, 0) if present else ())


def _fold(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if not text.isascii():
        data = _TYPOGRAPHY.sub(b" ", data)
    return data.translate(_FOLDED)


def _traits(text: str, folded: bytes, words: int, limits: int) -> int:
    traits = 0
    if words <= BRIEF_WORDS:
        traits |= _BRIEF | (_TINY if words <= TINY_WORDS else 0)
    elif words >= LENGTHY_WORDS:
        traits |= _LENGTHY
    if "`" in text and "```" in text:
        traits |= _FENCED
    if folded.count(b"0") >= FIGURES_DIGITS:
        traits |= _FIGURES
    if "\n" in text and _SECOND_OPTION.search(text):
        traits |= _LETTERED
    if limits >= CONSTRAINED_LIMITS:
        traits |= _CONSTRAINED
    return traits


def _find(index: _Index, words: list[bytes], present: frozenset[bytes], traits: int) -> tuple[Cue, ...]:
    led, plans = index.led, index.plans
    tried = {number for word in led.keys() & present for number in led[word]}
    if traits:
        tried.update(index.unled)
    found: list[Cue] = []
    settled: set[str] = set()
    for plan in [plans[number] for number in sorted(tried)]:
        cue = plan.cue
        if plan.traits & ~traits or cue.subject in settled or (plan.partners and not _near(words, present, plan)):
            continue
        found.append(cue)
        if cue.stakes >= SETTLING_STAKES:
            settled.add(cue.subject)
    return tuple(found)


def _near(words: list[bytes], present: frozenset[bytes], plan: _Plan) -> bool:
    partners, reach = plan.partners, plan.within
    if partners.isdisjoint(present):
        return False
    if not reach:
        return True
    for lead in plan.leads & present:
        at = -1
        for _ in range(OCCURRENCES):
            at = words.index(lead, at + 1)
            if not partners.isdisjoint(words[max(at - reach, 0) : at + reach + 1]):
                return True
            if lead not in words[at + 1 :]:
                break
    return False


_SECOND_OPTION = re.compile(r"\n[(-]? ?[Bb][.):] ")
"""The second of lettered options: `B. `, `b) `, `(B) `, `- B: `."""

_BITS = {trait: 1 << place for place, trait in enumerate(TRAITS)}
_TINY, _BRIEF, _LENGTHY, _FENCED, _FIGURES, _LETTERED, _CONSTRAINED = _BITS.values()
_LIMITS = frozenset(GROUPS["limit"].encode().split())
_ENGLISH = frozenset(ENGLISH.encode().split())


def _folded(code: int) -> int:
    """What a byte is compared as. Bytes of letters outside ASCII stay, and so do the signs that carry meaning."""
    character = chr(code)
    if code >= 128 or character in "$+=^":
        return code
    if character.isdigit():
        return ord("0")
    return ord(character.lower()) if character.isalpha() else ord(" ")


_FOLDED = bytes(_folded(code) for code in range(256))

_TYPOGRAPHY = re.compile(rb"\xe2\x80[\x80-\xbf]|\xc2[\xa0\xa1\xab\xbb\xbf]")
"""Curly quotes, dashes, dots and wide spaces: what phones and word processors put around words."""


def _plan_of(cue: Cue) -> _Plan:
    groups = [frozenset(GROUPS[group].encode().split()) for group in cue.groups if group not in TRAITS]
    leads, partners, *_ = [*groups, frozenset[bytes](), frozenset[bytes]()]
    traits = sum(_BITS[group] for group in cue.groups if group in TRAITS)
    # A word of both groups leads only, or it would be its own partner.
    return _Plan(cue, traits, leads, partners - leads, cue.within)


def _index_of(cues: tuple[Cue, ...], counted: frozenset[bytes]) -> _Index:
    plans = tuple(_plan_of(cue) for cue in cues)
    led: dict[bytes, list[int]] = {word: [] for word in counted}
    for number, plan in enumerate(plans):
        for word in plan.leads:
            led.setdefault(word, []).append(number)
    return _Index(
        plans=plans,
        led={word: tuple(numbers) for word, numbers in led.items()},
        vocabulary=frozenset(led).union(*[plan.partners for plan in plans]),
        unled=tuple(number for number, plan in enumerate(plans) if not plan.leads),
    )


_ASKED = _index_of(CUES, _LIMITS)
_SAID = tuple(replace(cue, within=0) for cue in CUES if not {*cue.groups} & {*TRAITS})
_EARLIER = _index_of(tuple(cue for cue in _SAID if cue.stakes or cue.difficulty), frozenset())
_SYSTEM = _index_of(tuple(cue for cue in _SAID if cue.stakes), frozenset())
_OFFERED = _index_of(TOOL_CUES, frozenset())
