"""Tiers with seats, and requests that come and go in virtual time: what drives a queue without an event loop."""

import heapq
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from router.core.queueing import Queue
from router.core.values import Tier
from router.core.waiting import Bounds, Refusal, Seats, Ticket

LOOKS_EVERY_S: Final = 0.1


@dataclass
class Arrival:
    """One that comes: its ticket, how long it really keeps its seat, and whether it comes again when told to."""

    ticket: Ticket
    takes_s: float
    comes_again: bool = False


@dataclass
class WaitingRoom:
    """What happens to those who arrive. `served`: who sat down where, and when; `refused`: who did not."""

    limits: Mapping[Tier, int]
    bounds: Bounds = field(default_factory=Bounds)
    served: list[tuple[float, Tier, Ticket]] = field(default_factory=list)
    refused: list[tuple[float, Ticket, Refusal]] = field(default_factory=list)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.queue = Queue(self.bounds)
        self.taken = dict.fromkeys(self.limits, 0)
        self.waiting: dict[int, Arrival] = {}
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []

    @property
    def seats(self) -> Mapping[Tier, Seats]:
        """The seats of each tier."""
        return {tier: Seats(limit, self.taken[tier]) for tier, limit in self.limits.items()}

    def at(self, t_s: float, deed: Callable[[], None]) -> None:
        """Something is to happen."""
        heapq.heappush(self._agenda, (t_s, next(self._order), deed))

    def run(self, arrivals: Iterable[Arrival], until_s: float = 1e9) -> None:
        """Lets all of them come, and time pass."""
        for each in arrivals:
            self.at(each.ticket.came_s, lambda each=each: self.arrive(each))
        while self._agenda and self._agenda[0][0] <= until_s:
            self.now_s, _, deed = heapq.heappop(self._agenda)
            deed()

    def arrive(self, arrival: Arrival) -> None:
        """One comes, and gets a seat, a place to wait, or neither."""
        ticket = arrival.ticket
        if self.queue.may_sit_down(ticket.first, self.seats[ticket.first]):
            self.sit_down(arrival, ticket.first)
            return
        refusal = self.queue.join(ticket, self.seats, self.now_s)
        if refusal is not None:
            self.refuse(arrival, refusal)
            return
        if not self.waiting:
            self.at(self.now_s + LOOKS_EVERY_S, self.look)
        self.waiting[ticket.number] = arrival
        self.call()

    def sit_down(self, arrival: Arrival, tier: Tier) -> None:
        """One gets a seat, and up again when it has had what it came for."""
        tenant = arrival.ticket.tenant
        self.taken[tier] += 1
        self.queue.sat_down(tenant, tier)
        self.served.append((self.now_s, tier, arrival.ticket))
        self.at(self.now_s + arrival.takes_s, lambda: self.get_up(tenant, tier))

    def get_up(self, tenant: str, tier: Tier) -> None:
        """A seat comes free."""
        self.taken[tier] -= 1
        self.queue.got_up(tenant, tier)
        self.call()

    def call(self) -> None:
        """Whoever's turn it is sits down."""
        while (turn := self.queue.call(self.seats, self.now_s)) is not None:
            self.sit_down(self.waiting.pop(turn.ticket.number), turn.tier)

    def look(self) -> None:
        """Those who wait for nothing are sent away."""
        for ticket, refusal in self.queue.drop(self.seats, self.now_s):
            self.refuse(self.waiting.pop(ticket.number), refusal)
        self.call()
        if self.waiting:
            self.at(self.now_s + LOOKS_EVERY_S, self.look)

    def refuse(self, arrival: Arrival, refusal: Refusal) -> None:
        """One is sent away; it may come again."""
        self.refused.append((self.now_s, arrival.ticket, refusal))
        if arrival.comes_again and refusal.retry_after_s:
            self.at(self.now_s + refusal.retry_after_s, lambda: self.arrive(arrival))
