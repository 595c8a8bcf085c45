"""The cache that replicas share, in Redis, with what this replica used last in front of it.

What is in front is given for `FRONT_S` without asking Redis: for so long a replica may give what another has replaced
or forgotten. While Redis is away each replica goes on with what it has in front, for as long as that may be given.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeVar

from redis import exceptions

from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.caching.value import read_value, write_value
from router.ports import Clock
from router.stores.cache import Keeping
from router.stores.losses import Losses
from router.stores.memory_cache import forget_from
from router.stores.redis_door import explain
from router.stores.redis_line import Away, Part, RedisLine, answer_to
from router.stores.redis_scripts import FORGET, PUT, SUM, run_script
from router.stores.shelf import Held, Shelf
from router.stores.trouble import State, SteadyState

FRONT_S: Final = 2.0
LONG_BYTES: Final = 32 * 1024
"""A longer value is packed and unpacked in a thread: it takes more than half a millisecond."""

SCANNED: Final = 500
"""Keys that Redis looks at in one go."""

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class RedisCache:
    """The ports `Cache` and `Seeker`. What all tenants may keep together is for Redis to say (`maxmemory`); the bounds
    are those of each tenant there, and of what is in front."""

    def __init__(self, line: RedisLine, keeping: Keeping, clock: Clock, losses: Losses) -> None:
        self._line = line
        self._prefix = f"{keeping.prefix}:cache:"
        self._seal = keeping.seal
        self._clock = clock
        self._front = Shelf(keeping.bounds)
        self._most = min(keeping.bounds.tenant_max_bytes, keeping.bounds.max_bytes)
        self._losses = losses
        self._forgotten = 0
        self._reading = SteadyState(f"the cache cannot be read from Redis at {line.where}", clock.now_s)
        self._writing = SteadyState(f"the cache cannot be written to Redis at {line.where}", clock.now_s)

    async def get(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        held = self._in_front(place)
        if held is not None and self._is_trusted(held):
            return held.entry
        return await self._found(place, held, self._forgotten, self._line.ask("GET", self._key(place)))

    async def latest(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        asked = self._line.ask("GET", self._key(place))
        return await self._found(place, self._in_front(place), self._forgotten, asked)

    def seek(self, place: Place) -> "_Sought":
        """See `ports.Seeker`."""
        held = self._in_front(place)
        if held is None or not self._is_trusted(held):
            with suppress(Away):
                sent, forgotten = self._line.send("GET", self._key(place)), self._forgotten
                return _Sought(place, lambda: self._found(place, held, forgotten, answer_to(sent)))
        return _Sought(place, lambda: self.get(place))

    async def _found(
        self, place: Place, held: Held | None, forgotten: int, call: Coroutine[Any, Any, bytes | None]
    ) -> Entry | None:
        """What a look-up says, that began when this was held in front and so often something had been forgotten."""
        try:
            value = await self._try(call, self._reading)
        except _WrongType:
            value = b""
        except _NotDone:
            self._losses.unread += 1
            return self._entry_in_front(place)
        entry = None if value is None else await self._read(place, value)
        if self._in_front(place) is not held:  # something was put, or forgotten, since Redis was asked
            return entry or self._entry_in_front(place)
        if forgotten == self._forgotten:
            self._bring_forward(place, entry)
        return entry

    async def put(self, place: Place, entry: Entry) -> None:
        """See `ports.Cache`."""
        left_s = entry.until_s - self._clock.unix_s()
        held = self._in_front(place)
        if left_s <= 0 or (held is not None and self._is_trusted(held) and held.entry.rank > entry.rank):
            return
        self._front.put(place, entry, self._clock.now_s())
        try:
            is_kept = await self._write(place, entry, left_s)
        except _NotDone:
            self._losses.dropped += 1
        else:
            if not is_kept:
                self._front.remove(place)

    async def forget(self, which: Which) -> int:
        """See `ports.Cache`. Where Redis is away, only what is in front is forgotten; the log says so."""
        self._forgotten += 1
        in_front = await forget_from(self._front, which)
        removed = 0
        try:
            async for keys in self._scan(self._pattern(which), "string"):
                removed += await self._forget(keys, which)
        except _NotDone:
            _log.warning("what is in Redis could not be forgotten, or not all of it: it fails")
            return max(in_front, removed)
        return removed

    async def holding(self) -> Holding:
        """See `ports.Cache`. Asks for the sums of all tenants: this is for people who want to know."""
        entries, size = 0, 0
        try:
            async for indexes in self._scan(f"{_escaped(self._prefix)}*:index", "zset"):
                for index in indexes:
                    sums = await self._try(run_script(self._line, SUM, [index], []), self._reading)
                    entries, size = entries + sums[0], size + sums[1]
        except _NotDone:
            return Holding(len(self._front), self._front.size_bytes, is_degraded=True)
        return Holding(entries, size, is_degraded=not self._writing.is_well)

    def _is_trusted(self, held: Held) -> bool:
        """Whether what is in front is given without asking Redis."""
        return not self._line.is_up or self._clock.now_s() < held.since_s + FRONT_S

    def _in_front(self, place: Place) -> Held | None:
        held = self._front.take(place)
        if held is None or held.entry.until_s > self._clock.unix_s():
            return held
        self._front.remove(place)
        return None

    def _entry_in_front(self, place: Place) -> Entry | None:
        held = self._in_front(place)
        return None if held is None else held.entry

    def _bring_forward(self, place: Place, entry: Entry | None) -> None:
        """What Redis has just said of this place is what is in front."""
        if entry is None:
            self._front.remove(place)
        else:
            self._front.put(place, entry, self._clock.now_s())

    async def _read(self, place: Place, value: bytes) -> Entry | None:
        """What a value says; one that is not what was written is deleted."""
        entry = await _beside(len(value), lambda: read_value(place, value, self._seal))
        if entry is not None:
            return entry if entry.until_s > self._clock.unix_s() else None
        self._losses.unreadable += 1
        with suppress(_NotDone):
            await self._try(self._line.ask("DEL", self._key(place)), self._writing)
        return None

    async def _write(self, place: Place, entry: Entry, left_s: float) -> bool:
        if not self._line.is_up:
            raise _NotDone
        value = await _beside(len(entry.body), lambda: write_value(place, entry, self._seal))
        if value is None or len(value) > self._most:
            raise _NotDone
        keys = [self._index(place.tenant), self._key(place)]
        arguments: list[Part] = [value, _name(place), entry.rank, max(int(left_s * 1000), 1), self._most]
        kept: int = await self._try(run_script(self._line, PUT, keys, arguments), self._writing)
        return kept == 1

    async def _forget(self, keys: list[str], which: Which) -> int:
        removed = 0
        before = "" if which.made_before_s is None else repr(which.made_before_s)
        for tenant, group in groupby(sorted(keys), self._tenant_of):
            some = list(group)
            names = [key.removeprefix(f"{self._prefix}{{{tenant}}}:") for key in some]
            call = run_script(self._line, FORGET, [self._index(tenant), *some], [before, *names])
            removed += await self._try(call, self._writing)
        return removed

    async def _scan(self, pattern: str, kind: str) -> AsyncIterator[list[str]]:
        """The keys of this pattern that hold this kind of thing, some at a time."""
        cursor = b"0"
        while True:
            call = self._line.ask("SCAN", cursor, "MATCH", pattern, "COUNT", SCANNED, "TYPE", kind)
            cursor, keys = await self._try(call, self._reading)
            yield [key.decode(errors="replace") for key in keys]
            if cursor == b"0":
                return

    async def _try(self, call: Coroutine[Any, Any, Result], state: State) -> Result:
        try:
            result = await call
        except Away:
            raise _NotDone from None
        except exceptions.ResponseError as error:
            if (error.status_code or str(error)).startswith("WRONGTYPE"):
                raise _WrongType from None
            state.fails(explain(error))
            raise _NotDone from None
        state.works()
        return result

    def _pattern(self, which: Which) -> str:
        tenant, policy = (_escaped(each) if each is not None else "*" for each in (which.tenant, which.policy))
        return f"{_escaped(self._prefix)}{{{tenant}}}:{policy}:*"

    def _tenant_of(self, key: str) -> str:
        return key.removeprefix(self._prefix).partition("}")[0].removeprefix("{")

    def _index(self, tenant: str) -> str:
        return f"{self._prefix}{{{tenant}}}:index"

    def _key(self, place: Place) -> str:
        return f"{self._prefix}{{{place.tenant}}}:{place.policy}:{place.key}"


class _Sought(NamedTuple):
    """See `ports.Sought`."""

    place: Place
    entry: Callable[[], Coroutine[Any, Any, Entry | None]]


class _NotDone(Exception):
    """There is no answer, or it is an error that was said in the log."""


class _WrongType(_NotDone):
    """Something else is kept there."""


async def _beside(size: int, work: Callable[[], Result]) -> Result:
    """What `work` makes of so many bytes: in a thread, when they are many."""
    return await asyncio.to_thread(work) if size > LONG_BYTES else work()


def _name(place: Place) -> str:
    return f"{place.policy}:{place.key}"


def _escaped(text: str) -> str:
    """For a pattern of Redis, in which it stands for itself."""
    return "".join(f"\\{each}" if each in "*?[]^-\\" else each for each in text)
