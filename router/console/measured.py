"""How long engines took, beside what was predicted of them: from the records at hand. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from router.console.pulse import quantile
from router.core.record import Record
from router.core.values import Tier


class Took(Struct, frozen=True):
    """How long so many answers of a backend took: half of them, and 9 in 10, at most."""

    answers: int
    p50_s: float
    p90_s: float


class Foretold(Struct, frozen=True):
    """Of so many answers with a prediction, how many per cent took no longer than was predicted for half of them, and
    for 9 in 10."""

    answers: int
    within_p50: float
    within_p90: float


def took_by_backend(records: Iterable[Record]) -> Mapping[str, Took]:
    """By backend, the answers that were given."""
    found: dict[str, list[float]] = {}
    for record in records:
        for attempt in record.attempts:
            if attempt.outcome == "served" and attempt.backend:
                found.setdefault(attempt.backend, []).append(attempt.elapsed_s)
    return {name: _took(seconds) for name, seconds in found.items()}


def foretold_by_tier(records: Iterable[Record]) -> Mapping[Tier, Foretold]:
    """By tier, the answers of the tier that was tried first: of others nothing was predicted."""
    found: dict[Tier, list[Record]] = {}
    for record in records:
        is_first = bool(record.attempts) and record.attempts[0].outcome == "served"
        if record.outcome == "served" and is_first and record.predicted_p90_ms:
            found.setdefault(record.attempts[0].tier, []).append(record)
    return {tier: _foretold(answers) for tier, answers in found.items()}


def _took(seconds: Sequence[float]) -> Took:
    return Took(len(seconds), quantile(seconds, 0.5) or 0.0, quantile(seconds, 0.9) or 0.0)


def _foretold(answers: Sequence[Record]) -> Foretold:
    half = sum(each.elapsed_s * 1000.0 <= each.predicted_p50_ms for each in answers)
    most = sum(each.elapsed_s * 1000.0 <= each.predicted_p90_ms for each in answers)
    return Foretold(len(answers), 100.0 * half / len(answers), 100.0 * most / len(answers))
