"""How the last minutes went, some seconds at a time: what the page *Now* draws. Light, because every router has it."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

from msgspec import Struct

from router.core.guard import is_escalated
from router.core.record import Record

STEP_S: Final = 5
KEPT: Final = 120
"""Steps: ten minutes."""

MOST_TIMES: Final = 1_000
"""Durations that are kept of one step; of more, the first."""

NO_TIER: Final = "none"


class Step(Struct):
    """The requests that ended within `STEP_S` seconds from `at_s` (Unix time). `tiers`: by the tier that served, or
    "none"; of those with a latency budget (`budgeted`), `late` got no whole answer within it; `took_s`: durations of
    whole answers."""

    at_s: int
    tiers: Counter[str]
    took_s: list[float]
    failed: int = 0
    escalated: int = 0
    budgeted: int = 0
    late: int = 0

    @property
    def requests(self) -> int:
        """All of them."""
        return self.tiers.total()

    def add(self, record: Record) -> None:
        """Counts one more."""
        is_served = record.outcome == "served"
        self.tiers[record.tier if is_served and record.tier is not None else NO_TIER] += 1
        self.failed += record.outcome in ("failed", "broken")
        self.escalated += is_escalated(record)
        if is_served and len(self.took_s) < MOST_TIMES:
            self.took_s.append(record.elapsed_s)
        if record.latency_budget_ms is not None and record.outcome not in ("refused", "caller_left"):
            self.budgeted += 1
            self.late += not is_served or record.elapsed_s * 1000.0 > record.latency_budget_ms


class Pulse:
    """A `Sink` that counts. Its methods may be called in any thread."""

    def __init__(self) -> None:
        self._steps: dict[int, Step] = {}
        self._lock = Lock()

    def take(self, records: Sequence[Record]) -> None:
        """See `Sink`."""
        with self._lock:
            for record in records:
                at_s = _step_of(record.time_s + record.elapsed_s)
                if at_s not in self._steps:
                    self._steps[at_s] = _empty(at_s)
                    if len(self._steps) > KEPT:
                        del self._steps[min(self._steps)]
                self._steps[at_s].add(record)

    def steps(self, now_s: float) -> Sequence[Step]:
        """The last ten minutes, those in which nothing happened with them, but for the step that is not over."""
        until_s = _step_of(now_s)
        with self._lock:
            places = range(until_s - KEPT * STEP_S, until_s, STEP_S)
            return tuple(self._steps.get(at_s) or _empty(at_s) for at_s in places)


def summed(steps: Iterable[Step]) -> Step:
    """Several steps as one."""
    total = _empty(0)
    for step in steps:
        total.tiers += step.tiers
        total.took_s += step.took_s
        total.failed += step.failed
        total.escalated += step.escalated
        total.budgeted += step.budgeted
        total.late += step.late
    return total


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that this share of them does not exceed; None: there are none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _step_of(at_s: float) -> int:
    return int(at_s) // STEP_S * STEP_S


def _empty(at_s: int) -> Step:
    return Step(at_s, Counter(), [])
