"""One request on several tiers at once, for whoever wants to see what each makes of it: served as every request is,
gate and queue included, but pinned to its tier and never through the cache."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from router.core.caching.terms import LEFT_ALONE
from router.core.chat_chunk import Object, choices_of, decoded, fields
from router.core.chat_request import Limits, read_request
from router.core.errors import BackendError, QueueFull, TandemError
from router.core.event_stream import MalformedStream
from router.core.grants import OWNER, Caller
from router.core.moves import Ended
from router.core.record import AttemptRecord, engine_s, tokens_written, wasted_tokens
from router.core.values import ChatRequest, Hints, Tier, Usage
from router.overhearing import Heard
from router.ports import Answer, Asked, Clock, Head

Serve = Callable[[Asked, Answer], Awaitable[None]]

COMPARED: Final[tuple[Tier, ...]] = ("fast", "strong")
"""The hosted tier is left out: it costs money, and what is asked leaves the house."""

TRIER: Final = Caller("console", "console", OWNER.grants)
"""Who asks. INVARIANT: no caller's tenant, so that nothing of what is tried is remembered of anybody's conversations,
answers or escalations."""

LONGEST_S: Final = 120.0
"""Each tier is given up after so long."""


class Run(Struct, frozen=True):
    """What one tier made of it. `text`: its whole answer; `failed`: why there is none (empty: there is one). `first_s`:
    how long its first block took (None: none came), `elapsed_s` all of it, seen from where a caller would be."""

    tier: Tier
    request_id: str
    elapsed_s: float
    text: str = ""
    failed: str = ""
    first_s: float | None = None
    usage: Usage | None = None
    attempts: tuple[AttemptRecord, ...] = ()

    @property
    def engine_s(self) -> float:
        """Seconds that engines were kept at it."""
        return sum(engine_s(self.attempts).values())

    @property
    def written_tokens(self) -> int:
        """Tokens that engines wrote for it, for whomever."""
        return sum(tokens_written(self.attempts).values())

    @property
    def wasted_tokens(self) -> int:
        """Those of them that nobody got."""
        return wasted_tokens(self.attempts)


class SideBySide:
    """Runs requests, one at a time: it is for looking, and engines are there for callers. `longest_s`: when each tier
    is given up."""

    def __init__(
        self,
        serve: Serve,
        tiers: Sequence[Tier],
        new_id: Callable[[], str],
        clock: Clock,
        longest_s: float = LONGEST_S,
    ) -> None:
        self.tiers = tuple(tier for tier in COMPARED if tier in tiers)
        self._serve = serve
        self._new_id = new_id
        self._clock = clock
        self.longest_s = longest_s
        self._is_running = False

    async def run(self, body: bytes, hints: Hints, limits: Limits) -> Sequence[Run]:
        """What each tier makes of the request in this body. Raises CallerError where it is no request, and QueueFull
        while another is run."""
        requests = {tier: pinned(body, tier, limits) for tier in self.tiers}
        if self._is_running:
            raise QueueFull("somebody runs a request here already: try again when that is over", 1)
        self._is_running = True
        try:
            async with asyncio.TaskGroup() as group:
                runs = [group.create_task(self._run(tier, request, hints)) for tier, request in requests.items()]
        finally:
            self._is_running = False
        return [each.result() for each in runs]

    async def _run(self, tier: Tier, request: ChatRequest, hints: Hints) -> Run:
        asked = Asked(request, hints, TRIER, self._new_id(), directives=LEFT_ALONE)
        noted = _Noted(self._clock)
        try:
            async with asyncio.timeout(self.longest_s):
                await self._serve(asked, noted)
        except TimeoutError:
            noted.failed = f"Given up after {self.longest_s:g} s."
        return noted.run(tier, asked.request_id)


def pinned(body: bytes, tier: Tier, limits: Limits) -> ChatRequest:
    """The request in this body, for one tier alone and as a stream, so that its first block is seen when it comes.
    Raises CallerError."""
    read_request(body, {}, limits)
    sent = msgspec.json.decode(body) | {"model": tier, "stream": True}
    request, _ = read_request(msgspec.json.encode(sent), {}, limits)
    return request


class _Noted:
    """The port `Answer` for nobody but us: keeps what is said, and when."""

    def __init__(self, clock: Clock) -> None:
        self.failed = ""
        self._clock = clock
        self._began_s = clock.now_s()
        self._first_s: float | None = None
        self._heard = Heard()
        self._head: Head | None = None
        self._usage: Usage | None = None

    async def begin(self, head: Head) -> None:
        """See `ports.Answer`."""
        self._head = head

    async def commit(self) -> None:
        """Nobody waits for a word that we are here."""

    async def keep_alive(self) -> None:
        """See `commit`."""

    async def release(self, data: bytes) -> None:
        """See `ports.Answer`."""
        if self._first_s is None:
            self._first_s = self._clock.now_s() - self._began_s
        self._heard.hear(data)

    async def end(self, head: Head, ended: Ended) -> None:
        """See `ports.Answer`."""
        self._head, self._usage = head, ended.usage
        self._heard.end(ended)

    async def break_off(self, head: Head, error: BackendError) -> None:
        """See `ports.Answer`."""
        self._head, self.failed = head, f"Broke off: {error.message}"

    async def fail(self, error: TandemError, head: Head | None) -> None:
        """See `ports.Answer`."""
        self._head, self.failed = head, error.message

    def run(self, tier: Tier, request_id: str) -> Run:
        """What came of it."""
        body = None if self.failed else self._heard.body
        failed = self.failed or ("" if body is not None else "The answer is too long to be shown, or cannot be read.")
        return Run(
            tier,
            request_id,
            self._clock.now_s() - self._began_s,
            "" if body is None else _text_of(body),
            failed,
            self._first_s,
            self._usage,
            () if self._head is None else self._head.attempts,
        )


def _text_of(body: bytes) -> str:
    """What an answer says, its tool calls as JSON, its choices one after the other."""
    try:
        said = [_said(fields(choice.get("message"), "message")) for choice in choices_of(decoded(body))]
    except MalformedStream:
        return body.decode("utf-8", "replace")
    return "\n\n".join(said)


def _said(message: Object) -> str:
    calls = message.get("tool_calls")
    shown = msgspec.json.format(msgspec.json.encode(calls)).decode() if calls else ""
    return "\n".join([each for each in (message.get("content"), shown) if isinstance(each, str) and each])
