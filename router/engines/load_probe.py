"""Asks engines how many requests they have, four times a second: what others open there cannot be seen from here.

vLLM's `/load` costs next to nothing, but an engine that was not told to keep count says 0 there for ever. So it is
believed once it has said more than that, and until then the metrics are asked as well, which every vLLM serves, though
putting the page together takes it some milliseconds. An engine that says it in neither place is asked again only now
and then. The page is read to its end, because the connection is used again.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from router.core.saturation import Occupancy
from router.engines.line import FOREIGN, Line
from router.engines.load_pages import read_load, read_metrics
from router.ports import Clock

EVERY_S: Final = 0.25
"""From one look to the next."""

WITHIN_S: Final = 0.2
"""How long a page may take. One look ends before the next begins."""

SILENT_S: Final = 1.0
"""Until the next look, after nothing answered."""

SELDOM_S: Final = 30.0
"""Until the next look, after an engine answered that tells nothing."""

MOST_BYTES: Final = 1 << 20
"""Of a page. vLLM's metrics have some 60 kB with one engine."""


class LoadProbe:
    """Looks after the occupancy of one backend, over a line of its own."""

    def __init__(self, line: Line, occupancy: Occupancy, clock: Clock) -> None:
        self._line = line
        self._occupancy = occupancy
        self._clock = clock
        self._counts = False
        self._load_page_from_s = 0.0

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            began_s = self._clock.now_s()
            pause_s = await self.look()
            await asyncio.sleep(max(began_s + pause_s - self._clock.now_s(), 0.0))

    async def look(self) -> float:
        """Asks once. Returns how long to leave the engine alone from the moment it was asked."""
        before = self._occupancy.ours
        try:
            async with asyncio.timeout(WITHIN_S):
                count = await self._ask()
        except FOREIGN:
            self._counts = False
            return SILENT_S
        if count is None:
            return SELDOM_S
        self._occupancy.heard(count, max(before, self._occupancy.ours), self._clock.now_s())
        return EVERY_S

    async def _ask(self) -> int | None:
        load = await self._ask_for_load()
        if load is not None and (self._counts or load > 0):
            self._counts = True
            return load
        return read_metrics(await self._line.read_page("/metrics", MOST_BYTES))

    async def _ask_for_load(self) -> int | None:
        now_s = self._clock.now_s()
        if now_s < self._load_page_from_s:
            return None
        load = read_load(await self._line.read_page("/load", MOST_BYTES))
        if load is None:
            self._load_page_from_s = now_s + SELDOM_S
        return load


@asynccontextmanager
async def open_load_probes(
    lines: Mapping[str, Line], occupancies: Mapping[str, Occupancy], clock: Clock
) -> AsyncGenerator[None, None]:
    """Looks after the occupancy of every backend, by its name, while the block runs."""
    probes = [LoadProbe(line, occupancies[name], clock) for name, line in lines.items()]
    looking = [asyncio.create_task(probe.run()) for probe in probes]
    try:
        yield
    finally:
        for each in looking:
            each.cancel()
        if looking:
            await asyncio.wait(looking)
