"""Opening the cache that is configured."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct

from router.caching.turns import ALONE
from router.core.caching.entry import Entry, Holding, Place, Which
from router.ports import Cache, Clock, Leases
from router.stores.losses import Losses
from router.stores.memory_cache import MemoryCache
from router.stores.shelf import Bounds

StoreKind = Literal["off", "memory", "sqlite", "redis"]


class Keeping(Struct, frozen=True):
    """Which store keeps answers, how much of them, and where: `path` is that of SQLite's file, `redis_url` and `prefix`
    say which Redis, and how its keys begin."""

    kind: StoreKind
    bounds: Bounds
    path: Path = Path("cache.sqlite3")
    redis_url: str = ""
    prefix: str = ""


class Stores(Struct, frozen=True):
    """The cache, the leases of those who share it, and what it has lost."""

    cache: Cache
    leases: Leases
    losses: Losses


class NoCache:
    """The port `Cache` of a router that keeps nothing."""

    async def get(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        return None

    async def latest(self, place: Place) -> Entry | None:
        """See `ports.Cache`."""
        return None

    async def put(self, place: Place, entry: Entry) -> None:
        """See `ports.Cache`."""

    async def forget(self, which: Which) -> int:
        """See `ports.Cache`."""
        return 0

    async def holding(self) -> Holding:
        """See `ports.Cache`."""
        return Holding(0, 0)


@asynccontextmanager
async def open_cache(keeping: Keeping, clock: Clock, losses: Losses) -> AsyncGenerator[Stores, None]:
    """The cache, while the block runs. What it loses it counts in `losses`."""
    if keeping.kind == "redis":
        from router.stores.redis_cache import open_redis_cache

        async with open_redis_cache(keeping.redis_url, keeping.prefix, clock, keeping.bounds, losses) as shared:
            yield Stores(shared, shared.leases, losses)
    elif keeping.kind == "sqlite":
        from router.stores.sqlite_cache import open_sqlite_cache

        async with open_sqlite_cache(keeping.path, clock, keeping.bounds, losses) as durable:
            yield Stores(durable, ALONE, losses)
    else:
        cache = MemoryCache(clock, keeping.bounds, losses) if keeping.kind == "memory" else NoCache()
        yield Stores(cache, ALONE, losses)
