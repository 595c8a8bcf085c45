"""The gate of the open attempt, between what its engine says and what the cascade hears. Pure."""

from collections.abc import Generator

from msgspec import Struct
from msgspec.structs import replace

from router.core.errors import BackendError, Malformed, Rejected, Unsure
from router.core.event_stream import MalformedStream
from router.core.gate import Assessment, Gate, Ruling
from router.core.moves import Assess, Attempt, Block, Close, Command, Due, Ended, Event, Failed, Open
from router.core.pending import Orders
from router.core.twins import Twins
from router.core.values import Usage
from router.core.verdict import ACCEPTED, Finding, Verdict

UNSURE = "unsure"
"""What a verdict calls an answer that waits for a second one."""

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
        self._twins: Twins | None = None
        self._beside: str | None = None
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
        self._gate = self._twins = None
        if gated and self._orders is not None:
            self._gate = Gate(_for(opening, self._orders))
            self._twins = Twins() if self._orders.makes_two and opening.begun is None else None

    def postpone(self, *commands: Command) -> None:
        """To be performed with the next commands."""
        self._ahead += commands

    def due(self, *commands: Command) -> Commands:
        """All that is to be performed now."""
        ahead, self._ahead = self._ahead, ()
        return ahead + commands

    def changed(self, event: Event) -> Ended | None:
        """The end of the attempt where it is not as its engine said it."""
        return event if self._twins is not None and isinstance(event, Ended) else None

    def assess(self) -> Commands:
        """Has what came of the attempt so far put on record, where it is judged."""
        if self._gate is None:
            return ()
        assessment = self._gate.assessment()
        if self._twins is not None:
            assessment = _of_both(assessment, self._twins, self._verdict)
        elif self._beside is not None:
            assessment = replace(assessment, verdict=self._verdict)
        return (Assess(self._attempt, assessment),)

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
            self.postpone(*self.assess())
            return event
        try:
            return self._through(self._gate, event)
        except MalformedStream as fault:
            return self._failed(event, Malformed(str(fault)))

    def _through(self, gate: Gate, event: Block | Ended) -> Event | None:
        if self._twins is not None:
            event = _first_of(self._twins, event)
        ruling = self._compared(_shown(gate, event), event, gate)
        self._verdict = ruling.verdict
        if not ruling.verdict.is_accepted and self._is_stuck() and UNSURE not in ruling.verdict.reasons:
            self._verdict, ruling = ACCEPTED, Ruling(ruling.released + gate.open())
        is_over = isinstance(event, Ended) or not self._verdict.is_accepted
        if not ruling.released:
            return self._settled(event, self._verdict) if is_over else None
        self._has_released = True
        self._next = event if is_over else None
        return Block(event.attempt, ruling.released, event.now_s)

    def _compared(self, ruling: Ruling, event: Block | Ended, gate: Gate) -> Ruling:
        """The ruling on an answer that has ended, with its second sample beside it."""
        compare = None if self._orders is None else self._orders.compare
        if compare is None or isinstance(event, Block) or not ruling.verdict.is_accepted:
            return ruling
        if self._twins is not None:
            verdict = compare(*self._twins.texts)
        elif self._beside is not None:
            verdict = compare(gate.text, self._beside)
        else:
            return self._unless_unsure(ruling, gate)
        return Ruling(ruling.released if verdict.is_accepted else b"", verdict)

    def _unless_unsure(self, ruling: Ruling, gate: Gate) -> Ruling:
        """The first sample of an answer passes where it is not doubted; else it waits for the second, which is the one
        that passes where both end in the same."""
        above, doubt = None if self._orders is None else self._orders.second_above, ruling.verdict.doubt
        if above is None or doubt is None or doubt <= above:
            return ruling
        self._beside = gate.text
        return Ruling(b"", Verdict((Finding(UNSURE, f"doubt {doubt:.2f}"),), doubt))

    def _settled(self, event: Block | Ended, verdict: Verdict) -> Event:
        """The attempt is over: it ended, or a block of it was rejected."""
        if not verdict.is_accepted:
            kind = Unsure if UNSURE in verdict.reasons else Rejected
            return self._failed(event, kind(f"did not pass: {', '.join(verdict.reasons)}", verdict.reasons))
        self.postpone(*self.assess())
        return event

    def _failed(self, event: Block | Ended, error: BackendError) -> Failed:
        self.postpone(Close(self._attempt, error), *self.assess())
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
    if asked is None:
        return orders
    return replace(orders, canvas=asked.canvas or orders.canvas, cap=min(asked.steps or orders.cap, orders.cap))


def _first_of(twins: Twins, event: Block | Ended) -> Block | Ended:
    """Of what was said of two samples what concerns the first."""
    if isinstance(event, Block):
        return replace(event, data=twins.first_of(event.data))
    rest = twins.first_of(event.finish_event)
    chunk, usage = event.usage_chunk, twins.usage_of_first(event.usage)
    if chunk is not None and usage is not None:
        total = usage.prompt_tokens + usage.completion_tokens
        counted = {"completion_tokens": usage.completion_tokens, "total_tokens": total}
        chunk = {**chunk, "usage": {**chunk["usage"], **counted}}
    return Ended(event.attempt, rest + twins.finish, chunk, usage, event.now_s)


def _of_both(assessment: Assessment, twins: Twins, verdict: Verdict) -> Assessment:
    """What came of both samples: nobody gets the second, nor the first where it was rejected."""
    first, second = twins.tokens
    discarded = second if verdict.is_accepted else first + second
    return replace(assessment, verdict=verdict, written_tokens=first + second, discarded_tokens=discarded)


def _shown(gate: Gate, event: Block | Ended) -> Ruling:
    if isinstance(event, Block):
        return gate.take(event.data, event.now_s)
    return gate.end(event.finish_event, event.now_s)
