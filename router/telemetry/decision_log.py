"""The decision log: one JSON line per record, written behind the requests' backs."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from router.core.record import Record
from router.ports import DecisionLog

FLUSH_S = 0.25
MAX_WAITING_BYTES = 16 * 1024 * 1024
"""What may wait for a slow disk. Beyond it records are dropped and counted: requests come first."""

_log = logging.getLogger(__name__)


class JsonLines:
    """Appends records to a file: the port `DecisionLog`."""

    def __init__(self, path: Path) -> None:
        self.dropped = 0
        self._path = path
        self._encode = msgspec.json.Encoder().encode
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()

    def write(self, record: Record) -> None:
        """See `ports.DecisionLog`."""
        if self._waiting_bytes > MAX_WAITING_BYTES:
            self.dropped += 1
            return
        line = self._encode(record)
        self._waiting.append(line)
        self._waiting_bytes += len(line)
        if len(self._waiting) == 1:
            self._arrived.set()

    async def run(self) -> None:
        """Writes what has arrived, a few times a second, off the event loop."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            await asyncio.sleep(FLUSH_S)
            await asyncio.to_thread(self._append, self._take())

    def flush(self) -> None:
        """Writes what is left, on the spot."""
        self._append(self._take())

    def _take(self) -> bytes:
        lines, self._waiting, self._waiting_bytes = self._waiting, [], 0
        return b"".join(line + b"\n" for line in lines)

    def _append(self, lines: bytes) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(lines)
        except OSError as error:
            self.dropped += lines.count(b"\n")
            _log.error("the decision log cannot be written: %s", error.strerror)


@asynccontextmanager
async def open_json_lines(path: Path) -> AsyncGenerator[JsonLines, None]:
    """A log that writes while the block runs and has written everything when it ends."""
    log = JsonLines(path)
    writer = asyncio.create_task(log.run())
    try:
        yield log
    finally:
        writer.cancel()
        await asyncio.wait((writer,))
        log.flush()


class Logs:
    """Several logs as one."""

    def __init__(self, logs: Sequence[DecisionLog]) -> None:
        self._logs = tuple(logs)

    def write(self, record: Record) -> None:
        """See `ports.DecisionLog`."""
        for log in self._logs:
            log.write(record)
