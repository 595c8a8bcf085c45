"""Performs one cascade: maps its commands to I/O and hands it the events of the open attempt and of the timer."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from router.core.breaker import Pass
from router.core.cascade import (
    Attempt,
    Block,
    Close,
    Command,
    Commit,
    Due,
    Ended,
    Event,
    Expire,
    Failed,
    Finish,
    KeepAlive,
    Open,
    Plan,
    Release,
    WaitUntil,
    cascade,
)
from router.core.decision import Decision
from router.core.errors import BackendError, NotAdmitted
from router.core.record import AttemptRecord
from router.core.values import Tier, Usage
from router.ports import Answer, Asked, Backend, Clock, Envelope, Fleet, Head

Stream = AsyncGenerator[Block | Ended, None]


class Climb:
    """One request on its way up the ladder. What it leaves behind (`attempts`, `usage`, ...) goes into the record."""

    def __init__(self, asked: Asked, decision: Decision, fleet: Fleet, answer: Answer, clock: Clock) -> None:
        self.attempts: list[AttemptRecord] = []
        self.usage: Usage | None = None
        self.begun = False
        self.finish: Finish | None = None
        self._asked = asked
        self._decision = decision
        self._fleet = fleet
        self._answer = answer
        self._clock = clock
        self._open: Attempt | None = None
        self._backend: Backend | None = None
        self._stream: Stream | None = None
        self._opened_s = 0.0
        self._first_block_s: float | None = None
        self._due_s: float | None = None
        self._pending: asyncio.Task[Event] | None = None
        self._ended: Ended | None = None
        self._through: Pass = "usual"
        self._unasked: Failed | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._reader: asyncio.Task[Any] | None = None
        self._expired = False
        self._deadline_s: float | None = None

    async def run(self, plan: Plan) -> Finish:
        """Climbs to the end. When cancelled, the open attempt is closed at once and recorded as abandoned."""
        machine = cascade(plan, self._clock.now_s())
        self._deadline_s = plan.deadline_s
        commands = next(machine)
        try:
            while True:
                for command in commands:
                    await _PERFORM[type(command)](self, command)
                if self.finish is not None:
                    return self.finish
                commands = machine.send(await self._next_event())
        finally:
            if self._expiry is not None:
                self._expiry.cancel()
            await self._abandon()

    def head(self, tier: Tier | None) -> Head:
        """What the caller is told, as of now, when this tier serves."""
        decision = self._decision
        dropped = () if tier is None else decision.dropped_by(tier)
        return Head(
            tier,
            decision.rule,
            decision.policy,
            decision.reason,
            tuple(self.attempts),
            dropped,
            decision.excluded,
            decision.then.annotate,
        )

    async def _next_event(self) -> Event:
        event: Event
        if self._unasked is not None:
            event, self._unasked = self._unasked, None
        elif self._expiry is not None:
            event = await self._read_until_expired()
        elif self._due_s is None and self._pending is None:
            event = await self._read()
        elif self._stream is None:
            event = await self._sleep_until_due()
        else:
            event = await self._read_until_due()
        if type(event) is not Block:
            await self._close_what_is_over(event)
        return event

    async def _close_what_is_over(self, event: Event) -> None:
        if isinstance(event, Ended):
            self._ended, self.usage = event, event.usage
            await self._close_attempt("served")
        elif isinstance(event, Failed):
            await self._close_attempt(event.error.outcome)

    async def _read(self) -> Block | Ended | Failed:
        assert self._stream is not None
        try:
            event = await anext(self._stream)
        except BackendError as error:
            assert self._open is not None
            return Failed(self._open.number, error, self._clock.now_s())
        if self._first_block_s is None:
            self._first_block_s = self._clock.now_s() - self._opened_s
        return event

    async def _read_until_due(self) -> Event:
        """The next event, or Due. The wait for the stream goes on across timers: cancelling it would lose data."""
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._read())
        left_s = None if self._due_s is None else max(0.0, self._due_s - self._clock.now_s())
        done, _ = await asyncio.wait((self._pending,), timeout=left_s)
        if not done:
            self._due_s = None
            return Due(self._clock.now_s())
        event, self._pending = self._pending.result(), None
        return event

    async def _sleep_until_due(self) -> Due:
        """No attempt is open: only the timer can speak."""
        assert self._due_s is not None
        await asyncio.sleep(max(0.0, self._due_s - self._clock.now_s()))
        self._due_s = None
        return Due(self._clock.now_s())

    async def _read_until_expired(self) -> Event:
        """The next event, or Due, for which reading is cancelled and what the engine was about to say is lost. A timer
        for each read would cost more than the reading, so there is one for all."""
        self._reader = asyncio.current_task()
        try:
            if self._expired:
                return Due(self._clock.now_s())
            return await self._read()
        except asyncio.CancelledError:
            if self._expired and self._reader is not None and self._reader.uncancel() == 0:
                return Due(self._clock.now_s())
            raise
        finally:
            self._reader = None

    def _expire(self) -> None:
        self._expired = True
        if self._reader is not None:
            self._reader.cancel()

    # --- commands ---------------------------------------------------------------------------------------------

    async def _perform_open(self, command: Open) -> None:
        attempt = command.attempt
        self._backend = self._fleet.backend(attempt.tier)
        self._opened_s, self._first_block_s = self._clock.now_s(), None
        try:
            self._through = self._fleet.admit(attempt.tier, is_retry=attempt.is_retry)
        except NotAdmitted as error:
            self._unasked = Failed(attempt.number, error, self._opened_s)
            self._note(attempt, error.outcome)
            return
        self._open = attempt
        asked = self._asked
        then = self._decision.then
        envelope = Envelope(
            asked.request,
            asked.request_id,
            asked.caller.tenant,
            asked.traceparent,
            self._decision.dropped_by(attempt.tier),
            then.denoise,
            then.thinking,
            None if self._deadline_s is None else max(self._deadline_s - self._opened_s, 0.0),
        )
        self._stream = self._backend.stream(attempt, envelope)

    async def _perform_close(self, command: Close) -> None:
        await self._stop_reading()
        await self._close_attempt(command.error.outcome)

    async def _perform_release(self, command: Release) -> None:
        if not self.begun:
            await self._begin(command.attempt)
        await self._answer.release(command.data)

    async def _perform_commit(self, command: Commit) -> None:
        await self._begin(command.attempt)
        await self._answer.commit()

    async def _perform_keep_alive(self, _command: KeepAlive) -> None:
        await self._answer.keep_alive()

    async def _perform_wait(self, command: WaitUntil) -> None:
        self._due_s = command.t_s

    async def _perform_expire(self, command: Expire) -> None:
        left_s = max(0.0, command.t_s - self._clock.now_s())
        self._expiry = asyncio.get_running_loop().call_later(left_s, self._expire)

    async def _perform_finish(self, command: Finish) -> None:
        self.finish = command
        if command.served is None and not self.begun:
            return
        if command.served is not None and not self.begun:
            await self._begin(command.served)
        head = self.head(self.attempts[-1].tier)
        if command.error is not None:
            await self._answer.break_off(head, command.error)
        elif self._ended is not None:
            await self._answer.end(head, self._ended)

    # --- the open attempt -------------------------------------------------------------------------------------

    async def _begin(self, attempt: Attempt) -> None:
        self.begun = True
        await self._answer.begin(self.head(attempt.tier))

    async def _close_attempt(self, outcome: str) -> None:
        """Closes the stream, and with it the connection when it is not at its end, and notes what came of it."""
        attempt, stream, self._open, self._stream = self._open, self._stream, None, None
        if attempt is None or stream is None:
            return
        self._fleet.closed(attempt.tier, self._through, outcome)
        self._note(attempt, outcome)
        await stream.aclose()

    def _note(self, attempt: Attempt, outcome: str) -> None:
        assert self._backend is not None
        elapsed_s = self._clock.now_s() - self._opened_s
        usage = self.usage if outcome == "served" else None
        self.attempts.append(
            AttemptRecord(
                attempt.number,
                attempt.tier,
                self._backend.name,
                outcome,
                elapsed_s,
                self._first_block_s,
                usage,
            )
        )

    async def _abandon(self) -> None:
        """Ends what is still under way."""
        await self._stop_reading()
        await self._close_attempt("abandoned")

    async def _stop_reading(self) -> None:
        """A stream can be closed only when nobody reads."""
        if self._pending is not None:
            self._pending.cancel()
            await asyncio.wait((self._pending,))
            self._pending = None


_PERFORM: dict[type[Command], Callable[[Climb, Any], Awaitable[None]]] = {
    Open: Climb._perform_open,
    Close: Climb._perform_close,
    Release: Climb._perform_release,
    Commit: Climb._perform_commit,
    KeepAlive: Climb._perform_keep_alive,
    WaitUntil: Climb._perform_wait,
    Expire: Climb._perform_expire,
    Finish: Climb._perform_finish,
}
