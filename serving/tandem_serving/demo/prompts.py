"""A file of prompts to route: one a line in plain text, or JSON lines or Parquet with a column `prompt`."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

COLUMN = "prompt"
PARQUET_NEEDS = "reading Parquet needs pyarrow: pip install 'tandem-router[learn]'"


class PromptsError(Exception):
    """The file cannot be used; the message says what to change."""


def read_prompts(path: Path) -> tuple[str, ...]:
    """All prompts of the file, in its order. Raises PromptsError."""
    read = _READERS.get(path.suffix)
    if read is None:
        raise PromptsError(f"{path}: expected a file that ends in {', '.join(_READERS)}")
    try:
        prompts = tuple(read(path))
    except OSError as error:
        raise PromptsError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if not prompts:
        raise PromptsError(f"{path}: holds no prompts")
    return prompts


def _read_txt(path: Path) -> list[str]:
    return [line for _, line in _numbered_lines(path)]


def _read_jsonl(path: Path) -> list[str]:
    return [_prompt_of(line, f"{path}, line {number}") for number, line in _numbered_lines(path)]


def _numbered_lines(path: Path) -> list[tuple[int, str]]:
    """The lines that are not empty, counted from 1."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        raise PromptsError(f"{path}: is not UTF-8") from None
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _prompt_of(line: str, where: str) -> str:
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise PromptsError(f"{where}: not JSON: {error}") from None
    return _checked(row.get(COLUMN) if isinstance(row, dict) else None, where)


def _read_parquet(path: Path) -> list[str]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise PromptsError(f"{path}: {PARQUET_NEEDS}") from None
    try:
        with path.open("rb") as file:
            names = pyarrow.parquet.read_schema(file).names
            if COLUMN not in names:
                raise PromptsError(f"{path}: no column {COLUMN!r}; there are: {', '.join(names)}")
            file.seek(0)
            column = pyarrow.parquet.read_table(file, columns=[COLUMN]).column(COLUMN)
    except pyarrow.ArrowException as error:
        raise PromptsError(f"{path}: not a Parquet file: {error}") from None
    return [_checked(value, f"{path}, row {row}") for row, value in enumerate(column.to_pylist(), start=1)]


def _checked(prompt: object, where: str) -> str:
    if not isinstance(prompt, str) or not prompt.strip():
        raise PromptsError(f"{where}: {COLUMN!r} must hold a text")
    return prompt


_READERS: Mapping[str, Callable[[Path], Sequence[str]]] = {
    ".txt": _read_txt,
    ".jsonl": _read_jsonl,
    ".parquet": _read_parquet,
}
