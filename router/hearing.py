"""Hears what the open attempt says, against the clock: the next event is its engine's, that of whoever reads it, or a
timer's."""

import asyncio
import math
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any

from router.core.continuation import Begun, Rest
from router.core.errors import BackendError, Malformed
from router.core.event_stream import MalformedStream
from router.core.moves import (
    Block,
    Due,
    Ended,
    Event,
    Failed,
    WasRead,
)
from router.ports import Clock

Stream = AsyncGenerator[Block | Ended, None]


class Hearing:
    """The hearing of one climb's attempts, one after the other. `first_heard_s`: the instant at which the attempt said
    its first word; None: not yet."""

    def __init__(self, clock: Clock) -> None:
        self.first_heard_s: float | None = None
        self._clock = clock
        self._number = 0
        self._stream: Stream | None = None
        self._due_s: float | None = None
        self._pending: asyncio.Task[Event] | None = None
        self._aside: asyncio.Task[WasRead] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._expiry_s = math.inf
        self._hearer: asyncio.Task[Any] | None = None
        self._expired = False

    def begin(self, number: int) -> None:
        """From now on the events are this attempt's, which has said nothing yet."""
        self._number, self.first_heard_s = number, None

    def open(self, stream: Stream) -> None:
        """What the attempt says is heard from here."""
        self._stream = stream

    def take_stream(self) -> Stream | None:
        """The stream that was heard and is to be closed; from now on only the timer speaks."""
        stream, self._stream = self._stream, None
        return stream

    def expect(self, read: Coroutine[Any, Any, WasRead]) -> None:
        """What comes of this is heard as well, once."""
        self._aside = asyncio.ensure_future(read)

    def wait_until(self, t_s: float | None) -> None:
        """Sets the timer that sends Due once, and ends nothing; None: no timer."""
        self._due_s = t_s

    def expire_at(self, t_s: float) -> None:
        """Every event from this instant on is Due."""
        left_s, self._expiry_s = max(0.0, t_s - self._clock.now_s()), t_s
        self._expiry = asyncio.get_running_loop().call_later(left_s, self._expire)

    async def next_event(self) -> Event:
        """What comes first: the next word of the open attempt, of whoever reads it, or a timer."""
        if self._aside is not None or (self._expiry is not None and self._pending is not None):
            return await self._hear_whoever_is_first()
        if self._stream is None:
            return await self._sleep_until_due()
        if self._expiry is not None:
            return await self._hear_until_expired()
        if self._due_s is None and self._pending is None:
            return await self._hear()
        return await self._hear_until_due()

    async def stop(self) -> None:
        """Stops hearing: a stream can be closed only when nobody reads it."""
        for task in (self._pending, self._aside):
            if task is not None:
                task.cancel()
                await asyncio.wait((task,))
        self._pending = self._aside = None

    def end(self) -> None:
        """No attempt will be heard any more."""
        if self._expiry is not None:
            self._expiry.cancel()

    async def _hear(self) -> Block | Ended | Failed:
        assert self._stream is not None
        try:
            event = await anext(self._stream)
        except BackendError as error:
            return Failed(self._number, error, self._clock.now_s())
        if self.first_heard_s is None:
            self.first_heard_s = self._clock.now_s()
        return event

    async def _hear_until_due(self) -> Event:
        """The next event, or Due. The wait for the stream goes on across timers: cancelling it would lose data."""
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._hear())
        left_s = None if self._due_s is None else max(0.0, self._due_s - self._clock.now_s())
        done, _ = await asyncio.wait((self._pending,), timeout=left_s)
        if not done:
            self._due_s = None
            return Due(self._clock.now_s())
        event, self._pending = self._pending.result(), None
        return event

    async def _hear_whoever_is_first(self) -> Event:
        """The next event of the attempt or of its reader, or Due. Of two at once the reader's comes first: it may be
        that nobody wants the other."""
        if self._pending is None and self._stream is not None:
            self._pending = asyncio.ensure_future(self._hear())
        awaited: list[asyncio.Task[Any]] = [task for task in (self._aside, self._pending) if task is not None]
        due_s = self._expiry_s if self._due_s is None else min(self._due_s, self._expiry_s)
        left_s = None if due_s == math.inf else max(0.0, due_s - self._clock.now_s())
        await asyncio.wait(awaited, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
        event: Event
        if self._aside is not None and self._aside.done():
            event, self._aside = self._aside.result(), None
            return event
        if self._pending is not None and self._pending.done():
            event, self._pending = self._pending.result(), None
            return event
        self._due_s = None
        return Due(self._clock.now_s())

    async def _sleep_until_due(self) -> Due:
        """No attempt is open: only the timer can speak."""
        assert self._due_s is not None
        await asyncio.sleep(max(0.0, self._due_s - self._clock.now_s()))
        self._due_s = None
        return Due(self._clock.now_s())

    async def _hear_until_expired(self) -> Event:
        """The next event, or Due, for which hearing is cancelled and what the engine was about to say is lost. A timer
        for each event would cost more than hearing it, so there is one for all."""
        self._hearer = asyncio.current_task()
        try:
            if self._expired:
                return Due(self._clock.now_s())
            return await self._hear()
        except asyncio.CancelledError:
            if self._expired and self._hearer is not None and self._hearer.uncancel() == 0:
                return Due(self._clock.now_s())
            raise
        finally:
            self._hearer = None

    def _expire(self) -> None:
        self._expired = True
        if self._hearer is not None:
            self._hearer.cancel()


async def going_on(stream: Stream, begun: Begun) -> Stream:
    """What an engine says who goes on with what another has begun, as the rest of that one's stream; its usage is as it
    counted. Raises BackendError, as the stream does."""
    rest = Rest(begun)
    async with aclosing(stream):
        async for event in stream:
            said = _as_rest(event, rest)
            if isinstance(said, Ended) or said.data:
                yield said


def _as_rest(event: Block | Ended, rest: Rest) -> Block | Ended:
    try:
        if isinstance(event, Block):
            return Block(event.attempt, rest.events(event.data))
        finish = rest.events(event.finish_event)
    except MalformedStream:
        raise Malformed("what was to be the rest of an answer is none") from None
    if rest.is_lost:
        raise Malformed("what was to be the rest of an answer was reasoning alone")
    chunk = None if event.usage_chunk is None else rest.named(event.usage_chunk)
    return Ended(event.attempt, finish, chunk, event.usage, imprint=event.imprint)
