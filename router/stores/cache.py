"""Opening the stores that are configured: what keeps answers, and what remembers earlier requests."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from router.caching.turns import ALONE
from router.core.caching.entry import Entry, Holding, Place, Which
from router.core.caching.seal import Digest, Seal
from router.core.errors import SettingsError
from router.ports import Cache, Clock, Leases, Memory, Seeker
from router.stores.losses import Losses
from router.stores.memory import LocalMemory
from router.stores.memory_cache import MemoryCache
from router.stores.shelf import Bounds

StoreKind = Literal["off", "memory", "sqlite", "redis"]

ENCRYPTION_NEEDS: Final = (
    "cache.encryption_keys: encrypting needs one more package: pip install 'tandem-router[encryption]'"
)


class Keeping(Struct, frozen=True):
    """Which store keeps answers, how much of them, and where: `path` is that of SQLite's file, `redis_url` (empty:
    there is none) and `prefix` say which Redis, and how its keys begin; `seal` is what values are kept under outside
    this process."""

    kind: StoreKind
    bounds: Bounds
    path: Path = Path("cache.sqlite3")
    redis_url: str = ""
    prefix: str = ""
    seal: Seal = Digest()


class Stores(Struct, frozen=True):
    """What is kept and what is remembered. `leases`: of those who share the cache; `seeker`: the same cache, where it
    is some way off; `is_shared_up`: whether what replicas share answers (None: they share nothing)."""

    cache: Cache
    memory: Memory
    leases: Leases = ALONE
    seeker: Seeker | None = None
    is_shared_up: Callable[[], bool] | None = None


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
async def open_stores(keeping: Keeping, clock: Clock, losses: Losses) -> AsyncGenerator[Stores, None]:
    """The stores, while the block runs. What is remembered is shared wherever there is a Redis, whichever store keeps
    answers. What the cache loses is counted in `losses`."""
    if keeping.redis_url:
        from router.stores.shared import open_shared

        async with open_shared(keeping, clock, losses) as shared:
            yield shared
    else:
        async with open_cache(keeping, clock, losses) as cache:
            yield Stores(cache, LocalMemory(clock))


@asynccontextmanager
async def open_cache(keeping: Keeping, clock: Clock, losses: Losses) -> AsyncGenerator[Cache, None]:
    """The cache that is this replica's own."""
    if keeping.kind == "sqlite":
        from router.stores.sqlite_cache import open_sqlite_cache

        async with open_sqlite_cache(keeping, clock, losses) as durable:
            yield durable
    else:
        yield MemoryCache(clock, keeping.bounds, losses) if keeping.kind == "memory" else NoCache()


def choose_seal(keys: Sequence[bytes]) -> Seal:
    """What values are kept under outside this process: encryption with these keys, of which the first encrypts; or,
    where there are none, a digest. Raises SettingsError."""
    if not keys:
        return Digest()
    try:
        from router.stores.encryption import Cipher
    except ImportError:
        raise SettingsError(ENCRYPTION_NEEDS) from None
    return Cipher(keys)
