"""What is counted of the attempts of a request, of what was judged of them, and of moves up the ladder."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from router.core.errors import EscalationsSpent, Spilled
from router.core.gate import Assessment
from router.core.reading.reading import ReadingNote
from router.core.record import REPAIRED, AttemptRecord, Record
from router.core.values import TIERS
from router.telemetry import names
from router.telemetry.instruments import Count, Distribution, Register


class AttemptMeter:
    """Attempts by tier and by backend, blocks and their passes, reads and repairs, escalations and their checks."""

    def __init__(self, register: Register) -> None:
        self._attempts = register(Count(names.ATTEMPTS, "Calls made to engines.", "tier", "outcome"))
        self._duration = register(
            Distribution(names.ATTEMPT_DURATION, "From the opening of an attempt to its end.", names.SECONDS, "tier")
        )
        self._by_backend = register(Count(names.BACKEND_ATTEMPTS, "Calls made to each backend.", "backend", "outcome"))
        self._escalations = register(Count(names.ESCALATIONS, "Moves up the ladder.", "tier", "outcome"))
        self._checks = register(
            Count(names.ESCALATION_CHECKS, "Moves up the ladder, under each check that asked for it.", "tier", "check")
        )
        self._blocks = register(Count(names.BLOCKS, "Blocks that were judged.", "tier", "verdict"))
        self._passes = register(
            Distribution(
                names.BLOCK_PASSES, "Denoising passes of a block, by how they are known.", names.PASSES, "tier", "kind"
            )
        )
        self._reads = register(Count(names.READS, "Drafts read by the strong tier, block by block.", "outcome"))
        self._repairs = register(Count(names.REPAIRS, "Drafts that were mended where reading cut them."))

    def count(self, record: Record) -> None:
        """One more request."""
        for attempt in record.attempts:
            self._count_attempt(attempt)
        if record.repairs:
            self._repairs.add((), record.repairs)
        if len(record.attempts) > 1:
            self._count_climbs(record)

    def _count_climbs(self, record: Record) -> None:
        for attempt, following in pairwise(each for each in record.attempts if each.outcome != REPAIRED):
            if TIERS.index(following.tier) > TIERS.index(attempt.tier) and _is_climb(attempt, following):
                self._escalations.add((attempt.tier, attempt.outcome))
                for check in dict.fromkeys(_reasons(attempt)):
                    self._checks.add((attempt.tier, check))

    def _count_attempt(self, attempt: AttemptRecord) -> None:
        self._attempts.add((attempt.tier, attempt.outcome))
        self._duration.add((attempt.tier,), attempt.elapsed_s)
        if attempt.backend:
            self._by_backend.add((attempt.backend, attempt.outcome))
        if attempt.gate is not None:
            self._count_blocks(attempt.tier, attempt.gate)
        if attempt.reading is not None:
            for outcome, count in _read_by_outcome(attempt.reading).items():
                self._reads.add((outcome,), count)

    def _count_blocks(self, tier: str, gate: Assessment) -> None:
        rejected = 0 if gate.verdict.is_accepted else 1
        if gate.blocks > rejected:
            self._blocks.add((tier, "accepted"), gate.blocks - rejected)
        if rejected:
            self._blocks.add((tier, "rejected"))
        for note in gate.notes:
            if note.passes is not None:
                self._passes.add((tier, note.passes.kind), note.passes.passes)


def _read_by_outcome(reading: ReadingNote) -> Mapping[str, int]:
    """A draft is cut by one read at most, the last; what was not read was given up once, for one reason."""
    cut = 1 if reading.reasons else 0
    counts = {"accepted": reading.reads - cut, "cut": cut, "unread": 1 if reading.unread else 0}
    return {outcome: count for outcome, count in counts.items() if count > 0}


def _is_climb(attempt: AttemptRecord, following: AttemptRecord) -> bool:
    """Whether a move up was one for what the tier below made of the request."""
    return following.outcome != EscalationsSpent.outcome and attempt.outcome != Spilled.outcome


def _reasons(attempt: AttemptRecord) -> Iterator[str]:
    if attempt.gate is not None:
        yield from attempt.gate.verdict.reasons
    if attempt.reading is not None:
        yield from attempt.reading.reasons
