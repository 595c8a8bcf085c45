"""The gate of the open attempt, between what its engine says and what the cascade hears. Pure."""

from collections.abc import Generator

from msgspec import Struct
from msgspec.structs import replace

from router.core.errors import BackendError, Malformed, Rejected
from router.core.event_stream import MalformedStream
from router.core.gate import Gate, Orders, Ruling
from router.core.moves import Assess, Attempt, Block, Close, Command, Due, Ended, Event, Failed, Open
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Verdict

Commands = tuple[Command, ...]


class Relief(Struct, frozen=True, gc=False):
    """Whether somebody can write the answer in the place of the open attempt: `afresh`, while the caller has nothing of
    it, or the `rest` of it."""

    afresh: bool
    rest: bool


class Checkpoint:
    """What the cascade hears of one attempt after another. A rejected block is heard as a failure.

    INVARIANT: commands are performed in the order in which they were given, some only together with later ones."""

    def __init__(self, orders: Orders | None, *, rejects_when_stuck: bool) -> None:
        self._orders = orders
        self._rejects_when_stuck = rejects_when_stuck
        self._ahead: Commands = ()
        self._gate: Gate | None = None
        self._attempt = Attempt(0, "fast")
        self._relief = Relief(afresh=False, rest=False)
        self._has_released = False
        self._next: Block | Ended | None = None
        self._verdict = ACCEPTED

    @property
    def is_unguarded(self) -> bool:
        """Whether all is heard as it is said."""
        return self._gate is None

    @property
    def released_usage(self) -> Usage | None:
        """What was used up for the latest of what went out, where a gate let it out and the engine says so."""
        return None if self._gate is None else self._gate.released_usage

    def begin(self, opening: Open, relief: Relief, *, gated: bool) -> None:
        """From now on this attempt is heard, through a gate of its own where it is to be judged."""
        self._attempt, self._relief, self._next = opening.attempt, relief, None
        self._has_released = opening.begun is not None
        self._gate = Gate(_for(opening, self._orders)) if gated and self._orders is not None else None

    def postpone(self, *commands: Command) -> None:
        """To be performed with the next commands."""
        self._ahead += commands

    def due(self, *commands: Command) -> Commands:
        """All that is to be performed now."""
        ahead, self._ahead = self._ahead, ()
        return ahead + commands

    def hear(self, *commands: Command) -> Generator[Commands, Event, Event | None]:
        """The next event that the gate lets through, once these were performed; None: it holds what was said."""
        self.postpone(*commands)
        if self._next is not None:
            last, self._next = self._next, None
            return self._settled(last, self._verdict)
        event = yield self.due()
        if self._gate is None or isinstance(event, Due):
            return event
        if isinstance(event, Failed):
            self.postpone(Assess(self._attempt, self._gate.assessment()))
            return event
        try:
            return self._through(self._gate, event)
        except MalformedStream as fault:
            return self._failed(event, Malformed(str(fault)))

    def _through(self, gate: Gate, event: Block | Ended) -> Event | None:
        ruling = gate.take(event.data) if isinstance(event, Block) else gate.end(event.finish_event)
        self._verdict = ruling.verdict
        if not ruling.verdict.is_accepted and self._is_stuck():
            self._verdict, ruling = ACCEPTED, Ruling(ruling.released + gate.open())
        is_over = isinstance(event, Ended) or not self._verdict.is_accepted
        if not ruling.released:
            return self._settled(event, self._verdict) if is_over else None
        self._has_released = True
        self._next = event if is_over else None
        return Block(event.attempt, ruling.released, event.now_s)

    def _settled(self, event: Block | Ended, verdict: Verdict) -> Event:
        """The attempt is over: it ended, or a block of it was rejected."""
        assert self._gate is not None
        if not verdict.is_accepted:
            return self._failed(event, Rejected(f"did not pass: {', '.join(verdict.reasons)}", verdict.reasons))
        self.postpone(Assess(self._attempt, self._gate.assessment()))
        return event

    def _failed(self, event: Block | Ended, error: BackendError) -> Failed:
        assert self._gate is not None
        self.postpone(Close(self._attempt, error), Assess(self._attempt, self._gate.assessment()))
        return Failed(event.attempt, error, event.now_s)

    def _is_stuck(self) -> bool:
        """Whether a rejected block is let out: nobody else could write the answer, and any is better than none."""
        if self._rejects_when_stuck:
            return False
        return not (self._relief.rest if self._has_released else self._relief.afresh)


def _for(opening: Open, orders: Orders) -> Orders:
    """The orders of a request, as they are for one attempt of it."""
    if opening.begun is not None:
        orders = replace(orders, before=opening.begun.text)
    asked = opening.denoise
    return orders if asked is None else replace(orders, canvas=asked.canvas or orders.canvas, steps=asked.steps)
