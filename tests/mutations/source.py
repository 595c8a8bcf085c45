"""A policy and its cases as texts, what stands where in them, and what a mistake in them is.

Where things stand comes from ruamel's own marks, not from the code under test.
"""

import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Kind = Literal["field dropped", "name misspelt", "type changed", "case contradicted", "indent broken"]
Keys = tuple[str | int, ...]
Texts = dict[str, str]

POLICY, CASES = "policy.yaml", "cases/policy.yaml"
MAX_CASES = 5

NOT_YAML = object()


class Source(NamedTuple):
    """A policy that loads and the cases it passes. `rules`: the names that a case may expect. `is_tight`: every
    circumstance of its cases matters to what they expect."""

    name: str
    texts: Texts
    rules: tuple[str, ...]
    is_tight: bool


class Place(NamedTuple):
    """A line of one of the two files, counted from 1."""

    file: str
    line: int


Places = frozenset[Place]


class Mutation(NamedTuple):
    """A source with one mistake in it, and where an error about it may stand."""

    kind: Kind
    what: str
    texts: Texts
    places: Places


class Entry(NamedTuple):
    """A name with its value, in the mapping `of`, at `keys`."""

    file: str
    keys: Keys
    name: ScalarNode
    value: Node
    of: MappingNode

    @property
    def line(self) -> int:
        """Where the name stands."""
        return int(self.name.start_mark.line) + 1

    @property
    def value_line(self) -> int:
        """Where an error about the value stands: a mapping or a list is looked for at its name."""
        return int(self.value.start_mark.line) + 1 if isinstance(self.value, ScalarNode) else self.line

    @property
    def last(self) -> str:
        """The name."""
        return str(self.keys[-1])

    @property
    def shape(self) -> tuple[str, ...]:
        """The way to it, whichever item of a list it is in."""
        return tuple("*" if isinstance(key, int) else key for key in self.keys)

    @property
    def spelt(self) -> str:
        """The way to it, for people."""
        return ".".join(map(str, self.keys))

    @property
    def is_callers_own(self) -> bool:
        """Whether it is of another language: what callers send may be called anything, and so may labels."""
        return not {"request", "hints", "grants", "annotate"}.isdisjoint(self.keys[:-1])


Mutate = Callable[[Source, Entry, random.Random], Iterator[Mutation]]
"""Every mutation of one kind that an entry of a source lends itself to."""


def read_source(policy: Path, *, is_tight: bool) -> Source:
    """A policy file with the first of its cases for each rule, which are enough and quick to run."""
    cases = policy.parent / "cases" / policy.name
    texts = {POLICY: policy.read_text()}
    if cases.exists():
        texts[CASES] = _fewer_cases(cases.read_text())
    rules = [rule["name"] for rule in says(texts[POLICY])["rules"]]
    return Source(policy.stem, texts, (*rules, "otherwise"), is_tight)


def _fewer_cases(text: str) -> str:
    items = next(entry.value for entry in entries(CASES, text) if entry.keys == ("cases",)).value
    starts = [text.rfind("\n", 0, item.start_mark.index) + 1 for item in items] + [len(text)]
    kept: dict[Any, str] = {}
    for item, (start, end) in zip(items, pairwise(starts), strict=True):
        expect = next(value for name, value in item.value if name.value == "expect")
        rule = {name.value: value.value for name, value in expect.value}.get("rule")
        kept.setdefault(rule, text[start:end].rstrip() + "\n")
    return text[: starts[0]] + "".join(list(kept.values())[:MAX_CASES])


def says(text: str) -> Any:
    """What a text says. That it is no YAML is something that no text says."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return NOT_YAML


@lru_cache
def entries(file: str, text: str) -> list[Entry]:
    """Everything that has a name in a text, in its order."""
    found: list[Entry] = []
    _walk(file, YAML(typ="rt").compose(text), (), found)
    return found


def _walk(file: str, node: Node, keys: Keys, found: list[Entry]) -> None:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            found.append(Entry(file, (*keys, name.value), name, value, node))
            _walk(file, value, (*keys, name.value), found)
    elif isinstance(node, SequenceNode):
        for at, item in enumerate(node.value):
            _walk(file, item, (*keys, at), found)


def cases_of(source: Source) -> list[Entry]:
    """Everything that has a name in the cases; nothing when there are none."""
    return entries(CASES, source.texts[CASES]) if CASES in source.texts else []


def edited(source: Source, file: str, start: int, end: int, text: str) -> Texts:
    """The texts with another one between these two characters."""
    whole = source.texts[file]
    return {**source.texts, file: whole[:start] + text + whole[end:]}


def replaced(source: Source, file: str, node: Node, text: str) -> Texts:
    """The texts with another one in the place of a name or a value."""
    return edited(source, file, node.start_mark.index, end_of(source.texts[file], node), text)


def end_of(text: str, node: Node) -> int:
    """Where what was written ends. The marks of blocks go on to the next thing."""
    end = int(node.end_mark.index)
    on_one_line = isinstance(node, ScalarNode) and node.style in (None, "'", '"')
    return end if on_one_line else len(text[:end].rstrip())
