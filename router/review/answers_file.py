"""Files of answers: the prompt and the answer of each row, and what else is known of it.

Files are read as a stream and nothing of them is kept. A row that is no answer comes out as the error about it, in its
place: whoever reads decides whether to go on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from router.core.errors import FileError
from router.log.parquet_file import open_parquet, unreadable
from router.log.reader import BATCH_ROWS, count_lines, numbered_lines

SUFFIXES: Final = (".jsonl", ".parquet")
NEEDED: Final = ("prompt", "answer")
OPTIONAL: Final = ("task", "finish")


class AnswerRow(Struct, frozen=True):
    """An answer to a prompt. `task` is the signal of that name, `finish` why the answer ended; "": not known."""

    prompt: str
    answer: str
    task: str = ""
    finish: str = ""


AnswerRows = Iterator[AnswerRow | FileError]

_LINES = msgspec.json.Decoder(dict[str, Any])


def read_answers(path: Path) -> AnswerRows:
    """The answers of a file, in order. Raises FileError, when it is read, for a file that is of no known kind, cannot
    be read, or has no column for prompts or answers."""
    _check_kind(path)
    return _read_jsonl(path) if path.suffix == ".jsonl" else _read_parquet(path)


def count_answers(path: Path) -> int:
    """How many rows the file has at most. Raises what `read_answers` raises."""
    _check_kind(path)
    return count_lines(path)


def _check_kind(path: Path) -> None:
    if path.suffix not in SUFFIXES:
        raise FileError(str(path), 1, 1, f"is of no known kind; expected a file that ends in {', '.join(SUFFIXES)}")


def _read_jsonl(path: Path) -> AnswerRows:
    for number, line in numbered_lines(path):
        try:
            row = _LINES.decode(line)
        except (ValueError, RecursionError) as error:
            yield FileError(str(path), number, 1, f"is not a row: {error}")
            continue
        yield _row_of(str(path), number, row)


def _read_parquet(path: Path) -> AnswerRows:
    with open_parquet(path) as file:
        names = file.schema_arrow.names
        for name in NEEDED:
            if name not in names:
                raise FileError(str(path), 1, 1, f"has no column {name!r}; there are: {', '.join(names)}")
        columns = [name for name in (*NEEDED, *OPTIONAL) if name in names]
        try:
            rows = (row for batch in file.iter_batches(BATCH_ROWS, columns=columns) for row in batch.to_pylist())
            for number, row in enumerate(rows, 1):
                yield _row_of(str(path), number, row)
        except OSError as error:
            raise unreadable(path, error) from None


def _row_of(name: str, number: int, row: dict[str, Any]) -> AnswerRow | FileError:
    texts = [row.get(column) for column in NEEDED]
    for column, text in zip(NEEDED, texts, strict=True):
        if not isinstance(text, str):
            return FileError(name, number, 1, f"is not a row: {column!r} must hold a text")
    known = {column: row[column] for column in OPTIONAL if isinstance(row.get(column), str)}
    return AnswerRow(row["prompt"], row["answer"], **known)
