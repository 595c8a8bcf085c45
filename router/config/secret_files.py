"""Secrets that stand in files of their own: `{from_file: PATH}` in place of a value is the text of that file.

Orchestrators hand secrets out as files. In the environment every child process has them, and every dump of a container
shows them; in the settings file they would stand where people read.
"""

from collections.abc import Sequence
from typing import Any, Final

from router.config.yaml_file import YamlFile, read_bytes
from router.core.errors import FileError

FROM_FILE: Final = "from_file"

Keys = Sequence[str | int]


def with_secrets(file: YamlFile) -> Any:
    """The content of a file with the texts of those that it names, without the line's end that editors leave. Paths
    are relative to the file. Raises FileError at the place that names a file that is missing, empty or no text."""
    return _filled(file, file.data, ())


def _filled(file: YamlFile, value: Any, keys: tuple[Any, ...]) -> Any:
    if isinstance(value, list):
        return [_filled(file, each, (*keys, at)) for at, each in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if FROM_FILE in value:
        return _read(file, value, keys)
    return {name: _filled(file, each, (*keys, name)) for name, each in value.items()}


def _read(file: YamlFile, value: dict[Any, Any], keys: tuple[Any, ...]) -> str:
    named = value[FROM_FILE]
    where = ".".join(map(str, keys)) or FROM_FILE
    if len(value) > 1 or not isinstance(named, str):
        raise file.error(keys, f"{where}: expected {{{FROM_FILE}: PATH}} and nothing beside it")
    try:
        text = read_bytes(file.path.resolve().parent / named).decode().rstrip("\r\n")
    except FileError as error:
        raise file.error((*keys, FROM_FILE), f"{where}: {named} {error.said}") from None
    except UnicodeDecodeError:
        raise file.error((*keys, FROM_FILE), f"{where}: {named} is not a text") from None
    if not text.strip():
        raise file.error((*keys, FROM_FILE), f"{where}: {named} is empty")
    return text
