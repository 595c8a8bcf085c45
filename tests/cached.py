"""Entries, places, and the three stores that keep them: what the tests of caches share."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from router.core.caching.entry import Entry, Place
from router.core.caching.seal import Digest, Seal
from router.core.values import Tier, Usage
from router.ports import Cache, Clock
from router.stores.cache import Keeping
from router.stores.losses import Losses
from router.stores.memory_cache import MemoryCache
from router.stores.redis_cache import RedisCache
from router.stores.redis_door import STEP_S, read_door
from router.stores.redis_line import open_line
from router.stores.shelf import MIB, Bounds
from router.stores.sqlite_cache import open_sqlite_cache
from tests.doubles import EPOCH_S
from tests.redis_server import RedisServer

ROOMY = Bounds(max_bytes=64 * MIB, max_entries=10_000, tenant_max_bytes=32 * MIB)
PREFIX = "tandem"
DIGEST = Digest()
KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))
TTL_S = 60.0
PATIENT_S = 2.0
"""What a step may take where a test is not about time: machines that run tests are busy."""

Opened = AbstractAsyncContextManager[Cache]
Opens = Callable[..., Opened]
"""Opens one of the stores: `opens(clock, bounds=ROOMY, losses=Losses())`. Those of one test share what they keep,
unless they keep it in their own memory."""


def place(key: int = 0, tenant: str = "alice", policy: str = "default") -> Place:
    """A place, by a small number."""
    return Place(tenant, policy, f"{key:064x}")


def entry(text: str = "Hello.", tier: Tier = "fast", **fields: Any) -> Entry:
    """An entry that was made just now and is good for a minute."""
    usual = {"verified": False, "policy": "default", "rule": "usual", "model": "auto", "usage": Usage(9, 3)}
    times = {"made_s": EPOCH_S, "until_s": EPOCH_S + TTL_S}
    return Entry(body=text.encode(), tier=tier, **{**usual, **times, **fields})


def in_memory() -> Opens:
    """Opens caches that have nothing in common."""

    @asynccontextmanager
    async def opens(clock: Clock, bounds: Bounds = ROOMY, losses: Losses | None = None) -> AsyncGenerator[Cache, None]:
        yield MemoryCache(clock, bounds, losses or Losses())

    return opens


def in_file(path: Path, wait_s: float = PATIENT_S, seal: Seal = DIGEST) -> Opens:
    """Opens caches in this file."""

    def opens(clock: Clock, bounds: Bounds = ROOMY, losses: Losses | None = None) -> Opened:
        return open_sqlite_cache(Keeping("sqlite", bounds, path, seal=seal), clock, losses or Losses(), wait_s)

    return opens


@asynccontextmanager
async def open_redis_cache(
    keeping: Keeping, clock: Clock, losses: Losses, step_s: float = STEP_S
) -> AsyncGenerator[RedisCache, None]:
    """The cache in the Redis at this address, on a line of its own."""
    async with open_line(read_door(keeping.redis_url), "the cache of this test is without", step_s) as line:
        yield RedisCache(line, keeping, clock, losses)


def in_redis(server: RedisServer, step_s: float = PATIENT_S, seal: Seal = DIGEST) -> Opens:
    """Opens caches in this Redis."""

    def opens(clock: Clock, bounds: Bounds = ROOMY, losses: Losses | None = None) -> Opened:
        keeping = Keeping("redis", bounds, redis_url=server.url, prefix=PREFIX, seal=seal)
        return open_redis_cache(keeping, clock, losses or Losses(), step_s)

    return opens
