"""The decision log: records are taken at once and handed on in batches, a few times a second.

A batch costs a fraction of as many single writes: between two requests everything they share has left the caches.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from router.core.audit import Audit
from router.core.record import Record
from router.core.upgrade import Upgrade

BATCH_S = 0.2
MAX_WAITING = 50_000
"""Records that may wait for a slow disk. Beyond it they are dropped and counted: requests come first."""


class Sink(Protocol):
    """Takes a batch of records. Never raises; may block, because it is called off the event loop."""

    def take(self, records: Sequence[Record]) -> None: ...


class AuditSink(Protocol):
    """Takes a batch of what the router did behind callers' backs, as a `Sink` takes records."""

    def take(self, records: Sequence[Audit | Upgrade]) -> None: ...


class BatchedLog:
    """Collects records for its sinks, audits and upgrades for theirs: the ports `DecisionLog`, `AuditLog` and
    `UpgradeLog`."""

    def __init__(self, sinks: Sequence[Sink], audit_sinks: Sequence[AuditSink] = ()) -> None:
        self.dropped = 0
        self._sinks = tuple(sinks)
        self._audit_sinks = tuple(audit_sinks)
        self._waiting: list[Record] = []
        self._audits: list[Audit | Upgrade] = []

    def write(self, record: Record) -> None:
        """See `ports.DecisionLog`."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(record)
        else:
            self.dropped += 1

    def write_audit(self, audit: Audit) -> None:
        """See `ports.AuditLog`. There are few of them, so that none is dropped."""
        self._audits.append(audit)

    def write_upgrade(self, upgrade: Upgrade) -> None:
        """See `ports.UpgradeLog`. There are few of them, so that none is dropped."""
        self._audits.append(upgrade)

    async def run(self) -> None:
        """Hands batches on until cancelled."""
        while True:
            await asyncio.sleep(BATCH_S)
            if self._waiting or self._audits:
                await asyncio.to_thread(self.flush)

    def flush(self) -> None:
        """Hands on what is waiting."""
        records, self._waiting = self._waiting, []
        audits, self._audits = self._audits, []
        for sink in self._sinks if records else ():
            sink.take(records)
        for audit_sink in self._audit_sinks if audits else ():
            audit_sink.take(audits)


@asynccontextmanager
async def open_batched_log(
    sinks: Sequence[Sink], audit_sinks: Sequence[AuditSink] = ()
) -> AsyncGenerator[BatchedLog, None]:
    """A log that hands batches on while the block runs, and has handed everything on when it ends."""
    log = BatchedLog(sinks, audit_sinks)
    writer = asyncio.create_task(log.run())
    try:
        yield log
    finally:
        writer.cancel()
        await asyncio.wait((writer,))
        log.flush()
