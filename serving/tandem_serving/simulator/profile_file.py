"""Finds and reads `NAME.priors.yaml`. Whatever is wrong with one is said with its file, line and column."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from router.core.errors import FileError
from tandem_serving.simulator.profile import FastProfile, Profile, StrongProfile

SimulatedTier = Literal["fast", "strong"]

SUFFIX = ".priors.yaml"
STRONG_TWIN = "-strong"
_PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (_PACKAGE / "_profiles", _PACKAGE.parent / "profiles")
"""Where profiles lie: in an installed wheel, and in a checkout."""

_SCHEMAS: dict[SimulatedTier, type[FastProfile] | type[StrongProfile]] = {
    "fast": FastProfile,
    "strong": StrongProfile,
}


def profile_names() -> tuple[str, ...]:
    """Every profile there is."""
    files = (file.name for folder in FOLDERS if folder.is_dir() for file in folder.glob(f"*{SUFFIX}"))
    return tuple(sorted({name.removesuffix(SUFFIX) for name in files}))


def find_profile(tier: SimulatedTier, name: str) -> Profile:
    """The profile of this name, or its strong twin where the strong tier is asked for.

    Raises FileError when there is none, or when it is not one of this tier.
    """
    wanted = name if tier == "fast" or name.endswith(STRONG_TWIN) else name + STRONG_TWIN
    for folder in FOLDERS:
        if (file := folder / f"{wanted}{SUFFIX}").is_file():
            return read_profile(file, tier)
    known = ", ".join(profile_names())
    raise FileError(f"{wanted}{SUFFIX}", 1, 1, f"there is no such profile; there are: {known}")


def read_profile(file: Path, tier: SimulatedTier) -> Profile:
    """The profile in a file. Raises FileError."""
    data = _load(file)
    if data.get("tier") not in ("fast", "strong"):
        raise _error(file, data, ["tier"], "tier: must be fast or strong")
    if data["tier"] != tier:
        raise _error(file, data, ["tier"], f"tier: is {data['tier']}, and the {tier} tier was asked for")
    try:
        profile = _SCHEMAS[tier].model_validate(data)
    except ValidationError as error:
        raise _as_file_error(file, data, error) from None
    if profile.name != file.name.removesuffix(SUFFIX):
        raise _error(file, data, ["name"], "name: differs from the name of the file")
    return profile


def _load(file: Path) -> CommentedMap:
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


def _as_file_error(file: Path, data: CommentedMap, error: ValidationError) -> FileError:
    """The first error to tell: a misspelt name before the one that is missing because of it."""
    errors = error.errors(include_url=False, include_context=False)
    details = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    keys = list(details["loc"])
    return _error(file, data, keys, f"{'.'.join(map(str, keys))}: {_say(details)}")


def _say(details: ErrorDetails) -> str:
    if details["type"] == "missing":
        return "is required and missing"
    if details["type"] == "extra_forbidden":
        return "is not a known name"
    said = details["msg"].removeprefix("Value error, ")
    found = details["input"]
    return said if isinstance(found, (dict, BaseModel)) else f"{said}, found {str(found)[:60]!r}"


def _error(file: Path, data: CommentedMap, keys: Sequence[str | int], message: str) -> FileError:
    line, column = _position(data, keys)
    return FileError(str(file), line, column, message)


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
