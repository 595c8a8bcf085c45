"""Closing the segments that nobody writes any more, and keeping a folder within its bounds.

Any process may do so at any time, and several at once: what another is at is passed over. A crash in the midst leaves
what was there before, or both forms of a segment, of which the later one is whole.
"""

import gzip
import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

from router.log.locks import locked
from router.log.segments import PART, Rotation, Segment, every_file, segments_in

CHUNK: Final = 1 << 20
LEVEL: Final = 5
"""Of gzip: beyond it a log takes twice the time for some hundredths of the size."""


def tidy(folder: Path, rotation: Rotation) -> None:
    """Closes what was left open, removes what is superseded, and then the oldest segments, until another one fits in.
    Raises FileError or OSError: of the first trouble, when all that can be done has been done."""
    remove_leftovers(folder)
    make_room(folder, rotation)
    close_abandoned(folder)


def make_room(folder: Path, rotation: Rotation) -> None:
    """Removes the oldest segments until another one fits in. Raises FileError or OSError."""
    prune(folder, rotation.max_bytes - rotation.segment_bytes)


def close_abandoned(folder: Path) -> None:
    """Compresses each segment that nobody writes. Raises FileError or OSError."""
    for segment in segments_in(folder):
        if segment.form == "plain":
            with locked(segment.path) as is_ours:
                if is_ours:
                    close_segment(segment)


def close_segment(segment: Segment) -> None:
    """Compresses a plain segment that is ours, without the line that a crash tore; nothing is kept of an empty one.
    Raises OSError, and then the segment is as it was."""
    whole = _whole_bytes(segment.path)
    if whole:
        closed = segment.beside("gzip")
        part = closed.with_name(closed.name + PART)
        try:
            _compress(segment.path, part, whole)
            part.replace(closed)
            sync_folder(closed.parent)
        except OSError:
            part.unlink(missing_ok=True)
            raise
    segment.path.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """Removes what has been superseded by a later form, and what was never finished. Raises FileError or OSError."""
    files = every_file(folder)  # seen at once: what another process finishes meanwhile is no leftover
    latest = {each.stem: each for each in files if not each.is_part}
    for each in files:
        if each.is_part and each.stem not in latest:
            each.path.unlink(missing_ok=True)
        elif not each.is_part and each is not latest[each.stem]:
            _remove_unless_used(each)


def prune(folder: Path, max_bytes: int) -> None:
    """Removes the oldest closed segments until the folder holds no more than so much. Raises FileError or OSError."""
    files = every_file(folder)
    sizes = [(each, _size_of(each.path)) for each in files]
    excess = sum(size for _, size in sizes) - max_bytes
    for each, size in sizes:
        if excess <= 0:
            return
        if not each.is_part and _remove_unless_used(each):
            excess -= size


def sync_folder(folder: Path) -> None:
    """Has the names of a folder outlive a crash of the machine. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_unless_used(segment: Segment) -> bool:
    with locked(segment.path) as is_ours:
        if is_ours:
            segment.path.unlink(missing_ok=True)
        return is_ours


def _compress(source: Path, part: Path, whole: int) -> None:
    with source.open("rb") as plain, part.open("wb") as file:
        with gzip.GzipFile("", "wb", LEVEL, file) as packed:
            while whole > 0 and (chunk := plain.read(min(CHUNK, whole))):
                packed.write(chunk)
                whole -= len(chunk)
        file.flush()
        os.fsync(file.fileno())
    shutil.copystat(source, part)  # readers go by when the last line was written


def _whole_bytes(path: Path) -> int:
    """How much of the file is whole lines."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        return _last_line_end(file, end)


def _last_line_end(file: BinaryIO, end: int) -> int:
    while end > 0:
        start = max(end - CHUNK, 0)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
