"""What the router needs from the outside, as promises. Each is kept by an adapter and by a double in the tests."""

from collections.abc import AsyncGenerator
from typing import Protocol

from msgspec import Struct

from router.core.cascade import Attempt, Block, Ended
from router.core.errors import BackendError, TandemError
from router.core.grants import Caller
from router.core.policy import Policy
from router.core.record import AttemptRecord, Record
from router.core.values import ChatRequest, Hints, Tier


class Envelope(Struct, frozen=True):
    """What travels with a request to whichever engine serves it. `dropped` names the parameters to leave out."""

    request: ChatRequest
    request_id: str
    tenant: str
    traceparent: str | None = None
    dropped: tuple[str, ...] = ()


class Backend(Protocol):
    """One serving address of a tier. Raises BackendError, and nothing else, when it cannot serve.

    `stream` yields blocks and then exactly one Ended. Closing the generator closes the connection at once, so
    that the engine stops working for nobody. `is_reachable` never raises."""

    name: str

    def stream(self, attempt: Attempt, envelope: Envelope) -> AsyncGenerator[Block | Ended, None]: ...
    async def is_reachable(self) -> bool: ...


class Fleet(Protocol):
    """The backends of every tier."""

    def backend(self, tier: Tier) -> Backend: ...


class Keyring(Protocol):
    """Knows the virtual keys. `caller` raises Unauthenticated when the secret is missing or not known."""

    def caller(self, secret: str | None) -> Caller: ...


class Policies(Protocol):
    """The policies in force. `get` raises InvalidRequest for a name it does not know; None is the default."""

    def get(self, name: str | None) -> Policy: ...
    def names(self) -> tuple[str, ...]: ...


class DecisionLog(Protocol):
    """Takes the record of each finished request. Never blocks and never fails."""

    def write(self, record: Record) -> None: ...


class Clock(Protocol):
    """Both clocks: `now_s` never goes back and is for durations; `unix_s` is for people."""

    def now_s(self) -> float: ...
    def unix_s(self) -> float: ...


class Asked(Struct, frozen=True):
    """One request as it reached the router: what, by whom, with which hints, under which id."""

    request: ChatRequest
    hints: Hints
    caller: Caller
    request_id: str
    traceparent: str | None = None


class Head(Struct, frozen=True):
    """What the caller is told of the way its request took. `tier` is the one that serves; None: none did."""

    tier: Tier | None
    rule: str
    policy: str
    reason: str
    attempts: tuple[AttemptRecord, ...]
    dropped: tuple[str, ...]
    excluded: tuple[str, ...]


class Answer(Protocol):
    """Where a climb delivers: to a caller who wants one body, or to one who wants a stream.

    Either `fail`, alone; or `begin` once, `commit` and `keep_alive` only while nothing was released, `release` any
    number of times, and `end` or `break_off` at last."""

    async def begin(self, head: Head) -> None: ...
    async def commit(self) -> None: ...
    async def keep_alive(self) -> None: ...
    async def release(self, data: bytes) -> None: ...
    async def end(self, head: Head, ended: Ended) -> None: ...
    async def break_off(self, head: Head, error: BackendError) -> None: ...
    async def fail(self, error: TandemError, head: Head | None) -> None: ...
