"""Finding lines of a log: all about one request, or the latest that are meant. The newest segments are read first."""

import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from router.core.log_lines import is_record
from router.log.parquet_file import LINE, open_parquet, unreadable
from router.log.reader import CHUNK_BYTES, Line, file_lines, now_at, open_lines
from router.log.rows import Row, row_of
from router.log.segments import segments_in
from router.log.selection import Selection

_ID = "request_id"


class Found(Struct, frozen=True):
    """The lines about one request: its record, and what was done behind the caller's back, the latest first."""

    record: bytes
    beside: tuple[bytes, ...] = ()


class _Id(Struct):
    request_id: str = ""


_IDS = msgspec.json.Decoder(_Id)


def find(log: Path, request_id: str) -> Found | None:
    """What a log tells of a request; None: nothing. Raises FileError."""
    beside: list[bytes] = []
    for path in newest_files(log):
        for line in reversed(_lines_about(path, request_id)):
            if is_record(line):
                return Found(line, tuple(beside))
            beside.append(line)
    return None


def latest(log: Path, selection: Selection, count: int) -> Sequence[tuple[Row, Line]]:
    """The last so many selected requests of a log, in the order in which they began. Raises FileError."""
    found: list[tuple[Row, Line]] = []
    for path in newest_files(log) if count else ():
        since_s = found[0][0].time_s if len(found) >= count else selection.since_s
        if not ended_before(path, since_s):
            more = deque(selected(file_lines(path), selection), maxlen=count)
            found = sorted([*more, *found], key=lambda each: each[0].time_s)[-count:]
    return found


def selected(lines: Iterator[Line], selection: Selection) -> Iterator[tuple[Row, Line]]:
    """The lines of requests that are meant, with their rows."""
    for line in lines:
        row = row_of(line.text)
        if row.kind == "request" and selection.admits(row):
            yield row, line


def newest_files(log: Path) -> Iterator[Path]:
    """The files of a log, the newest first. Raises FileError."""
    if not log.is_dir():
        yield log
        return
    for segment in reversed(segments_in(log)):
        path = now_at(segment)
        if path is not None:
            yield path


def ended_before(path: Path, since_s: float | None) -> bool:
    """Whether the last line of the file was written before this: whatever its form, that is when it was changed."""
    return since_s is not None and path.exists() and path.stat().st_mtime < since_s


def _lines_about(path: Path, request_id: str) -> list[bytes]:
    if path.suffix == ".parquet":
        return _rows_about(path, request_id)
    needle = msgspec.json.encode(request_id)
    if not _mentions(path, needle):
        return []
    return [line.text for line in file_lines(path) if needle in line.text and _id_of(line.text) == request_id]


def _rows_about(path: Path, request_id: str) -> list[bytes]:
    """Lines are read only where the column of ids says so."""
    import pyarrow.compute

    found: list[bytes] = []
    with open_parquet(path) as file:
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=[_ID]).column(0)
            at = pyarrow.compute.indices_nonzero(pyarrow.compute.equal(ids, request_id))
            if len(at):
                found += file.read_row_group(group, columns=[LINE]).column(0).take(at).to_pylist()
    return found


def _mentions(path: Path, needle: bytes) -> bool:
    try:
        with open_lines(path) as file:
            return any(needle in piece for piece in _overlapping(file, len(needle)))
    except FileNotFoundError:
        return False
    except (EOFError, zlib.error):
        raise unreadable(path, OSError()) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _overlapping(file: BinaryIO, by: int) -> Iterator[bytes]:
    """Pieces of a file that are long enough in common for nothing to be cut in two."""
    end = b""
    while chunk := file.read(CHUNK_BYTES):
        yield end + chunk
        end = chunk[-by:]


def _id_of(line: bytes) -> str:
    try:
        return _IDS.decode(line).request_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
