"""Replicas that share a backend: together they never have more slots than it has, and each gets what is fair."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.clock import SystemClock
from router.core.concurrency_limit import fixed
from router.core.saturation import Occupancy
from router.stores.redis_slots import EVERY_S, GRANT, LEASE_S, open_redis_slots
from tests.redis_server import RedisServer, redis_server

CLOCK = SystemClock()

SETTLED = [6, 2]
"""The shares of 8 slots where one replica holds four and the other none: what is wanted, four and one, and of the rest
equal parts, the odd one to who wants most. A share of seven is granted on the way there, while the first has a full
one; not where leases were lost meanwhile and the first to ask had all of them."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("redis")
    with redis_server(folder) as running:
        yield running


class Leases:
    """Asks the script itself, in the place of replicas named by number."""

    def __init__(self, server: RedisServer) -> None:
        server.do("FLUSHALL")
        self._server = server

    def renew(self, replica: int, wanted: int, held: int = 0, limit: int = 8, lease_ms: int = 60_000) -> int:
        slots, _ = self._server.do("EVAL", GRANT.source, 1, "slots", str(replica), wanted, held, limit, lease_ms)
        return int(slots)

    def settled(self, *wanted: int, limit: int = 8) -> list[int]:
        """What each has once all have renewed their leases often enough."""
        for _ in range(len(wanted)):
            granted = [self.renew(replica, each, limit=limit) for replica, each in enumerate(wanted)]
        return granted


@pytest.mark.parametrize(
    ("wanted", "granted"),
    [
        ((1,), [8]),
        ((1, 1), [4, 4]),
        ((99, 99), [4, 4]),
        ((1, 99), [1, 7]),
        ((99, 1), [7, 1]),
        ((99, 3, 99), [3, 3, 2]),
        ((2, 2, 2), [2, 3, 3]),
        ((1,) * 8, [1] * 8),
        ((99,) * 4, [2] * 4),
    ],
)
def test_nobody_gets_more_than_is_fair_while_others_want_more(
    server: RedisServer, wanted: tuple[int, ...], granted: list[int]
) -> None:
    settled = Leases(server).settled(*wanted)

    assert sorted(settled) == sorted(granted)
    assert sum(settled) == 8


def test_with_more_replicas_than_slots_some_have_none(server: RedisServer) -> None:
    assert sorted(Leases(server).settled(*(1,) * 5, limit=3)) == [0, 0, 1, 1, 1]


def test_what_is_held_is_not_granted_to_others_before_it_is_given_back(server: RedisServer) -> None:
    leases = Leases(server)
    assert leases.renew(1, wanted=99, held=0) == 8

    assert leases.renew(2, wanted=99) == 0
    assert leases.renew(1, wanted=99, held=6) == 6
    assert leases.renew(2, wanted=99) == 2
    assert leases.renew(1, wanted=99, held=3) == 4
    assert leases.renew(2, wanted=99) == 4


def test_the_slots_of_a_replica_that_is_gone_are_free_when_its_lease_is_over(server: RedisServer) -> None:
    leases = Leases(server)
    leases.renew(1, wanted=99, lease_ms=100)
    assert leases.renew(2, wanted=1) == 0

    time.sleep(0.15)

    assert leases.renew(2, wanted=1) == 8


def test_what_is_no_lease_is_removed(server: RedisServer) -> None:
    leases = Leases(server)
    server.do("HSET", "slots", "somebody", "something else")

    assert leases.renew(1, wanted=1) == 8
    assert server.do("HLEN", "slots") == 1


def test_leases_that_nobody_renews_leave_nothing_behind(server: RedisServer) -> None:
    Leases(server).renew(1, wanted=1, lease_ms=50)

    time.sleep(0.6)

    assert server.do("EXISTS", "slots") == 0


steps = st.tuples(st.integers(1, 5), st.integers(0, 20), st.integers(0, 12))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(limit=st.integers(1, 10), told=st.lists(steps, min_size=1, max_size=25))
def test_what_is_granted_together_is_never_more_than_the_limit(
    server: RedisServer, limit: int, told: list[tuple[int, int, int]]
) -> None:
    leases, granted = Leases(server), dict[int, int]()

    for replica, wanted, held in told:
        before = granted.get(replica, 0)
        granted[replica] = leases.renew(replica, wanted, held, limit)

        assert sum(granted.values()) <= limit
        free = limit - sum(each for other, each in granted.items() if other != replica)
        assert granted[replica] >= min(held, before)
        assert granted[replica] >= min(wanted, limit // len(granted), free)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(limit=st.integers(1, 12), wanted=st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_once_settled_shares_are_those_of_the_model(server: RedisServer, limit: int, wanted: list[int]) -> None:
    """Slots are dealt one at a time, to whoever has the fewest of those who want more, then to everybody."""
    dealt = [0] * len(wanted)
    for _ in range(limit):
        wanting = [at for at, each in enumerate(wanted) if dealt[at] < each]
        if not wanting:
            break
        dealt[min(wanting, key=lambda at: dealt[at])] += 1
    spare = limit - sum(dealt)

    settled = Leases(server).settled(*wanted, limit=limit)

    assert sum(settled) == limit
    surplus = sorted(got - fair for got, fair in zip(settled, dealt, strict=True))
    assert max(surplus) <= -(-spare // len(wanted)) + 1
    assert min(surplus) >= spare // len(wanted) - 1


def test_a_replica_shares_with_others_and_goes_on_alone_when_redis_is_gone(server: RedisServer) -> None:
    server.do("FLUSHALL")
    occupancies = [Occupancy(fixed(8)), Occupancy(fixed(8))]

    def shares() -> list[int]:
        return [each.share(CLOCK.now_s()) for each in occupancies]

    async def live() -> None:
        async with AsyncExitStack() as stack:
            for at, occupancy in enumerate(occupancies):
                shared = {"gpu-7": occupancy}
                await stack.enter_async_context(open_redis_slots(server.url, "tandem", f"replica-{at}", shared, CLOCK))
            await _until(lambda: shares() == [4, 4])
            for _ in range(4):
                occupancies[0].opened()
            await _until(lambda: shares() == SETTLED)
            server.freeze()
            try:
                await _until(lambda: shares() == [4, 4], LEASE_S + 2 * EVERY_S)
            finally:
                server.thaw()
            await _until(lambda: shares() == SETTLED)

    asyncio.run(live())


def test_without_redis_from_the_start_the_whole_limit_is_ours() -> None:
    occupancy = Occupancy(fixed(8))

    async def live() -> int:
        nowhere = "redis://127.0.0.1:1/0"
        async with open_redis_slots(nowhere, "tandem", "alone", {"gpu-7": occupancy}, CLOCK):
            await asyncio.sleep(2 * EVERY_S)
            return occupancy.limit(CLOCK.now_s())

    assert asyncio.run(live()) == 8


def test_a_key_that_holds_something_else_leaves_everybody_alone(server: RedisServer) -> None:
    server.do("FLUSHALL")
    server.do("SET", "tandem:slots:gpu-7", "something else")
    occupancy = Occupancy(fixed(8))

    async def live() -> int:
        async with open_redis_slots(server.url, "tandem", "alone", {"gpu-7": occupancy}, CLOCK):
            return occupancy.limit(CLOCK.now_s())

    assert asyncio.run(live()) == 8


async def _until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
