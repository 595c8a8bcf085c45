"""Which values a setting takes, in words, from the JSON Schema that pydantic makes of it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

_TYPES: Final = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
_FORMATS: Final = {"path": "path", "password": "secret"}
_BOUNDS: Final = (
    ("exclusiveMinimum", "above"),
    ("minimum", "from"),
    ("exclusiveMaximum", "below"),
    ("maximum", "to"),
)


def kind_of(schema: Mapping[str, Any]) -> str:
    """The values, such as `whole number from 0 to 65535`, or `fast, strong`."""
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            kinds = [kind_of(each) for each in schema[choice] if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    return _of_type(schema)


def _of_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if kind == "array":
        return f"list: {kind_of(schema['items'])}"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"by name: {kind_of(values)}" if isinstance(values, Mapping) else "mapping"
    if kind is None:
        return "mapping"
    bounds = [f"{word} {_number(schema[name])}" for name, word in _BOUNDS if name in schema]
    return " ".join([_FORMATS.get(schema.get("format", ""), _TYPES[kind]), *bounds])


def _number(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)
