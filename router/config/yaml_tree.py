"""The values and the places in a YAML text, built from ruamel's events in one pass.

ruamel's own constructors keep what is needed to write a file back and take twice the time; here files are only read.
"""

from typing import Any

from msgspec import Struct
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import Reader
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scanner import Scanner

MAX_DEPTH = 20

Path = tuple[Any, ...]
"""The keys and positions that lead to a value."""

Place = tuple[int, int]
"""Line and column, counted from 1."""


class Tagged(Struct, frozen=True):
    """A value under a tag that means nothing here. No model takes one."""

    tag: str


class Tree(Struct, frozen=True):
    """What a text holds: plain values; where each of them is looked for (a mapping or list under a name: at the name);
    and where each name stands."""

    data: Any
    values: dict[Path, Place]
    names: dict[Path, Place]


def build_tree(text: str) -> Tree:
    """The one document of this text. Raises MarkedYAMLError, with a mark where it can, or another YAMLError."""
    source = _Source(text)
    try:
        return _Builder(source).build()
    finally:
        # It refers to itself in many ways, and garbage that only the collector can find is kept for long.
        vars(source).clear()


class _Source(Reader, Scanner, Parser, SafeConstructor, VersionedResolver):
    """ruamel's stages in one object. They look each other up through properties, several hundred thousand times a
    file; as attributes these cost next to nothing."""

    scanner: Any = None
    reader: Any = None
    resolver: Any = None
    parser: Any = None

    def __init__(self, text: str) -> None:
        self.comment_handling = None
        self.scanner = self.reader = self.resolver = self.parser = self
        Reader.__init__(self, text, loader=self)
        Scanner.__init__(self, loader=self)
        Parser.__init__(self, loader=self)
        SafeConstructor.__init__(self, loader=self)
        VersionedResolver.__init__(self, None, loader=self)


_TEXT = "tag:yaml.org,2002:str"
_SCALARS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null", "timestamp", "binary"))
_COLLECTIONS = frozenset((None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"))
_NOT_A_VALUE = (ValueError, KeyError, IndexError, TypeError, AttributeError)
"""What ruamel raises for the 30th of February, `!!int x` and their like."""


class _Builder:
    """Builds one tree. Collections under a name are looked for at the name, because that is what people see first."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._next = source.get_event
        self._values: dict[Path, Place] = {(): (1, 1)}
        self._names: dict[Path, Place] = {}
        self._plain: dict[str, Any] = {}

    def build(self) -> Tree:
        """The stream and each document in it begin and end with an event of their own."""
        self._next()
        data = self._value(self._next(), ()) if isinstance(self._next(), DocumentStartEvent) else None
        if self._source.check_event(DocumentEndEvent):
            self._next()
        if self._source.check_event(DocumentStartEvent):
            raise _wrong("expected one document, found another", self._next())
        return Tree(data, self._values, self._names)

    def _value(self, event: Any, path: Path) -> Any:
        if isinstance(event, AliasEvent) or event.anchor is not None:
            # An alias can stand for a billion values and hides what a rule really says.
            raise _wrong("anchors and aliases are not allowed", event)
        if isinstance(event, ScalarEvent):
            return self._scalar(event)
        if len(path) >= MAX_DEPTH:
            raise _wrong(f"is nested more than {MAX_DEPTH} deep", event)
        build = self._mapping if isinstance(event, MappingStartEvent) else self._sequence
        found = build(path)
        return found if event.tag in _COLLECTIONS else Tagged(event.tag)

    def _mapping(self, path: Path) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent | AliasEvent):
                raise _wrong("expected a name, found a mapping or a list in its place", event)
            name = self._value(event, path)
            if name in found:
                raise _wrong(f'found duplicate key "{name}"', event)
            here = (*path, name)
            self._names[here] = at_name = _place(event)
            event = self._next()
            self._values[here] = _place(event) if _is_written(event) else at_name
            found[name] = self._value(event, here)
        return found

    def _sequence(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            here = (*path, len(found))
            self._values[here] = _place(event)
            found.append(self._value(event, here))
        return found

    def _scalar(self, event: Any) -> Any:
        """A plain scalar means what it looks like, and is looked at once; a quoted one is text."""
        value: str = event.value
        if event.implicit[0]:
            if value not in self._plain:
                tag = self._source.resolve(ScalarNode, value, event.implicit)
                self._plain[value] = self._construct(str(tag), event)
            return self._plain[value]
        if event.implicit[1] or event.tag == _TEXT:
            return _text(event)
        return self._construct(event.tag, event) if event.tag in _SCALARS else Tagged(event.tag)

    def _construct(self, tag: str, event: Any) -> Any:
        if tag not in _SCALARS:
            return _text(event)
        node = ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            return self._source.yaml_constructors[tag](self._source, node)
        except _NOT_A_VALUE as error:
            raise _wrong(f"not a value: {error}", event) from None


def _text(event: Any) -> str:
    """What an escape can write and no encoding can hold is refused: it would fail far from here."""
    value: str = event.value
    try:
        value.isascii() or value.encode()
    except UnicodeEncodeError:
        raise _wrong("half of a surrogate pair is not text", event) from None
    return value


def _is_written(event: Any) -> bool:
    """Whether it is a scalar of which anything can be seen: an empty one stands where the next thing does."""
    return isinstance(event, ScalarEvent) and bool(event.end_mark.index > event.start_mark.index)


def _place(event: Any) -> Place:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _wrong(said: str, event: Any) -> MarkedYAMLError:
    return MarkedYAMLError(problem=said, problem_mark=event.start_mark)
