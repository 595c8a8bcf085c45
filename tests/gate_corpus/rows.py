"""Reading the corpus: a row of a file becomes a block in its place. Nothing here judges."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from router.core.checks.written import Brief, Call, Passes, Written

Row: TypeAlias = Mapping[str, Any]
"""A block with `id`, `label` (`good` or `bad`), `language`, `kind`, the fields of `Brief` and of `Written` that are
not left to their defaults and, where it is bad, `corruption` (what was done to it) and `expect` (faults it has)."""

CORPUS: Final = Path(__file__).parent
GOOD: Final = tuple(sorted((CORPUS / "good").glob("*.jsonl")))
BAD: Final = CORPUS / "bad.jsonl"


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """All rows of some files, in their order."""
    lines = [line for path in paths for line in path.read_text("utf-8").split("\n")]
    return [json.loads(line) for line in lines if line]


def written_of(row: Row) -> Written:
    """The block that a row describes. Raises `msgspec.ValidationError` for a field of the wrong type."""
    brief = msgspec.convert(_fields(row, Brief), Brief)
    calls = msgspec.convert(row.get("calls", []), tuple[Call, ...])
    passes = msgspec.convert(row.get("passes"), Passes | None)
    plain = {name: value for name, value in _fields(row, Written).items() if name not in {"calls", "passes"}}
    return Written(brief, **plain, calls=calls, passes=passes)


def _fields(row: Row, struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {name: row[name] for name in struct.__struct_fields__ if name in row}
