"""The cache in one file, which outlives the process. Every call to SQLite is made in a thread of its own, and whoever
waits for one does not wait long."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from router.core.caching.entry import Entry, Holding, Place, Which
from router.ports import Clock
from router.stores.losses import Losses
from router.stores.shelf import Bounds
from router.stores.sqlite_file import NotOurs, SqliteFile, Unreadable
from router.stores.trouble import State, Trouble

WAIT_S: Final = 0.05
"""How long anybody waits: a look-up that takes longer is a miss; what is put meanwhile is kept all the same."""

PATIENCE_S: Final = 5.0
"""How long opening the file, and each step of removing much, may take: nobody's answer waits for it."""

REST_S: Final = 1.0
"""How long the file is left alone after an error."""

MAX_WAITING: Final = 256
"""Calls that wait for the thread; one more is not made."""

_NOTHING: Final = Holding(0, 0, is_degraded=True)

Result = TypeVar("Result")


class SqliteCache:
    """The port `Cache`. While the file cannot be read, everything is a miss; it is tried again every `REST_S`."""

    def __init__(self, path: Path, clock: Clock, bounds: Bounds, losses: Losses, wait_s: float) -> None:
        self._wait_s = wait_s
        self._file = SqliteFile(path, bounds)
        self._clock = clock
        self._losses = losses
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-cache")
        self._waiting = 0
        self._reading = _Side(State(f"the cache cannot be read from the file {path}"))
        self._writing = _Side(State(f"the cache cannot be written to the file {path}"))

    async def get(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        now_s = self._clock.unix_s()
        try:
            return await self._hurry(self._reading, lambda: self._file.find(place, now_s))
        except Unreadable:
            self._losses.unreadable += 1
        except _NotDone:
            self._losses.unread += 1
        return None

    async def put(self, place: Place, entry: Entry) -> None:
        """See `ports.Cache`."""
        now_s = self._clock.unix_s()
        if entry.until_s <= now_s:
            return
        try:
            kept = await self._hurry(self._writing, lambda: self._file.put(place, entry, now_s))
        except _Late:
            return
        except _NotDone:
            kept = False
        self._losses.dropped += not kept

    async def forget(self, which: Which) -> int:
        """See `ports.Cache`. Counts what is over its time and was not come upon yet."""
        removed = 0
        with suppress(_NotDone):
            while some := await self._try(self._writing, lambda: self._file.forget_some(which)):
                removed += some
        return removed

    async def holding(self) -> Holding:
        """See `ports.Cache`. Counts what is over its time and was not come upon yet."""
        try:
            held = await self._try(self._reading, self._file.holding)
        except _NotDone:
            return _NOTHING
        return Holding(held.entries, held.size_bytes, is_degraded=not self._writing.state.is_well)

    async def open(self) -> None:
        """Opens the file ahead of the first call, which need not wait for it then."""
        with suppress(_NotDone):
            await self._try(self._reading, self._file.holding)

    async def close(self) -> None:
        """Ends the thread, once it is done with what waits for it."""
        self._thread.submit(self._file.close)
        await asyncio.to_thread(self._thread.shutdown)

    async def _hurry(self, side: "_Side", call: Callable[[], Result]) -> Result:
        """As `_try`, for whoever serves a request meanwhile."""
        if self._waiting >= MAX_WAITING:
            raise _NotDone
        return await self._try(side, call, self._wait_s)

    async def _try(self, side: "_Side", call: Callable[[], Result], wait_s: float = PATIENCE_S) -> Result:
        """What a call in the thread answers. Raises Unreadable; _Late when there is no answer yet; _NotDone."""
        if self._clock.now_s() < side.rests_until_s:
            raise _NotDone
        self._waiting += 1
        made = asyncio.get_running_loop().run_in_executor(self._thread, self._call, call)
        made.add_done_callback(lambda done: self._done(side, done))
        await asyncio.wait((made,), timeout=wait_s)
        if not made.done():
            raise _Late
        outcome = made.result()
        if isinstance(outcome, _Failed):
            raise _NotDone
        return outcome

    def _call(self, call: Callable[[], Result]) -> "Result | _Failed":
        """In the thread: after an error the file is opened anew, because it may have been replaced."""
        try:
            return call()
        except (sqlite3.Error, OSError) as error:
            self._file.close()
            return _Failed(_explain(error))

    def _done(self, side: "_Side", done: asyncio.Future[Any]) -> None:
        self._waiting -= 1
        outcome = None if done.exception() else done.result()
        if isinstance(outcome, _Failed):
            side.state.fails(outcome.trouble)
            side.rests_until_s = self._clock.now_s() + REST_S
        else:
            side.state.works()


@asynccontextmanager
async def open_sqlite_cache(
    path: Path, clock: Clock, bounds: Bounds, losses: Losses, wait_s: float = WAIT_S
) -> AsyncGenerator[SqliteCache, None]:
    """The cache in this file, while the block runs. A file that cannot be opened is no error."""
    cache = SqliteCache(path, clock, bounds, losses, wait_s)
    try:
        await cache.open()
        yield cache
    finally:
        await cache.close()


class _Side:
    """Reading or writing: a file may do the one and not the other."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.rests_until_s = 0.0


class _NotDone(Exception):
    """There is no answer."""


class _Late(_NotDone):
    """There is no answer yet: the thread is still at it."""


class _Failed:
    """What became of a call: nothing."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble


_REASONS: Final = {
    sqlite3.SQLITE_BUSY: "another process holds it",
    sqlite3.SQLITE_LOCKED: "another process holds it",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_NOTADB: "it is no database; delete it, or name another file",
    sqlite3.SQLITE_CORRUPT: "it is damaged; delete it",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
}
_PRIMARY: Final = 0xFF
"""The part of an extended result code that says the kind (SQLite, "Result and Error Codes")."""


def _explain(error: Exception) -> Trouble:
    if isinstance(error, NotOurs):
        return Trouble("it is no cache of this version; delete it, or name another file")
    if isinstance(error, OSError):
        return Trouble("it cannot be opened", f": {error.strerror}")
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    return Trouble(_REASONS.get(code, "SQLite fails"), "" if code in _REASONS else f": {error}")
