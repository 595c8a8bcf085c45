"""Everything the climb decides. It never awaits and never reads a clock.

`cascade(plan, now_s)` is a generator: it yields the commands to perform and is sent the next event. `climb.py`
maps commands to I/O. New moves (gate, deadline, warm-up, hedge) are new transitions here, not control flow there.
"""

import math
from collections.abc import Generator

from router.core.checkpoint import Checkpoint, Commands, Relief
from router.core.continuation import Begun, Draft
from router.core.denoise import Chosen
from router.core.errors import (
    BackendError,
    DeadlineExceeded,
    Mended,
    NotAdmitted,
    Overloaded,
    TimedOut,
    Unsure,
)
from router.core.moves import (
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
    Heard,
    KeepAlive,
    Open,
    Release,
    WaitUntil,
    WasRead,
)
from router.core.plan import Plan
from router.core.succession import Succession
from router.core.values import Tier

NEVER = math.inf

LONGEST_PAUSE_S = 10.0
"""No caller waits longer for a backend that says when to come back, whatever the deadline."""

Machine = Generator[Commands, Event, None]
Trial = Generator[Commands, Event, BackendError | None]
"""What trying one tier comes to: why it did not deliver, or None when the climb is over."""


def cascade(plan: Plan, now_s: float) -> Machine:
    """Climbs the ladder: opens the next tier until one delivers. A failure before the first released byte moves up at
    no cost, and so does a tier that gives no block in time while there is another. Released bytes are final: after
    them, one of the tiers that can goes on from there, or the answer breaks off with the error. So it is with a block
    that the gate rejects. At the deadline everything ends."""
    return _Cascade(plan, now_s).climb()


