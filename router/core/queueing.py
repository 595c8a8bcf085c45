"""Who gets a seat at a tier, who waits for one, and who is told when to come again. Never awaits, never reads a clock.

Three rules, one inside the other. Between priorities seats go in fair turns by `WEIGHTS`, so that a lower one gets a
part of the engines' time, however much is asked at the higher ones: nobody starves. Between tenants of a priority they
go in fair turns by the tenants' weights, and not to one that has its share of a tier's seats while another that has
less waits for it. Of a tenant, the request whose deadline is nearest comes first.
"""

import math
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Final

from router.core.fair_turns import Claim, FairTurns
from router.core.promises import Promise, Promises
from router.core.seat_rate import SeatRate
from router.core.values import PRIORITIES, TIERS, Priority, Tier
from router.core.waiting import Bounds, Reason, Refusal, Seats, Ticket, Turn
from router.core.waiting_line import WaitingLine, work_s_of

WEIGHTS: Final[Mapping[Priority, float]] = {"priority": 16.0, "default": 4.0, "flex": 1.0}
"""What is due to each priority of the engines' time while all of them wait."""

PROMISES_FOR_EACH: Final = 16
"""Places kept for each one that may wait. Beyond, who is refused is told when there may be one, and has no promise."""

LONGEST_AFTER_S: Final = 600
"""Nobody is told to come again later than this."""

SeatsOf = Mapping[Tier, Seats]


