"""Notices that a backend which is left alone is well again. Requests could not tell: none is sent there meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from router.engines.fleet import Pools
from router.ports import Backend

LOOK_S = 1.0
"""How long it takes to notice, on top of what the backend takes to answer. Who is well is never asked."""


@asynccontextmanager
async def open_recovery(pools: Pools) -> AsyncGenerator[None, None]:
    """Asks every backend that is left alone how it is, again and again, while the block runs."""
    looking = asyncio.create_task(_look_after(pools))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait((looking,))


async def _look_after(pools: Pools) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        await asyncio.gather(*(_look_at(pools, each) for each in pools.resting()))


async def _look_at(pools: Pools, backend: Backend) -> None:
    pools.found(backend.name, well=await backend.is_reachable())
