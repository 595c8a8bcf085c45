"""JSON that a schema asks for: the smallest instance that says it is simulated wherever a free text may stand."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SIMULATED = "simulated"
DEEPEST = 16
"""Levels of a schema that are followed; what refers to itself ends there in null."""

_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "simulated@example.com",
    "uri": "https://example.com/simulated",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
}

Schema = Mapping[str, Any]


def instance_text(schema: Schema) -> str:
    """An instance of a schema as JSON text."""
    return json.dumps(instance_of(schema), ensure_ascii=False)


def instance_of(schema: object) -> Any:
    """An instance of a JSON schema: its types, `enum`, `const`, `required`, `$ref`, unions and least lengths kept."""
    root: Schema = schema if isinstance(schema, Mapping) else {}
    return _instance(root, root, 0)


def _instance(schema: object, root: Schema, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return SIMULATED if schema is True else None
    for name, follow in _FOLLOWED.items():
        if name in schema:
            return follow(schema, root, depth)
    return _MADE.get(_type_of(schema), _make_null)(schema, root, depth)


def _type_of(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if isinstance(kind, str):
        return kind
    if "properties" in schema or "required" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _follow_reference(schema: Schema, root: Schema, depth: int) -> Any:
    found: Any = root
    for name in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
        found = found.get(name) if isinstance(found, Mapping) and name else found
    return _instance(found, root, depth + 1)


def _follow_union(schema: Schema, root: Schema, depth: int) -> Any:
    options: Sequence[Any] = schema.get("anyOf") or schema.get("oneOf") or [{}]
    real = [option for option in options if not (isinstance(option, Mapping) and option.get("type") == "null")]
    return _instance((real or options)[0], root, depth + 1)


def _follow_all(schema: Schema, root: Schema, depth: int) -> Any:
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        if isinstance(part, Mapping):
            required = [*merged.get("required", ()), *part.get("required", ())]
            properties = {**merged.get("properties", {}), **part.get("properties", {})}
            merged = {**merged, **part, "properties": properties, "required": required}
    return _instance(merged, root, depth + 1)


def _make_object(schema: Schema, root: Schema, depth: int) -> Any:
    properties = schema.get("properties", {} if "required" in schema else None)
    if not isinstance(properties, Mapping):
        return {} if schema.get("additionalProperties") is False or depth else {"note": SIMULATED}
    names = schema.get("required") or (properties if depth < 2 else ())
    return {name: _instance(properties.get(name, True), root, depth + 1) for name in names}


def _make_array(schema: Schema, root: Schema, depth: int) -> Any:
    least = schema.get("minItems", 1)
    return [_instance(schema.get("items", True), root, depth + 1) for _ in range(least)]


def _make_string(schema: Schema, root: Schema, depth: int) -> Any:
    text = _FORMATS.get(str(schema.get("format")), SIMULATED)
    return text.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", len(text) + 10_000)]


def _make_number(schema: Schema, root: Schema, depth: int) -> Any:
    least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    step = schema.get("multipleOf", 1)
    aligned = -(-least // step) * step
    most = schema.get("maximum", schema.get("exclusiveMaximum", aligned + 1))
    return aligned if aligned < most or aligned == schema.get("maximum") else (least + most) / 2


def _make_boolean(schema: Schema, root: Schema, depth: int) -> Any:
    return True


def _make_null(schema: Schema, root: Schema, depth: int) -> Any:
    return None


_Maker = Callable[[Schema, Schema, int], Any]

_FOLLOWED: Mapping[str, _Maker] = {
    "const": lambda schema, _root, _depth: schema["const"],
    "enum": lambda schema, _root, _depth: schema["enum"][0],
    "$ref": _follow_reference,
    "anyOf": _follow_union,
    "oneOf": _follow_union,
    "allOf": _follow_all,
}
_MADE: Mapping[str, _Maker] = {
    "object": _make_object,
    "array": _make_array,
    "string": _make_string,
    "number": _make_number,
    "integer": _make_number,
    "boolean": _make_boolean,
}
