"""How a Redis is reached, and what ails it, in words: what the modules that talk to one share."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from redis import exceptions
from redis.asyncio import Connection, SSLConnection
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from router.stores.trouble import Trouble

STEP_S = 0.05
"""What connecting, logging in, sending and reading may take, each."""

DEFAULT_PORT = 6379

TOO_LATE = "it does not answer in time"


class Door(NamedTuple):
    """How a Redis is reached: what connections are made of, with which options, and how the server is called in the
    log (without a user or a password)."""

    kind: type[Connection]
    options: Mapping[str, Any]
    where: str


def read_door(url: str) -> Door:
    """The way to the Redis at this address (see `config.redis_settings`). Nothing is tried again. RESP2, because it
    needs no handshake and every server speaks it."""
    options: dict[str, Any] = {**parse_url(url)}
    kind = _SecuredConnection if options.pop("connection_class", None) else Connection
    usual = {"retry": Retry(NoBackoff(), 0), "protocol": 2, "driver_info": None}
    return Door(kind, {**options, **usual}, f"{options['host']}:{options.get('port', DEFAULT_PORT)}")


class _SecuredConnection(SSLConnection):
    """A connection with TLS. Whom it trusts is read when it is made: that takes most of a step, and read while it
    connects it would have to fit in there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ssl_context.get()


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
    **dict.fromkeys(("MOVED", "ASK", "CLUSTERDOWN"), "it is one of a cluster; redis.url must name one with all keys"),
}


def explain(error: Exception) -> Trouble:
    """Why a call failed. INVARIANT: never the text of Redis or of its client, which may quote users and passwords."""
    for kind, why in _REASONS:
        if isinstance(error, kind):
            return Trouble(why)
    if isinstance(error, exceptions.ResponseError):
        code = error.status_code or str(error).partition(" ")[0]
        return Trouble(_CODES.get(code, f"it answers with the error {code}"))
    cause = error.__cause__ or error.__context__
    if isinstance(cause, TimeoutError):
        return Trouble(TOO_LATE)
    detail = f": {cause.strerror}" if isinstance(cause, OSError) and cause.strerror else ""
    return Trouble("it cannot be reached", detail)
