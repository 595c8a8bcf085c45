"""The cache in the memory of this process, for this replica alone."""

import asyncio

from router.core.caching.entry import Entry, Holding, Place, Which
from router.ports import Clock
from router.stores.losses import Losses
from router.stores.shelf import Bounds, Shelf

STRIDE = 500
"""Entries that are looked at in one go where many are: less than a millisecond, and then others have their turn."""


class MemoryCache:
    """The port `Cache`. What is over its time leaves when it is looked for, or when room is made (see `shelf`)."""

    def __init__(self, clock: Clock, bounds: Bounds, losses: Losses) -> None:
        self._clock = clock
        self._shelf = Shelf(bounds)
        self._losses = losses

    async def get(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        return self._alive(place)

    async def put(self, place: Place, entry: Entry) -> None:
        """See `ports.Cache`."""
        there = self._alive(place)
        if entry.until_s <= self._clock.unix_s() or (there is not None and there.rank > entry.rank):
            return
        if not self._shelf.put(place, entry, entry.made_s):
            self._losses.dropped += 1

    async def forget(self, which: Which) -> int:
        """See `ports.Cache`."""
        return await forget_from(self._shelf, which)

    async def holding(self) -> Holding:
        """See `ports.Cache`. Counts what is over its time and was not come upon yet."""
        return Holding(len(self._shelf), self._shelf.size_bytes)

    def _alive(self, place: Place) -> Entry | None:
        held = self._shelf.take(place)
        if held is None:
            return None
        if held.entry.until_s > self._clock.unix_s():
            return held.entry
        self._shelf.remove(place)
        return None


async def forget_from(shelf: Shelf, which: Which) -> int:
    """Removes from a shelf what is meant; how many that were. Others have their turn meanwhile."""
    count = 0
    for count, place in enumerate(shelf.found(which), start=1):
        shelf.remove(place)
        if count % STRIDE == 0:
            await asyncio.sleep(0)
    return count
