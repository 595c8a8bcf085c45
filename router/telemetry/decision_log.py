"""The decision log: records are taken at once and handed on in batches, a few times a second.

A batch costs a fraction of as many single writes: between two requests everything they share has left the caches.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from router.core.record import Record

BATCH_S = 0.2
MAX_WAITING = 50_000
"""Records that may wait for a slow disk. Beyond it they are dropped and counted: requests come first."""

_log = logging.getLogger(__name__)


class Sink(Protocol):
    """Takes a batch of records. Never raises; may block, because it is called off the event loop."""

    def take(self, records: Sequence[Record]) -> None: ...


class JsonLines:
    """Appends records to a file, one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.dropped = 0
        self._path = path
        self._encode = msgspec.json.Encoder().encode_lines

    def take(self, records: Sequence[Record]) -> None:
        """See `Sink`."""
        try:
            with self._path.open("ab") as file:
                file.write(self._encode(records))
        except OSError as error:
            self.dropped += len(records)
            _log.error("the decision log cannot be written: %s", error.strerror)


class BatchedLog:
    """Collects records for its sinks: the port `DecisionLog`."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.dropped = 0
        self._sinks = tuple(sinks)
        self._waiting: list[Record] = []

    def write(self, record: Record) -> None:
        """See `ports.DecisionLog`."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(record)
        else:
            self.dropped += 1

    async def run(self) -> None:
        """Hands batches on until cancelled."""
        while True:
            await asyncio.sleep(BATCH_S)
            if self._waiting:
                await asyncio.to_thread(self.flush)

    def flush(self) -> None:
        """Hands on what is waiting."""
        records, self._waiting = self._waiting, []
        for sink in self._sinks if records else ():
            sink.take(records)


@asynccontextmanager
async def open_batched_log(sinks: Sequence[Sink]) -> AsyncGenerator[BatchedLog, None]:
    """A log that hands batches on while the block runs, and has handed everything on when it ends."""
    log = BatchedLog(sinks)
    writer = asyncio.create_task(log.run())
    try:
        yield log
    finally:
        writer.cancel()
        await asyncio.wait((writer,))
        log.flush()
