"""Opening the cache that is configured."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from router.core.caching.entry import Which
from router.stores.cache import Keeping, StoreKind, open_stores
from router.stores.losses import Losses
from tests.cached import PREFIX, ROOMY, entry, place
from tests.doubles import HandClock
from tests.redis_server import RedisServer


@pytest.mark.parametrize(("kind", "is_kept"), [("off", False), ("memory", True), ("sqlite", True), ("redis", True)])
def test_each_kind_keeps_what_it_should(kind: StoreKind, is_kept: bool, redis: RedisServer, tmp_path: Path) -> None:
    keeping = Keeping(kind, ROOMY, tmp_path / "cache.sqlite3", redis.url, PREFIX)

    async def put_and_get() -> list[Any]:
        async with open_stores(keeping, HandClock(), Losses()) as stores:
            cache = stores.cache
            await cache.put(place(), entry())
            return [await cache.get(place()), (await cache.holding()).entries, await cache.forget(Which())]

    assert asyncio.run(put_and_get()) == ([entry(), 1, 1] if is_kept else [None, 0, 0])
