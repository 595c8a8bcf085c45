"""Following a log while routers write it: new lines, in whatever segment, whoever begins or closes one."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from router.log.parquet_file import unreadable
from router.log.reader import CHUNK_BYTES, Line, file_lines, now_at
from router.log.segments import segments_in


class Follower:
    """New lines of a log, from when it is made. To be closed. Raises FileError for a log that cannot be read."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._closed: set[str] = set()
        self._open: dict[str, _Growing] = {}
        for name, path in self._files().items():
            self._meet(name, path)
        for growing in self._open.values():
            growing.skip()

    def read(self) -> Iterator[Line]:
        """The lines that have come since it was last called. Raises FileError."""
        for name, path in self._files().items():
            if name not in self._open and name not in self._closed:
                self._meet(name, path)
                if name in self._closed:  # before we came to see it
                    yield from file_lines(path)
        for name, growing in list(self._open.items()):
            is_over = growing.is_gone
            yield from growing.read()
            if is_over:
                self._open.pop(name).close()
                if self._log.is_dir():
                    self._closed.add(name)

    def close(self) -> None:
        """Lets go of all files."""
        for growing in self._open.values():
            growing.close()
        self._open.clear()

    def _meet(self, name: str, path: Path) -> None:
        if path.suffix in (".gz", ".parquet"):
            self._closed.add(name)
            return
        with suppress(FileNotFoundError):  # it was closed, renamed or removed since: the next look tells
            self._open[name] = _Growing(path)

    def _files(self) -> dict[str, Path]:
        """By the name that each keeps."""
        if not self._log.is_dir():
            return {str(self._log): self._log}
        found = [(each.stem, now_at(each)) for each in segments_in(self._log)]
        return {stem: path for stem, path in found if path is not None}


class _Growing:
    """A plain file from which whole lines are read as they come. Raises FileNotFoundError or FileError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._number = 0
        self._rest = b""
        try:
            self._file = path.open("rb")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise unreadable(path, error) from None

    @property
    def is_gone(self) -> bool:
        """Whether this file is no longer at its path, so that nobody writes it any more."""
        try:
            return not os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return True

    def skip(self) -> None:
        """Passes over what is there."""
        for _ in self.read():
            pass

    def read(self) -> Iterator[Line]:
        """What has come since. Raises FileError."""
        try:
            while chunk := self._file.read(CHUNK_BYTES):
                *lines, self._rest = (self._rest + chunk).split(b"\n")
                for text in lines:
                    self._number += 1
                    if text.strip():
                        yield Line(str(self._path), self._number, text)
        except OSError as error:
            raise unreadable(self._path, error) from None

    def close(self) -> None:
        """Lets go of it."""
        self._file.close()
