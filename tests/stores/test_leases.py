"""Who gets a lease, for how long, and what becomes of it: alone, and among replicas with one real Redis."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest

from router.caching.turns import ALONE
from router.clock import SystemClock
from router.core.caching.entry import Place
from router.ports import Lease, Leases
from router.stores.redis_door import STEP_S, read_door
from router.stores.redis_leases import LEASE_S, RedisLeases
from router.stores.redis_line import open_line
from tests.cached import PATIENT_S, PREFIX, place
from tests.redis_server import RedisServer
from tests.stores.conftest import Run

LATE_S = 0.5
"""How much later than it should something may be on a busy machine."""

CANCELLATIONS = 300


@asynccontextmanager
async def replica(redis: RedisServer, step_s: float = PATIENT_S) -> AsyncIterator[Leases]:
    async with open_line(read_door(redis.url), "nothing works without", step_s) as line:
        yield RedisLeases(line, PREFIX, SystemClock())


def among(redis: RedisServer, run: Run[Any], work: Callable[..., Awaitable[Any]], count: int = 2) -> Any:
    """What `work` makes of the leases of so many replicas."""

    async def open_and_work() -> Any:
        async with AsyncExitStack() as stack:
            return await work(*[await stack.enter_async_context(replica(redis)) for _ in range(count)])

    return run(open_and_work())


async def granted(leases: Leases, where: Place | None = None) -> Lease:
    """A lease that nobody else has."""
    lease = await leases.take(where or place())
    assert lease is not None
    return lease


async def over_after_s(leases: Leases) -> float:
    """The seconds until nobody has the lease any more."""
    started_s = time.monotonic()
    lease: Lease | None = None
    while lease is None:
        await asyncio.sleep(0.01)
        lease = await leases.take(place())
    return time.monotonic() - started_s


# --- what both promise ----------------------------------------------------------------------------------------


@pytest.fixture(params=["alone", "redis"])
def of_one(request: pytest.FixtureRequest, run: Run[Any]) -> Callable[[Callable[[Leases], Awaitable[Any]]], Any]:
    """What a replica's work with its leases comes to."""
    if request.param == "redis":
        server = request.getfixturevalue("redis")
        return lambda work: among(server, run, work, count=1)

    async def alone(work: Callable[[Leases], Awaitable[Any]]) -> Any:
        return await work(ALONE)

    return lambda work: run(alone(work))


def test_a_lease_that_was_given_back_is_granted_again(of_one: Callable[..., Any]) -> None:
    async def take_twice(leases: Leases) -> None:
        for _ in range(2):
            async with (await granted(leases)).held():
                pass

    of_one(take_twice)


def test_a_lease_is_given_back_by_work_that_fails(of_one: Callable[..., Any]) -> None:
    async def fail(leases: Leases) -> None:
        with suppress(ValueError):
            async with (await granted(leases)).held():
                raise ValueError
        await granted(leases)

    of_one(fail)


def test_a_lease_is_given_back_by_work_that_is_cancelled(of_one: Callable[..., Any]) -> None:
    async def cancel(leases: Leases) -> None:
        async def hold() -> None:
            async with (await granted(leases)).held():
                await asyncio.sleep(60)

        holding = asyncio.create_task(hold())
        await asyncio.sleep(0.05)
        holding.cancel()
        await asyncio.wait((holding,))
        await granted(leases)

    of_one(cancel)


def test_no_task_is_left_behind(of_one: Callable[..., Any]) -> None:
    async def hold(leases: Leases) -> None:
        before = len(asyncio.all_tasks())
        async with (await granted(leases)).held():
            pass
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == before

    of_one(hold)


# --- among replicas -------------------------------------------------------------------------------------------


def test_of_many_who_ask_at_once_one_gets_it(redis: RedisServer, run: Run[Any]) -> None:
    async def ask_all(*replicas: Leases) -> int:
        taken = await asyncio.gather(*(each.take(place()) for each in replicas for _ in range(50)))
        return sum(each is not None for each in taken)

    assert among(redis, run, ask_all, count=3) == 1


