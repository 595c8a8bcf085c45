"""Performs one cascade: maps its commands to I/O and hands it the events of the open attempt and of the timer."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec.structs import replace

from router.core.breaker import Pass
from router.core.cascade import Machine, cascade
from router.core.chat_chunk import events_without_counts
from router.core.continuation import Begun
from router.core.decision import Decision
from router.core.denoise import Chosen
from router.core.errors import BackendError, EscalationsSpent, NotAdmitted
from router.core.escalation_budget import is_of_the_request
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
    Release,
    WaitUntil,
)
from router.core.plan import NO_PLAN, Plan
from router.core.record import AttemptRecord
from router.core.values import TIERS, Tier, Usage
from router.core.verdict import without_text
from router.hearing import Hearing, going_on
from router.ports import Answer, Asked, Backend, Clock, Envelope, Escalations, Fleet, Head


class Climb:
    """One request on its way up the ladder. What it leaves behind (`attempts`, `usage`, ...) goes into the record."""

    def __init__(
        self,
        asked: Asked,
        decision: Decision,
        fleet: Fleet,
        escalations: Escalations,
        answer: Answer,
        clock: Clock,
    ) -> None:
        self.attempts: list[AttemptRecord] = []
        self.usage: Usage | None = None
        self.begun = False
        self.finish: Finish | None = None
        self._asked = asked
        self._decision = decision
        self._fleet = fleet
        self._escalations = escalations
        self._answer = answer
        self._clock = clock
        self._open: Attempt | None = None
        self._backend: Backend | None = None
        self._hearing = Hearing(clock)
        self._opened_s = 0.0
        self._denoise: Chosen | None = None
        self._ended: Ended | None = None
        self._through: Pass = "usual"
        self._unasked: Failed | None = None
        self._begun: Begun | None = None
        self._plan = NO_PLAN
        self._driven_from: Tier | None = None
        self._is_judged = False
        self._judging_s = 0.0

    async def run(self, plan: Plan) -> Finish:
        """Climbs to the end. When cancelled, the open attempt is closed at once and recorded as abandoned."""
        machine = cascade(plan, self._clock.now_s())
        self._plan = plan
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
            await self._close_attempt("served", event.usage)
            self._ended = self._as_asked(_whole(event, self._begun))
            self.usage = self._ended.usage
        elif isinstance(event, Failed) and self._open is not None:
            await self._close_failed(self._open, event.error)

    def _as_asked(self, ended: Ended) -> Ended:
        """The end of an answer without what only the gate wanted to know."""
        orders = self._plan.orders
        if orders is None:
            return ended
        finish = events_without_counts(ended.finish_event, keep_usage=orders.shows_usage)
        return replace(ended, finish_event=finish)

    # --- commands ---------------------------------------------------------------------------------------------

    async def _perform_open(self, command: Open) -> None:
        attempt = command.attempt
        self._backend = self._fleet.backend(attempt.tier)
        self._opened_s, self._denoise = self._clock.now_s(), None
        self._hearing.begin(attempt.number)
        self._is_judged, self._judging_s = attempt.tier in self._plan.gated, 0.0
        try:
            self._check_escalation(attempt.tier)
            self._through = self._fleet.admit(attempt.tier, is_retry=attempt.is_retry)
        except NotAdmitted as error:
            self._unasked = Failed(attempt.number, error, self._opened_s)
            self._note(attempt, error.outcome)
            return
        self._open, self._denoise = attempt, command.denoise
        asked, plan = self._asked, self._plan
        then = self._decision.then
        self._begun = command.begun
        envelope = Envelope(
            asked.request,
            asked.request_id,
            asked.caller.tenant,
            asked.traceparent,
            self._decision.dropped_by(attempt.tier),
            command.denoise,
            # An answer whose text has begun has no more thinking to be done.
            then.thinking if command.begun is None or not command.begun.prefix else False,
            None if plan.deadline_s is None else max(plan.deadline_s - self._opened_s, 0.0),
            command.begun,
            attempt.tier in plan.gated,
            plan.samples(attempt.tier, command.begun),
        )
        stream = self._backend.stream(attempt, envelope)
        self._hearing.open(stream if command.begun is None else going_on(stream, command.begun))

    async def _perform_close(self, command: Close) -> None:
        await self._hearing.stop()
        await self._close_failed(command.attempt, command.error)

    async def _perform_assess(self, command: Assess) -> None:
        told = command.assessment
        self._amend(command.attempt, gate=replace(told, verdict=without_text(told.verdict), judging_s=self._judging_s))

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
            self._ended = self._as_asked(command.ended)
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

    async def _begin(self, attempt: Attempt) -> None:
        self.begun = True
        await self._answer.begin(self.head(attempt.tier))

    def _check_escalation(self, tier: Tier) -> None:
        """Raises EscalationsSpent where this is a move up for what the request is and its tenant has none left."""
        below = self._driven_from
        if below is None or TIERS.index(tier) <= TIERS.index(below):
            return
        if not self._escalations.take(self._asked.caller.tenant):
            raise EscalationsSpent(f"too many of this tenant's requests are not served by the tier {below}")
        self._driven_from = None

    async def _close_failed(self, attempt: Attempt, error: BackendError) -> None:
        failures_before = self._fleet.states()[attempt.tier].failures
        self._driven_from = attempt.tier if is_of_the_request(error, failures_before) else None
        if self._open is None:
            # It came to its end before its last block was rejected.
            self._amend(attempt, outcome=error.outcome)
        await self._close_attempt(error.outcome)

    async def _close_attempt(self, outcome: str, usage: Usage | None = None) -> None:
        """Closes the stream, and with it the connection when it is not at its end, and notes what came of it."""
        attempt, stream, self._open = self._open, self._hearing.take_stream(), None
        if attempt is None or stream is None:
            return
        self._fleet.closed(attempt.tier, self._through, outcome)
        self._note(attempt, outcome, usage)
        await stream.aclose()

    def _note(self, attempt: Attempt, outcome: str, usage: Usage | None = None) -> None:
        assert self._backend is not None
        elapsed_s, heard_s = self._clock.now_s() - self._opened_s, self._hearing.first_heard_s
        self.attempts.append(
            AttemptRecord(
                attempt.number,
                attempt.tier,
                self._backend.name,
                outcome,
                elapsed_s,
                None if heard_s is None else heard_s - self._opened_s,
                usage,
                denoise=self._denoise,
            )
        )

    def _amend(self, attempt: Attempt, **changes: Any) -> None:
        """Notes more of an attempt that is closed."""
        at = next((at for at, each in enumerate(self.attempts) if each.number == attempt.number), None)
        if at is not None:
            self.attempts[at] = replace(self.attempts[at], **changes)

    async def _abandon(self) -> None:
        """Ends what is still under way."""
        await self._hearing.stop()
        await self._close_attempt("abandoned")


def _whole(ended: Ended, begun: Begun | None) -> Ended:
    """The end of an answer, with what all of it took."""
    if begun is None or ended.usage is None:
        return ended
    return Ended(ended.attempt, ended.finish_event, ended.usage_chunk, begun.counted_with(ended.usage))


_PERFORM: dict[type[Command], Callable[[Climb, Any], Awaitable[None]]] = {
    Open: Climb._perform_open,
    Close: Climb._perform_close,
    Release: Climb._perform_release,
    Commit: Climb._perform_commit,
    KeepAlive: Climb._perform_keep_alive,
    WaitUntil: Climb._perform_wait,
    Expire: Climb._perform_expire,
    Assess: Climb._perform_assess,
    Finish: Climb._perform_finish,
}
