"""The stores that replicas share: over one connection to Redis, so that what one request looks up goes together. Loaded
only where a Redis is configured."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from router.ports import Clock
from router.stores.cache import Keeping, Stores, open_cache
from router.stores.losses import Losses
from router.stores.memory import LocalMemory
from router.stores.redis_cache import RedisCache
from router.stores.redis_door import read_door
from router.stores.redis_leases import RedisLeases
from router.stores.redis_line import open_line
from router.stores.redis_memory import RedisMemory

ABOUT = "this replica remembers and keeps for itself alone, without"


@asynccontextmanager
async def open_shared(keeping: Keeping, clock: Clock, losses: Losses) -> AsyncGenerator[Stores, None]:
    """Both stores, for all replicas with this prefix (see `config.redis_settings`). A server that is down is no
    error."""
    async with open_line(read_door(keeping.redis_url), ABOUT) as line:
        memory = RedisMemory(line, keeping.prefix, LocalMemory(clock), clock.now_s)
        if keeping.kind == "redis":
            cache = RedisCache(line, keeping, clock, losses)
            yield Stores(cache, memory, RedisLeases(line, keeping.prefix, clock), cache, lambda: line.is_up)
            return
        async with open_cache(keeping, clock, losses) as own:
            yield Stores(own, memory, is_shared_up=lambda: line.is_up)
