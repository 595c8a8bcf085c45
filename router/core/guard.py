"""What a canary did lately, and whether that is reason to stop it. Pure: the caller says what time it is."""

from bisect import bisect_left
from collections import Counter, deque
from itertools import pairwise

from msgspec import Struct

from router.core.record import REPAIRED, Record
from router.core.rollout import Guards
from router.core.values import TIERS

SLICES = 60
"""Into so many a window is cut. A request leaves it together with the slice it is in: it counts for as long as the
window is and for one slice more at most."""

MAX_SLICES = 2 * SLICES + 2
"""What is kept when guards change from a short window to a long one; beyond it the oldest slice is forgotten."""

STEPS_A_DOUBLING = 16
BOUNDS_S = tuple(0.001 * 2 ** (step / STEPS_A_DOUBLING) for step in range(20 * STEPS_A_DOUBLING + 1))
"""What durations are told apart by: from 1 ms to 17 minutes, each 4.4% above the one before."""


class Canary(Struct, frozen=True):
    """A canary under way: the version of the candidate that decides a share of the policy's conversations at present,
    and what stops it."""

    policy: str
    version: str
    guards: Guards


class GuardWindow:
    """The requests that one version of a candidate decided lately, counted. Its size is bounded: MAX_SLICES times as
    many numbers as there are BOUNDS_S.

    Every request counts whose caller stayed. An error is one that failed or broke off; what was refused is the
    caller's own. Durations are those of answers and of errors.

    Rates are exact. INVARIANT: the 95th percentile (nearest rank) is never said to be over its limit when it is not,
    and always when it is over by one step of BOUNDS_S or more, as long as it is between the first and the last."""

    def __init__(self) -> None:
        self._slices: deque[_Slice] = deque()
        self._total = _Tally()

    def add(self, record: Record, window_s: float, now_s: float) -> None:
        """Counts a request that has just ended. `window_s`: how far back guards look at present."""
        if record.outcome == "caller_left":
            return
        self._forget_until(now_s - window_s)
        if not self._slices or now_s - self._slices[-1].since_s >= window_s / SLICES:
            self._begin_slice(now_s)
        newest = self._slices[-1]
        newest.until_s = now_s
        newest.tally.add(record)
        self._total.add(record)

    def crossed(self, guards: Guards, now_s: float) -> str | None:
        """In words, which guards are crossed now."""
        self._forget_until(now_s - guards.window_s)
        total, found = self._total, []
        enough = max(guards.at_least, 1)
        if total.requests >= enough:
            found += _over("error rate", total.errors, total.requests, guards.error_rate)
            found += _over("escalation rate", total.escalated, total.requests, guards.escalation_rate)
        if guards.p95_s is not None and total.durations.total() >= enough:
            found += _slower(total.durations, guards.p95_s)
        return "; ".join(found) or None

    def _begin_slice(self, now_s: float) -> None:
        if len(self._slices) == MAX_SLICES:
            self._forget_oldest()
        self._slices.append(_Slice(now_s))

    def _forget_until(self, oldest_s: float) -> None:
        while self._slices and self._slices[0].until_s <= oldest_s:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        self._total.subtract(self._slices.popleft().tally)


class _Tally:
    """Requests, counted. `durations`: how many are no longer than the bound at this position of BOUNDS_S, and longer
    than the one before it."""

    def __init__(self) -> None:
        self.requests = 0
        self.errors = 0
        self.escalated = 0
        self.durations: Counter[int] = Counter()

    def add(self, record: Record) -> None:
        self.requests += 1
        self.errors += record.outcome in ("failed", "broken")
        self.escalated += is_escalated(record)
        if record.outcome != "refused":
            self.durations[bisect_left(BOUNDS_S, record.elapsed_s)] += 1

    def subtract(self, other: "_Tally") -> None:
        self.requests -= other.requests
        self.errors -= other.errors
        self.escalated -= other.escalated
        self.durations -= other.durations


class _Slice:
    """The requests that ended between two instants."""

    def __init__(self, since_s: float) -> None:
        self.since_s = since_s
        self.until_s = since_s
        self.tally = _Tally()


def is_escalated(record: Record) -> bool:
    """Whether an attempt on a higher tier followed a lower one's. Not where that only mended a sentence of it."""
    climbed = [TIERS.index(each.tier) for each in record.attempts if each.outcome != REPAIRED]
    return any(lower < higher for lower, higher in pairwise(climbed))


def _over(name: str, count: int, requests: int, limit: float | None) -> list[str]:
    if limit is None or count / requests <= limit:
        return []
    return [f"{name} {100 * count / requests:.3g}% ({count} of {requests} requests) is over {100 * limit:.3g}%"]


def _slower(durations: Counter[int], limit_s: float) -> list[str]:
    beyond_s = _p95_beyond_s(durations)
    if beyond_s < limit_s:
        return []
    return [f"p95 of {durations.total()} requests is over {limit_s:g} s: it is more than {beyond_s:.3g} s"]


def _p95_beyond_s(durations: Counter[int]) -> float:
    """The greatest bound below the 95th percentile: of n durations, that is the one which n // 20 come after."""
    above = durations.total() // 20
    for position in sorted(durations, reverse=True):
        above -= durations[position]
        if above < 0:
            return BOUNDS_S[position - 1] if position else 0.0
    return 0.0
