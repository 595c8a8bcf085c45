"""Looks after backends, off the requests' path: notices that one which is left alone is well again, which requests
could not tell, because none is sent there meanwhile; asks those how they are that other replicas leave alone, before a
request has to find out; and warms up those whose engines may have answered nothing yet."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from router.engines.fleet import Pools
from router.engines.member import Member
from router.ports import WARMTHS, Warmer, Warmth

LOOK_S = 1.0
"""How long it takes to notice, on top of what the backend takes to answer. Who is well, for all that is heard, is never
asked."""


class Recovery:
    """What looks after the backends."""

    def __init__(self, pools: Pools) -> None:
        self._warm_ups = Counter[Warmth]()
        self._pools = pools
        self._starting = {each.name for each in pools.members() if each.is_cold}

    @property
    def is_warming(self) -> bool:
        """Whether some backend has not been warm, nor failed to be, since the start."""
        return bool(self._starting)

    def counts(self) -> Mapping[str, int]:
        """The warm-ups so far, by what came of them."""
        return {warmth: self._warm_ups[warmth] for warmth in WARMTHS}

    async def look_after(self, member: Member) -> None:
        """Looks after one backend until cancelled."""
        while True:
            await self._look_at(member)
            await asyncio.sleep(LOOK_S)

    async def _look_at(self, member: Member) -> None:
        if member.breaker.is_resting:
            self._pools.found(member.name, well=await self._is_well(member))
        elif member.breaker.is_suspected and not await member.backend.is_reachable():
            self._pools.is_gone(member.name)
        elif member.is_cold and member.warmer is not None:
            self._pools.warmed(member.name, await self._warm(member, member.warmer))
        self._starting.discard(member.name)

    async def _is_well(self, member: Member) -> bool:
        """Whether it says that it is. One that was down may have been started anew, and has to show it; so has one that
        has failed to."""
        if not await member.backend.is_reachable():
            return False
        if member.warmer is None or not (member.is_cold or member.breaker.state == "down"):
            return True
        member.is_cold = True
        member.is_cold = await self._warm(member, member.warmer) == "failed"
        return not member.is_cold

    async def _warm(self, member: Member, warmer: Warmer) -> Warmth:
        """The answer counts as open there: it is one of ours among those that the engine says it has."""
        member.occupancy.opened()
        try:
            warmth = await warmer.warm()
        finally:
            member.occupancy.closed()
        self._warm_ups[warmth] += 1
        return warmth


@asynccontextmanager
async def open_recovery(pools: Pools) -> AsyncGenerator[Recovery, None]:
    """Asks every backend that is left alone how it is, again and again, and warms up the cold, while the block runs."""
    recovery = Recovery(pools)
    looking = [asyncio.create_task(recovery.look_after(each)) for each in pools.members()]
    try:
        yield recovery
    finally:
        for each in looking:
            each.cancel()
        if looking:
            await asyncio.wait(looking)
