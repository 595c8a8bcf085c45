"""The segment that a router is writing."""

import os
from pathlib import Path

from router.log.locks import take_lock
from router.log.segments import new_name

_NEW = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL


class OpenSegment:
    """A file that only this object writes. `size`: its bytes; `opened_s`: when it was begun.

    INVARIANT: it ends where a line ends, unless the process dies or the disk fails while a batch is being written."""

    def __init__(self, path: Path, descriptor: int, opened_s: float) -> None:
        self.path = path
        self.size = 0
        self.opened_s = opened_s
        self._descriptor = descriptor

    @property
    def is_gone(self) -> bool:
        """Whether somebody has removed the file, so that nobody would find what is written to it."""
        return os.fstat(self._descriptor).st_nlink == 0

    def append(self, lines: bytes) -> None:
        """Adds lines: all of them, or none and OSError."""
        try:
            _write_all(self._descriptor, lines)
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(lines)

    def close(self) -> None:
        """Ends the writing, and with it the lock: whoever tidies up may have the file."""
        os.close(self._descriptor)


def begin_segment(folder: Path, now_s: float) -> OpenSegment:
    """A new segment. Raises OSError."""
    while True:
        path = folder / new_name(now_s)
        descriptor = os.open(path, _NEW, 0o666)
        if take_lock(descriptor, path):
            return OpenSegment(path, descriptor, now_s)
        os.close(descriptor)  # somebody took the empty file for one that was left behind


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
