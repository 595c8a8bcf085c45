"""Closed segments become Parquet files, outside of any router. What a crash leaves of it is made again, or removed, by
the next run: a segment goes only when its Parquet file is whole and on the disk."""

import os
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from router.core.errors import FileError
from router.log.locks import locked
from router.log.parquet_file import PARQUET_NEEDS
from router.log.reader import file_lines
from router.log.segments import PART, Segment, segments_in
from router.log.tidying import close_abandoned, remove_leftovers, sync_folder

if TYPE_CHECKING:
    import pyarrow

GROUP_ROWS: Final = 65_536
"""Rows of a row group: what is in memory at once."""


class Compacted(Struct, frozen=True):
    """One segment that has become a Parquet file: its lines, and the bytes of both."""

    file: str
    lines: int
    bytes_before: int
    bytes_after: int


def compact(folder: Path) -> Iterator[Compacted | FileError]:
    """Compacts every closed segment, the oldest first, and tells of each, or what is wrong with it. Segments that are
    being written, or compacted by somebody else, are passed over. Raises FileError where nothing can be done."""
    _check_needs(folder)
    try:
        remove_leftovers(folder)
        close_abandoned(folder)
    except OSError as error:
        raise FileError(str(folder), 1, 1, f"cannot be tidied up: {error.strerror}") from None
    for segment in segments_in(folder):
        if segment.form == "gzip":
            with locked(segment.path) as is_ours:
                if is_ours:
                    yield _compacted(segment)


def _compacted(segment: Segment) -> Compacted | FileError:
    part = segment.beside("parquet").with_name(segment.beside("parquet").name + PART)
    try:
        lines = _write(segment.path, part)
        before, after = segment.path.stat().st_size, part.stat().st_size
        shutil.copystat(segment.path, part)  # as closing it does
        part.replace(segment.beside("parquet"))
        sync_folder(part.parent)
        segment.path.unlink()
    except FileError as error:
        part.unlink(missing_ok=True)
        return error
    except OSError as error:
        part.unlink(missing_ok=True)
        return FileError(str(part), 1, 1, f"cannot be written: {error.strerror}")
    return Compacted(str(segment.beside("parquet")), lines, before, after)


def _write(source: Path, part: Path) -> int:
    """How many lines were written, and are on the disk. Raises FileError or OSError."""
    from pyarrow.parquet import ParquetWriter

    from router.log.columns import segment_schema

    count = 0
    with part.open("wb") as file:
        with ParquetWriter(file, segment_schema(), compression="zstd") as writer:
            for batch in _batches(source):
                writer.write_batch(batch)
                count += batch.num_rows
        file.flush()
        os.fsync(file.fileno())
    return count


def _batches(source: Path) -> "Iterator[pyarrow.RecordBatch]":
    from router.log.columns import segment_batch

    lines = (line.text for line in file_lines(source))
    while chunk := list(islice(lines, GROUP_ROWS)):
        yield segment_batch(chunk)


def _check_needs(folder: Path) -> None:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise FileError(str(folder), 1, 1, PARQUET_NEEDS) from None
