"""One attempt at its gate, with the second sample of its answer where there is one. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from router.core.gate import Assessment, Gate, Ruling
from router.core.moves import Block, Ended, Open
from router.core.pending import Orders
from router.core.twins import Twins
from router.core.values import Usage
from router.core.verdict import Finding, Verdict

UNSURE = "unsure"
"""What a verdict calls an answer that waits for a second one."""


class Shown(Struct, frozen=True):
    """What of an event concerns the answer, and the ruling on it."""

    event: Block | Ended
    ruling: Ruling

    @property
    def is_over(self) -> bool:
        """Whether the attempt is over with it: it ended, or was rejected."""
        return isinstance(self.event, Ended) or not self.ruling.verdict.is_accepted


class Judged:
    """The attempt of one opening. `beside`: a first sample of the answer, which waits for this one; None: this is the
    first, or the only one."""

    def __init__(self, opening: Open, orders: Orders, beside: str | None) -> None:
        self.beside = beside
        self._orders = orders
        self._gate = Gate(_for(opening, orders))
        self._twins = Twins() if orders.makes_two and opening.begun is None else None

    @property
    def released_usage(self) -> Usage | None:
        """What was used up for the latest of what the gate let out, where the engine says so."""
        return self._gate.released_usage

    @property
    def is_changed(self) -> bool:
        """Whether the end of the attempt is not as its engine says it."""
        return self._twins is not None

    def shown(self, event: Block | Ended) -> Shown:
        """What is to be made of an event. Raises MalformedStream for what is no chunk."""
        if self._twins is not None:
            event = _first_of(self._twins, event)
        return Shown(event, self._compared(self._ruled(event), event))

    def let_out(self, shown: Shown) -> Shown:
        """The same where nobody else can write what was rejected: all goes out from now on."""
        return Shown(shown.event, Ruling(shown.ruling.released + self._gate.open()))

    def assessment(self, verdict: Verdict) -> Assessment:
        """What came of the attempt, as of now."""
        assessment = self._gate.assessment()
        if self._twins is not None:
            return _of_both(assessment, self._twins, verdict)
        if self.beside is None:
            return assessment
        return replace(assessment, verdict=verdict, rejected="" if verdict.is_accepted else self._gate.text)

    def _ruled(self, event: Block | Ended) -> Ruling:
        if isinstance(event, Block):
            return self._gate.take(event.data, event.now_s)
        return self._gate.end(event.finish_event, event.now_s)

    def _compared(self, ruling: Ruling, event: Block | Ended) -> Ruling:
        """The ruling on an answer that has ended, with its second sample beside it."""
        compare = self._orders.compare
        if compare is None or isinstance(event, Block) or not ruling.verdict.is_accepted:
            return ruling
        if self._twins is not None:
            verdict = compare(*self._twins.texts)
        elif self.beside is not None:
            verdict = compare(self._gate.text, self.beside)
        else:
            return self._unless_unsure(ruling)
        return Ruling(ruling.released if verdict.is_accepted else b"", verdict)

    def _unless_unsure(self, ruling: Ruling) -> Ruling:
        """The first sample of an answer passes where it is not doubted; else it waits for the second, which is the one
        that passes where both end in the same."""
        above, doubt = self._orders.second_above, ruling.verdict.doubt
        if above is None or doubt is None or doubt <= above:
            return ruling
        self.beside = self._gate.text
        return Ruling(b"", Verdict((Finding(UNSURE, f"doubt {doubt:.2f}"),), doubt))


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
    rejected = assessment.rejected if verdict.is_accepted else twins.texts[0]
    return replace(
        assessment, verdict=verdict, written_tokens=first + second, discarded_tokens=discarded, rejected=rejected
    )
