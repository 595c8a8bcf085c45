"""Opening the stores that are configured."""

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
from tests.remembered import ACME, was_escalated


@pytest.mark.parametrize(("kind", "is_kept"), [("off", False), ("memory", True), ("sqlite", True), ("redis", True)])
def test_each_kind_keeps_what_it_should(kind: StoreKind, is_kept: bool, redis: RedisServer, tmp_path: Path) -> None:
    keeping = Keeping(kind, ROOMY, tmp_path / "cache.sqlite3", redis.url, PREFIX)

    async def put_and_get() -> list[Any]:
        async with open_stores(keeping, HandClock(), Losses()) as stores:
            cache = stores.cache
            await cache.put(place(), entry())
            return [await cache.get(place()), (await cache.holding()).entries, await cache.forget(Which())]

    assert asyncio.run(put_and_get()) == ([entry(), 1, 1] if is_kept else [None, 0, 0])


@pytest.mark.parametrize(
    ("kind", "has_redis"), [("off", True), ("memory", True), ("sqlite", True), ("redis", True), ("memory", False)]
)
def test_whichever_store_keeps_answers_replicas_remember_together_where_there_is_a_redis(
    kind: StoreKind, has_redis: bool, redis: RedisServer, tmp_path: Path
) -> None:
    keeping = Keeping(kind, ROOMY, tmp_path / "cache.sqlite3", redis.url if has_redis else "", PREFIX)

    async def tell() -> bool:
        async with (
            open_stores(keeping, HandClock(), Losses()) as one,
            open_stores(keeping, HandClock(), Losses()) as other,
        ):
            one.memory.remember_escalation(ACME, "q")
            await was_escalated(one.memory, "p")
            return await was_escalated(other.memory, "q")

    assert asyncio.run(tell()) is has_redis
    clients = str(redis.do("CLIENT", "LIST", "TYPE", "normal"))
    assert clients.count("addr=") - clients.count("laddr=") == 1, "the connections are closed again, but for this one"
