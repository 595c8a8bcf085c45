"""A cache's SQLite file as one thread sees it: blocking calls, which raise sqlite3's errors. No event loop here."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.caching.seal import Seal
from router.core.caching.value import read_value, write_value
from router.stores import sqlite_schema as schema
from router.stores.shelf import Bounds

BUSY_S: Final = 0.02
"""How long another process may hold the file before a call gives up."""

PAGES_BETWEEN_SYNCS: Final = 4000
"""How far the log may grow, 16 MB, before it is moved into the file: only then is there a wait for the disk."""


class NotOurs(sqlite3.DatabaseError):
    """The file is a database, but not a cache of this version."""


class Unreadable(Exception):
    """What is kept is not what was written. It has been removed."""


class SqliteFile:
    """The file at this path, which is opened, and made where there is none, by the first call after an error."""

    def __init__(self, path: Path, bounds: Bounds, seal: Seal) -> None:
        self._path = path
        self._bounds = bounds
        self._seal = seal
        self._database: sqlite3.Connection | None = None

    def find(self, place: Place, now_s: float) -> Entry | None:
        """The entry at this place. Raises Unreadable."""
        row = self._open().execute(schema.FIND, (*_columns(place), now_s)).fetchone()
        if row is None:
            return None
        entry = read_value(place, bytes(row[0]), self._seal)
        if entry is None:
            self._open().execute(schema.REMOVE, _columns(place))
            raise Unreadable
        return entry

    def put(self, place: Place, entry: Entry, now_s: float) -> bool:
        """Keeps an entry, unless one of a higher rank is there; False: it is too large."""
        value = write_value(place, entry, self._seal)
        if value is None or len(value) > min(self._bounds.max_bytes, self._bounds.tenant_max_bytes):
            return False
        database = self._open()
        with database:
            database.execute("BEGIN IMMEDIATE")
            there = database.execute(schema.FIND_RANK, (*_columns(place), now_s)).fetchone()
            if there is None or there[0] <= entry.rank:
                database.execute(schema.REMOVE, _columns(place))
                row = (*_columns(place), entry.rank, entry.made_s, entry.until_s, value)
                database.execute(schema.PUT, row)
                self._make_room(database, place.tenant, now_s)
        return True

    def forget_some(self, which: Which) -> int:
        """Removes some of those that are meant; how many that were. 0: there are no more."""
        given = (which.tenant, which.policy, which.made_before_s)
        return self._open().execute(schema.FORGET, given).rowcount

    def holding(self) -> Holding:
        """What is there."""
        return Holding(*_sum(self._open(), schema.ALL))

    def close(self) -> None:
        """Closes it; the next call opens it again."""
        database, self._database = self._database, None
        if database is not None:
            with closing(database):
                pass

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            self._path.touch(mode=0o600)
            database = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
            try:
                _prepare(database)
            except sqlite3.Error:
                database.close()
                raise
            self._database = database
        return self._database

    def _make_room(self, database: sqlite3.Connection, tenant: str, now_s: float) -> None:
        """The longest kept goes first: to know the longest unused, every look-up would have to write."""
        database.execute(schema.REMOVE_ENDED, (now_s,))
        while _sum(database, tenant)[1] > self._bounds.tenant_max_bytes:
            database.execute(schema.REMOVE_OLDEST_OF, (tenant,))
        while _is_over(_sum(database, schema.ALL), self._bounds):
            database.execute(schema.REMOVE_OLDEST)


def _prepare(database: sqlite3.Connection) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and (application, version) != (schema.APPLICATION, schema.VERSION):
        raise NotOurs
    if not tables:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(schema.CREATE)
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BETWEEN_SYNCS}")


def _columns(place: Place) -> tuple[str, str, str]:
    return place.tenant, place.policy, place.key


def _sum(database: sqlite3.Connection, tenant: str | bytes) -> tuple[int, int]:
    row: tuple[int, int] | None = database.execute(schema.SUM, (tenant,)).fetchone()
    return row or (0, 0)


def _is_over(total: tuple[int, int], bounds: Bounds) -> bool:
    return total[0] > bounds.max_entries or total[1] > bounds.max_bytes
