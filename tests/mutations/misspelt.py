"""A name is misspelt: of a field, a fact, a function, a tier, a value there is a list of, or a rule in a case."""

import random
import re
from collections.abc import Iterable, Iterator

from ruamel.yaml.nodes import ScalarNode

from tests.mutations.source import CASES, Entry, Mutation, Place, Places, Source, cases_of, edited, end_of, replaced

KNOWN = frozenset(
    "name rules otherwise when then tier tiers ladder case cases expect rule prompt fast strong stakes schema on off "
    "up fail degrade low high medium code maths tools turns images audio hints".split()
)
"""Names that another one could become when it is misspelt."""

LISTED = frozenset("tier on_unavailable thinking sticky reason error".split())
RULE_NAME = ("rules", "*", "name")
NAMES_OF_RULES = frozenset((RULE_NAME, ("cases", "*", "expect", "rule"), ("policy",)))

_FACT = re.compile(r"\b(?:request|signals|hints|tenant|tiers|conversation|memory)(?:\.[a-z_0-9]+)+(?!\w*\()")
_FUNCTION = re.compile(r"\b(?:size|startsWith|endsWith|contains|matches)(?=\()")


def wrong_spelling(name: str, chance: random.Random) -> str:
    """The name with two letters swapped, one left out or one doubled; never another name there is."""
    while True:
        at = chance.randrange(len(name) - 1)
        a, b = name[at], name[at + 1]
        wrong = name[:at] + chance.choice([b + a, b, a + a + b]) + name[at + 2 :]
        if wrong not in {name, *KNOWN} and wrong.strip("._-") == wrong:
            return wrong


def misspelt_key(source: Source, entry: Entry, chance: random.Random) -> Iterator[Mutation]:
    """The name of the entry, but of the tiers in a case, which is a value."""
    if entry.is_callers_own or entry.shape[:-1] == ("cases", "*", "tiers"):
        return
    wrong = wrong_spelling(entry.name.value, chance)
    texts = replaced(source, entry.file, entry.name, wrong)
    yield Mutation("name misspelt", f"{entry.spelt} as {wrong}", texts, frozenset((Place(entry.file, entry.line),)))


def misspelt_value(source: Source, entry: Entry, chance: random.Random) -> Iterator[Mutation]:
    """The value of the entry, or each item of it."""
    for item in _names_in(entry):
        wrong = wrong_spelling(item.value, chance)
        places = frozenset((Place(entry.file, item.start_mark.line + 1),))
        if entry.shape == RULE_NAME:
            places = _cases_naming(source, item.value)
        if places:
            texts = replaced(source, entry.file, item, wrong)
            yield Mutation("name misspelt", f"{entry.spelt}: {wrong}", texts, places)


def _names_in(entry: Entry) -> list[ScalarNode]:
    if entry.is_callers_own:
        return []
    if isinstance(entry.value, ScalarNode):
        return [entry.value] if entry.last in LISTED or entry.shape in NAMES_OF_RULES else []
    return list(entry.value.value) if entry.last == "ladder" else []


def _cases_naming(source: Source, rule: str) -> Places:
    """A rule that is called otherwise is missed at the first case that names it."""
    naming = [each for each in cases_of(source) if each.shape in NAMES_OF_RULES and each.value.value == rule]
    return frozenset(Place(CASES, each.value_line) for each in naming)


def misspelt_in_condition(source: Source, entry: Entry, chance: random.Random) -> Iterator[Mutation]:
    """Each fact and each function that a condition mentions."""
    for found, places in found_in_condition(source, entry, (_FACT, _FUNCTION)):
        wrong = wrong_spelling(found[0], chance)
        texts = edited(source, entry.file, found.start(), found.end(), wrong)
        yield Mutation("name misspelt", f"{entry.spelt}: {wrong}", texts, places)


def found_in_condition(
    source: Source, entry: Entry, patterns: Iterable[re.Pattern[str]]
) -> Iterator[tuple[re.Match[str], Places]]:
    """What these patterns find in a condition, as it is written in the file, each with its own line."""
    if entry.shape != ("rules", "*", "when"):
        return
    text = source.texts[entry.file]
    for pattern in patterns:
        for found in pattern.finditer(text, entry.value.start_mark.index, end_of(text, entry.value)):
            yield found, frozenset((Place(entry.file, text.count("\n", 0, found.start()) + 1),))
