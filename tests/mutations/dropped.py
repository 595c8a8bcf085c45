"""A field is dropped: one that must be there, or one that a case misses."""

import random
from collections.abc import Iterator

from tests.mutations.source import (
    CASES,
    POLICY,
    Entry,
    Keys,
    Mutation,
    Place,
    Places,
    Source,
    cases_of,
    edited,
    end_of,
    entries,
)

REQUIRED = frozenset((
    ("name",), ("rules",), ("otherwise",), ("rules", "*", "name"), ("rules", "*", "when"), ("rules", "*", "then"),
    ("rules", "*", "then", "tier"), ("rules", "*", "then", "ladder"), ("otherwise", "tier"), ("otherwise", "ladder"),
    ("policy",), ("cases",), ("cases", "*", "name"), ("cases", "*", "expect"),
))  # fmt: skip

CIRCUMSTANCES = frozenset("prompt request signals hints tenant grants tiers conversation escalated".split())
DEFAULTS = {"on_unavailable": "fail", "sticky": "up", "commit_after": "10s"}


def dropped(source: Source, entry: Entry, _chance: random.Random) -> Iterator[Mutation]:
    """The entry left out, when that is noticed."""
    places = _where_it_is_missed(source, entry)
    if not places:
        return
    text, around = source.texts[entry.file], entry.of.value
    at = [name for name, _ in around].index(entry.name)
    if at + 1 < len(around):
        start, end = entry.name.start_mark.index, around[at + 1][0].start_mark.index
    else:
        start = end_of(text, around[at - 1][1]) if at else entry.name.start_mark.index
        end = end_of(text, entry.value)
    yield Mutation("field dropped", entry.spelt, edited(source, entry.file, start, end, ""), places)


def _where_it_is_missed(source: Source, entry: Entry) -> Places:
    """At what lacks it, when it must be there; at the cases that expect what it said, when it may be left out."""
    if entry.shape in REQUIRED:
        return frozenset((Place(entry.file, line_of(source, entry.file, entry.keys[:-1])),))
    if entry.file == POLICY:
        return _expecting(source, entry)
    case = entry.keys[:2]
    given = [each.last for each in cases_of(source) if each.keys[:-1] == case and each.last in CIRCUMSTANCES]
    if source.is_tight and entry.keys[:-1] == case and given == [entry.last]:
        return _lines_below(source, (*case, "expect"), without=entry)
    return frozenset()


def line_of(source: Source, file: str, keys: Keys) -> int:
    """Where an error about what stands at `keys` is told: at its name; an item of a list begins with its first name."""
    below = [entry for entry in entries(file, source.texts[file]) if entry.keys[: len(keys)] == keys]
    return below[0].line if keys else 1


def _expecting(source: Source, entry: Entry) -> Places:
    """The lines of cases that expect this setting of its rule, and with it the ladder that it makes."""
    then = entry.keys[:-1]
    if entry.shape[:-1] not in (("rules", "*", "then"), ("otherwise",)):
        return frozenset()
    if entry.last in DEFAULTS and entry.value.value == DEFAULTS[entry.last]:
        return frozenset()
    rule = source.rules[int(then[1])] if then[0] == "rules" else "otherwise"
    mine = {each.keys[:2] for each in cases_of(source) if each.last == "rule" and each.value.value == rule}
    expected = [each for each in cases_of(source) if each.keys[:2] in mine]
    told = [each for each in expected if each.keys[2:] == ("expect", "settings", entry.last)]
    ladders = [each for each in expected if told and each.keys[2:] == ("expect", "ladder")]
    return frozenset(Place(CASES, each.value_line) for each in told + ladders)


def _lines_below(source: Source, keys: Keys, without: Entry) -> Places:
    """The lines of everything at and below `keys`, once those of `without` are gone."""
    text = source.texts[CASES]
    gone = text.count("\n", without.name.start_mark.index, end_of(text, without.value)) + 1
    lines = {each.line for each in cases_of(source) if each.keys[: len(keys)] == keys}
    return frozenset(Place(CASES, line) for each in lines for line in (each, each - gone))
