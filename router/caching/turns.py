"""Whose turn it is to answer what several replicas are asked at the same time: who gets the lease climbs, keeps the
answer and gives the lease back; the others wait for what is kept. When the lease is given back, or is over, and nothing
was kept, one of those who wait gets it. Who has waited for as long as may be climbs without.

Only whoever wants a plain answer takes turns, and wants it from the cache and kept there. To one who wants a stream the
first word matters, and an answer is kept at its end.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Final

from router.caching.kept import KeptAnswers
from router.core.budget import budget_ms_of
from router.core.caching.entry import Entry, Place
from router.core.caching.terms import Terms
from router.core.caching.waiting import lease_place, patience_s
from router.core.grants import effective_budget_ms
from router.inquiry import Considered
from router.ports import Asked, Clock, Lease, Leases

FIRST_PAUSE_S: Final = 0.005
LONGEST_PAUSE_S: Final = 0.05
GROWTH: Final = 1.25
"""Between two looks at what is kept: each pause is longer than the last."""


class Turns:
    """The turns of this replica."""

    def __init__(self, kept: KeptAnswers, leases: Leases, clock: Clock) -> None:
        self._kept = kept
        self._leases = leases
        self._clock = clock

    @asynccontextmanager
    async def turn(
        self, terms: Terms, considered: Considered, asked: Asked, started_s: float
    ) -> AsyncGenerator[Entry | None, None]:
        """A turn to answer a request that began then, which lasts while the block runs: with the answer that there is
        meanwhile; None: there is none."""
        if asked.request.streamed or not (terms.reads and terms.writes):
            yield None
            return
        place = lease_place(terms, effective_budget_ms(asked.caller.grants, asked.hints))
        until_s = started_s + _patience_s(terms, considered, asked)
        lease, entry = await self._look(terms, place)
        pause_s = FIRST_PAUSE_S
        while lease is None and entry is None and (left_s := until_s - self._clock.now_s()) > 0:
            await asyncio.sleep(min(pause_s, left_s))
            pause_s = min(pause_s * GROWTH, LONGEST_PAUSE_S)
            lease, entry = await self._look(terms, place)
        async with nullcontext() if lease is None else lease.held():
            yield entry

    async def _look(self, terms: Terms, place: Place) -> tuple[Lease | None, Entry | None]:
        """INVARIANT: the answer is looked for after the lease was asked for, and was kept before that was given back:
        who gets the lease and finds nothing has missed nothing."""
        return await asyncio.gather(self._leases.take(place), self._kept.latest(terms))


class Unshared:
    """A lease that nobody else could have. The port `Lease`."""

    def held(self) -> AbstractAsyncContextManager[None]:
        """See `ports.Lease`."""
        return nullcontext()


class Alone:
    """The port `Leases` of a replica that shares its cache with no other."""

    async def take(self, _place: Place) -> Lease:
        """See `ports.Leases`."""
        return Unshared()


ALONE: Final = Alone()


def _patience_s(terms: Terms, considered: Considered, asked: Asked) -> float:
    decision = considered.decision
    budget_ms = budget_ms_of(decision.then, asked.caller.grants, asked.hints)
    return patience_s(terms, decision, considered.question.view, budget_ms)