@pytest.mark.parametrize("other", [place(1), place(tenant="bob"), place(policy="other")], ids=str)
def test_what_is_asked_elsewhere_is_another_lease(other: Place, redis: RedisServer, run: Run[Any]) -> None:
    async def take_both(one: Leases, another: Leases) -> None:
        await granted(one)
        await granted(another, other)

    among(redis, run, take_both)


def test_while_it_is_held_it_is_never_over(redis: RedisServer, run: Run[Any]) -> None:
    async def hold_for_long(one: Leases, other: Leases) -> list[bool]:
        async with (await granted(one)).held():
            seen = []
            until_s = time.monotonic() + 1.5 * LEASE_S
            while time.monotonic() < until_s:
                seen.append(await other.take(place()) is None)
                await asyncio.sleep(0.02)
        return [*seen, await other.take(place()) is not None]

    assert all(among(redis, run, hold_for_long))


def test_of_a_replica_that_died_it_is_over_soon(redis: RedisServer, run: Run[Any]) -> None:
    async def die(one: Leases, other: Leases) -> float:
        await granted(one)
        return await over_after_s(other)

    assert among(redis, run, die) < LEASE_S + LATE_S


def test_who_lost_it_neither_renews_nor_gives_back_what_another_has(redis: RedisServer, run: Run[Any]) -> None:
    async def lose(one: Leases, other: Leases) -> Lease | None:
        lost = await granted(one)
        await asyncio.to_thread(redis.do, "FLUSHALL")
        async with (await granted(other)).held():
            async with lost.held():
                await asyncio.sleep(LEASE_S / 2)
            return await one.take(place())

    assert among(redis, run, lose) is None


def test_those_with_another_prefix_have_leases_of_their_own(redis: RedisServer, run: Run[Any]) -> None:
    async def take_elsewhere(one: Leases) -> None:
        await granted(one)
        async with open_line(read_door(redis.url), "nothing works without", PATIENT_S) as line:
            await granted(RedisLeases(line, "staging", SystemClock()))

    among(redis, run, take_elsewhere, count=1)


# --- without redis --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["down", "frozen"])
def test_where_nobody_can_say_who_has_it_everybody_gets_it_at_once(how: str, redis: RedisServer, run: Run[Any]) -> None:
    async def lose_redis() -> float:
        async with replica(redis, STEP_S) as one, replica(redis, STEP_S) as other:
            redis.stop() if how == "down" else redis.freeze()
            started_s = time.monotonic()
            for each in (one, other):
                async with (await granted(each)).held():
                    pass
            return time.monotonic() - started_s

    assert run(lose_redis()) < 4 * STEP_S + LATE_S


def test_redis_that_refuses_grants_it_to_everybody_and_the_log_says_so_once(
    redis: RedisServer, run: Run[Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def fill(one: Leases, other: Leases) -> None:
        await asyncio.to_thread(redis.do, "CONFIG", "SET", "maxmemory", "1")
        for _ in range(3):
            await granted(one)
        async with (await granted(other)).held():
            pass

    among(redis, run, fill)

    assert [each.count("its memory is full") for each in caplog.messages] == [1, 1]


def test_who_holds_it_when_redis_goes_away_goes_on(redis: RedisServer, run: Run[Any]) -> None:
    async def hold() -> None:
        async with replica(redis, STEP_S) as one, (await granted(one)).held():
            await asyncio.to_thread(redis.stop)
            await asyncio.sleep(LEASE_S)

    run(hold())


def test_who_leaves_at_any_moment_leaves_no_lease_beyond_its_time(redis: RedisServer, run: Run[Any]) -> None:
    moments = random.Random(1)

    async def leave(one: Leases, other: Leases) -> float:
        async def hold(leases: Leases) -> None:
            lease = await leases.take(place())
            if lease is not None:
                async with lease.held():
                    await asyncio.sleep(moments.uniform(0, 0.004))

        for number in range(CANCELLATIONS):
            holding = asyncio.create_task(hold((one, other)[number % 2]))
            await asyncio.sleep(moments.uniform(0, 0.004))
            holding.cancel()
            await asyncio.wait((holding,))
        return await over_after_s(one)

    assert among(redis, run, leave) < LEASE_S + LATE_S
