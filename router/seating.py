"""How one climb comes by its first seat."""

import math
from collections.abc import Mapping

from router.core.errors import Spilled
from router.core.priority import priority_of
from router.core.recall import question_key
from router.core.values import Priority, Tier
from router.core.waiting import Ticket, lasts_s_of
from router.inquiry import Considered
from router.ports import Clock
from router.turns import Turns


class Seating:
    """`waited_s`: how long the climb has waited; `spilled_from`: the tier that it would have begun with, had that not
    been full (None: it did); `began_at`: the tier of its first seat. INVARIANT: after `end` no seat is kept for it."""

    def __init__(self, considered: Considered, turns: Turns, clock: Clock) -> None:
        self.waited_s = 0.0
        self.spilled_from = considered.decision.spilled_from
        self.began_at: Tier | None = None
        self._considered = considered
        self._turns = turns
        self._clock = clock
        self._number = 0
        self._given: Tier | None = None

    @property
    def priority(self) -> Priority:
        """How urgent the request is."""
        view, then = self._considered.question.view, self._considered.decision.then
        return priority_of(then, view.caller.grants, view.signals.service_tier)

    def must_wait(self, tier: Tier) -> bool:
        """Whether an attempt on this tier is not to be opened before it was waited for. What was promised once is not
        made to wait again."""
        if self.began_at is not None or self._given == tier:
            return False
        return self._given is not None or not self._turns.has_room(tier)

    async def wait(self, tier: Tier, deadline_s: float | None) -> None:
        """Waits for a seat at this tier. Raises Spilled where one above it has a seat first, or what `Turns.wait`
        does."""
        if self._given is None:
            began_s = self._clock.now_s()
            try:
                self._given = await self._turns.wait(self._ticket(tier, began_s, deadline_s))
            finally:
                self.waited_s += self._clock.now_s() - began_s
        if self._given != tier:
            self.spilled_from = self.spilled_from or tier
            raise Spilled(f"the tier {tier} is full; {self._given} had a seat first")

    def sat_down(self, tier: Tier) -> None:
        """The climb has a seat, which the fleet counts from now on."""
        self.began_at = self.began_at or tier

    def end(self) -> None:
        """Nothing is kept for it any more."""
        if self._given is not None:
            given, self._given = self._given, None
            self._turns.give_back(given)

    def _ticket(self, tier: Tier, now_s: float, deadline_s: float | None) -> Ticket:
        view, caller = self._considered.question.view, self._considered.question.view.caller
        self._number = self._number or self._turns.next_number()
        return Ticket(
            self._number,
            caller.tenant,
            self._lasts_s(tier),
            now_s,
            self.priority,
            caller.grants.weight,
            math.inf if deadline_s is None else deadline_s,
            question_key(caller.tenant, view.request),
        )

    def _lasts_s(self, tier: Tier) -> Mapping[Tier, float]:
        """For each tier at which it may begin, from this one on, how long it is thought to keep a seat."""
        decision, tiers = self._considered.decision, self._considered.question.view.tiers
        starts = decision.starts[decision.starts.index(tier) :] if tier in decision.starts else (tier,)
        return {each: lasts_s_of(decision.foreseen(each, tiers[each])) for each in starts}
