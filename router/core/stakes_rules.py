"""The named rules about stakes: what no data holds, and what learned scores do not carry to traffic they never saw.

Pure. Every text is read from end to end, once, at a cost linear in it; a rule that was found is not looked for again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from router.core.stakes.folding import END, fold
from router.core.stakes.grammar import LIGHT
from router.core.stakes.reading import is_about_given_words, read_words
from router.core.stakes.rule import GIVEN, MENTIONED, Finding
from router.core.stakes.situations import SITUATIONS
from router.core.stakes.tools import tool_findings
from router.core.stakes.topics import (
    ASK_WORDS,
    ASKS_MEANING,
    ENDING,
    ENDING_LEAST,
    ENGLISH,
    FAINT,
    PAIR,
    PAIR_WORDS,
    PASTED,
    PASTED_FACTOR,
    PLAIN,
    STRONG,
    TOPICS,
    Topic,
    find_topic,
    points_needed,
)

SCHEMA_DEPTH = 6
"""So deep the parameters of a tool are read."""

NEAR_ENOUGH = 0.9
"""A text is searched for pairs if one of them would give it so great a share of the points that it needs."""

BRIEF_WORDS = 25
"""A text of at most so many words is one request: a word of fiction or of talk about words makes light of all of it."""


def stakes_findings(texts: Iterable[str], tools: Iterable[str]) -> tuple[Finding, ...]:
    """What has high stakes in the turns of a user, whole, and in the tools on offer, each as `tool_text` gives it.

    The weightiest first, each name once.
    """
    found: dict[str, Finding] = {}
    for text in texts:
        for finding in _read(text):
            if finding.name not in found or found[finding.name].weight < finding.weight:
                found[finding.name] = finding
    for tool in tools:
        for finding in tool_findings(tool):
            found.setdefault(finding.name, finding)
    return tuple(sorted(found.values(), key=lambda each: (-each.weight, each.name)))


def tool_text(tool: object) -> str:
    """The name of a tool, a line break, and its description and parameters, in either of the wire's two shapes."""
    if not isinstance(tool, dict):
        return ""
    function = tool.get("function", tool)
    if not isinstance(function, dict):
        return ""
    rest = [*_strings(function.get("description"), SCHEMA_DEPTH), *_strings(function.get("parameters"), SCHEMA_DEPTH)]
    return f"{function.get('name', '')}\n{' '.join(rest)}"


def _strings(value: Any, depth: int) -> Iterator[str]:
    """The names of properties and the strings in a schema."""
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, list):
        for each in value:
            yield from _strings(each, depth - 1)
    elif depth and isinstance(value, dict):
        for key, each in value.items():
            if key == "properties" and isinstance(each, dict):
                yield from map(str, each)
            if key != "type":
                yield from _strings(each, depth - 1)


def _read(text: str) -> Iterator[Finding]:
    words = fold(text).split()
    distinct = set(words)
    if is_about_given_words(words):
        yield from _OF_NO_ONE
    is_pasted = _is_pasted(words)
    yield from _topics(words, distinct, _KNOWN.intersection(distinct), PASTED_FACTOR if is_pasted else 1.0)
    for finding in read_words(words):
        yield replace(finding, weight=MENTIONED) if is_pasted and finding.name in _TOLD else finding


def _is_pasted(words: Sequence[bytes]) -> bool:
    """Whether a text says at either end that it is to be worked on, and so is hardly anybody's own case."""
    return not PASTED.isdisjoint(words[:ASK_WORDS]) or not PASTED.isdisjoint(words[-ASK_WORDS:])


def _topics(words: Sequence[bytes], distinct: set[bytes], known: frozenset[bytes], factor: float) -> Iterator[Finding]:
    if ENGLISH.isdisjoint(distinct) or (len(words) <= BRIEF_WORDS and not _FICTION.isdisjoint(distinct)):
        return
    needed = points_needed(len(words)) * factor
    for topic, points in zip(TOPICS, _points_of(words, distinct, known, needed), strict=True):
        if points and (found := find_topic(topic, points, needed)):
            yield found


