"""The board that replicas share: one hash in Redis. The only module that knows Redis, and loaded only where one is
configured. Every error of Redis ends here, as a word in a log line."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple, TypeVar

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

STEP_S = 0.05
"""What connecting, logging in, sending and reading may take, each; a whole call may take two steps."""

MAX_CONNECTIONS = 1
"""Calls are few and short; whoever comes second waits, for a step at most."""

MAX_NOTES_BYTES = 2 * 1024 * 1024
"""All notes together, with their keys. More is not read, so more is not posted."""

MARK = b"board"
"""A field that stands in the hash as long as there is one: with it an empty board is told from a lost one."""

DEFAULT_PORT = 6379

TOO_LATE = "it does not answer in time"

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
        self._reading = _State(f"the notes of other replicas cannot be read from Redis at {where}, key {key}")
        self._posting = _State(f"notes for other replicas cannot be posted to Redis at {where}, key {key}")

    async def post(self, key: str, value: bytes | None) -> bool:
        """See `ports.Board`."""
        call = self._remove(key) if value is None else self._put(key, value)
        return await self._try(call, self._posting) is not None

    async def read(self) -> Mapping[str, bytes] | None:
        """See `ports.Board`."""
        return await self._try(self._fetch(), self._reading)

    async def _try(self, call: Coroutine[Any, Any, Result], state: "_State") -> Result | None:
        try:
            async with asyncio.timeout(self._call_s):
                result = await call
        except (exceptions.RedisError, OSError, _TooLarge, RuntimeError) as error:
            # RuntimeError is what uvloop raises when the other side has reset an idle connection.
            state.fails(_explain(error))
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
async def open_redis_board(url: str, prefix: str, step_s: float = STEP_S) -> AsyncGenerator[RedisBoard, None]:
    """The board in the Redis at this address (see `config.redis_settings`). Nothing is sent before the first call, so a
    server that is down is no error. RESP2, because it needs no handshake and every server speaks it."""
    options: Mapping[str, Any] = parse_url(url)
    pool = BlockingConnectionPool(
        **{**options, "connection_class": _SecuredConnection if "connection_class" in options else Connection},
        max_connections=MAX_CONNECTIONS,
        timeout=step_s,
        socket_connect_timeout=step_s,
        socket_timeout=step_s,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        driver_info=None,
    )
    where = f"{options['host']}:{options.get('port', DEFAULT_PORT)}"
    try:
        yield RedisBoard(Redis(connection_pool=pool), f"{prefix}:policies:notes", where, 2 * step_s)
    finally:
        with suppress(exceptions.RedisError, OSError):
            await pool.aclose()


class _SecuredConnection(SSLConnection):
    """A connection with TLS. Whom it trusts is read when it is made: that takes most of a step, and read while it
    connects it would have to fit in there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ssl_context.get()


class _Trouble(NamedTuple):
    """Why something does not work: the kind of reason, and what the system said of it."""

    why: str
    detail: str = ""


class _State:
    """Whether something works, said in the log once whenever that, or the kind of reason, changes."""

    def __init__(self, about: str) -> None:
        self._about = about
        self._why: str | None = None

    def works(self) -> None:
        if self._why is not None:
            _log.warning("no longer so: %s", self._about)
        self._why = None

    def fails(self, trouble: _Trouble) -> None:
        if self._why != trouble.why:
            _log.warning("%s: %s%s", self._about, trouble.why, trouble.detail)
        self._why = trouble.why


class _TooLarge(Exception):
    """More than is read. The message says how much."""


def _refuse_too_large(notes: Mapping[str, bytes]) -> None:
    size = sum(len(name) + len(value) for name, value in notes.items())
    if size > MAX_NOTES_BYTES:
        raise _TooLarge(f"the notes would be {size} bytes together; at most {MAX_NOTES_BYTES} are read")


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.BusyLoadingError, "it is still loading its data"),
    (exceptions.ReadOnlyError, "it is a read-only replica; redis.url must name the primary"),
    (exceptions.OutOfMemoryError, "its memory is full"),
    (exceptions.AuthenticationError, "it does not accept the user and password of redis.url"),
    (exceptions.NoPermissionError, "the user of redis.url may not do this"),
    (exceptions.InvalidResponse, "what answers there is not Redis"),
    (exceptions.TimeoutError, TOO_LATE),
    (TimeoutError, TOO_LATE),
)

_CODES: Mapping[str, str] = {
    "WRONGTYPE": "the key holds something else than a hash; delete it there",
    "ERR": "it refuses; is the number of the database in redis.url right?",
}


def _explain(error: Exception) -> _Trouble:
    """Why a call failed. INVARIANT: never the text of Redis or of its client, which may quote users and passwords."""
    if isinstance(error, _TooLarge):
        return _Trouble("too much would stand there", f": {error}")
    for kind, why in _REASONS:
        if isinstance(error, kind):
            return _Trouble(why)
    if isinstance(error, exceptions.ResponseError):
        code = error.status_code or str(error).partition(" ")[0]
        return _Trouble(_CODES.get(code, f"it answers with the error {code}"))
    cause = error.__cause__ or error.__context__
    if isinstance(cause, TimeoutError):
        return _Trouble(TOO_LATE)
    detail = f": {cause.strerror}" if isinstance(cause, OSError) and cause.strerror else ""
    return _Trouble("it cannot be reached", detail)
