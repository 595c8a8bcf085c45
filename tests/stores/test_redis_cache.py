"""What is true of the cache in Redis alone: what replicas see of each other, and what each has in front of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.core.caching.entry import Entry, Which
from router.core.caching.value import write_value
from router.ports import Cache
from router.stores.cache import Keeping
from router.stores.losses import Losses
from router.stores.redis_cache import FRONT_S
from router.stores.shelf import MIB, Bounds
from tests.cached import DIGEST, PATIENT_S, PREFIX, ROOMY, TTL_S, entry, in_redis, open_redis_cache, place
from tests.doubles import HandClock
from tests.redis_server import RedisServer


def with_caches(redis: RedisServer, work: Callable[..., Awaitable[Any]], count: int = 2, bounds: Bounds = ROOMY) -> Any:
    """What `work` makes of their clock and so many caches in this Redis."""

    async def open_and_work() -> Any:
        clock = HandClock()
        async with AsyncExitStack() as stack:
            caches = [await stack.enter_async_context(in_redis(redis)(clock, bounds)) for _ in range(count)]
            return await work(clock, *caches)

    return asyncio.run(open_and_work())


def test_what_one_replica_keeps_the_other_gives(redis: RedisServer) -> None:
    async def put_and_get_there(clock: HandClock, one: Cache, other: Cache) -> Entry | None:
        await one.put(place(), entry())
        return await other.get(place())

    assert with_caches(redis, put_and_get_there) == entry()


def test_a_lesser_answer_of_one_replica_never_replaces_a_better_one_of_another(redis: RedisServer) -> None:
    better, lesser = entry("better", "strong"), entry("lesser", verified=True)

    async def put_both(clock: HandClock, one: Cache, other: Cache) -> list[Entry | None]:
        await one.put(place(), better)
        await other.put(place(), lesser)
        return [await one.get(place()), await other.get(place())]

    assert with_caches(redis, put_both) == [better, better]


def test_what_another_replica_has_replaced_or_forgotten_is_given_for_a_moment_at_most(redis: RedisServer) -> None:
    async def replace_and_forget(clock: HandClock, one: Cache, other: Cache) -> list[Entry | None]:
        await one.put(place(), entry("first"))
        await other.put(place(), entry("second", "strong"))
        clock.pass_s(FRONT_S)
        replaced = await one.get(place())
        await other.forget(Which())
        clock.pass_s(FRONT_S)
        return [replaced, await one.get(place())]

    assert with_caches(redis, replace_and_forget) == [entry("second", "strong"), None]


def test_who_wants_the_latest_is_given_what_another_replica_has_just_kept(redis: RedisServer) -> None:
    async def replace_and_look(clock: HandClock, one: Cache, other: Cache) -> list[Entry | None]:
        await one.put(place(), entry("first"))
        await other.put(place(), entry("second", "strong"))
        return [await one.get(place()), await one.latest(place()), await one.get(place())]

    assert with_caches(redis, replace_and_look) == [entry("first"), *[entry("second", "strong")] * 2]


def test_what_a_replica_forgets_it_never_gives_again(redis: RedisServer) -> None:
    async def forget_while_looking(clock: HandClock, one: Cache) -> Entry | None:
        await one.put(place(), entry())
        clock.pass_s(FRONT_S)
        looking = asyncio.create_task(one.get(place()))
        await asyncio.sleep(0)
        await one.forget(Which(tenant=place().tenant))
        await looking
        return await one.get(place())

    assert with_caches(redis, forget_while_looking, count=1) is None


def test_what_is_put_while_redis_is_asked_is_given_where_redis_knew_of_nothing(redis: RedisServer) -> None:
    async def put_while_looking(clock: HandClock, one: Cache) -> Entry | None:
        looking = asyncio.create_task(one.get(place()))
        await asyncio.sleep(0)
        await one.put(place(), entry())
        return await looking

    assert with_caches(redis, put_while_looking, count=1) == entry()


def test_what_is_put_while_redis_stops_answering_is_given(redis: RedisServer) -> None:
    async def put_while_looking(clock: HandClock, one: Cache) -> Entry | None:
        redis.freeze()
        looking = asyncio.create_task(one.get(place()))
        await asyncio.sleep(0)
        await one.put(place(), entry())
        return await looking

    assert with_caches(redis, put_while_looking, count=1) == entry()


def test_while_redis_is_away_a_replica_goes_on_with_what_it_has(redis: RedisServer) -> None:
    async def go_on(clock: HandClock, one: Cache, other: Cache) -> list[Any]:
        await one.put(place(), entry())
        await asyncio.to_thread(redis.stop)
        found = []
        for _ in range(2):
            clock.pass_s(FRONT_S)
            found += [await one.get(place()), await other.get(place())]
        clock.pass_s(TTL_S)
        return [*found, await one.get(place())]

    assert with_caches(redis, go_on) == [entry(), None, entry(), None, None]


def test_those_with_another_prefix_see_nothing_of_it_and_forget_nothing_of_it(redis: RedisServer) -> None:
    async def forget_elsewhere(clock: HandClock, one: Cache) -> list[Any]:
        await one.put(place(), entry())
        keeping = Keeping("redis", ROOMY, redis_url=redis.url, prefix="staging*")
        async with open_redis_cache(keeping, clock, Losses(), PATIENT_S) as other:
            found = [await other.get(place()), await other.forget(Which()), (await other.holding()).entries]
        clock.pass_s(FRONT_S)
        return [*found, await one.get(place())]

    assert with_caches(redis, forget_elsewhere, count=1) == [None, 0, 0, entry()]


def test_an_entry_is_gone_from_redis_when_its_time_is_over(redis: RedisServer) -> None:
    async def put(clock: HandClock, one: Cache) -> None:
        await one.put(place(), entry())

    with_caches(redis, put, count=1)
    keys = redis.do("KEYS", "*")
    assert len(keys) == 2
    assert all(0 < redis.do("PTTL", key) <= TTL_S * 1_000 for key in keys)


def test_a_hundred_look_ups_at_once_travel_together(redis: RedisServer) -> None:
    async def look_up_at_once(clock: HandClock, one: Cache) -> int:
        await one.get(place())
        before = redis.do("INFO", "stats")["total_reads_processed"]
        await asyncio.gather(*(one.get(place(number)) for number in range(100)))
        after: int = redis.do("INFO", "stats")["total_reads_processed"]
        return after - before

    assert with_caches(redis, look_up_at_once, count=1) < 10


ACTS = st.lists(
    st.tuples(st.sampled_from(["put", "forget", "lose"]), st.integers(0, 5), st.integers(0, 1_500), st.booleans()),
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_the_sum_of_a_tenant_is_never_less_than_it_keeps_and_never_more_than_its_due(
    redis: RedisServer, acts: list[tuple[str, int, int, bool]]
) -> None:
    bounds = Bounds(max_bytes=MIB, max_entries=1, tenant_max_bytes=4_000)
    redis.do("FLUSHALL")

    async def act(clock: HandClock, one: Cache) -> int:
        for kind, number, size, verified in acts:
            if kind == "put":
                await one.put(place(number), entry("x" * size, made_s=float(number), verified=verified))
            elif kind == "forget":
                await one.forget(Which(made_before_s=float(number)))
            else:
                redis.do("DEL", f"{PREFIX}:cache:{{alice}}:default:{place(number).key}")
        return (await one.holding()).size_bytes

    said = with_caches(redis, act, count=1, bounds=bounds)
    values = [key for key in redis.do("KEYS", "*") if not key.endswith(b":index")]
    assert sum(redis.do("STRLEN", key) for key in values) <= said <= bounds.tenant_max_bytes


def test_neither_what_is_kept_nor_a_password_is_ever_in_the_log(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "correct-horse"
    redis.url = f"redis://user:{secret}@127.0.0.1:{redis.port}/0"

    async def use(clock: HandClock, one: Cache) -> None:
        redis.do("SET", f"{PREFIX}:cache:{{alice}}:default:{place().key}", write_value(place(1), entry(secret), DIGEST))
        await one.put(place(), entry(secret))
        await one.get(place())

    with caplog.at_level(logging.DEBUG):
        with_caches(redis, use, count=1)

    assert "does not accept the user and password" in caplog.text
    assert secret not in caplog.text
