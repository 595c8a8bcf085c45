"""YAML as people write it, with the position of every value, and without what hides mistakes: duplicate keys,
anchors and aliases are refused."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from router.config.yaml_tree import Tree, build_tree
from router.core.errors import FileError

MAX_FILE_BYTES = 1024 * 1024


class YamlFile(Struct, frozen=True):
    """A file's content as plain values, with the positions they stood at, and as it was written."""

    path: Path
    tree: Tree
    raw: bytes
    text: str
    lines: tuple[str, ...]

    @property
    def data(self) -> Any:
        """The content: a mapping."""
        return self.tree.data

    def error_at_key(self, keys: Sequence[str | int], message: str) -> FileError:
        """The error to raise about the name of a value, rather than about the value."""
        path: list[Any] = []
        parent = self.data
        for key in keys:
            path.append(_own_key(parent, key))
            parent = parent[path[-1]]
        line, column = self.tree.names[tuple(path)]
        return FileError(str(self.path), line, column, message)

    def error(self, keys: Sequence[str | int], message: str) -> FileError:
        """The error to raise about the value at `keys`, or about the nearest place above it that exists."""
        path, places = tuple(keys), self.tree.values
        while path not in places:
            path = path[:-1]
        line, column = places[path]
        return FileError(str(self.path), line, column, message)


def _own_key(parent: Any, said: str | int) -> Any:
    """The key as the file has it: a validator says "None" of one that is null, and "1" of a number."""
    if isinstance(parent, list):
        return said
    return next((each for each in parent if str(each) == str(said)), said)


def read_yaml(path: Path) -> YamlFile:
    """Reads a file that must hold a mapping. Raises FileError with line and column."""
    return parse_yaml(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """What a file holds. Raises FileError when it cannot be read or is too long."""
    try:
        with path.open("rb") as file:
            found = file.read(MAX_FILE_BYTES + 1)
            size = len(found) if len(found) <= MAX_FILE_BYTES else path.stat().st_size
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error.strerror}") from None
    if size > MAX_FILE_BYTES:
        raise FileError(str(path), 1, 1, f"is {size} bytes long; at most {MAX_FILE_BYTES} are read")
    return found


def parse_yaml(path: Path, raw: bytes) -> YamlFile:
    """The mapping that these bytes hold; `path` is where they came from. Raises FileError with line and column."""
    try:
        text = raw.decode("utf-16" if raw[:2] in (BOM_UTF16_BE, BOM_UTF16_LE) else "utf-8-sig")
        tree = build_tree(text)
    except MarkedYAMLError as error:
        raise _unreadable(path, error) from None
    except (YAMLError, ValueError, OverflowError) as error:
        said = " ".join(str(error).split())
        raise FileError(str(path), 1, 1, f"not valid YAML: {said}") from None
    if not isinstance(tree.data, dict):
        raise FileError(str(path), 1, 1, "expected a mapping of names to values")
    return YamlFile(path, tree, raw, text, tuple(text.splitlines()))


def _unreadable(path: Path, error: MarkedYAMLError) -> FileError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    said = str(error.problem or error.context or "not valid YAML").strip()
    return FileError(str(path), line, column, said.partition(" with value ")[0])
