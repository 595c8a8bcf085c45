"""How much of a backend is in use, and how much of it this replica may use. Never reads a clock.

This router sees its own attempts to the moment, and what the engine says of itself a little late. So the two are put
together: what the engine counted beyond ours when it counted is what others have open there (other replicas, other
callers, choices and drafts that one attempt stands for), and that is added to ours as they are now.
"""

from typing import Final

from msgspec import Struct

from router.core.concurrency_limit import Limiter, Service

FRESH_S: Final = 1.0
"""So long what an engine said of itself counts. It is asked four times in this."""


class Lease(Struct, frozen=True, gc=False):
    """Slots of a backend that this replica may fill until `until_s`, while so many `replicas` share it."""

    slots: int
    replicas: int
    until_s: float


class Occupancy:
    """What one backend has open, and its limit. `ours`: attempts of this replica that are open; `waiting`: those of its
    requests that wait for a slot here, which whoever makes them wait keeps right."""

    def __init__(self, limiter: Limiter | None = None) -> None:
        self.ours = 0
        self.waiting = 0
        self._limiter = limiter
        self._others = 0
        self._others_until_s = 0.0
        self._lease: Lease | None = None

    def opened(self) -> None:
        """An attempt begins."""
        self.ours += 1

    def closed(self) -> None:
        """An attempt is over, however it ended."""
        self.ours -= 1

    def heard(self, running_and_waiting: int, ours: int, now_s: float) -> None:
        """The engine says how many it has; `ours`: the most of ours that it can have counted among them. What it says
        last counts alone, and for `FRESH_S`."""
        self._others = max(running_and_waiting - ours, 0)
        self._others_until_s = now_s + FRESH_S

    def others(self, now_s: float) -> int:
        """What the engine has besides ours, as far as it is known."""
        return self._others if now_s < self._others_until_s else 0

    def in_flight(self, now_s: float) -> int:
        """Attempts that are open there, ours and others'."""
        return self.ours + self.others(now_s)

    def limit(self, now_s: float) -> int:
        """How many may be in flight before this replica opens no more; 0: none is known. Where replicas share the
        backend this is no more than what others have open and what may be ours."""
        whole = self.whole_limit
        if self._lease is None or whole == 0:
            return whole
        return min(whole, self.others(now_s) + self.share(now_s))

    @property
    def whole_limit(self) -> int:
        """How many may be in flight, whoever opens them; 0: none is known."""
        return 0 if self._limiter is None else int(self._limiter.limit)

    def share(self, now_s: float) -> int:
        """How many of the whole limit may be ours. When no lease holds it is an equal share, though never nothing:
        there may be nobody any more who could grant one."""
        lease = self._lease
        if lease is None:
            return self.whole_limit
        return lease.slots if now_s < lease.until_s else max(self.whole_limit // lease.replicas, 1)

    def wanted(self, now_s: float) -> int:
        """How many slots this replica has a use for. One that has filled its share asks for twice as many and one more:
        who finds it full goes elsewhere, so that nothing here tells how many there were."""
        held = self.ours + self.waiting
        return 2 * held + 1 if held >= self.share(now_s) else max(held, 1)

    def leased(self, lease: Lease) -> None:
        """From now on this replica has such a share."""
        self._lease = lease

    def took(self, service: Service) -> None:
        """An answer of this backend was served whole, here."""
        if self._limiter is not None:
            self._limiter = self._limiter.after(service)

    def refused(self) -> None:
        """The backend has called itself overloaded."""
        if self._limiter is not None:
            self._limiter = self._limiter.refused()
