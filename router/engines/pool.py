"""The backends of every tier, and how each tier is doing."""

from collections.abc import Mapping

from router.core.capabilities import TierFacts
from router.core.values import Tier, TierState
from router.ports import Backend

FAULTS = frozenset(("unavailable", "overloaded", "timed_out", "failed", "malformed"))
"""Outcomes of attempts that are the tier's fault, not the request's."""


class Pools:
    """One backend a tier: the port `Fleet`."""

    def __init__(self, backends: Mapping[Tier, Backend], facts: Mapping[Tier, TierFacts]) -> None:
        self._backends = backends
        self._windows = {tier: facts[tier].context_tokens for tier in backends}
        self._in_flight = dict.fromkeys(backends, 0)
        self._failures = dict.fromkeys(backends, 0)

    def backend(self, tier: Tier) -> Backend:
        """See `ports.Fleet`."""
        return self._backends[tier]

    def states(self) -> Mapping[Tier, TierState]:
        """See `ports.Fleet`."""
        in_flight, failures = self._in_flight, self._failures
        return {
            tier: TierState(True, window, in_flight[tier], failures[tier])  # noqa: FBT003 - configured
            for tier, window in self._windows.items()
        }

    def opened(self, tier: Tier) -> None:
        """See `ports.Fleet`."""
        self._in_flight[tier] += 1

    def closed(self, tier: Tier, outcome: str) -> None:
        """See `ports.Fleet`. An attempt that its caller abandoned says nothing about the tier."""
        self._in_flight[tier] -= 1
        if outcome in FAULTS:
            self._failures[tier] += 1
        elif outcome != "abandoned":
            self._failures[tier] = 0
