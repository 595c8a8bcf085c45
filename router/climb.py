"""Performs one cascade: maps its commands to I/O, and hands it what the open attempt, its reader and the timer say."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

from msgspec.structs import replace

from router.attempts import Admission, Attempts, RequestFacts
from router.core.cascade import Machine, cascade
from router.core.chat_chunk import events_without_counts
from router.core.continuation import Begun
from router.core.errors import BackendError, NotAdmitted
from router.core.moves import (
    Assess,
    Attempt,
    Block,
    Close,
    Command,
    Commit,
    Ended,
    Event,
    Expire,
    Failed,
    Finish,
    KeepAlive,
    Open,
    Read,
    Release,
    WaitUntil,
)
from router.core.plan import NO_PLAN, Plan
from router.core.record import AttemptRecord
from router.core.values import Imprint, Tier, Usage
from router.hearing import Hearing, Stream, going_on
from router.inquiry import Considered
from router.ports import Answer, Asked, Clock, Envelope, Head
from router.readings import Readings
from router.seating import Seating


class Climb:
    """One request on its way up the ladder. What it leaves behind (`attempts`, `usage`, ...) goes into the record."""

    def __init__(
        self,
        asked: Asked,
        considered: Considered,
        admission: Admission,
        answer: Answer,
        clock: Clock,
    ) -> None:
        self.usage: Usage | None = None
        self.begun = False
        self.finish: Finish | None = None
        self._asked = asked
        self._decision = decision = considered.decision
        self._answer = answer
        self._clock = clock
        request = RequestFacts(considered.conversation, decision.signals)
        self.seating = Seating(considered, admission.turns, clock)
        self._attempts = Attempts(asked.caller.tenant, request, admission, clock)
        self._readings = Readings(considered.conversation, admission.fleet, clock)
        self._hearing = Hearing(clock)
        self._ended: Ended | None = None
        self._unasked: Failed | None = None
        self._begun: Begun | None = None
        self._plan = NO_PLAN
        self._is_judged = False
        self._judging_s = 0.0

    @property
    def attempts(self) -> Sequence[AttemptRecord]:
        """What came of each attempt so far."""
        return self._attempts.records

    async def run(self, plan: Plan) -> Finish:
        """Climbs to the end. When cancelled, the open attempt is closed at once and recorded as abandoned."""
        machine = cascade(plan, self._clock.now_s())
        self._plan = plan
        self._attempts.began_s = self._clock.now_s() if plan.began_s is None else plan.began_s
        commands = next(machine)
        try:
            while True:
                for command in commands:
                    await _PERFORM[type(command)](self, command)
                if self.finish is not None:
                    return self.finish
                commands = self._tell(machine, await self._next_event())
        finally:
            self._hearing.end()
            await self._hearing.stop()
            await self._close_attempt("abandoned")
            self.seating.end()

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
            spilled_from=self.seating.spilled_from,
            waited_s=self.seating.waited_s,
            heard=self._asked.heard,
        )

    def _tell(self, machine: Machine, event: Event) -> tuple[Command, ...]:
        """What the machine asks for next. How long it took over an attempt that is judged is kept: nearly all of that
        is judging."""
        if not self._is_judged:
            return machine.send(event)
        began_s = self._clock.now_s()
        commands = machine.send(event)
        self._judging_s += self._clock.now_s() - began_s
        return commands

    async def _next_event(self) -> Event:
        event: Event
        if self._unasked is not None:
            event, self._unasked = self._unasked, None
        else:
            event = await self._hearing.next_event()
        if type(event) is not Block:
            await self._close_what_is_over(event)
        if self._plan.gated and isinstance(event, Block | Ended):
            event = replace(event, now_s=self._clock.now_s())
        return event

    async def _close_what_is_over(self, event: Event) -> None:
        if isinstance(event, Ended):
            await self._close_attempt("served", event.usage, event.imprint)
            self._ended = self._as_asked(_whole(event, self._begun))
            self.usage = self._ended.usage
        elif isinstance(event, Failed) and self._attempts.open is not None:
            await self._close_failed(self._attempts.open, event.error)

    def _as_asked(self, ended: Ended) -> Ended:
        """The end of an answer without what only the gate wanted to know."""
        orders = self._plan.orders
        if orders is None:
            return ended
        finish = events_without_counts(ended.finish_event, keep_usage=orders.shows_usage)
        return replace(ended, finish_event=finish)

    # --- commands ---------------------------------------------------------------------------------------------

    async def _perform_open(self, command: Open) -> None:
        attempt, begun = command.attempt, command.begun
        self._hearing.begin(attempt.number)
        self._is_judged, self._judging_s = attempt.tier in self._plan.gated, 0.0
        if self.seating.must_wait(attempt.tier):
            self._begun = None
            self._attempts.waits(attempt)
            self._hearing.open(self._stream_after_waiting(command))
            return
        try:
            stream = self._stream(command)
        except NotAdmitted as error:
            self._unasked = Failed(attempt.number, error, self._attempts.opened_s)
            return
        self._begun = begun
        self._hearing.open(stream if begun is None else going_on(stream, begun))

    async def _perform_read(self, command: Read) -> None:
        # What is read was thought about by whoever wrote it.
        opening = Open(Attempt(command.attempt.number, command.tier))
        envelope = replace(self._envelope(opening), thinking=False, left_s=command.patience_s)
        self._hearing.expect(self._readings.read(command, envelope))

    async def _perform_close(self, command: Close) -> None:
        await self._hearing.stop()
        await self._close_failed(command.attempt, command.error, command.usage)

    async def _perform_assess(self, command: Assess) -> None:
        self._attempts.assessed(command, self._judging_s)

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
        self._hearing.wait_until(command.t_s)

    async def _perform_expire(self, command: Expire) -> None:
        self._hearing.expire_at(command.t_s)

    async def _perform_finish(self, command: Finish) -> None:
        self.finish = command
        if command.ended is not None:
            self._ended = self._as_asked(_whole(command.ended, self._begun))
            self.usage = self._ended.usage
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

    def _stream(self, opening: Open) -> Stream:
        """What the attempt says that begins now. Raises NotAdmitted where it may not."""
        try:
            backend = self._attempts.admit(opening)
            self.seating.sat_down(opening.attempt.tier)
        finally:
            self.seating.end()
        return backend.stream(opening.attempt, self._envelope(opening))

    async def _stream_after_waiting(self, opening: Open) -> Stream:
        """The same of one that waits for its turn: to whoever listens it is an engine that is slow to begin."""
        tier, plan = opening.attempt.tier, self._plan
        await self.seating.wait(tier, plan.deadline_s)
        if plan.spending is not None and plan.began_s is not None:
            spent_ms = (self._clock.now_s() - plan.began_s) * 1000.0
            opening = replace(opening, denoise=plan.spending.choice(tier, spent_ms))
        async with aclosing(self._stream(opening)) as stream:
            async for event in stream:
                yield event

    def _envelope(self, opening: Open) -> Envelope:
        """What the engine of an attempt is sent."""
        asked, plan, then = self._asked, self._plan, self._decision.then
        tier, begun = opening.attempt.tier, opening.begun
        return Envelope(
            asked.request,
            asked.request_id,
            asked.caller.tenant,
            None if asked.trace is None else asked.trace.traceparent(opening.attempt.number),
            self._decision.dropped_by(tier),
            opening.denoise,
            # An answer whose text has begun has no more thinking to be done.
            then.thinking if begun is None or not begun.prefix else False,
            None if plan.deadline_s is None else max(plan.deadline_s - self._clock.now_s(), 0.0),
            begun,
            tier in plan.gated or opening.mends,
            plan.samples(tier, begun),
            plan.reads is not None and plan.reads.weighs_logprobs and tier in plan.gated,
            "" if asked.trace is None else asked.trace.state,
        )

    async def _begin(self, attempt: Attempt) -> None:
        self.begun = True
        await self._answer.begin(self.head(attempt.tier))

    async def _close_failed(self, attempt: Attempt, error: BackendError, usage: Usage | None = None) -> None:
        self._attempts.failed(attempt, error)
        await self._close_attempt(error.outcome, usage)

    async def _close_attempt(self, outcome: str, usage: Usage | None = None, imprint: Imprint | None = None) -> None:
        """Closes the stream, and with it the connection when it is not at its end, and notes what came of it."""
        stream = self._hearing.take_stream()
        self._attempts.closed(outcome, usage, self._hearing.first_heard_s, imprint)
        if stream is not None:
            await stream.aclose()


def _whole(ended: Ended, begun: Begun | None) -> Ended:
    """The end of an answer, with what all of it took."""
    if begun is None or ended.usage is None:
        return ended
    return Ended(ended.attempt, ended.finish_event, ended.usage_chunk, begun.counted_with(ended.usage))


_PERFORM: dict[type[Command], Callable[[Climb, Any], Awaitable[None]]] = {
    Open: Climb._perform_open,
    Read: Climb._perform_read,
    Close: Climb._perform_close,
    Release: Climb._perform_release,
    Commit: Climb._perform_commit,
    KeepAlive: Climb._perform_keep_alive,
    WaitUntil: Climb._perform_wait,
    Expire: Climb._perform_expire,
    Assess: Climb._perform_assess,
    Finish: Climb._perform_finish,
}
