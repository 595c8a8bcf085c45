"""The named rules about stakes: what no data holds, and what learned scores do not carry to traffic they never saw.

Pure. Every text is read from end to end, once, at a cost linear in it; a rule that was found is not looked for again.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from router.core.stakes.deeds import COMMANDS, DEEDS
from router.core.stakes.folding import END, fold
from router.core.stakes.polarity import LIGHT, completes_a_verb, is_asked, is_begun, is_told, is_wanted
from router.core.stakes.rule import MENTIONED, Finding, Rule
from router.core.stakes.situations import SITUATIONS
from router.core.stakes.tools import tool_findings
from router.core.stakes.topics import (
    ASK_WORDS,
    ASKS_MEANING,
    ENDING,
    ENDING_LEAST,
    ENGLISH,
    FAINT,
    PASTED,
    PASTED_FACTOR,
    PLAIN,
    STRONG,
    TOPICS,
    find_topic,
    points_needed,
)

BEFORE, BEHIND = 240, 160
"""Bytes around a word that say whether it is meant."""

SCHEMA_DEPTH = 6
"""So deep the parameters of a tool are read."""

_FORWARD = frozenset({"asked", "begun", "particle"})
_MEANT = {
    "asked": is_asked,
    "begun": is_begun,
    "particle": completes_a_verb,
    "passive": is_wanted,
    "told": is_told,
}
"""How each polarity is told; those of `_FORWARD` have their object behind the verb."""

MASS_REACH = 3

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
    data = fold(text)
    words = data.split()
    distinct = set(words)
    known = _KNOWN.intersection(distinct)
    is_pasted = _is_pasted(words)
    yield from _topics(words, distinct, known, PASTED_FACTOR if is_pasted else 1.0)
    found: set[str] = set()
    for lead in _LED.keys() & known:
        rules = [rule for rule in _LED[lead] if _is_possible(rule, known)]
        for finding in _ruled(data, lead, rules):
            if finding.name not in found:
                found.add(finding.name)
                yield replace(finding, weight=MENTIONED) if is_pasted and finding.name in _TOLD else finding


def _is_possible(rule: Rule, known: frozenset[bytes]) -> bool:
    return not rule.partners or not rule.partners.isdisjoint(known) or not rule.mass.isdisjoint(known)


def _ruled(data: bytes, lead: bytes, rules: list[Rule]) -> Iterator[Finding]:
    """What the rules that a word leads find, tried wherever it stands; one that was found is not tried again."""
    needle = b" %b " % lead
    at = data.find(needle) if rules else -1
    while at >= 0 and rules:
        end = at + len(needle) - 1
        behind = data[end : end + BEHIND].split()
        for rule in [rule for rule in rules if _may_hold(rule, behind)]:
            before = data[max(at - BEFORE, 0) : at].split()
            if _has_partner(rule, before, behind) and _MEANT[rule.polarity](before, behind):
                rules = [each for each in rules if each.finding.name != rule.finding.name]
                yield rule.finding
        at = data.find(needle, end)


def _may_hold(rule: Rule, behind: Sequence[bytes]) -> bool:
    """Whether what stands behind a lead leaves a rule possible, told without reading what stands before it."""
    return rule.polarity not in _FORWARD or not rule.partners or _meets_object(rule, behind[: rule.after])


def _has_partner(rule: Rule, before: Sequence[bytes], behind: Sequence[bytes]) -> bool:
    if rule.polarity in _FORWARD or not rule.partners:
        return True
    near = before[-rule.before :]
    return not rule.partners.isdisjoint(near) or not rule.partners.isdisjoint(behind[: rule.after])


def _meets_object(rule: Rule, behind: Sequence[bytes]) -> bool:
    """Whether the first known object behind a verb is one of the rule's, and stands in the same sentence."""
    everything = not rule.mass.isdisjoint(behind[:MASS_REACH])
    if not everything and rule.partners.isdisjoint(behind):
        return False
    for word in behind:
        if word in rule.partners:
            return True
        if word in rule.harmless:
            return False
        if word == END:
            break
    return everything


def _is_pasted(words: Sequence[bytes]) -> bool:
    """Whether a text says at either end that it is to be worked on, and so is hardly anybody's own case."""
    return not PASTED.isdisjoint(words[:ASK_WORDS]) or not PASTED.isdisjoint(words[-ASK_WORDS:])


def _topics(words: Sequence[bytes], distinct: set[bytes], known: frozenset[bytes], factor: float) -> Iterator[Finding]:
    if ENGLISH.isdisjoint(distinct) or (len(words) <= BRIEF_WORDS and not _FICTION.isdisjoint(distinct)):
        return
    needed = points_needed(len(words)) * factor
    for topic, points in zip(TOPICS, _points_of(distinct, known), strict=True):
        if points and (found := find_topic(topic, points, needed)):
            yield found


def _points_of(distinct: set[bytes], known: frozenset[bytes]) -> list[int]:
    """What the words of a text are worth to each topic; faint ones alone are worth nothing."""
    points, telling = [0] * len(TOPICS), set()
    for word in known:
        for at, worth in _POINTS.get(word, ()):
            points[at] += worth
            if worth > FAINT:
                telling.add(at)
    for word in [word for word in distinct if len(word) >= ENDING_LEAST and word[-ENDING:] in _ENDINGS]:
        if word not in known:
            points[_ENDINGS[word[-ENDING:]]] += STRONG
            telling.add(_ENDINGS[word[-ENDING:]])
    return [total if at in telling else 0 for at, total in enumerate(points)]


def _led() -> dict[bytes, tuple[Rule, ...]]:
    rules: dict[bytes, list[Rule]] = {}
    for rule in DEEDS + COMMANDS + SITUATIONS:
        for word in rule.leads:
            rules.setdefault(word, []).append(rule)
    return {word: tuple(led) for word, led in rules.items()}


def _points() -> dict[bytes, tuple[tuple[int, int], ...]]:
    worth: dict[bytes, dict[int, int]] = {}
    for at, topic in enumerate(TOPICS):
        for words, points in ((topic.harmless, 0), (topic.faint, FAINT), (topic.plain, PLAIN), (topic.strong, STRONG)):
            for word in words:
                worth.setdefault(word, {})[at] = points
    return {word: tuple(by_topic.items()) for word, by_topic in worth.items()}


_LED = _led()
_POINTS = _points()
_FICTION = LIGHT - ASKS_MEANING
_TOLD = frozenset(rule.finding.name for rule in SITUATIONS if rule.finding.domain in ("medical", "legal", "financial"))
"""Situations that a text to be worked on may tell of. Those of danger and of attacks are always in earnest."""

_ENDINGS = {ending: at for at, topic in enumerate(TOPICS) for ending in topic.endings}
_KNOWN = (
    frozenset(_LED)
    | frozenset(_POINTS)
    | frozenset[bytes]().union(*[rule.partners | rule.mass for led in _LED.values() for rule in led])
)
