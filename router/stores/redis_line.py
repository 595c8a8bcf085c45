"""One connection to Redis, which everybody here shares: what is asked while an answer is awaited goes out together
with the next question. And a breaker, for which nobody pays: a server that failed is tried out in the background, and
until it answers nobody is kept waiting for it.

One task alone writes and reads. Whoever asks waits for a future of their own, so that someone who leaves in the middle
of a command leaves nothing behind on the connection, and their answer goes to nobody. INVARIANT: a connection on which
an answer is missing is never used again.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from redis import exceptions
from redis.asyncio import Connection

from router.stores.redis_door import STEP_S, Door, explain
from router.stores.trouble import State

MAX_TOGETHER: Final = 128
"""Commands that go out at once; all of their answers have to come within a step."""

MAX_WAITING: Final = 1024
"""Commands that wait to go out; one more is refused at once."""

TICKS: Final = 5
"""A step counts in so many ticks. One that comes late, because this process was busy, counts no more than any other:
what it did not get round to reading the server did not fail to say."""

FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 2.0
"""How long a server is left alone after it failed, twice as long after each further time."""

_log = logging.getLogger(__name__)

Part = str | bytes | int


_ERRORS: Final = (exceptions.RedisError, OSError, RuntimeError)
"""RuntimeError is what uvloop raises when the other side has reset an idle connection."""


class Away(Exception):
    """There is no answer: the server does not answer, or not in time, or too much waits for it."""


class RedisLine:
    """Commands to the Redis behind this door. An answer takes two steps at most, and less than a tick for each batch
    that goes out before it; one step where the server falls silent; longer only where this process has no time to read
    it. `is_up`: whether it answered the last time; `where` it is."""

    def __init__(self, door: Door, about: str, step_s: float = STEP_S) -> None:
        self.is_up = False
        self.where = door.where
        self._door = door
        self._step_s = step_s
        self._state = State(f"{about} Redis at {door.where}")
        self._waiting: deque[_Asked] = deque()
        self._asked: tuple[_Asked, ...] = ()
        self._wake: asyncio.Future[None] | None = None
        self._failures = 0
        self._ticks = 0
        self._ticking: asyncio.TimerHandle
        self._loop = asyncio.get_running_loop()
        self.was_tried = self._loop.create_future()

    async def ask(self, *command: Part) -> Any:
        """The answer to a command. Raises Away, and redis' ResponseError for an answer that is an error."""
        return await answer_to(self.send(*command))

    def send(self, *command: Part) -> asyncio.Future[Any]:
        """Has a command go out, together with what else is sent before anybody waits. Its answer may be an error as a
        value; whoever wants it raised, says `answer_to`. Raises Away."""
        if not self.is_up or len(self._waiting) >= MAX_WAITING:
            raise Away
        asked = _Asked(command, self._ticks + TICKS, self._loop.create_future())
        self._waiting.append(asked)
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
        return asked.answer

    async def run(self) -> None:
        """Keeps the line up until cancelled."""
        while True:
            connection = self._door.kind(**self._door.options, socket_timeout=None, socket_connect_timeout=None)
            try:
                await self._open(connection)
                await self._serve(connection)
            except _ERRORS as error:
                self._failed(error)
            except Exception:  # noqa: BLE001 - a bug must not leave this replica without Redis for good
                self._failures += 1
                _log.exception("the connection to Redis at %s was given up", self.where)
                self._tried()
            finally:
                self._let_go()
                with suppress(*_ERRORS):
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(self._pause_s())

    async def _open(self, connection: Connection) -> None:
        async with asyncio.timeout(2 * self._step_s):
            await connection.send_command("PING", check_health=False)
            await connection.read_response()
        self.is_up = True
        self._state.works()
        self._tried()

    async def _serve(self, connection: Connection) -> None:
        """Everything that is asked, until the connection fails."""
        while True:
            self._asked = self._next()
            if self._asked:
                await self._exchange(connection, self._asked)
                self._failures = 0
            elif not self._waiting:
                self._wake = self._loop.create_future()
                await self._wake

    async def _exchange(self, connection: Connection, batch: Iterable["_Asked"]) -> None:
        async with asyncio.timeout(None) as limit:
            self._begin_tick(limit, TICKS)
            try:
                packed = [part for asked in batch for part in connection.pack_command(*asked.command)]
                await connection.send_packed_command(packed, check_health=False)
                for asked in batch:
                    asked.settle(await _answer(connection.read_response()))
            finally:
                self._ticking.cancel()

    def _next(self) -> tuple["_Asked", ...]:
        """What goes out next: neither what nobody waits for any more nor what has waited for too long."""
        batch: list[_Asked] = []
        while self._waiting and len(batch) < MAX_TOGETHER:
            asked = self._waiting.popleft()
            if asked.until_tick < self._ticks:
                asked.settle(Away())
            elif not asked.answer.done():
                batch.append(asked)
        return tuple(batch)

    def _begin_tick(self, limit: asyncio.Timeout, left: int) -> None:
        self._ticking = self._loop.call_later(self._step_s / TICKS, self._tick, limit, left)

    def _tick(self, limit: asyncio.Timeout, left: int) -> None:
        self._ticks += 1
        if left > 1:
            self._begin_tick(limit, left - 1)
        else:
            limit.reschedule(self._loop.time())

    def _failed(self, error: Exception) -> None:
        """A connection that fails once and can be opened again at once, as an idle one that was closed, is not worth
        a word."""
        self._failures += 1
        if self._failures > 1:
            self._state.fails(explain(error))
            self._tried()

    def _let_go(self) -> None:
        """Nobody who waits will get an answer."""
        self.is_up = False
        for asked in (*self._asked, *self._waiting):
            asked.settle(Away())
        self._asked = ()
        self._waiting.clear()

    def _pause_s(self) -> float:
        further = self._failures - 2
        return 0.0 if further < 0 else min(FIRST_PAUSE_S * 2.0 ** min(further, 10), LONGEST_PAUSE_S)

    def _tried(self) -> None:
        if not self.was_tried.done():
            self.was_tried.set_result(None)


async def answer_to(sent: asyncio.Future[Any]) -> Any:
    """The answer to a command that was sent. Raises as `RedisLine.ask`."""
    answer = await sent
    if isinstance(answer, Exception):
        raise answer
    return answer


@asynccontextmanager
async def open_line(door: Door, about: str, step_s: float = STEP_S) -> AsyncGenerator[RedisLine, None]:
    """A line that is kept up while the block runs; it was tried once before that begins. `about` says in the log what
    does not work while it is down."""
    line = RedisLine(door, about, step_s)
    running = asyncio.create_task(line.run())
    try:
        await asyncio.wait((running, line.was_tried), return_when=asyncio.FIRST_COMPLETED)
        yield line
    finally:
        running.cancel()
        await asyncio.wait((running,))


class _Asked:
    """A command on its way, until which tick it may go out, and who waits for the answer."""

    __slots__ = ("answer", "command", "until_tick")

    def __init__(self, command: tuple[Part, ...], until_tick: int, answer: asyncio.Future[Any]) -> None:
        self.command = command
        self.until_tick = until_tick
        self.answer = answer

    def settle(self, answer: Any) -> None:
        """Says what came of it; errors as values, because one who has left does not look at it."""
        if not self.answer.done():
            self.answer.set_result(answer)


async def _answer(read: Awaitable[Any]) -> Any:
    """An answer that is an error leaves the connection as it should be."""
    try:
        return await read
    except exceptions.ResponseError as error:
        return error
