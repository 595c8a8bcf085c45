"""How late the event loop wakes up who asked it to: what every caller waits on top of everything else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from router.telemetry import names
from router.telemetry.instruments import Distribution
from router.telemetry.metrics import Metrics

EVERY_S: Final = 0.1


@asynccontextmanager
async def open_loop_watch(metrics: Metrics) -> AsyncGenerator[None, None]:
    """Asks to be woken up, again and again while the block runs, and shows how late that comes."""
    lags = metrics.register(Distribution(names.LOOP_LAG, "How late the event loop wakes up who sleeps.", names.LAGS))
    watching = asyncio.create_task(_watch(lags))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait((watching,))


async def _watch(lags: Distribution) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due_s = loop.time() + EVERY_S
        await asyncio.sleep(EVERY_S)
        lags.add((), max(loop.time() - due_s, 0.0))
