"""The schema of the log's lines, as people and as machines read it, made from the types that are written."""

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Any, Final

import msgspec
from msgspec import Struct

from router.core.audit import Audit
from router.core.log_schema import SCHEMA
from router.core.record import Record
from router.core.upgrade import Upgrade
from router.log.columns import column_types
from router.log.parquet_file import LINE
from router.log.rows import Row, Told

LINES: Final[Sequence[type[Struct]]] = (Record, Audit, Upgrade)


INTRODUCTION: Final = (
    "Made by `tandem log schema` from the types that are written; `tandem log schema --json` prints it as JSON Schema.",
    "Each line is a JSON object. Without `kind` it is a `Record`, of one request; with it an `Audit` (`audit`) or an",
    "`Upgrade` (`upgrade`). `schema` is the number above: it rises when a field goes or comes to mean something else;",
    "fields may join at any time. No line holds a key, the name of a tenant, or what callers or models said, but for",
    "the name of the model that was asked for.",
    "",
)


def json_schema() -> dict[str, Any]:
    """A JSON Schema of a line."""
    schemas, components = msgspec.json.schema_components(LINES, ref_template="#/$defs/{name}")
    return {"title": f"Lines of a decision log, schema {SCHEMA}", "anyOf": list(schemas), "$defs": components}


def schema_text() -> str:
    """The same in Markdown, with the columns of compacted segments."""
    found = json_schema()
    tops = [each["$ref"].rpartition("/")[2] for each in found["anyOf"]]
    nested = [name for name in sorted(found["$defs"]) if name not in tops]
    parts = [part for name in (*tops, *nested) for part in _type_parts(name, found["$defs"][name])]
    return (
        "\n".join([f"# Lines of a decision log, schema {SCHEMA}", "", *INTRODUCTION, *parts, *_column_parts()]) + "\n"
    )


def _type_parts(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from (f"## {name}", "", cleandoc(schema.get("description", "")), "")
    if "properties" in schema:
        yield from ("| field | holds | when left out |", "| --- | --- | --- |")
        for field, of in schema["properties"].items():
            usual = f"`{msgspec.json.encode(of['default']).decode()}`" if "default" in of else "never"
            yield f"| `{field}` | {_words(of)} | {usual} |"
        yield ""


def _words(of: dict[str, Any]) -> str:
    if "$ref" in of:
        return str(of["$ref"]).rpartition("/")[2]
    if "anyOf" in of:
        return " or ".join(map(_words, of["anyOf"]))
    if "enum" in of:
        return ", ".join(f"`{each}`" if each else "nothing" for each in of["enum"])
    if of.get("type") == "array":
        return f"list of {_words(of['items'])}" if isinstance(of.get("items"), dict) else "list"
    if of.get("type") == "object":
        held = of.get("additionalProperties")
        return f"{_words(held)} by name" if isinstance(held, dict) else "object"
    return str(of.get("type", "anything"))


def _column_parts() -> Iterator[str]:
    yield from ("## Columns of a compacted segment", "", cleandoc(Told.__doc__ or ""), cleandoc(Row.__doc__ or ""), "")
    yield from ("| column | type |", "| --- | --- |")
    for name, of in {**column_types(), LINE: "binary: the line, byte by byte"}.items():
        yield f"| `{name}` | {of} |"
