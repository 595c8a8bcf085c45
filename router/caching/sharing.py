"""Serves requests that the cache may serve: from what is kept, together with those who ask the same, or by a climb of
its own."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager

from msgspec import Struct
from msgspec.structs import replace

from router.caching.flights import Flights
from router.caching.kept import Found, KeptAnswers
from router.caching.marking import Marked
from router.caching.replay import replay
from router.caching.turns import Turns
from router.caching.upgrades import NEVER, Upgrading
from router.climb import Climb
from router.core.caching.entry import Entry
from router.core.caching.terms import Outcome, Terms
from router.core.errors import BackendError, TandemError
from router.core.event_stream import MalformedStream
from router.core.grants import effective_budget_ms
from router.core.values import Tier
from router.inquiry import Considered, Opening
from router.overhearing import Heard
from router.ports import Answer, Asked, Head, Sought

Climbs = Callable[[Answer], Awaitable[None]]
"""Serves the request by a climb, its record included."""


class Shared(Struct, frozen=True, gc=False):
    """How a request that others might share was served. `failed`: the error that it was told before a word; `broken`:
    the one at which its answer broke off; `tier`: whose answer it got whole (None: none)."""

    outcome: Outcome
    failed: TandemError | None = None
    broken: BackendError | None = None
    tier: Tier | None = None


class Sharing:
    """The cache, as requests meet it. Without one nothing is kept or shared; without turns, no other replica is waited
    for."""

    def __init__(self, kept: KeptAnswers | None, turns: Turns | None = None, upgrades: Upgrading = NEVER) -> None:
        self._kept = kept
        self._turns = turns
        self._upgrades = upgrades
        self._flights = Flights()

    def seek(self, opening: Opening) -> Sought | None:
        """Begins to look for a kept answer before the request is decided; None: that would not help."""
        return None if self._kept is None else self._kept.seek(opening)

    def terms(self, considered: Considered, asked: Asked, sought: Sought | None = None) -> Terms | None:
        """On which terms a request meets the cache; None: not at all."""
        return None if self._kept is None else self._kept.terms(considered, asked, sought)

    async def keep(self, terms: Terms, considered: Considered, climb: Climb, heard: Heard) -> None:
        """Keeps an answer that a climb has given."""
        if self._kept is not None:
            await self._kept.keep(terms, considered, climb, heard)

    async def find(self, terms: Terms, sought: Sought | None) -> Found | None:
        """The kept answer; None: there is none, or none is taken."""
        return None if self._kept is None or not terms.reads else await self._kept.find(terms, sought)

    @asynccontextmanager
    async def turn(
        self, terms: Terms, considered: Considered, asked: Asked, started_s: float
    ) -> AsyncGenerator[Found | None, None]:
        """This replica's turn to answer a request that began then, while the block runs: with what another replica has
        kept meanwhile, or None."""
        if self._turns is None:
            yield None
            return
        async with self._turns.turn(terms, considered, asked, started_s) as entry:
            yield None if entry is None else Found("shared", entry, terms.place)

    async def give(
        self, found: Found | None, terms: Terms, considered: Considered, asked: Asked, answer: Answer
    ) -> Found | None:
        """Gives what was found, and says so; None: nothing was given."""
        if found is None or self._kept is None:
            return None
        entry = found.entry
        head = replace(_head(entry, considered), cache=found.outcome, age_s=self._kept.age_s(entry), heard=asked.heard)
        try:
            await replay(entry, asked, answer, head)
        except MalformedStream:
            return None
        self._upgrades.given(found, terms, considered, asked)
        return found

    async def share(self, terms: Terms, asked: Asked, answer: Answer, climbs: Climbs) -> Shared:
        """Serves by a climb that others share, or by sharing theirs; of one that failed before a word was said, by one
        more. Who takes no kept answer shares none either."""
        if not terms.reads:
            return await self._begin(object(), Marked(answer, "bypass"), climbs)
        budget_ms = effective_budget_ms(asked.caller.grants, asked.hints)
        # INVARIANT: who shares an answer would have had it written by the same tiers and judged by the same rule.
        key = (terms.place, terms.ladder, terms.rule, asked.request.streamed, budget_ms)
        flight = self._flights.find(key)
        if flight is not None:
            await flight.follow(Marked(answer, "shared"), hears_failure=False)
            if flight.failed is None:
                return Shared("shared", broken=flight.broken, tier=flight.tier)
            flight = self._flights.find(key)
        if flight is not None:
            await flight.follow(Marked(answer, "shared"), hears_failure=True)
            return Shared("shared", flight.failed, flight.broken, flight.tier)
        return await self._begin(key, Marked(answer, "miss"), climbs)

    async def _begin(self, key: Hashable, answer: Marked, climbs: Climbs) -> Shared:
        flight = self._flights.start(key, climbs)
        await flight.follow(answer, hears_failure=True)
        return Shared(answer.outcome, flight.failed, flight.broken)


NOTHING_SHARED = Sharing(None)


def _head(entry: Entry, considered: Considered) -> Head:
    decision = considered.decision
    then, excluded = decision.then, decision.excluded
    return Head(entry.tier, decision.rule, decision.policy, decision.reason, (), (), excluded, then.annotate)