class Queue:
    """Everybody who sits or waits. Whoever sits down or gets up, with or without having waited, is told to it."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lines = {priority: WaitingLine() for priority in PRIORITIES}
        self._promises = {priority: Promises(PROMISES_FOR_EACH * bounds.in_all) for priority in PRIORITIES}
        self._turns: FairTurns[Priority] = FairTurns()
        self._rates = {tier: SeatRate() for tier in TIERS}
        self._sitting: dict[Tier, dict[str, int]] = {tier: {} for tier in TIERS}
        self._weights: dict[str, float] = {}
        self._wanting: Counter[Tier] = Counter()
        self._work_s = dict.fromkeys(TIERS, 0.0)
        self._content: Counter[Tier] = Counter()

    def __len__(self) -> int:
        return self._wanting.total()

    @property
    def waiting(self) -> Mapping[str, int]:
        """How many wait at each priority."""
        return {priority: len(line) for priority, line in self._lines.items()}

    def wanting(self, tier: Tier) -> int:
        """How many wait that would rather have this tier than another."""
        return self._wanting[tier]

    # --- those who sit ----------------------------------------------------------------------------------------

    def sat_down(self, tenant: str, tier: Tier) -> None:
        """A tenant has one seat more."""
        sitting = self._sitting[tier]
        sitting[tenant] = sitting.get(tenant, 0) + 1

    def got_up(self, tenant: str, tier: Tier) -> None:
        """A tenant has one seat fewer."""
        sitting = self._sitting[tier]
        sitting[tenant] -= 1
        if not sitting[tenant]:
            del sitting[tenant]

    def may_sit_down(self, tier: Tier, seats: Seats) -> bool:
        """Whether one that has not waited may have a seat now: no other that waits would be content with this tier."""
        return seats.has_free and not self._content[tier]

    # --- those who wait ---------------------------------------------------------------------------------------

    def join(self, ticket: Ticket, seats: SeatsOf, now_s: float) -> Refusal | None:
        """One wants to wait. None: it does; else why it does not."""
        if ticket.is_hopeless(now_s):
            return Refusal("hopeless")
        line, promises = self._lines[ticket.priority], self._promises[ticket.priority]
        promises.prune(now_s)
        promise = promises.get(ticket.key)
        if promise is not None:
            if waits_s := promise.waits_s(now_s):
                return Refusal(promise.reason, math.ceil(waits_s))
            promises.keep(ticket.key)
        elif reason := self._full(ticket, now_s):
            return self._come_again(ticket, reason, seats, now_s)
        line.join(ticket)
        self._wanting[ticket.first] += 1
        self._work_s[ticket.first] += ticket.work_s
        self._rates[ticket.first].wanted(now_s)
        self._content.update(ticket.lasts_s.keys())
        self._weights[ticket.tenant] = ticket.weight
        return None

    def leave(self, ticket: Ticket) -> None:
        """One waits no more, if it did."""
        if self._lines[ticket.priority].leave(ticket):
            self._left(ticket)

    def call(self, seats: SeatsOf, now_s: float) -> Turn | None:
        """Whose turn it is now, and at which tier; None: nobody's. It waits no more, and is to sit down."""
        free = frozenset([tier for tier, each in seats.items() if self._content[tier] and each.has_free])
        if not free:
            return None
        among = {priority: self._candidates(line, free, seats, now_s) for priority, line in self._lines.items() if line}
        chosen = {priority: self._lines[priority].next(each) for priority, each in among.items() if each}
        if not chosen:
            return None
        claims = {priority: Claim(work_s_of(turn), WEIGHTS[priority]) for priority, turn in chosen.items()}
        priority = self._turns.next(claims)
        turn = chosen[priority]
        self._turns.took(priority, claims)
        self._lines[priority].took(turn, among[priority])
        self._rates[turn.tier].freed(now_s)
        self._left(turn.ticket)
        return turn

    def drop(self, seats: SeatsOf, now_s: float) -> Sequence[tuple[Ticket, Refusal]]:
        """Those for whom there is no use in waiting on: they wait no more."""
        dropped = []
        for ticket in [each for line in self._lines.values() for each in line]:
            if ticket.is_hopeless(now_s):
                dropped.append((ticket, Refusal("hopeless")))
            elif now_s - ticket.came_s >= self._bounds.longest_s:
                dropped.append((ticket, self._come_again(ticket, "waited", seats, now_s)))
        for ticket, _ in dropped:
            self.leave(ticket)
        return dropped

    def _left(self, ticket: Ticket) -> None:
        self._wanting[ticket.first] -= 1
        self._work_s[ticket.first] -= ticket.work_s
        self._content.subtract(ticket.lasts_s.keys())
        if not self:
            self._turns, self._weights = FairTurns(), {}
            for rate in self._rates.values():
                rate.forget()
        elif not self._lines[ticket.priority]:
            self._turns.gone(ticket.priority)

    # --- which seat -------------------------------------------------------------------------------------------

    def _candidates(self, line: WaitingLine, free: frozenset[Tier], seats: SeatsOf, now_s: float) -> Mapping[str, Turn]:
        """Of each tenant who would take a free seat; none that has its share of that tier while another has less."""
        waits_s = {tier: self._wait_s(tier, seats, now_s) for tier in TIERS if self._wanting[tier]}
        found = line.candidates(lambda ticket: _seat_for(ticket, free, waits_s, now_s))
        if len(found) < 2:
            return found
        shares = {tier: self._share(tier, seats[tier].limit) for tier in free}
        modest = {
            tenant: turn
            for tenant, turn in found.items()
            if self._sitting[turn.tier].get(tenant, 0) < math.ceil(shares[turn.tier] * turn.ticket.weight)
        }
        return modest or found

    def _share(self, tier: Tier, limit: int) -> float:
        """The seats of a tier that are due to each unit of weight of those who sit there or wait."""
        if limit == 0:
            return math.inf
        due = set(self._sitting[tier]).union(*[line.tenants for line in self._lines.values()])
        return limit / sum([self._weights.get(each, 1.0) for each in due])

    # --- how long it takes ------------------------------------------------------------------------------------

    def _wait_s(self, tier: Tier, seats: SeatsOf, now_s: float) -> float:
        """How long it takes until all who want this tier have begun."""
        return self._wanting[tier] / self._rate(tier, seats, now_s)

    def _rate(self, tier: Tier, seats: SeatsOf, now_s: float) -> float:
        """How many of those who wait sit down here in a second: as was seen, else as follows from their work."""
        limit, wanting = seats[tier].limit, self._wanting[tier]
        each_s = self._work_s[tier] / wanting if wanting else 0.0
        otherwise = limit / each_s if limit and each_s else math.inf
        return self._rates[tier].per_s(now_s, otherwise)

    def _come_again(self, ticket: Ticket, reason: Reason, seats: SeatsOf, now_s: float) -> Refusal:
        """The refusal of one that may come again when there is a place: all who are before it have left theirs."""
        rate = self._rate_for(ticket, reason, seats, now_s)
        places = self._places_before(ticket, reason) + 1.0
        after_s = LONGEST_AFTER_S if rate <= 0.0 else min(max(math.ceil(places / rate), 1), LONGEST_AFTER_S)
        self._promises[ticket.priority].make(ticket.key, Promise(ticket.tenant, reason, now_s + after_s))
        return Refusal(reason, after_s)

    def _rate_for(self, ticket: Ticket, reason: Reason, seats: SeatsOf, now_s: float) -> float:
        """How many of those who wait beside this one sit down in a second: at its priority, or of its tenant."""
        line = self._lines[ticket.priority]
        rate = sum([self._rate(tier, seats, now_s) for tier in ticket.lasts_s if self._wanting[tier]])
        rate *= WEIGHTS[ticket.priority] / sum([WEIGHTS[each] for each, other in self._lines.items() if other])
        return rate * ticket.weight / sum(line.weights.values()) if reason == "tenant" else rate

    def _places_before(self, ticket: Ticket, reason: Reason) -> float:
        """How many have to leave their places before there is one to be had, those included who will come before."""
        line, promises = self._lines[ticket.priority], self._promises[ticket.priority]
        if reason == "tenant":
            return line.of(ticket.tenant) + promises.likely_of(ticket.tenant) - self._bounds.per_tenant
        return len(line) + promises.likely() - (self._bounds.in_all if reason == "all" else 0)

    def _full(self, ticket: Ticket, now_s: float) -> Reason | None:
        """Why there is no place. Of the places up to half are kept for those who were told to come now."""
        line, promises, bounds = self._lines[ticket.priority], self._promises[ticket.priority], self._bounds
        kept = min(promises.due_of(ticket.tenant, now_s), bounds.per_tenant // 2)
        if line.of(ticket.tenant) + kept >= bounds.per_tenant:
            return "tenant"
        return "all" if len(line) + min(promises.due(now_s), bounds.in_all // 2) >= bounds.in_all else None


def _seat_for(ticket: Ticket, free: Container[Tier], waits_s: Mapping[Tier, float], now_s: float) -> Tier | None:
    """Its first tier, or another one where its answer would be there sooner than if it waits; none where it would be
    too late."""
    soon_s = ticket.work_s if ticket.first in free else ticket.work_s + waits_s[ticket.first]
    for tier, lasts_s in ticket.lasts_s.items():
        if tier in free and lasts_s <= soon_s and now_s + lasts_s <= ticket.deadline_s:
            return tier
    return None
