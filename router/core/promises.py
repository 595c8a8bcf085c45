"""Who was told to come again, and when: so that who does is let in, and is told what is true. Never reads a clock."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from router.core.waiting import Reason

GRACE_S: Final = 5.0
"""So long after its time a place is kept. Clients come a little late, some of them not at all."""

EARLY_S: Final = 0.5
"""So much before its time one may come: clocks and timers of clients are not ours."""

LATEST_SHARE: Final = 0.05
"""The weight of whether the latest one came, beside those before."""


class Promise(Struct, frozen=True, gc=False):
    """A place for one of this tenant's requests, from `at_s` on; `reason`: why it got none at first."""

    tenant: str
    reason: Reason
    at_s: float

    def waits_s(self, now_s: float) -> float:
        """How long it has yet to wait; 0.0: it may come in."""
        return max(self.at_s - now_s, 0.0) if now_s < self.at_s - EARLY_S else 0.0


class Promises:
    """Places that are kept for those who were told to come, up to `most` of them. Each is known by a key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[str, Promise] = {}
        self._by_tenant: Counter[str] = Counter()
        self._come = 1.0

    def make(self, key: str, promise: Promise) -> None:
        """Keeps a place, unless there are too many. Whoever has no key would not be known again."""
        if key and key not in self._made and len(self._made) < self._most:
            self._made[key] = promise
            self._by_tenant[promise.tenant] += 1

    def get(self, key: str) -> Promise | None:
        """What whoever is known by this key was promised."""
        return self._made.get(key)

    def keep(self, key: str) -> None:
        """Whoever is known by this key has come."""
        self._settle(key)
        self._come += LATEST_SHARE * (1.0 - self._come)

    def prune(self, now_s: float) -> None:
        """Those whose time is over come no more. They are looked at in the order in which they were told."""
        for key, _ in list(self._until(now_s - GRACE_S)):
            self._settle(key)
            self._come -= LATEST_SHARE * self._come

    def likely(self) -> float:
        """How many will come of all that were told to, as far as those before them did."""
        return self._come * len(self._made)

    def likely_of(self, tenant: str) -> float:
        """The same of one tenant."""
        return self._come * self._by_tenant[tenant]

    def due(self, now_s: float) -> int:
        """How many are expected to come now."""
        return sum([1 for _ in self._until(now_s)])

    def due_of(self, tenant: str, now_s: float) -> int:
        """The same of one tenant."""
        return sum([each.tenant == tenant for _, each in self._until(now_s)])

    def _settle(self, key: str) -> None:
        tenant = self._made.pop(key).tenant
        self._by_tenant[tenant] -= 1
        if not self._by_tenant[tenant]:
            del self._by_tenant[tenant]

    def _until(self, at_s: float) -> Iterator[tuple[str, Promise]]:
        for key, promise in self._made.items():
            if promise.at_s > at_s:
                return
            yield key, promise
