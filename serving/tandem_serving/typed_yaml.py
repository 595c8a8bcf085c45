"""Reads a YAML file into a typed value. Whatever is wrong with it is said with its file, line and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from router.core.errors import FileError

Typed = TypeVar("Typed", bound=BaseModel)


def load_mapping(file: Path) -> CommentedMap:
    """The names and values of a file, with where each of them stands. Raises FileError."""
    try:
        data = YAML(typ="rt").load(file.read_bytes())
    except OSError as error:
        raise FileError(str(file), 1, 1, f"cannot be read: {error.strerror}") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise FileError(str(file), line, column, str(error.problem or "not valid YAML")) from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise FileError(str(file), 1, 1, f"not valid YAML: {error}") from None
    if not isinstance(data, CommentedMap):
        raise FileError(str(file), 1, 1, "expected a mapping of names to values")
    return data


def validated(schema: type[Typed], file: Path, data: CommentedMap) -> Typed:
    """What `load_mapping` found in `file`, as a value of `schema`. Raises FileError."""
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise _as_file_error(file, data, error) from None


def wrong_value(file: Path, data: CommentedMap, keys: Sequence[str | int], message: str) -> FileError:
    """The error that says `message` of the value at `keys`."""
    line, column = _position(data, keys)
    return FileError(str(file), line, column, message)


def _as_file_error(file: Path, data: CommentedMap, error: ValidationError) -> FileError:
    """The first error to tell: a misspelt name before the one that is missing because of it."""
    errors = error.errors(include_url=False, include_context=False)
    details = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    keys = list(details["loc"])
    return wrong_value(file, data, keys, f"{'.'.join(map(str, keys))}: {_say(details)}")


def _say(details: ErrorDetails) -> str:
    if details["type"] == "missing":
        return "is required and missing"
    if details["type"] == "extra_forbidden":
        return "is not a known name"
    said = details["msg"].removeprefix("Value error, ")
    found = details["input"]
    return said if isinstance(found, (dict, BaseModel)) else f"{said}, found {str(found)[:60]!r}"


def _position(data: Any, keys: Sequence[str | int]) -> tuple[int, int]:
    """Where the value at `keys` stands, or the nearest thing above it that is there. Counted from 1."""
    line, column = 0, 0
    for key in keys:
        if isinstance(data, CommentedMap) and key in data:
            line, column = data.lc.key(key)
        elif isinstance(data, CommentedSeq) and isinstance(key, int) and key < len(data):
            line, column = data.lc.item(key)
        else:
            break
        data = data[key]
    return line + 1, column + 1
