"""Reading a text for cues: folded, split into words and looked up once, at a cost linear in the text. Pure.

Only a cue whose leading word is there is tried, and only on the few words around it, so that ordinary text costs
little more than being split. `excerpt` bounds the text: nothing a caller writes makes its request expensive to judge.
"""

from collections.abc import Iterable

from msgspec import Struct

from router.core.cues import CUES, TOOL_CUES, TRAITS, Cue
from router.core.lexicon import ENGLISH, GROUPS

BRIEF_WORDS = 8
LENGTHY_WORDS = 120
NUMERIC_DIGITS = 12
CONSTRAINED_LIMITS = 4
"""At most so many words make a text `brief`; at least so many words, digits and different words of the group `limit`
make it `lengthy`, `numeric` and `constrained`."""

OPENING_WORDS = 40
"""Among so many first words English prose has one of `lexicon.ENGLISH`."""

OCCURRENCES = 8
"""So many occurrences of a leading word are tried: a word repeated a thousand times says no more than eight times."""


class Passage(Struct, frozen=True):
    """One part of a prompt, read: its text, its number of words, the cues in it (in the order of their table), and
    whether it opens in English."""

    text: str
    words: int
    cues: tuple[Cue, ...]
    english: bool


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
    return Passage(text, len(words), _find(_ASKED, words, present, traits), _opens_in_english(words))


def read_around(text: str) -> Passage:
    """Read what stands around an ask, for the weighty cues that a text has by its words alone."""
    return _read_words(text, _AROUND)


def read_tools(text: str) -> Passage:
    """Read names and descriptions of tools, for the cues of `cues.TOOL_CUES`."""
    return _read_words(text, _OFFERED)


class _Plan(Struct, frozen=True):
    """How to look for one cue once its leading word was met: `traits` as bits, `partners` within so many words."""

    number: int
    traits: int
    partners: frozenset[bytes]
    within: int


class _Lead(Struct, frozen=True):
    """What one leading word leads to: the numbers of cues that need nothing else, and the plans of those that do."""

    alone: tuple[int, ...]
    plans: tuple[_Plan, ...]


class _Index(Struct, frozen=True):
    """Cues made ready to be found. `unled` are the plans of cues that have traits alone."""

    cues: tuple[Cue, ...]
    leads: dict[bytes, _Lead]
    vocabulary: frozenset[bytes]
    unled: tuple[_Plan, ...]


def _read_words(text: str, index: _Index) -> Passage:
    words = _fold(text).split()
    present = index.vocabulary.intersection(words)
    cues = _find(index, words, present, 0) if present else ()
    return Passage(text, len(words), cues, _opens_in_english(words))


def _fold(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").translate(_FOLDED)


def _opens_in_english(words: list[bytes]) -> bool:
    return not _ENGLISH.isdisjoint(words[:OPENING_WORDS])


def _traits(text: str, folded: bytes, words: int, limits: int) -> int:
    bits = 0
    if words <= BRIEF_WORDS:
        bits |= _BITS["brief"]
    elif words >= LENGTHY_WORDS:
        bits |= _BITS["lengthy"]
    if "`" in text and "```" in text:
        bits |= _BITS["fenced"]
    if folded.count(b"0") >= NUMERIC_DIGITS:
        bits |= _BITS["numeric"]
    if "\nB. " in text or "\nB) " in text:
        bits |= _BITS["lettered"]
    if limits >= CONSTRAINED_LIMITS:
        bits |= _BITS["constrained"]
    return bits


def _find(index: _Index, words: list[bytes], present: frozenset[bytes], traits: int) -> tuple[Cue, ...]:
    found = {plan.number for plan in index.unled if not plan.traits & ~traits}
    places: dict[bytes, list[int]] = {}
    for word in present:
        lead = index.leads[word]
        found.update(lead.alone)
        for plan in lead.plans:
            if plan.number in found or plan.traits & ~traits or plan.partners.isdisjoint(words):
                continue
            places = places or _places(words, present)
            if not plan.within or _near(words, places[word], plan):
                found.add(plan.number)
    return tuple([index.cues[number] for number in sorted(found)])


def _places(words: list[bytes], present: frozenset[bytes]) -> dict[bytes, list[int]]:
    places: dict[bytes, list[int]] = {word: [] for word in present}
    for at, word in enumerate(words):
        if word in present:
            places[word].append(at)
    return places


def _near(words: list[bytes], places: list[int], plan: _Plan) -> bool:
    reach, partners = plan.within, plan.partners
    for at in places[:OCCURRENCES]:
        if not partners.isdisjoint(words[max(at - reach, 0) : at + reach + 1]):
            return True
    return False


_BITS = {trait: 1 << place for place, trait in enumerate(TRAITS)}
_LIMITS = frozenset(GROUPS["limit"].encode().split())
_ENGLISH = frozenset(word.encode() for word in ENGLISH)


def _folded(code: int) -> int:
    """What a byte is compared as. Bytes of letters outside ASCII stay, and so do the signs that carry meaning."""
    character = chr(code)
    if code >= 128 or character in "$=^":
        return code
    if character.isdigit():
        return ord("0")
    return ord(character.lower()) if character.isalpha() else ord(" ")


_FOLDED = bytes(_folded(code) for code in range(256))


def _index(cues: tuple[Cue, ...], counted: frozenset[bytes]) -> _Index:
    alone: dict[bytes, list[int]] = {word: [] for word in counted}
    plans: dict[bytes, list[_Plan]] = {word: [] for word in counted}
    unled: list[_Plan] = []
    for number, cue in enumerate(cues):
        words = [frozenset(GROUPS[group].encode().split()) for group in cue.groups if group not in TRAITS]
        traits = sum(_BITS[group] for group in cue.groups if group in TRAITS)
        if not words:
            unled.append(_Plan(number, traits, frozenset(), 0))
        for word in words[0] if words else ():
            alone.setdefault(word, [])
            plans.setdefault(word, [])
            if len(words)==1 and not traits:
                alone[word].append(number)
            else:
                plans[word].append(_Plan(number, traits, words[1] - words[0] if len(words)>1 else words[0], cue.within))
    leads = {word: _Lead(tuple(alone[word]), tuple(plans[word])) for word in alone}
    return _Index(cues, leads, frozenset(leads), tuple(unled))


_ASKED = _index(CUES, _LIMITS)
_AROUND = _index(tuple(c for c in CUES if (c.stakes or c.difficulty) and not set(c.groups) & set(TRAITS)), frozenset())
_OFFERED = _index(TOOL_CUES, frozenset())