class _Cascade:
    """One climb: what it knows between two commands."""

    def __init__(self, plan: Plan, now_s: float) -> None:
        self._plan = plan
        self._draft = Draft() if plan.continuing else None
        self._now_s = now_s
        self._tell_at_s = NEVER if plan.commit_at_s is None else plan.commit_at_s
        self._deadline_s = NEVER if plan.deadline_s is None else plan.deadline_s
        self._began_s = now_s if plan.began_s is None else plan.began_s
        self._budget_s = self._deadline_s - self._began_s
        self._committed = False
        self._expires = False
        self._begun_before: Begun | None = None
        self._succession = Succession(plan)
        self._checkpoint = Checkpoint(plan.orders, plan.reads, rejects_when_stuck=plan.on_stuck == "error")

    def climb(self) -> Machine:
        plan, reached = self._plan, False
        error: BackendError | None = None
        tries = plan.ladder + plan.fallback
        for position, tier in enumerate(tries, start=1):
            if position > len(plan.ladder) and reached:
                break
            is_last = position == len(tries) or (reached and position == len(plan.ladder))
            failure = yield from self._try(tier, is_last)
            if failure is None:
                return
            # That a backend was not even asked says less than what another one answered.
            if error is None or not isinstance(failure, NotAdmitted):
                error = failure
            reached = reached or not _is_unavailable(failure)
        yield self._checkpoint.due(Finish(None, error))

    def _try(self, tier: Tier, is_last: bool) -> Trial:  # noqa: FBT001 - a fact of the ladder
        """Opens the tier: another backend of it where one fails, and once more where that may help."""
        limit_s = NEVER if is_last or self._plan.timeout_s is None else self._now_s + self._plan.timeout_s
        attempt, failure = self._succession.next_attempt(tier), None
        while True:
            event = yield from self._await_answer(attempt, min(limit_s, self._deadline_s))
            if isinstance(event, (Block, Ended)):
                yield from self._deliver(attempt, event)
                return None
            self._now_s = event.now_s
            if isinstance(event, Due):
                return (yield from self._give_up(attempt, is_late=self._deadline_s <= limit_s))
            self._succession.note(attempt, event.error)
            if isinstance(event.error, Unsure):
                attempt = self._succession.next_attempt(tier)
                continue
            failure = event.error if failure is None or not isinstance(event.error, NotAdmitted) else failure
            elsewhere = self._succession.elsewhere(tier, event.error)
            if elsewhere is not None:
                attempt = elsewhere
                continue
            pause_s = self._pause_before_retry(event.error, is_last)
            if pause_s is None:
                return failure
            self._succession.retries -= 1
            yield from self._pause(self._now_s + pause_s)
            attempt = self._succession.next_attempt(tier, is_retry=True)

    def _await_answer(self, attempt: Attempt, give_up_at_s: float) -> Generator[Commands, Event, Heard]:
        """Opens an attempt and waits for its first word, telling the caller from time to time that we are here."""
        self._checkpoint.postpone(self._opening(attempt, None))
        if self._tell_at_s == NEVER and give_up_at_s == self._deadline_s:
            # Nothing but the deadline can be due, and it costs less to be expired by it than to wait for it.
            self._expire()
            give_up_at_s = NEVER
        event = yield from self._checkpoint.hear(self._timer(give_up_at_s))
        while True:
            if event is None:
                # It has said its first word, if only to the gate.
                give_up_at_s = self._deadline_s
                event = yield from self._checkpoint.hear(self._timer(give_up_at_s))
            # Which of the two is due is not asked of the clock: a timer may go off a little early.
            elif isinstance(event, Due) and self._tell_at_s < give_up_at_s:
                told = self._tell(attempt, event.now_s)
                event = yield from self._checkpoint.hear(told, self._timer(give_up_at_s))
            else:
                return event

    def _opening(self, attempt: Attempt, begun: Begun | None) -> Open:
        above, self._begun_before = self._succession.above(attempt.tier), begun
        relief = Relief(afresh=bool(above), rest=bool(self._plan.continuing.intersection(above)))
        opening = Open(attempt, begun, self._denoised(attempt, begun), self._succession.mends(attempt.tier))
        self._checkpoint.begin(opening, relief, gated=attempt.tier in self._plan.gated)
        return opening

    def _denoised(self, attempt: Attempt, begun: Begun | None) -> Chosen | None:
        spending = self._plan.spending
        if spending is None:
            return None
        spent_ms = (self._now_s - self._began_s) * 1000.0
        return spending.choice(attempt.tier, spent_ms, 0 if begun is None else begun.tokens)

    def _pause(self, until_s: float) -> Machine:
        """Waits with no attempt open; nothing but the timer can speak."""
        if until_s > self._now_s:
            event = yield self._checkpoint.due(WaitUntil(until_s))
            assert isinstance(event, Due)
            self._now_s = event.now_s

    def _tell(self, attempt: Attempt, now_s: float) -> Command:
        said = KeepAlive() if self._committed else Commit(attempt)
        self._committed, self._tell_at_s = True, now_s + self._plan.keep_alive_s
        return said

    def _timer(self, give_up_at_s: float) -> WaitUntil:
        """One timer, for whichever comes first: telling the caller that we are here, or giving the attempt up.
        INVARIANT: every attempt sets it, if only to none, or that of the attempt before would go off on it."""
        at_s = min(self._tell_at_s, give_up_at_s)
        return WaitUntil(None if at_s == NEVER else at_s)

    def _deliver(self, attempt: Attempt, event: Heard) -> Machine:
        """Releases the attempt's blocks as they come, and finishes with it. INVARIANT: nothing but the deadline and
        the engine can break an answer off."""
        if isinstance(event, Block):
            self._checkpoint.postpone(WaitUntil(None))
            self._expire()
            event = yield from self._relay(attempt, event)
        if isinstance(event, Failed):
            self._now_s = event.now_s
            yield from self._go_on(attempt, event.error)
        else:
            yield self._checkpoint.due(*self._end(attempt, event))

    def _expire(self) -> None:
        """From now on the deadline ends everything: once for the whole climb."""
        if self._deadline_s != NEVER and not self._expires:
            self._expires = True
            self._checkpoint.postpone(Expire(self._deadline_s))

    def _relay(self, attempt: Attempt, event: Heard | None) -> Generator[Commands, Event, Heard]:
        """Releases what comes, up to the event that is no block."""
        while event is None or isinstance(event, Block):
            release = () if event is None else (self._release(attempt, event),)
            if self._checkpoint.is_unguarded:
                said = yield self._checkpoint.due(*release)
                assert not isinstance(said, WasRead), "nobody reads what is not judged"
                event = said
            else:
                event = yield from self._checkpoint.hear(*release)
        return event

    def _release(self, attempt: Attempt, block: Block) -> Release:
        if self._draft is not None:
            self._draft.keep(block.data)
        return Release(attempt, block.data)

    def _end(self, attempt: Attempt, event: Heard) -> tuple[Command, ...]:
        if not isinstance(event, Due):
            return (Finish(attempt, None, self._checkpoint.changed(event)),)
        error = self._too_late()
        return (Close(attempt, error), *self._checkpoint.assess(), Finish(attempt, error))

    def _go_on(self, broken: Attempt, error: BackendError) -> Machine:
        """Has the answer gone on with from what was released, by one after the other until one comes to its end. Where
        none does, it breaks off with the error with which it first did."""
        self._succession.note(broken, error)
        attempts = self._succession.after(broken, error, self._begun())
        attempt = next(attempts, None)
        while attempt is not None and (begun := self._begun()) is not None:
            event = yield from self._checkpoint.hear(self._opening(attempt, begun))
            event = yield from self._relay(attempt, event)
            if not isinstance(event, Failed):
                yield self._checkpoint.due(*self._end(attempt, event))
                return
            self._now_s = event.now_s
            error = event.error if isinstance(error, Mended) else error
            self._succession.note(attempt, event.error)
            if self._succession.turns(event.error):
                attempts = self._succession.after(attempt, event.error, self._begun())
            attempt = self._succession.once_more(attempt, event.error) or next(attempts, None)
        yield self._checkpoint.due(Finish(broken, error))

    def _begun(self) -> Begun | None:
        """What the caller has of the answer, with what all of it took; None: nobody can go on with it."""
        if self._draft is None:
            return None
        usage, before = self._checkpoint.released_usage, self._begun_before
        if before is None:
            return self._draft.begun(usage)
        begun = self._draft.begun(None if usage is None else before.counted_with(usage))
        return before if begun is not None and begun.text == before.text else begun

    def _pause_before_retry(self, error: BackendError, is_last: bool) -> float | None:  # noqa: FBT001 - as above
        """Seconds to wait before the same backend is asked again; None: it is not. With another tier to go to, that is
        quicker and surer, unless it was just the connection that broke."""
        if self._succession.retries == 0 or self._committed or not error.retry:
            return None
        if not is_last and error.retry != "connection":
            return None
        pause_s = error.retry_after_s if isinstance(error, Overloaded) and error.retry_after_s is not None else 0.0
        before_s = min(self._deadline_s, self._tell_at_s, self._now_s + LONGEST_PAUSE_S)
        return pause_s if self._now_s + pause_s < before_s else None

    def _give_up(self, attempt: Attempt, *, is_late: bool) -> Trial:
        """Gives up an attempt that has said nothing: for the next tier by the rule's timeout, for good at the
        deadline."""
        if is_late:
            error = self._too_late()
            yield self._checkpoint.due(Close(attempt, error), *self._checkpoint.assess(), Finish(None, error))
            return None
        gave_up = TimedOut(f"the tier {attempt.tier} gave no block within {self._plan.timeout_s:g} s")
        self._checkpoint.postpone(Close(attempt, gave_up), *self._checkpoint.assess())
        return gave_up

    def _too_late(self) -> DeadlineExceeded:
        return DeadlineExceeded(f"the answer was not complete within {self._budget_s * 1000:.0f} ms")


def _is_unavailable(error: BackendError) -> bool:
    """Degrading is for tiers that cannot be reached, not for a request that every tier refuses."""
    return isinstance(error, NotAdmitted) or error.outcome in ("unavailable", "overloaded", "timed_out", "failed")
