"""Whose turn it is to be served: has requests wait for a seat where their tiers are full.

Nothing is awaited, and no task is made, while there is room. Only the first attempt of a climb waits: what comes after
it was promised, is opened at once, and is counted before those who wait.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final

from router.core.errors import BackendError, DeadlineExceeded, QueueFull, TenantQueueFull
from router.core.queueing import Queue
from router.core.values import TIERS, Tier
from router.core.waiting import REASONS, Bounds, Refusal, Seats, Ticket
from router.ports import Clock, Fleet

LOOKS_EVERY_S: Final = 0.1
"""Seats come free without anybody here getting up: what others have open at an engine ends as well, and limits grow."""


class Turns:
    """Those who wait for a seat, and the seats that were given to somebody who has not sat down yet."""

    def __init__(self, fleet: Fleet, clock: Clock, bounds: Bounds) -> None:
        self.refused: dict[str, int] = dict.fromkeys(REASONS, 0)
        self._fleet = fleet
        self._clock = clock
        self._queue = Queue(bounds)
        self._given: Counter[Tier] = Counter()
        self._called: dict[int, asyncio.Future[Tier]] = {}
        self._numbers = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> Mapping[str, int]:
        """How many wait at each priority."""
        return self._queue.waiting

    def next_number(self) -> int:
        """A number for one more request: the order in which they came."""
        self._numbers += 1
        return self._numbers

    def has_room(self, tier: Tier) -> bool:
        """Whether somebody who has not waited may have a seat of this tier now."""
        return self._queue.may_sit_down(tier, self._seats(tier))

    def sat_down(self, tenant: str, tier: Tier) -> None:
        """An attempt of this tenant's was opened."""
        self._queue.sat_down(tenant, tier)

    def got_up(self, tenant: str, tier: Tier) -> None:
        """An attempt of this tenant's was closed."""
        self._queue.got_up(tenant, tier)
        if self._called:
            self._call()

    def give_back(self, tier: Tier) -> None:
        """A seat that was given is not kept any more: whoever got it sits there, or never will."""
        self._given[tier] -= 1
        if self._called:
            self._call()

    async def wait(self, ticket: Ticket) -> Tier:
        """Waits for a seat at any of the request's tiers: answers at which, and has it kept until it is given back.
        Raises TurnedAway or DeadlineExceeded when there is none to be had. INVARIANT: a seat that is given to one who
        leaves at that moment goes to the next."""
        now_s = self._clock.now_s()
        refusal = self._queue.join(ticket, self._all_seats(), now_s)
        if refusal is not None:
            raise self._turned_away(ticket, refusal)
        called: asyncio.Future[Tier] = asyncio.get_running_loop().create_future()
        self._called[ticket.number] = called
        try:
            self._changed(ticket)
            self._call()
            self._look_later()
            return await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled() and called.exception() is None:
                self.give_back(called.result())
            raise
        finally:
            del self._called[ticket.number]
            self._queue.leave(ticket)
            self._changed(ticket)

    def _call(self) -> None:
        while (turn := self._queue.call(self._all_seats(), self._clock.now_s())) is not None:
            called = self._called[turn.ticket.number]
            if not called.done():
                self._given[turn.tier] += 1
                called.set_result(turn.tier)

    def _look(self) -> None:
        self._timer = None
        for ticket, refusal in self._queue.drop(self._all_seats(), self._clock.now_s()):
            called = self._called[ticket.number]
            if not called.done():
                called.set_exception(self._turned_away(ticket, refusal))
        self._call()
        self._look_later()

    def _look_later(self) -> None:
        if self._timer is None and self._queue:
            self._timer = asyncio.get_running_loop().call_later(LOOKS_EVERY_S, self._look)

    def _changed(self, ticket: Ticket) -> None:
        self._fleet.waits(ticket.first, self._queue.wanting(ticket.first))

    def _seats(self, tier: Tier) -> Seats:
        seats = self._fleet.seats(tier)
        return Seats(seats.limit, seats.taken + self._given[tier])

    def _all_seats(self) -> Mapping[Tier, Seats]:
        return {tier: self._seats(tier) for tier in TIERS}

    def _turned_away(self, ticket: Ticket, refusal: Refusal) -> BackendError:
        self.refused[refusal.reason] += 1
        if refusal.reason == "hopeless":
            return DeadlineExceeded("all seats are taken, and the answer is not likely in time even if it began now")
        tiers, after_s = " and ".join(ticket.lasts_s), refusal.retry_after_s
        if refusal.reason == "tenant":
            return TenantQueueFull(f"enough requests of this tenant wait already; try again in {after_s} s", after_s)
        waited = "nothing came free in time" if refusal.reason == "waited" else "enough requests wait already"
        return QueueFull(f"the tiers {tiers} are full, and {waited}; try again in {after_s} s", after_s)
