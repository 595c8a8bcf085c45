"""One backend of a tier as its pool knows it: what it has open, how it does, and whether it is spared."""

import math
from typing import Final, Literal

from msgspec import Struct

from router.core.breaker import Breaker, BreakerState, Pass
from router.core.outliers import Conduct
from router.core.pool_choice import Candidate, share_of
from router.core.saturation import Occupancy
from router.core.values import Tier, TierState
from router.core.waiting import Seats
from router.ports import Backend, Reader, Warmer, Warmth

FAULTS: Final = frozenset(("unavailable", "overloaded", "timed_out", "failed", "malformed"))
"""Outcomes of attempts that are the backend's fault, not the request's."""

SAYS_NOTHING: Final = frozenset(("abandoned", "deadline_exceeded"))
"""Outcomes of attempts that were given up from this side: they say nothing about the backend."""

Standing = Literal["in_use", "joining", "warming", "ejected", "drained", "left_alone"]
"""`joining`: its share grows; `warming`: it is asked for its first answer; `ejected`: it does worse than its peers;
`left_alone`: its breaker is not closed."""


class Station:
    """One backend as it is given to a pool. `weight`: how large its part of the tier is, beside those of the others."""

    def __init__(
        self,
        backend: Backend,
        reader: Reader | None = None,
        occupancy: Occupancy | None = None,
        weight: float = 1.0,
        warmer: Warmer | None = None,
    ) -> None:
        self.backend = backend
        self.reader = reader
        self.occupancy = Occupancy() if occupancy is None else occupancy
        self.weight = weight
        self.warmer = warmer


class BackendStatus(Struct, frozen=True):
    """How one backend is doing, for people. `share`: the part of its due that it gets, in 0..1. `drained_for_s`: since
    so many seconds it gets nothing new, `ejected_for_s`: for so many more it is left out (None: it is not).
    `is_suspected`: another replica leaves it alone."""

    name: str
    tier: Tier
    standing: Standing
    breaker: BreakerState
    in_flight: int
    limit: int
    failures: int
    share: float
    drained_for_s: float | None = None
    ejected_for_s: float | None = None
    is_suspected: bool = False


class Member:
    """One backend of a pool. `joins_at_s`: since when, or from when on, its share grows. `is_cold`: its engine may not
    have answered anything yet, and will be asked to."""

    def __init__(self, station: Station, breaker: Breaker) -> None:
        self.name = station.backend.name
        self.backend = station.backend
        self.reader = station.reader
        self.occupancy = station.occupancy
        self.breaker = breaker
        self.conduct = Conduct()
        self.warmer = station.warmer
        self.is_cold = self.warmer is not None
        self.drained_at_s: float | None = None
        self.joins_at_s = -math.inf
        self._weight = station.weight

    @property
    def is_drained(self) -> bool:
        """Whether it gets nothing new, whatever becomes of the others."""
        return self.drained_at_s is not None

    @property
    def reads(self) -> bool:
        """Whether it can be asked to read."""
        return self.reader is not None and self.reader.is_able()

    def candidate(self, now_s: float) -> Candidate:
        """What it is to the choice of a backend."""
        weight = self._weight * share_of(now_s - self.joins_at_s)
        return Candidate(self.name, self.occupancy.in_flight(now_s), self.occupancy.limit(now_s), weight)

    def state(self, window: int, now_s: float) -> TierState:
        """How it is doing, of a tier of this window."""
        in_flight, limit = self.occupancy.in_flight(now_s), self.occupancy.limit(now_s)
        return TierState(
            True,  # noqa: FBT003 - configured
            window,
            in_flight,
            self.breaker.failures,
            limit=limit,
            waiting=self.occupancy.waiting,
        )

    def seats(self, now_s: float) -> Seats:
        """How many attempts it serves at once, and how many it has; as many as there are while it may not be asked."""
        if not self.takes_more(now_s):
            return Seats(0, 0)
        return Seats(self.occupancy.limit(now_s), self.occupancy.in_flight(now_s))

    def takes_more(self, now_s: float) -> bool:
        """Whether anything new may come here. INVARIANT: not while it is drained, for it may be gone any moment."""
        return not self.is_drained and self.breaker.admits(now_s)

    def closed(self, through: Pass, outcome: str, now_s: float) -> None:
        """An attempt is over. Who fails no more after it was left alone is let in slowly; until then its breaker alone
        judges it."""
        self.occupancy.closed()
        if outcome in SAYS_NOTHING:
            self.breaker.left(through)
            return
        self.breaker.ended(through, now_s, failed=outcome in FAULTS)
        if through == "probe" and self.breaker.state == "closed":
            self.joins_at_s = now_s

    def eject(self, now_s: float) -> None:
        """It is left out for a while, and let in slowly after that."""
        self.joins_at_s = self.conduct.eject(now_s)

    def pardon(self) -> None:
        """It is no outlier any more: its breaker has opened."""
        self.conduct.pardon()
        self.joins_at_s = -math.inf

    def drain(self, now_s: float) -> None:
        """It gets nothing new; what it has open goes on."""
        if self.drained_at_s is None:
            self.drained_at_s = now_s

    def resume(self, now_s: float) -> None:
        """It is no longer drained, and let in slowly, once it is warm: it may have been drained to be started anew."""
        if self.is_drained:
            self.drained_at_s, self.joins_at_s, self.is_cold = None, now_s, self.warmer is not None

    def warmed(self, warmth: Warmth, now_s: float) -> None:
        """It was asked for its first answer. One that has given it is let in slowly; one that has failed is left alone,
        and will be asked again."""
        self.is_cold = warmth == "failed"
        if self.is_cold:
            self.breaker.trip(now_s)
        elif warmth == "warmed":
            self.joins_at_s = now_s

    def status(self, tier: Tier, now_s: float) -> BackendStatus:
        """How it is doing, for people."""
        occupancy, standing = self.occupancy, self._standing(now_s)
        return BackendStatus(
            self.name,
            tier,
            standing,
            self.breaker.state,
            occupancy.in_flight(now_s),
            occupancy.limit(now_s),
            self.breaker.failures,
            share_of(now_s - self.joins_at_s) if standing in ("in_use", "joining") else 0.0,
            None if self.drained_at_s is None else now_s - self.drained_at_s,
            self.conduct.ejected_for_s(now_s) or None,
            self.breaker.is_suspected,
        )

    def _standing(self, now_s: float) -> Standing:
        if self.is_drained:
            return "drained"
        if self.breaker.state != "closed":
            return "left_alone"
        if self.is_cold:
            return "warming"
        if self.conduct.is_ejected(now_s):
            return "ejected"
        return "joining" if share_of(now_s - self.joins_at_s) < 1.0 else "in_use"
