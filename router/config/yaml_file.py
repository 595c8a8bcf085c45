"""YAML as people write it, with the position of every value, and without what hides mistakes: duplicate keys,
anchors and aliases are refused."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedOrderedMap, CommentedSeq
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from router.core.errors import FileError

MAX_FILE_BYTES = 1024 * 1024
MAX_DEPTH = 20


class YamlFile(Struct, frozen=True):
    """A file's content as plain values, with the positions they stood at."""

    path: Path
    data: Any
    raw: bytes
    lines: tuple[str, ...]

    def error_at_key(self, keys: Sequence[str | int], message: str) -> FileError:
        """The error to raise about the name of a value, rather than about the value."""
        *above, last = keys
        parent = self.data
        for key in above:
            parent = parent[key]
        name = next((each for each in parent if str(each) == str(last)), last)
        line, column = parent.lc.key(name)
        return FileError(str(self.path), line + 1, column + 1, message)

    def error(self, keys: Sequence[str | int], message: str) -> FileError:
        """The error to raise about the value at `keys`, or about the nearest place above it that exists."""
        line, column = _position(self.data, keys)
        return FileError(str(self.path), line, column, message)


def read_yaml(path: Path) -> YamlFile:
    """Reads a file that must hold a mapping. Raises FileError with line and column."""
    raw = _read(path)
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        text = raw.decode("utf-16" if raw[:2] in (BOM_UTF16_BE, BOM_UTF16_LE) else "utf-8-sig")
        _refuse_aliases(path, text)
        data = yaml.load(text)
    except MarkedYAMLError as error:
        raise _unreadable(path, error) from None
    except (YAMLError, UnicodeDecodeError, OverflowError) as error:
        said = " ".join(str(error).split())
        raise FileError(str(path), 1, 1, f"not valid YAML: {said}") from None
    if not isinstance(data, CommentedMap) or isinstance(data, CommentedOrderedMap):
        raise FileError(str(path), 1, 1, "expected a mapping of names to values")
    return YamlFile(path, data, raw, tuple(text.splitlines()))


class _Constructor(RoundTripConstructor):
    """Says where a scalar stands that cannot be what it looks like: the 30th of February, `!!int x`."""

    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - ruamel's signature
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ConstructorError(None, None, f"not a value: {error}", node.start_mark) from None


def _read(path: Path) -> bytes:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error.strerror}") from None
    if len(text) > MAX_FILE_BYTES:
        raise FileError(str(path), 1, 1, f"is {len(text)} bytes long; at most {MAX_FILE_BYTES} are read")
    return text


def _refuse_aliases(path: Path, text: str) -> None:
    """An alias can stand for a billion values and hides what a rule really says."""
    depth = 0
    for event in YAML(typ="rt").parse(text):
        depth += isinstance(event, (MappingStartEvent, SequenceStartEvent))
        depth -= isinstance(event, (MappingEndEvent, SequenceEndEvent))
        if depth > MAX_DEPTH:
            mark = event.start_mark
            raise FileError(str(path), mark.line + 1, mark.column + 1, f"is nested more than {MAX_DEPTH} deep")
        anchor = getattr(event, "anchor", None)
        if isinstance(event, AliasEvent) or anchor is not None:
            mark = event.start_mark
            raise FileError(str(path), mark.line + 1, mark.column + 1, "anchors and aliases are not allowed")


def _unreadable(path: Path, error: MarkedYAMLError) -> FileError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    said = str(error.problem or error.context or "not valid YAML").strip()
    return FileError(str(path), line, column, said.partition(" with value ")[0])


def _position(data: Any, keys: Sequence[str | int]) -> tuple[int, int]:
    line, column = 0, 0
    for key in keys:
        if isinstance(data, CommentedMap) and key in data:
            is_leaf = not isinstance(data[key], (CommentedMap, CommentedSeq))
            line, column = data.lc.value(key) if is_leaf else data.lc.key(key)
        elif isinstance(data, CommentedSeq) and isinstance(key, int) and key < len(data):
            line, column = data.lc.item(key)
        else:
            break
        data = data[key]
    return line + 1, column + 1
