"""The board that replicas share: one hash in Redis. Loaded only where one is configured. Every error of Redis ends
here, as a word in a log line."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis

from router.stores.redis_door import STEP_S, explain, read_door
from router.stores.trouble import State, Trouble

MAX_CONNECTIONS = 1
"""Calls are few and short; whoever comes second waits, for a step at most."""

MAX_NOTES_BYTES = 2 * 1024 * 1024
"""All notes together, with their keys. More is not read, so more is not posted."""

MARK = b"board"
"""A field that stands in the hash as long as there is one: with it an empty board is told from a lost one."""

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class RedisBoard:
    """The port `Board`. A call takes at most `call_s`, whatever state the server is in.

    What stopped or held a policy must not come undone because a server lost its memory: when the whole hash is gone
    (restarted without persistence, evicted, flushed), each replica puts back what it last saw there."""

    def __init__(self, redis: Redis, key: str, where: str, call_s: float) -> None:
        self._redis = redis
        self._key = key
        self._where = where
        self._call_s = call_s
        self._seen: Mapping[str, bytes] = {}
        self._reading = State(f"the notes of other replicas cannot be read from Redis at {where}, key {key}")
        self._posting = State(f"notes for other replicas cannot be posted to Redis at {where}, key {key}")

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`."""
        call = self._remove(key) if value is None else self._put(key, value)
        return await self._try(call, self._posting) is not None

    async def read(self) -> Mapping[str, bytes] | None:
        """See `ports.Board`."""
        return await self._try(self._fetch(), self._reading)

    async def _try(self, call: Coroutine[Any, Any, Result], state: State) -> Result | None:
        try:
            async with asyncio.timeout(self._call_s):
                result = await call
        except (exceptions.RedisError, OSError, _TooLarge, RuntimeError) as error:
            # RuntimeError is what uvloop raises when the other side has reset an idle connection.
            state.fails(_trouble(error))
            return None
        state.works()
        return result

    async def _fetch(self) -> Mapping[str, bytes]:
        fields: Mapping[Any, Any] = await self._redis.hgetall(self._key)
        if not fields and self._seen:
            await self._write(self._seen)
            _log.warning("Redis at %s had lost the notes of all replicas; %d put back", self._where, len(self._seen))
            return self._seen
        notes = {name.decode(errors="backslashreplace"): value for name, value in fields.items() if name != MARK}
        _refuse_too_large(notes)
        self._seen = notes
        return notes

    async def _put(self, key: str, value: bytes) -> bool:
        notes = {**await self._fetch(), key: value}
        _refuse_too_large(notes)
        await self._write({key: value})
        self._seen = notes
        return True

    async def _remove(self, key: str) -> bool:
        await self._redis.hdel(self._key, key)
        self._seen = {name: value for name, value in self._seen.items() if name != key}
        return True

    async def _write(self, notes: Mapping[str, bytes]) -> None:
        fields: dict[Any, Any] = {**notes, MARK: b""}
        await self._redis.hset(self._key, mapping=fields)


@asynccontextmanager
async def open_redis_board(
    url: str, prefix: str, topic: str, step_s: float = STEP_S
) -> AsyncGenerator[RedisBoard, None]:
    """The board for notes about `topic` in the Redis at this address (see `config.redis_settings`). Nothing is sent
    before the first call, so a server that is down is no error. A call may take two steps."""
    door = read_door(url)
    pool = BlockingConnectionPool(
        **door.options,
        connection_class=door.kind,
        max_connections=MAX_CONNECTIONS,
        timeout=step_s,
        socket_connect_timeout=step_s,
        socket_timeout=step_s,
    )
    try:
        yield RedisBoard(Redis(connection_pool=pool), f"{prefix}:{topic}:notes", door.where, 2 * step_s)
    finally:
        with suppress(exceptions.RedisError, OSError):
            await pool.aclose()


class _TooLarge(Exception):
    """More than is read. The message says how much."""


def _refuse_too_large(notes: Mapping[str, bytes]) -> None:
    size = sum(len(name) + len(value) for name, value in notes.items())
    if size > MAX_NOTES_BYTES:
        raise _TooLarge(f"the notes would be {size} bytes together; at most {MAX_NOTES_BYTES} are read")


def _trouble(error: Exception) -> Trouble:
    return Trouble("too much would stand there", f": {error}") if isinstance(error, _TooLarge) else explain(error)
