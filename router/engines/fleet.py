"""The backends of every tier: the port `Fleet`, and what operators see of them and do with them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from router.core.breaker import Breaker
from router.core.capabilities import TierFacts
from router.core.errors import InvalidRequest
from router.core.values import Score, Signals, Tier, TierState
from router.core.waiting import Seats
from router.engines.member import BackendStatus, Member, Station
from router.engines.pool import Pool
from router.ports import Backend, Clock, Errand, Latencies, Seat, Warmth

TYPICAL: Final = Signals(
    prompt_tokens=500,
    answer_tokens=200,
    turns=1,
    code=False,
    maths=False,
    scripts=("latin",),
    tools=0,
    schema=False,
    images=0,
    audio=0,
    stakes=Score(0.0, "low"),
    difficulty=Score(0.0, "low"),
    answer_tokens_p90=400,
)
"""A request by which people may compare backends: a page of prompt, and a few paragraphs of answer."""


class Pools:
    """A pool of backends for each tier: the port `Fleet`."""

    def __init__(
        self,
        stations: Mapping[Tier, Sequence[Station]],
        facts: Mapping[Tier, TierFacts],
        latencies: Latencies,
        clock: Clock,
        make_breaker: Callable[[], Breaker] = Breaker,
    ) -> None:
        self._latencies = latencies
        self._clock = clock
        self._pools = {
            tier: Pool(tier, [Member(each, make_breaker()) for each in given], facts[tier].context_tokens, latencies)
            for tier, given in stations.items()
        }

    def states(self, conversation: str, signals: Signals) -> Mapping[Tier, TierState]:
        """See `ports.Fleet`."""
        now_s = self._clock.now_s()
        chosen = {tier: pool.foresee(conversation, signals, now_s) for tier, pool in self._pools.items()}
        foreseen = self._latencies.foreseen({member.name: state for member, state in chosen.values()}, signals)
        return {tier: self._pools[tier].summed(foreseen[member.name], now_s) for tier, (member, _) in chosen.items()}

    def reads(self, tier: Tier) -> bool:
        """See `ports.Fleet`."""
        pool = self._pools.get(tier)
        return pool is not None and pool.reads

    def admit(self, errand: Errand) -> Seat:
        """See `ports.Fleet`."""
        return self._pools[errand.tier].admit(errand, self._clock.now_s())

    def failures(self, seat: Seat) -> int:
        """See `ports.Fleet`."""
        return self._member(seat.backend.name).breaker.failures

    def closed(self, seat: Seat, outcome: str) -> None:
        """See `ports.Fleet`."""
        self._pools[seat.tier].closed(seat, outcome, self._clock.now_s())

    def seats(self, tier: Tier) -> Seats:
        """See `ports.Fleet`."""
        pool = self._pools.get(tier)
        return Seats(0, 0) if pool is None else pool.seats(self._clock.now_s())

    def waits(self, tier: Tier, waiting: int) -> None:
        """See `ports.Fleet`."""
        self._pools[tier].waits(waiting)

    # --- for operators, and for what looks after backends ------------------------------------------------------

    def backends(self) -> Mapping[Tier, Sequence[Backend]]:
        """Those of every tier."""
        return {tier: [each.backend for each in pool.members] for tier, pool in self._pools.items()}

    def statuses(self) -> Sequence[BackendStatus]:
        """How every backend is doing, tier by tier."""
        now_s = self._clock.now_s()
        return [each.status(tier, now_s) for tier, pool in self._pools.items() for each in pool.members]

    def predicted(self) -> Mapping[str, TierState]:
        """How long each backend is likely to take, by its name, for a `TYPICAL` answer."""
        now_s = self._clock.now_s()
        states = [(each, pool.state(each, now_s)) for pool in self._pools.values() for each in pool.members]
        return self._latencies.foreseen({each.name: state for each, state in states}, TYPICAL)

    def last_of(self, name: str) -> Tier | None:
        """The tier of which this is the last backend that is not drained; None: there are others, or it is drained.
        Raises InvalidRequest where there is none of this name."""
        member = self._member(name)
        return next((tier for tier, pool in self._pools.items() if pool.is_last(member)), None)

    def drain(self, name: str, for_s: float = 0.0) -> None:
        """From now on this backend gets nothing new; what it has open goes on. Elsewhere it has been so for `for_s`.
        Raises InvalidRequest where there is no such backend."""
        self._member(name).drain(self._clock.now_s() - for_s)

    def resume(self, name: str) -> None:
        """The backend is no longer drained; its share grows. Raises InvalidRequest where there is none of this name."""
        self._member(name).resume(self._clock.now_s())

    def members(self) -> Sequence[Member]:
        """Every backend as its pool knows it."""
        return [each for pool in self._pools.values() for each in pool.members]

    def warmed(self, name: str, warmth: Warmth) -> None:
        """Notes what came of asking a cold backend for its first answer."""
        self._member(name).warmed(warmth, self._clock.now_s())

    def resting(self) -> Sequence[Backend]:
        """The backends that are left alone."""
        return [each.backend for each in self.members() if each.breaker.is_resting]

    def heard(self, name: str, *, is_left_alone: bool | None) -> None:
        """Notes whether another replica leaves a backend alone; None: nobody tells any more."""
        self._member(name).breaker.heard(self._clock.now_s(), is_left_alone=is_left_alone)

    def is_gone(self, name: str) -> None:
        """Notes that a backend does not answer when it is asked how it is."""
        self._member(name).breaker.trip(self._clock.now_s())

    def found(self, name: str, *, well: bool) -> None:
        """Notes how a backend that is left alone says it is."""
        self._member(name).breaker.found(self._clock.now_s(), well=well)

    def _member(self, name: str) -> Member:
        for pool in self._pools.values():
            member = pool.member(name)
            if member is not None:
                return member
        known = ", ".join(each.name for each in self.members())
        raise InvalidRequest(f"there is no backend {name[:100]!r}, only {known}", param="backend")
