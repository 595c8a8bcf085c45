"""One audit: the strong tier answers what the fast one has answered, and reads that one's answer."""

from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.audit import AUDITOR, Audit, compare
from router.core.capabilities import Fit
from router.core.errors import BackendError
from router.core.gating import brief_of
from router.core.moves import Attempt, Block
from router.core.policy import Then
from router.core.reading.figures import figures_of
from router.core.reading.reading import Excerpt
from router.core.record import AttemptRecord
from router.core.values import Usage
from router.inquiry import Considered
from router.overhearing import Heard
from router.ports import Asked, Backend, Clock, Envelope, Errand, Fleet, Seat

NO_TEXT: Final = "no_text"
"""The `error` of an audit of what is no text, or whose answer by the strong tier is none."""


class Draft(Struct, frozen=True):
    """An answer of the fast tier that is to be audited, with all that is needed for it."""

    asked: Asked
    considered: Considered
    fit: Fit
    attempt: AttemptRecord
    heard: Heard


class Course:
    """One audit. `found`: what it has found so far."""

    def __init__(self, draft: Draft, fleet: Fleet, clock: Clock) -> None:
        self.found = _nothing_yet(draft)
        self._draft = draft
        self._fleet = fleet
        self._clock = clock

    async def run(self) -> None:
        """Has the strong tier answer, then read. Raises BackendError."""
        text = self._draft.heard.text
        if text is None:
            self.found = replace(self.found, error=NO_TEXT)
            return
        envelope = _envelope(self._draft)
        await self._answer(envelope, text)
        await self._read(envelope, text)

    async def _answer(self, envelope: Envelope, draft: str) -> None:
        began_s = self._clock.now_s()
        with self._admitted(self._errand(reads=False)) as seat:
            said, usage = await _hear(seat.backend, envelope)
        self.found = replace(self.found, strong=usage, answered_s=self._clock.now_s() - began_s)
        if said is None:
            self.found = replace(self.found, error=NO_TEXT)
            return
        asked, decision = self._draft.asked, self._draft.considered.decision
        compared = compare(brief_of(asked.request, decision).prompt, draft, said)
        self.found = replace(self.found, agree=compared.agree, similarity=compared.similarity)

    async def _read(self, envelope: Envelope, draft: str) -> None:
        """Nothing where nobody can."""
        if not self._fleet.reads(AUDITOR):
            return
        began_s = self._clock.now_s()
        with self._admitted(self._errand(reads=True)) as seat:
            assert seat.reader is not None
            # What is read was thought about by whoever wrote it.
            reading = await seat.reader.read(replace(envelope, thinking=False), Excerpt("", draft))
        figures = figures_of(reading, draft)
        read_s = self._clock.now_s() - began_s
        self.found = replace(self.found, figures=figures, tokens_read=reading.tokens_read, read_s=read_s)

    def _errand(self, *, reads: bool) -> Errand:
        return Errand(AUDITOR, self._draft.considered.conversation, reads=reads)

    @contextmanager
    def _admitted(self, errand: Errand) -> Iterator[Seat]:
        """One call to the strong tier, as its breakers see it. Raises NotAdmitted."""
        seat, outcome = self._fleet.admit(errand), "abandoned"
        try:
            yield seat
            outcome = "served"
        except BackendError as error:
            outcome = error.outcome
            raise
        finally:
            self._fleet.closed(seat, outcome)


def _nothing_yet(draft: Draft) -> Audit:
    decision, attempt = draft.considered.decision, draft.attempt
    return Audit(
        draft.asked.request_id,
        0.0,
        decision.policy,
        decision.rule,
        decision.signals.task,
        decision.then.audit,
        limits=_limits_in_force(decision.then, attempt),
        doubt=None if attempt.gate is None else attempt.gate.verdict.doubt,
        fast=attempt.usage,
    )


def _limits_in_force(then: Then, attempt: AttemptRecord) -> dict[str, float]:
    if then.reads is None or attempt.reading is None:
        return {}
    return dict(then.reads.criteria.limits)


def _envelope(draft: Draft) -> Envelope:
    """The caller's own request, under an id that tells it from the caller's."""
    asked, then = draft.asked, draft.considered.decision.then
    return Envelope(
        asked.request,
        f"{asked.request_id}-audit",
        asked.caller.tenant,
        dropped=draft.fit.dropped,
        thinking=then.thinking,
    )


async def _hear(backend: Backend, envelope: Envelope) -> tuple[str | None, Usage | None]:
    """The text of a whole answer, None where it is not text alone, and what it took."""
    heard, usage = Heard(), None
    async with aclosing(backend.stream(Attempt(1, AUDITOR), envelope)) as stream:
        async for event in stream:
            if isinstance(event, Block):
                heard.hear(event.data)
            else:
                heard.end(event)
                usage = event.usage
    return heard.text, usage
