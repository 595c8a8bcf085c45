"""pydantic's verdict on a file, said as a person needs it: where, what was found, what was expected."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from router.config.yaml_file import YamlFile
from router.core.errors import FileError

Model = TypeVar("Model", bound=BaseModel)


def validate(file: YamlFile, model: type[Model]) -> Model:
    """The file's content as a model. Raises FileError for the first thing that is wrong."""
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        raise as_file_error(file, error, model) from None


def as_file_error(file: YamlFile, error: ValidationError, model: type[BaseModel]) -> FileError:
    """The error to tell of pydantic's: what stands first in the file, and what is missing last, for that may be so
    because of another."""
    errors = as_file_errors(file, error, model)
    return min(errors, key=lambda each: (each.said.endswith(MISSING), each.line, each.column))


def as_file_errors(file: YamlFile, error: ValidationError, model: type[BaseModel]) -> list[FileError]:
    """All of pydantic's errors, each at its place in the file."""
    return [_placed(file, details, model) for details in _errors(error)]


def first_error(error: ValidationError) -> ErrorDetails:
    """The error to tell: a misspelt name before the setting that is missing because of it."""
    errors = _errors(error)
    return next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])


def _errors(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False)


def _placed(file: YamlFile, details: ErrorDetails, model: type[BaseModel]) -> FileError:
    keys = [key for key in details["loc"] if not _is_pydantics(key)]
    path = ".".join(map(str, keys))
    if details["type"] == "extra_forbidden":
        known = _field_names(model) - {str(keys[-1])}
        return file.error_at_key(keys, f"{path}: is not a known setting{suggestion(str(keys[-1]), known)}")
    return file.error(keys, f"{path}: {_say(details)}" if path else _say(details))


def _is_pydantics(key: int | str) -> bool:
    """Whether a key is none of the file's: `[key]`, or the form of a setting, such as `[number]`."""
    return isinstance(key, str) and key.startswith("[")


def suggestion(found: str, known: Iterable[str]) -> str:
    """ " did you mean ...?" when something close is known, else nothing."""
    close = get_close_matches(found, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


MISSING = "is required and missing"

SECRETS = frozenset(("key", "api_key", "cache_salt_secret", "encryption_keys"))
"""Settings whose values are never repeated."""


def _say(details: ErrorDetails) -> str:
    if details["type"] == "missing":
        return MISSING
    said = details["msg"].removeprefix("Value error, ")
    return (
        said
        if details["type"] == "value_error" or details["loc"][-1] in SECRETS
        else f"{said}, found {_short(details['input'])}"
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


@cache
def _field_names(model: type[BaseModel]) -> frozenset[str]:
    """The names of every field in this model and the models in it: enough to suggest from."""
    names: set[str] = set()
    for definition in (schema := model.model_json_schema()).get("$defs", {}).values():
        names.update(definition.get("properties", {}))
    return frozenset(names | set(schema.get("properties", {})))
