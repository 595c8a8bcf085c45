"""Writes down what a probe found, as the YAML that a backend's `capabilities` names: a line for each finding."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from router.core.probed import Found, Probed

HEAD = """\
# What `tandem engine probe` found of an engine. Name this file as `capabilities` of its backend in tandem.yaml: what
# stands here counts before what is assumed of engines of its kind. Probe again after each change of the engine.
"""


def written(probed: Probed) -> str:
    """The file."""
    return HEAD + "".join(f"{line}\n" for line in _lines(probed))


def _lines(probed: Probed) -> Iterator[str]:
    for name in probed.__struct_fields__:
        value = getattr(probed, name)
        if not isinstance(value, Mapping):
            yield f"{name}: {json.dumps(value)}"
        elif value:
            yield f"{name}:"
            yield from [f"  {each}: {_flow(found)}" for each, found in value.items()]


def _flow(found: Found) -> str:
    said: Mapping[str, Any] = msgspec.to_builtins(found)
    return "{" + ", ".join(f"{name}: {json.dumps(value)}" for name, value in said.items()) + "}"
