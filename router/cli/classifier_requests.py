"""The requests that `tandem classifier score` is given: those that reviews read, and Parquet files of messages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Raw

from router.core.errors import FileError
from router.core.values import ChatRequest, Hints
from router.log.parquet_file import PARQUET_NEEDS
from router.log.reader import BATCH_ROWS
from router.review.requests_file import COLUMN, Row, count_rows, read_one, read_requests

MESSAGES: Final = "messages"
BODY_COLUMNS: Final = (MESSAGES, "tools", "max_tokens", "max_completion_tokens")
"""The columns of a Parquet file that are fields of a body: nested values, or their JSON as text."""

Bodies = Iterator[ChatRequest | FileError]


def read_bodies(path: Path) -> Bodies:
    """The requests of a file, in order; a row that is none is the error about it. Raises FileError, when it is read,
    for a file that is of no known kind or cannot be read."""
    if path.suffix == ".parquet" and MESSAGES in _columns_of(path):
        return _read_messages(path)
    return (_request_of(row, path) for row in read_requests(path, _unposed))


def count_requests(path: Path) -> int:
    """How many rows the file has at most. Raises what `read_bodies` raises."""
    return count_rows(path)


def only_the_request(request: ChatRequest, _hints: Hints) -> ChatRequest:
    """A request as it is: nothing is asked of policies."""
    return request


def _unposed(_request: ChatRequest, _hints: Hints) -> None:
    """Nothing but the request of a row is wanted."""


def _request_of(row: Row | FileError, path: Path) -> ChatRequest | FileError:
    if isinstance(row, FileError):
        return row
    if row.request is None:
        return FileError(str(path), row.number, 1, "is a line of a decision log, which holds no text to judge")
    return row.request


def _columns_of(path: Path) -> list[str]:
    """Nothing where it cannot be said: reading tells why."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import read_schema
    except ImportError:
        raise FileError(str(path), 1, 1, PARQUET_NEEDS) from None
    try:
        names: list[str] = read_schema(path).names
    except (OSError, ArrowException):
        return []
    return names


def _read_messages(path: Path) -> Bodies:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as file:
        columns = [name for name in (*BODY_COLUMNS, COLUMN) if name in file.schema_arrow.names]
        rows = (row for batch in file.iter_batches(BATCH_ROWS, columns=columns) for row in batch.to_pylist())
        for number, row in enumerate(rows, 1):
            yield _read_body(f"{path}, row {number}", row)


def _read_body(name: str, row: dict[str, Any]) -> ChatRequest | FileError:
    """A row with no messages is its prompt."""
    prompt, fields = row.pop(COLUMN, None), {column: _plain(value) for column, value in row.items()}
    body = {column: value for column, value in fields.items() if value is not None}
    if MESSAGES not in body and isinstance(prompt, str):
        body[MESSAGES] = [{"role": "user", "content": prompt}]
    try:
        return read_one(name, msgspec.json.encode(body), only_the_request)
    except FileError as error:
        return error


def _plain(value: Any) -> Any:
    """A cell as JSON has it: Parquet gives every struct the same fields, and null to those that one does not have."""
    if isinstance(value, str):
        return Raw(value.encode())
    if isinstance(value, list):
        return [_within(each) for each in value]
    return value


def _within(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _within(each) for name, each in value.items() if each is not None}
    return [_within(each) for each in value] if isinstance(value, list) else value
