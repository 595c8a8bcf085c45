"""Answers on their way that several callers share: identical requests cost one climb.

The climb is the server's and no caller's: whoever asked first may leave, and the others get the rest. It ends when
nobody is left. Where it fails before a word was said, one of those who wait asks anew and the others follow that one;
where that fails too, all of them are told. What is done with an answer after its end, such as keeping it, is the
server's alone: nobody waits for it, and nobody who leaves ends it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from msgspec import Struct

from router.core.errors import BackendError, TandemError
from router.core.moves import Ended
from router.core.values import Tier
from router.ports import Answer, Head


class _Told(Struct, frozen=True):
    """One thing that an answer was told."""

    call: str
    arguments: tuple[Any, ...]


class Flight:
    """One answer on its way: the port `Answer`, told by the climb, and heard by whoever follows from the beginning.
    `failed`: the error in which it ended before a word was said; `broken`: the one at which it broke off. `tier`: whose
    it is, once it is whole. `is_given_up`: everybody had left, and its work is being cancelled."""

    def __init__(self) -> None:
        self.failed: TandemError | None = None
        self.broken: BackendError | None = None
        self.tier: Tier | None = None
        self.is_given_up = False
        self.followers = 0
        self._told: list[_Told] = []
        self._is_whole = False
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None

    def begin_work(self, work: Awaitable[None]) -> None:
        """From now on this tells what is to be heard."""
        self._work = asyncio.ensure_future(work)
        self._work.add_done_callback(lambda _work: self._news.set())

    async def follow(self, answer: Answer, *, hears_failure: bool) -> None:
        """Tells an answer all that was told and is told yet, and of a failure only where it is to hear of that. When
        the last of those who follow leaves before the end, the work is cancelled. Raises what the work raises."""
        assert self._work is not None
        self.followers += 1
        heard = 0
        try:
            while True:
                while heard < len(self._told):
                    told = self._told[heard]
                    if told.call != "fail" or hears_failure:
                        await getattr(answer, told.call)(*told.arguments)
                    heard += 1
                if self._is_whole:
                    break
                if self._work.done():
                    self._work.result()
                    break
                self._news.clear()
                await self._news.wait()
        finally:
            self.followers -= 1
            if not self.followers and not self._is_whole and not self._work.done():
                self.is_given_up = True
                self._work.cancel()
                await asyncio.wait((self._work,))

    # --- the port Answer --------------------------------------------------------------------------------------

    async def begin(self, head: Head) -> None:
        """See `ports.Answer`."""
        self._tell("begin", head)

    async def commit(self) -> None:
        """See `ports.Answer`."""
        self._tell("commit")

    async def keep_alive(self) -> None:
        """See `ports.Answer`."""
        self._tell("keep_alive")

    async def release(self, data: bytes) -> None:
        """See `ports.Answer`."""
        self._tell("release", data)

    async def end(self, head: Head, ended: Ended) -> None:
        """See `ports.Answer`."""
        self._is_whole = True
        self.tier = head.tier
        self._tell("end", head, ended)

    async def break_off(self, head: Head, error: BackendError) -> None:
        """See `ports.Answer`."""
        self._is_whole = True
        self.broken = error
        self._tell("break_off", head, error)

    async def fail(self, error: TandemError, head: Head | None) -> None:
        """See `ports.Answer`."""
        self.failed = error
        self._tell("fail", error, head)

    def _tell(self, call: str, *arguments: Any) -> None:
        self._told.append(_Told(call, arguments))
        self._news.set()


class Flights:
    """The flights of this process."""

    def __init__(self) -> None:
        self._open: dict[Hashable, Flight] = {}

    def find(self, key: Hashable) -> Flight | None:
        """The flight that is under way for this key, and will get somewhere."""
        flight = self._open.get(key)
        return None if flight is None or flight.is_given_up else flight

    def start(self, key: Hashable, work: Callable[[Answer], Awaitable[None]]) -> Flight:
        """A new flight, told by this work."""
        flight = self._open[key] = Flight()
        flight.begin_work(self._run(key, flight, work))
        return flight

    async def _run(self, key: Hashable, flight: Flight, work: Callable[[Answer], Awaitable[None]]) -> None:
        try:
            await work(flight)
        finally:
            if self._open.get(key) is flight:
                del self._open[key]
