"""The cache in memory: which entries go first, and what it takes to find one."""

import asyncio

from router.core.caching.entry import Entry
from router.stores.losses import Losses
from router.stores.memory_cache import MemoryCache
from router.stores.shelf import MIB, Bounds
from tests.cached import entry, place
from tests.doubles import HandClock


def kept_after(bounds: Bounds, *tenants: str) -> list[bool]:
    """Whether each is kept, of entries that were put in this order, the first looked up before the last was put."""

    async def put_all() -> list[Entry | None]:
        cache = MemoryCache(HandClock(), bounds, Losses())
        for number, tenant in enumerate(tenants):
            if number == len(tenants) - 1:
                await cache.get(place(0, tenants[0]))
            await cache.put(place(number, tenant), entry("x" * 1_000))
        return [await cache.get(place(number, tenant)) for number, tenant in enumerate(tenants)]

    return [each is not None for each in asyncio.run(put_all())]


def test_the_longest_unused_goes_first() -> None:
    assert kept_after(Bounds(MIB, 3, MIB), "a", "a", "b", "b") == [True, False, True, True]


def test_a_tenant_over_its_due_loses_its_own_longest_unused() -> None:
    assert kept_after(Bounds(MIB, 100, 5_000), "a", "b", "a", "a") == [True, True, False, True]


def test_bytes_are_bounded_as_entries_are() -> None:
    assert kept_after(Bounds(5_000, 100, MIB), "a", "a", "b") == [True, False, True]


def test_what_is_over_its_time_is_gone_once_it_was_looked_for() -> None:
    async def outlive() -> tuple[int, int]:
        clock = HandClock()
        cache = MemoryCache(clock, Bounds(MIB, 100, MIB), Losses())
        await cache.put(place(), entry())
        clock.pass_s(3_600)
        before = (await cache.holding()).entries
        await cache.get(place())
        return before, (await cache.holding()).size_bytes

    assert asyncio.run(outlive()) == (1, 0)
