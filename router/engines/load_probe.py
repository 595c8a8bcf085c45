"""Asks engines how many requests they have, four times a second: what others open there cannot be seen from here.

An engine may say it in several places, and be believed in some of them only once it has said more than 0 there (see
`core.idiom.Look`). One that says it nowhere is asked again only now and then. A page is read to its end, because the
connection is used again.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from msgspec import Struct

from router.core.idiom import Look
from router.core.saturation import Occupancy
from router.engines.line import FOREIGN, Line
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


class Watched(Struct, frozen=True):
    """An engine that is looked at: the way to it, and the pages on which engines of its kind tell (at least one)."""

    line: Line
    loads: Sequence[Look]


class LoadProbe:
    """Looks after the occupancy of one backend, over a line of its own."""

    def __init__(self, watched: Watched, occupancy: Occupancy, clock: Clock) -> None:
        self._line = watched.line
        *self._first, self._last = watched.loads
        self._occupancy = occupancy
        self._clock = clock
        self._counting: set[str] = set()
        self._asked_from_s: dict[str, float] = {}

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
            self._counting.clear()
            return SILENT_S
        if count is None:
            return SELDOM_S
        self._occupancy.heard(count, max(before, self._occupancy.ours), self._clock.now_s())
        return EVERY_S

    async def _ask(self) -> int | None:
        for each in self._first:
            count = await self._ask_unless_silent(each)
            if count is not None and (each.is_sure or count > 0 or each.path in self._counting):
                self._counting.add(each.path)
                return count
        return await self._read(self._last)

    async def _ask_unless_silent(self, look: Look) -> int | None:
        """A page that says nothing is left alone for a while: another may."""
        now_s = self._clock.now_s()
        if now_s < self._asked_from_s.get(look.path, now_s):
            return None
        count = await self._read(look)
        if count is None:
            self._asked_from_s[look.path] = now_s + SELDOM_S
        return count

    async def _read(self, look: Look) -> int | None:
        return look.read(await self._line.read_page(look.path, MOST_BYTES))


@asynccontextmanager
async def open_load_probes(
    watched: Mapping[str, Watched], occupancies: Mapping[str, Occupancy], clock: Clock
) -> AsyncGenerator[None, None]:
    """Looks after the occupancy of these backends, by their names, while the block runs."""
    probes = [LoadProbe(each, occupancies[name], clock) for name, each in watched.items()]
    looking = [asyncio.create_task(probe.run()) for probe in probes]
    try:
        yield
    finally:
        for each in looking:
            each.cancel()
        if looking:
            await asyncio.wait(looking)