def pairs_in(words: Sequence[bytes], distinct: set[bytes]) -> list[bytes]:
    """The pairs whose words follow each other near either end of a text. `distinct` are all of its words."""
    if len(words) > 2 * PAIR_WORDS:
        words = [*words[:PAIR_WORDS], END, *words[-PAIR_WORDS:]]
        distinct = set(words)
    likely = [pair for word in _PAIRED.intersection(distinct) for pair in _PAIRS[word] if pair.other in distinct]
    if not likely:
        return []
    text = b" %b " % b" ".join(words)
    return [pair.name for pair in likely if pair.spelt in text]


def _points_of(words: Sequence[bytes], distinct: set[bytes], known: frozenset[bytes], needed: float) -> list[int]:
    """What the words and pairs of a text are worth to each topic; faint ones alone are worth nothing."""
    points, telling = [0] * len(TOPICS), set[int]()
    _add(known, points, telling)
    for word in [word for word in distinct if len(word) >= ENDING_LEAST and word[-ENDING:] in _ENDINGS]:
        if word not in _POINTS:
            points[_ENDINGS[word[-ENDING:]]] += STRONG
            telling.add(_ENDINGS[word[-ENDING:]])
    if max(points) + STRONG >= needed * NEAR_ENOUGH:
        _add(pairs_in(words, distinct), points, telling)
    return [total if at in telling else 0 for at, total in enumerate(points)]


def _add(names: Iterable[bytes], points: list[int], telling: set[int]) -> None:
    """Add what words or pairs are worth, and the topics that they are more than faint for."""
    for name in names:
        for at, worth in _POINTS[name]:
            points[at] += worth
            if worth > FAINT:
                telling.add(at)


def _points() -> dict[bytes, tuple[tuple[int, int], ...]]:
    """What each word and pair adds to each topic by its number."""
    worth: dict[bytes, tuple[tuple[int, int], ...]] = {}
    for at, topic in enumerate(TOPICS):
        for name, points in _points_for(topic).items():
            worth[name] = (*worth.get(name, ()), (at, points))
    return worth


def _points_for(topic: Topic) -> dict[bytes, int]:
    """What each word adds to one topic, and each pair to what its words add already."""
    points: dict[bytes, int] = {}
    for words, each in ((topic.harmless, 0), (topic.faint, FAINT), (topic.plain, PLAIN), (topic.strong, STRONG)):
        points |= dict.fromkeys(words, each)
    for pair in [name for name in points if PAIR in name]:
        first, _, second = pair.partition(PAIR)
        apart = points.get(first, 0) + points.get(second, 0)
        points[pair] = max(points[pair] - apart, 0) if points[pair] else -apart
    return points


class _Pair(Struct, frozen=True, gc=False):
    """A pair by its name: the shorter of its words, which is the commoner one, and both as they stand among others."""

    name: bytes
    other: bytes
    spelt: bytes


def _pairs() -> dict[bytes, tuple[_Pair, ...]]:
    """The pairs by the longer of their words."""
    led: dict[bytes, list[_Pair]] = {}
    for name in [name for name in _POINTS if PAIR in name]:
        first, _, second = name.partition(PAIR)
        other, word = (first, second) if len(first) <= len(second) else (second, first)
        led.setdefault(word, []).append(_Pair(name, other, b" %b " % name.replace(PAIR, b" ")))
    return {word: tuple(pairs) for word, pairs in led.items()}


_POINTS = _points()
_OF_NO_ONE = (Finding("legal.given_text", "legal", GIVEN), Finding("financial.given_text", "financial", GIVEN))
"""What is to be translated, corrected or labelled is nobody's contract and moves no money. A leaflet or a dose in
another language still has to be right."""

_PAIRS = _pairs()
_PAIRED = frozenset(_PAIRS)
_FICTION = LIGHT - ASKS_MEANING
_TOLD = frozenset(rule.finding.name for rule in SITUATIONS if rule.finding.domain in ("medical", "legal", "financial"))
"""Situations that a text to be worked on may tell of. Those of danger and of attacks are always in earnest."""

_ENDINGS = {ending: at for at, topic in enumerate(TOPICS) for ending in topic.endings}
_KNOWN = frozenset([name for name in _POINTS if PAIR not in name])
