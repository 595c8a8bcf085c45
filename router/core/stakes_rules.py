"""The named rules about stakes: what no data holds, and what learned scores do not carry to traffic they never saw.

Pure. Every text is read from end to end, once, at a cost linear in it; a rule that was found is not looked for again.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from router.core.stakes.folding import fold
from router.core.stakes.grammar import LIGHT
from router.core.stakes.reading import read_words
from router.core.stakes.rule import Finding
from router.core.stakes.tools import tool_findings
from router.core.stakes.topics import (
    BRIEF_WORDS,
    ENDING,
    ENDING_LEAST,
    ENGLISH,
    LEAST_POINTS,
    PLAIN,
    STRONG,
    TOPICS,
)

SCHEMA_DEPTH = 6
"""So deep the parameters of a tool are read."""


def stakes_findings(texts: Iterable[str], tools: Iterable[str]) -> tuple[Finding, ...]:
    """What has high stakes in the turns of a user, whole, and in the tools on offer, each as `tool_text` gives it.

    The weightiest first, each name once.
    """
    found: dict[str, Finding] = {}
    for text in texts:
        for finding in _read(text):
            found.setdefault(finding.name, finding)
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
    yield from _topics(distinct, _KNOWN.intersection(distinct), len(words))
    yield from read_words(words)


def _topics(distinct: set[bytes], known: frozenset[bytes], length: int) -> Iterator[Finding]:
    if ENGLISH.isdisjoint(distinct) or (length <= BRIEF_WORDS and not LIGHT.isdisjoint(distinct)):
        return
    longer = max(length - BRIEF_WORDS, 0)
    for topic, reached in zip(TOPICS, _points_of(distinct, known), strict=True):
        if reached >= min(LEAST_POINTS + longer // topic.words_a_point, topic.most_points):
            yield topic.finding


def _points_of(distinct: set[bytes], known: frozenset[bytes]) -> list[int]:
    """What the words of a text are worth to each topic."""
    points = [0] * len(TOPICS)
    for word in _POINTS.keys() & known:
        for at, worth in _POINTS[word]:
            points[at] += worth
    for word in [word for word in distinct if len(word) >= ENDING_LEAST and word[-ENDING:] in _ENDINGS]:
        if word not in known:
            points[_ENDINGS[word[-ENDING:]]] += STRONG
    return points


def _points() -> dict[bytes, tuple[tuple[int, int], ...]]:
    worth: dict[bytes, dict[int, int]] = {}
    for at, topic in enumerate(TOPICS):
        for words, points in ((topic.plain, PLAIN), (topic.strong, STRONG)):
            for word in words:
                worth.setdefault(word, {})[at] = points
    return {word: tuple(by_topic.items()) for word, by_topic in worth.items()}


_POINTS = _points()
_ENDINGS = {ending: at for at, topic in enumerate(TOPICS) for ending in topic.endings}
_KNOWN = frozenset(_POINTS)
