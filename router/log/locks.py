"""Who may touch a segment: whoever writes it, closes it or compacts it holds a lock on its file, which the kernel takes
from a process that dies. Files that vanished or were replaced meanwhile are nobody's."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take_lock(descriptor: int, path: Path) -> bool:
    """Whether the open file is ours now, and still the one at this path."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Whether the file is ours while the block runs; another process may be writing it, or closing it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        yield take_lock(descriptor, path)
    finally:
        os.close(descriptor)
