"""What is in force, setting by setting, and where each value comes from: the environment, the file, or the default."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Literal

from msgspec import Struct
from pydantic import BaseModel, SecretStr

from router.config.settings import ENV_PREFIX

MASK = "********"
"""What is shown of every secret, however long it is."""

_USERINFO = re.compile(r"//[^/@\s]+@")
"""A user and a password in an address."""

Origin = Literal["environment", "file", "default"]
Path = tuple[str | int, ...]


class InForce(Struct, frozen=True):
    """One setting. `variable`: the one of the environment that says it (empty: none does)."""

    path: Path
    value: Any
    origin: Origin
    variable: str = ""

    @property
    def name(self) -> str:
        """The keys that lead to it, with dots."""
        return ".".join(map(str, self.path))

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {"setting": self.name, "value": self.value, "from": self.origin, "variable": self.variable or None}


def in_force(settings: BaseModel, file: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[InForce]:
    """Every setting as it holds. `file` is what the file says, before anything is added to it."""
    given = {name.upper(): value for name, value in environment.items() if name.upper().startswith(ENV_PREFIX)}
    for path, value in _leaves(settings, ()):
        variable = _variable(path, given)
        origin: Origin = "environment" if variable else "file" if _says(file, path) else "default"
        yield InForce(path, value, origin, variable)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """What no other setting is in, as a file would hold it."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping) and value:
        for name, each in value.items():
            yield from _leaves(each, (*path, str(name)))
    elif isinstance(value, list) and any(isinstance(each, BaseModel) for each in value):
        for at, each in enumerate(value):
            yield from _leaves(each, (*path, at))
    else:
        yield path, _shown(value)


def _shown(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK
    if isinstance(value, str):
        return _USERINFO.sub(f"//{MASK}@", value)
    return str(value) if isinstance(value, PurePath) else value


def _variable(path: Path, given: Mapping[str, str]) -> str:
    """The variable that says this setting, or a mapping around it in JSON that holds it."""
    for end in range(len(path), 0, -1):
        name = ENV_PREFIX + "__".join(map(str, path[:end])).upper()
        if name in given and (end == len(path) or _says(_decoded(given[name]), path[end:])):
            return name
    return ""


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _says(data: Any, path: Path) -> bool:
    """Whether there is a value at this place. A text or a number there stands for the mapping that it is short for."""
    for at, key in enumerate(path):
        if isinstance(data, list):
            if not isinstance(key, int) or key >= len(data):
                return False
            data = data[key]
            continue
        if not isinstance(data, Mapping):
            return at > 0 and data is not None
        found = next((name for name in data if str(name) == str(key)), None)
        if found is None:
            return False
        data = data[found]
    return True
