"""The attempts of one climb: lets each begin, and notes what came of it."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from router.core.denoise import Chosen
from router.core.errors import BackendError, EscalationsSpent, Mended, NotAdmitted, Rejected
from router.core.escalation_budget import is_of_the_request
from router.core.gate import BlockNote
from router.core.moves import Assess, Attempt, Open
from router.core.record import AttemptRecord
from router.core.values import TIERS, Imprint, Signals, Tier, Usage
from router.core.verdict import without_text
from router.ports import Backend, Clock, Errand, Escalations, Fleet, Seat
from router.turns import Turns


def untold(_text: str) -> str:
    """Nothing of it."""
    return ""


class Admission(Struct, frozen=True):
    """What lets attempts begin: the backends, the turns at them, and how often tenants may climb. `quote`: as much of a
    text as records may hold."""

    fleet: Fleet
    turns: Turns
    escalations: Escalations
    quote: Callable[[str], str] = untold


class RequestFacts(Struct, frozen=True):
    """What backends are chosen by for a request: the key of its conversation, and what was measured of it."""

    conversation: str
    signals: Signals


class Attempts:
    """`records`: what came of each, in order. `opened_s`: when the latest one began; `began_s`: when its request did.
    `request`: what backends are chosen by, for each attempt that writes the whole answer."""

    def __init__(self, tenant: str, request: RequestFacts, admission: Admission, clock: Clock) -> None:
        self.records: list[AttemptRecord] = []
        self.began_s = 0.0
        self.opened_s = 0.0
        self._tenant = tenant
        self._request = request
        self._failed: dict[Tier, tuple[str, ...]] = {}
        self._fleet = admission.fleet
        self._turns = admission.turns
        self._escalations = admission.escalations
        self._quote = admission.quote
        self._clock = clock
        self._open: Attempt | None = None
        self._waits: Attempt | None = None
        self._seat: Seat | None = None
        self._denoise: Chosen | None = None
        self._driven_from: Tier | None = None

    @property
    def open(self) -> Attempt | None:
        """The attempt that waits or was admitted, and is not closed."""
        return self._open or self._waits

    def waits(self, attempt: Attempt) -> None:
        """An attempt is to be admitted when there is a seat for it."""
        self.opened_s, self._denoise, self._seat, self._waits = self._clock.now_s(), None, None, attempt

    def admit(self, opening: Open) -> Backend:
        """The backend of an attempt that begins now. Raises NotAdmitted, which is noted, where it may not."""
        attempt = opening.attempt
        self.opened_s, self._denoise, self._seat, self._waits = self._clock.now_s(), None, None, None
        try:
            self._check_escalation(opening)
            self._seat = seat = self._fleet.admit(self._errand(opening))
        except NotAdmitted as error:
            self._note(attempt, error.outcome, error.backend)
            raise
        self._turns.sat_down(self._tenant, attempt.tier)
        self._open, self._denoise = attempt, opening.denoise
        return seat.backend

    def closed(self, outcome: str, usage: Usage | None, heard_s: float | None, imprint: Imprint | None = None) -> None:
        """The open attempt is over. `heard_s`: when it said its first word; None: it said none."""
        attempt, waited, seat = self._open, self._waits, self._seat
        self._open = self._waits = None
        if waited is not None:
            self._note(waited, outcome, "")
        if attempt is None or seat is None:
            return
        self._fleet.closed(seat, outcome)
        self._turns.got_up(self._tenant, attempt.tier)
        heard = None if heard_s is None else heard_s - self.opened_s
        told = {"first_block_s": heard, "usage": usage, "others": seat.others, "imprint": imprint}
        self._note(attempt, outcome, seat.backend.name, **told)

    def failed(self, attempt: Attempt, error: BackendError) -> None:
        """An attempt failed, or what it said was rejected, be it after its end."""
        seat = self._seat
        is_driven = seat is not None and is_of_the_request(error, self._fleet.failures(seat))
        self._driven_from = attempt.tier if is_driven else None
        if seat is not None and not isinstance(error, NotAdmitted | Rejected | Mended):
            self._failed[seat.tier] = (*self._failed.get(seat.tier, ()), seat.backend.name)
        if self.open is None:
            self._amend(attempt, outcome=error.outcome)

    def assessed(self, told: Assess, judging_s: float) -> None:
        """What the gate, and whoever read it, made of an attempt. Judging it took so long here."""
        gate = replace(
            told.assessment,
            verdict=without_text(told.assessment.verdict),
            judging_s=judging_s,
            notes=tuple([self._counted_from_opening(each) for each in told.assessment.notes]),
            rejected=self._quote(told.assessment.rejected),
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

    def _errand(self, opening: Open) -> Errand:
        attempt, request = opening.attempt, self._request
        # How long the rest of an answer takes is not foretold.
        signals = request.signals if opening.begun is None else None
        failed = self._failed.get(attempt.tier, ())
        return Errand(attempt.tier, request.conversation, signals, is_retry=attempt.is_retry, failed=failed)

    def _note(self, attempt: Attempt, outcome: str, backend: str, **beside: Any) -> None:
        elapsed_s = self._clock.now_s() - self.opened_s
        self.records.append(
            AttemptRecord(
                attempt.number,
                attempt.tier,
                backend,
                outcome,
                elapsed_s,
                denoise=self._denoise,
                start_s=self.opened_s - self.began_s,
                **beside,
            )
        )

    def _amend(self, attempt: Attempt, **changes: Any) -> None:
        """Notes more of an attempt that is closed."""
        at = next((at for at, each in enumerate(self.records) if each.number == attempt.number), None)
        if at is not None:
            self.records[at] = replace(self.records[at], **changes)
