"""The cache that replicas share, in Redis, with what this replica used last in front of it.

What is in front is given for `FRONT_S` without asking Redis: for so long a replica may give what another has replaced
or forgotten. While Redis is away each replica goes on with what it has in front, for as long as that may be given.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from itertools import groupby
from typing import Any, Final, TypeVar

from redis import exceptions

from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.caching.value import read_value, write_value
from router.ports import Clock
from router.stores.losses import Losses
from router.stores.memory_cache import forget_from
from router.stores.redis_door import STEP_S, explain, read_door
from router.stores.redis_line import Away, Part, RedisLine, open_line
from router.stores.redis_scripts import FORGET, PUT, SUM, run_script
from router.stores.shelf import Bounds, Held, Shelf
from router.stores.trouble import State, SteadyState

FRONT_S: Final = 2.0
LONG_BYTES: Final = 32 * 1024
"""A longer value is packed and unpacked in a thread: it takes more than half a millisecond."""

SCANNED: Final = 500
"""Keys that Redis looks at in one go."""

_log = logging.getLogger(__name__)

Given = TypeVar("Given")
Result = TypeVar("Result")


class RedisCache:
    """The port `Cache`. What all tenants may keep together is for Redis to say (`maxmemory`); `bounds` are those of
    each tenant there, and of what is in front."""

    def __init__(self, line: RedisLine, prefix: str, clock: Clock, bounds: Bounds, losses: Losses) -> None:
        self._line = line
        self._prefix = f"{prefix}:cache:"
        self._clock = clock
        self._front = Shelf(bounds)
        self._most = min(bounds.tenant_max_bytes, bounds.max_bytes)
        self._losses = losses
        self._forgotten = 0
        self._reading = SteadyState(f"the cache cannot be read from Redis at {line.where}", clock.now_s)
        self._writing = SteadyState(f"the cache cannot be written to Redis at {line.where}", clock.now_s)

    async def get(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        held = self._in_front(place)
        if held is not None and self._is_trusted(held):
            return held.entry
        forgotten = self._forgotten
        try:
            value = await self._try(self._line.ask("GET", self._key(place)), self._reading)
        except _WrongType:
            value = b""
        except _NotDone:
            self._losses.unread += 1
            return held.entry if held else None
        entry = None if value is None else await self._read(place, value)
        if forgotten == self._forgotten and self._in_front(place) is held:
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

    def _bring_forward(self, place: Place, entry: Entry | None) -> None:
        """What Redis has just said of this place is what is in front."""
        if entry is None:
            self._front.remove(place)
        else:
            self._front.put(place, entry, self._clock.now_s())

    async def _read(self, place: Place, value: bytes) -> Entry | None:
        """What a value says; one that is not what was written is deleted."""
        entry = await _beside(len(value), read_value, place, value)
        if entry is not None:
            return entry if entry.until_s > self._clock.unix_s() else None
        self._losses.unreadable += 1
        with suppress(_NotDone):
            await self._try(self._line.ask("DEL", self._key(place)), self._writing)
        return None

    async def _write(self, place: Place, entry: Entry, left_s: float) -> bool:
        if not self._line.is_up:
            raise _NotDone
        value = await _beside(len(entry.body), write_value, place, entry)
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


@asynccontextmanager
async def open_redis_cache(
    url: str, prefix: str, clock: Clock, bounds: Bounds, losses: Losses, step_s: float = STEP_S
) -> AsyncGenerator[RedisCache, None]:
    """The cache in the Redis at this address (see `config.redis_settings`), for all replicas with this prefix. A
    server that is down is no error."""
    about = "the cache of this replica goes on alone, without"
    async with open_line(read_door(url), about, step_s) as line:
        yield RedisCache(line, prefix, clock, bounds, losses)


class _NotDone(Exception):
    """There is no answer, or it is an error that was said in the log."""


class _WrongType(_NotDone):
    """Something else is kept there."""


async def _beside(size: int, work: Callable[[Place, Given], Result], place: Place, given: Given) -> Result:
    """What `work` makes of so many bytes: in a thread, when they are many."""
    return await asyncio.to_thread(work, place, given) if size > LONG_BYTES else work(place, given)


def _name(place: Place) -> str:
    return f"{place.policy}:{place.key}"


def _escaped(text: str) -> str:
    """For a pattern of Redis, in which it stands for itself."""
    return "".join(f"\\{each}" if each in "*?[]^-\\" else each for each in text)
