"""The backends of every tier, how each is doing, and whether it may be asked now."""

from collections.abc import Callable, Mapping, Sequence

from router.core.breaker import Breaker, Pass
from router.core.capabilities import TierFacts
from router.core.errors import NotAdmitted
from router.core.retry_budget import RetryBudget
from router.core.saturation import Occupancy
from router.core.values import Tier, TierState
from router.ports import Backend, Clock, Reader

FAULTS = frozenset(("unavailable", "overloaded", "timed_out", "failed", "malformed"))
"""Outcomes of attempts that are the backend's fault, not the request's."""

SAYS_NOTHING = frozenset(("abandoned", "deadline_exceeded"))
"""Outcomes of attempts that were given up from this side: they say nothing about the backend."""


class Pools:
    """One backend a tier: the port `Fleet`."""

    def __init__(
        self,
        backends: Mapping[Tier, Backend],
        facts: Mapping[Tier, TierFacts],
        clock: Clock,
        make_breaker: Callable[[], Breaker] = Breaker,
        readers: Mapping[Tier, Reader] = {},
        occupancies: Mapping[str, Occupancy] = {},
    ) -> None:
        self._readers = readers
        self._backends = backends
        self._clock = clock
        self._windows = {tier: facts[tier].context_tokens for tier in backends}
        self._occupancies = {tier: occupancies.get(each.name) or Occupancy() for tier, each in backends.items()}
        self._breakers = {tier: make_breaker() for tier in backends}
        self._budgets = {tier: RetryBudget() for tier in backends}

    def backend(self, tier: Tier) -> Backend:
        """See `ports.Fleet`."""
        return self._backends[tier]

    def reader(self, tier: Tier) -> Reader | None:
        """See `ports.Fleet`."""
        reader = self._readers.get(tier)
        return reader if reader is not None and reader.is_able() else None

    def states(self) -> Mapping[Tier, TierState]:
        """See `ports.Fleet`."""
        now_s = self._clock.now_s()
        return {tier: self._state(tier, window, now_s) for tier, window in self._windows.items()}

    def admit(self, tier: Tier, *, is_retry: bool) -> Pass:
        """See `ports.Fleet`."""
        now_s, name = self._clock.now_s(), self._backends[tier].name
        if is_retry and not self._budgets[tier].take(now_s):
            raise NotAdmitted(f"the backend {name} failed, and has been retried often enough")
        breaker = self._breakers[tier]
        through = breaker.admit(now_s)
        if through is None:
            raise NotAdmitted(f"the backend {name} keeps failing and is left alone", breaker.retry_after_s(now_s))
        if not is_retry:
            self._budgets[tier].asked(now_s)
        self._occupancies[tier].opened()
        return through

    def resting(self) -> Sequence[Tier]:
        """The tiers whose backend is left alone."""
        return [tier for tier, breaker in self._breakers.items() if breaker.is_resting]

    def found(self, tier: Tier, *, well: bool) -> None:
        """Notes how a backend that is left alone says it is."""
        self._breakers[tier].found(self._clock.now_s(), well=well)

    def closed(self, tier: Tier, through: Pass, outcome: str) -> None:
        """See `ports.Fleet`."""
        self._occupancies[tier].closed()
        if outcome in SAYS_NOTHING:
            self._breakers[tier].left(through)
        else:
            self._breakers[tier].ended(through, self._clock.now_s(), failed=outcome in FAULTS)

    def _state(self, tier: Tier, window: int, now_s: float) -> TierState:
        occupancy, failures = self._occupancies[tier], self._breakers[tier].failures
        return TierState(
            configured=True,
            context_tokens=window,
            in_flight=occupancy.in_flight(now_s),
            failures=failures,
            limit=occupancy.limit(now_s),
        )
