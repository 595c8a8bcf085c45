"""The one reader of decision logs: a file, or a folder of segments, whatever form each of them has.

Nothing is kept of what is read, so that a log may be larger than memory. Segments that are closed, compacted or removed
while a log is read are read once or not at all.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from msgspec import Struct

from router.core.errors import FileError
from router.core.log_lines import is_record
from router.log.parquet_file import LINE, open_parquet, unreadable
from router.log.segments import Segment, segment_at, segments_in

BATCH_ROWS: Final = 1_000
CHUNK_BYTES: Final = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"


class Line(Struct, frozen=True, gc=False):
    """A line that is not blank, and where it is: `number` counts from 1 in its `file`."""

    file: str
    number: int
    text: bytes


def record_lines(log: Path) -> Iterator[Line]:
    """The lines of a log that are about requests, the oldest segment first. Raises FileError."""
    return (line for line in log_lines(log) if is_record(line.text))


def log_lines(log: Path) -> Iterator[Line]:
    """All lines of a log; of a segment's last line only when it is written to its end. Raises FileError."""
    if not log.is_dir():
        yield from file_lines(log)
        return
    for segment in segments_in(log):
        yield from segment_lines(segment)


def segment_lines(segment: Segment) -> Iterator[Line]:
    """The lines of a segment, in the form that it has by now; none where it was removed. Raises FileError."""
    found = now_at(segment)
    return iter(()) if found is None else file_lines(found)


def now_at(segment: Segment) -> Path | None:
    """Where the segment is by now; None: it was removed."""
    for form in ("parquet", "gzip", "plain"):
        if (path := segment.beside(form)).exists():
            return path
    return None


def file_lines(path: Path) -> Iterator[Line]:
    """The lines of one file of a log. Raises FileError."""
    if path.suffix == ".parquet":
        yield from _parquet_lines(path)
        return
    is_segment = segment_at(path) is not None
    for number, text in _raw_lines(path):
        if text.strip() and not (is_segment and not text.endswith(b"\n")):
            yield Line(str(path), number, text.rstrip())


def holds_lines(path: Path) -> bool:
    """Whether a Parquet file is a segment of a log. Raises FileError."""
    if segment_at(path) is not None:
        return True
    with open_parquet(path) as file:
        return LINE in file.schema_arrow.names


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of any file of texts that are not blank, counted from 1. Raises FileError."""
    return ((number, text.rstrip()) for number, text in _raw_lines(path) if text.strip())


def count_lines(log: Path) -> int:
    """How many lines a file, or a log, has at most. Raises FileError."""
    files = [now_at(each) for each in segments_in(log)] if log.is_dir() else [log]
    return sum(map(_count, filter(None, files)))


def open_lines(path: Path) -> BinaryIO:
    """A plain or compressed file, to be read as if it were plain. Raises OSError."""
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with open_lines(path) as file:
            for number, line in enumerate(file, 1):
                yield number, line.removeprefix(_BOM) if number == 1 else line
    except (EOFError, zlib.error):
        raise unreadable(path, OSError()) from None
    except OSError as error:
        raise unreadable(path, error) from None


def _parquet_lines(path: Path) -> Iterator[Line]:
    with open_parquet(path) as file:
        for number, text in enumerate(_column(path, file), 1):
            yield Line(str(path), number, text)


def _column(path: Path, file: Any) -> Iterator[bytes]:
    if LINE not in file.schema_arrow.names:
        raise FileError(str(path), 1, 1, f"has no column {LINE!r}: it is no segment of a decision log")
    try:
        for batch in file.iter_batches(BATCH_ROWS, columns=[LINE]):
            yield from batch.column(0).to_pylist()
    except OSError as error:
        raise unreadable(path, error) from None


def _count(path: Path) -> int:
    if path.suffix == ".parquet":
        with open_parquet(path) as file:
            return int(file.metadata.num_rows)
    try:
        with open_lines(path) as file:
            return 1 + sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(CHUNK_BYTES), b""))
    except (EOFError, zlib.error):
        raise unreadable(path, OSError()) from None
    except OSError as error:
        raise unreadable(path, error) from None
