"""The prompts to tune on, and where they have one, the answer that is right."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from router.core.errors import FileError

REFERENCES: Final = ("reference", "answer", "expected")
"""Names under which the right answer may stand."""


class Asked(Struct, frozen=True):
    """One prompt. `reference`: the right answer, as short as it can be; empty: it has none."""

    prompt: str
    reference: str = ""


def read_asked(path: Path) -> tuple[Asked, ...]:
    """The prompts of a file: .txt, one a line; .jsonl, with `prompt` and where known `reference`. Raises FileError with
    the line that is wrong."""
    if path.suffix not in (".txt", ".jsonl"):
        raise FileError(str(path), 1, 1, "expected a file that ends in .txt or .jsonl")
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error}") from None
    read = _of_text if path.suffix == ".txt" else _of_json
    found = [read(str(path), number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise FileError(str(path), 1, 1, "holds no prompts")
    return tuple(found)


def _of_text(_path: str, _number: int, line: str) -> Asked:
    return Asked(line.strip())


def _of_json(path: str, number: int, line: str) -> Asked:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise FileError(path, number, 1, f"is no JSON: {error}") from None
    prompt = row.get("prompt") if isinstance(row, Mapping) else None
    if not isinstance(prompt, str) or not prompt.strip():
        raise FileError(path, number, 1, 'expected an object with a text as "prompt"')
    references = [row[name] for name in REFERENCES if row.get(name) is not None]
    return Asked(prompt, str(references[0]).strip() if references else "")
