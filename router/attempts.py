"""The attempts of one climb: lets each begin, and notes what came of it."""

from typing import Any

from msgspec.structs import replace

from router.core.breaker import Pass
from router.core.denoise import Chosen
from router.core.errors import BackendError, EscalationsSpent, NotAdmitted
from router.core.escalation_budget import is_of_the_request
from router.core.gate import BlockNote
from router.core.moves import Assess, Attempt, Open
from router.core.record import AttemptRecord
from router.core.values import TIERS, Imprint, Tier, Usage
from router.core.verdict import without_text
from router.ports import Backend, Clock, Escalations, Fleet


class Attempts:
    """`records`: what came of each, in order. `backend`: where the latest one goes; `opened_s`: when it began;
    `began_s`: when its request did.
    `is_open`: whether one was admitted that is not closed."""

    def __init__(self, tenant: str, fleet: Fleet, escalations: Escalations, clock: Clock) -> None:
        self.records: list[AttemptRecord] = []
        self.began_s = 0.0
        self.opened_s = 0.0
        self._tenant = tenant
        self._fleet = fleet
        self._escalations = escalations
        self._clock = clock
        self._open: Attempt | None = None
        self._backend: Backend | None = None
        self._denoise: Chosen | None = None
        self._through: Pass = "usual"
        self._driven_from: Tier | None = None

    @property
    def open(self) -> Attempt | None:
        """The attempt that was admitted and is not closed."""
        return self._open

    def admit(self, opening: Open) -> Backend:
        """The backend of an attempt that begins now. Raises NotAdmitted, which is noted, where it may not."""
        attempt = opening.attempt
        self._backend = backend = self._fleet.backend(attempt.tier)
        self.opened_s, self._denoise = self._clock.now_s(), None
        try:
            self._check_escalation(opening)
            self._through = self._fleet.admit(attempt.tier, is_retry=attempt.is_retry)
        except NotAdmitted as error:
            self._note(attempt, error.outcome, None, None)
            raise
        self._open, self._denoise = attempt, opening.denoise
        return backend

    def closed(self, outcome: str, usage: Usage | None, heard_s: float | None, imprint: Imprint | None = None) -> None:
        """The open attempt is over. `heard_s`: when it said its first word; None: it said none."""
        attempt, self._open = self._open, None
        if attempt is not None:
            self._fleet.closed(attempt.tier, self._through, outcome)
            self._note(attempt, outcome, usage, heard_s, imprint)

    def failed(self, attempt: Attempt, error: BackendError) -> None:
        """An attempt failed, or what it said was rejected, be it after its end."""
        failures_before = self._fleet.states()[attempt.tier].failures
        self._driven_from = attempt.tier if is_of_the_request(error, failures_before) else None
        if self._open is None:
            self._amend(attempt, outcome=error.outcome)

    def assessed(self, told: Assess, judging_s: float) -> None:
        """What the gate, and whoever read it, made of an attempt. Judging it took so long here."""
        gate = replace(
            told.assessment,
            verdict=without_text(told.assessment.verdict),
            judging_s=judging_s,
            notes=tuple([self._counted_from_opening(each) for each in told.assessment.notes]),
        )
        self._amend(told.attempt, gate=gate, reading=told.reading)

    def _counted_from_opening(self, note: BlockNote) -> BlockNote:
        return BlockNote(note.chars, note.passes, max(note.at_s - self.opened_s, 0.0)) if note.at_s else note

    def _check_escalation(self, opening: Open) -> None:
        """Raises EscalationsSpent where this is a move up for what the request is and its tenant has none left. To mend
        a sentence is none."""
        below, tier = self._driven_from, opening.attempt.tier
        if opening.mends or below is None or TIERS.index(tier) <= TIERS.index(below):
            return
        if not self._escalations.take(self._tenant):
            raise EscalationsSpent(f"too many of this tenant's requests are not served by the tier {below}")
        self._driven_from = None

    def _note(
        self, attempt: Attempt, outcome: str, usage: Usage | None, heard_s: float | None, imprint: Imprint | None = None
    ) -> None:
        assert self._backend is not None
        self.records.append(
            AttemptRecord(
                attempt.number,
                attempt.tier,
                self._backend.name,
                outcome,
                self._clock.now_s() - self.opened_s,
                None if heard_s is None else heard_s - self.opened_s,
                usage,
                denoise=self._denoise,
                start_s=self.opened_s - self.began_s,
                imprint=imprint,
            )
        )

    def _amend(self, attempt: Attempt, **changes: Any) -> None:
        """Notes more of an attempt that is closed."""
        at = next((at for at, each in enumerate(self.records) if each.number == attempt.number), None)
        if at is not None:
            self.records[at] = replace(self.records[at], **changes)
