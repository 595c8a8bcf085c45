"""One request as it comes, and where its answer goes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from router.core.caching.terms import AS_USUAL, Directives
from router.core.caching.terms import Outcome as CacheOutcome
from router.core.errors import BackendError, TandemError
from router.core.grants import Caller
from router.core.moves import Ended
from router.core.record import AttemptRecord, left_house
from router.core.speech import Heard
from router.core.trace import Trace
from router.core.values import OUTSIDE, ChatRequest, Hints, Tier

if TYPE_CHECKING:
    pass


class Asked(Struct, frozen=True):
    """One request as it reached the router: what, by whom, with which hints, under which id, as part of which
    trace (None: of none), and what it says of caches. `heard`: what became of speech in it, of which `request` has the
    words (None: there was none, or nobody transcribes it)."""

    request: ChatRequest
    hints: Hints
    caller: Caller
    request_id: str
    trace: Trace | None = None
    directives: Directives = AS_USUAL
    heard: Heard | None = None


class Head(Struct, frozen=True):
    """What the caller is told of the way its request took. `tier` is the one that serves; None: none did.
    `annotations` are the policy's own labels. `spilled_from`: the tier that was full where it would have begun, and
    `waited_s` how long it waited for a seat. `cache`: how it met the cache (None: not at all), and `age_s` how old the
    answer is that it got from there. `heard`: see `Asked`."""

    tier: Tier | None
    rule: str
    policy: str
    reason: str
    attempts: tuple[AttemptRecord, ...]
    dropped: tuple[str, ...]
    excluded: tuple[str, ...]
    annotations: Mapping[str, str] = {}
    cache: CacheOutcome | None = None
    age_s: float | None = None
    spilled_from: Tier | None = None
    waited_s: float = 0.0
    heard: Heard | None = None

    @property
    def left_house(self) -> bool:
        """Whether this request was sent to another company, the attempt that is still streaming included."""
        is_asked = self.tier is not None and self.age_s is None
        return left_house(self.attempts) or (is_asked and self.tier in OUTSIDE)


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
