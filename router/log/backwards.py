"""The lines of a plain file from its end to its beginning."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from router.log.parquet_file import unreadable

CHUNK_BYTES: Final = 1 << 18


def lines_backwards(path: Path, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    """The lines that are not blank, the last one first; one that is being written, without its end, is left out. None
    where the file was removed. Raises FileError."""
    try:
        with path.open("rb") as file:
            lines = _from_the_end(file, chunk_bytes)
            next(lines, b"")  # what follows the last end of a line
            yield from (line for line in lines if line.strip())
    except FileNotFoundError:
        return
    except OSError as error:
        raise unreadable(path, error) from None


def _from_the_end(file: BinaryIO, chunk_bytes: int) -> Iterator[bytes]:
    begun: list[bytes] = []  # the chunks, the last one first, of a line whose beginning has not been met
    at = file.seek(0, os.SEEK_END)
    while at > 0:
        size = min(chunk_bytes, at)
        at = file.seek(at - size)
        first, *others = file.read(size).split(b"\n")
        if others:
            yield b"".join([others.pop(), *reversed(begun)])
            yield from reversed(others)
            begun = []
        begun.append(first)
    yield b"".join(reversed(begun))
