"""Two replicas and one real Redis: how soon what one of them posts is known to the other, whatever befalls Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import pytest
import uvloop

from router.ports import Board
from router.stores.board import Follower, open_board, open_following
from tests.fair_time import stopwatch
from tests.patience import until
from tests.redis_server import RedisServer

STOP = "stop:candidate@1"
KNOWN_WITHIN_S = 2.0
JOINED_WITHIN_S = 5.0


class Replica:
    """One replica: its board, who follows it, and what it adopted last."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.follower: Follower
        self.adopted: Mapping[str, bytes] | None = None

    def adopt(self, notes: Mapping[str, bytes]) -> None:
        """Takes it over, as `LivePolicies.adopt` does."""
        self.adopted = notes

    async def posts(self, key: str, value: bytes | None) -> None:
        """Posts, again where a busy machine was not quick enough for Redis to answer in time."""
        assert await self.board.post(key, value) or await self.board.post(key, value)

    async def adopts(self, notes: Mapping[str, bytes], within_s: float) -> float:
        """The seconds until it has adopted these."""
        started_s = time.monotonic()
        await asyncio.to_thread(until, lambda: self.adopted == notes, within_s)
        return time.monotonic() - started_s


@asynccontextmanager
async def replica(redis: RedisServer) -> AsyncIterator[Replica]:
    async with open_board(redis.url, "tandem", "policies") as board:
        one = Replica(board)
        async with open_following(board, one.adopt, dict) as one.follower:
            yield one


def test_what_one_replica_posts_the_other_adopts_within_two_seconds(redis: RedisServer) -> None:
    async def post_and_await() -> list[float]:
        async with replica(redis) as one, replica(redis) as other:
            await one.posts(STOP, b"{}")
            took_s = [await each.adopts({STOP: b"{}"}, KNOWN_WITHIN_S) for each in (one, other)]
            await other.posts(STOP, None)
            return took_s + [await each.adopts({}, KNOWN_WITHIN_S) for each in (one, other)]

    print(f"adopted after {uvloop.run(post_and_await())} s")


def test_a_replica_that_starts_later_has_adopted_before_it_serves(redis: RedisServer) -> None:
    async def post_and_start() -> Mapping[str, bytes] | None:
        async with replica(redis) as one:
            await one.posts(STOP, b"{}")
            async with replica(redis) as other:
                return other.adopted

    assert uvloop.run(post_and_start()) == {STOP: b"{}"}


async def held_up_by_posting(*replicas: Replica) -> float:
    """The seconds that all of them take to post in vain: see `tests.fair_time`."""
    with stopwatch() as watch:
        posted = await asyncio.gather(*(each.board.post("hold:a", b"1") for each in replicas))
    assert posted == [False] * len(replicas)
    return watch.elapsed_s


@pytest.mark.parametrize("how", ["frozen", "down"])
def test_without_redis_nobody_is_held_up_and_what_was_adopted_stays(how: str, redis: RedisServer) -> None:
    async def lose_redis() -> tuple[float, list[bool], list[Any]]:
        async with replica(redis) as one, replica(redis) as other:
            await one.posts(STOP, b"{}")
            await other.adopts({STOP: b"{}"}, KNOWN_WITHIN_S)
            redis.freeze() if how == "frozen" else redis.stop()
            held_up_s = median([await held_up_by_posting(one, other) for _ in range(3)])
            await asyncio.sleep(1.2)
            return held_up_s, [one.follower.in_touch, other.follower.in_touch], [one.adopted, other.adopted]

    held_up_s, known, adopted = uvloop.run(lose_redis())

    print(f"held up for {held_up_s * 1000:.0f} ms")
    assert held_up_s < 0.1
    assert known == [False, False]
    assert adopted == [{STOP: b"{}"}] * 2


def test_replicas_join_again_within_five_seconds_of_a_restart_and_nothing_has_come_undone(redis: RedisServer) -> None:
    async def restart() -> float:
        async with replica(redis) as one, replica(redis) as other:
            await one.posts(STOP, b"{}")
            await other.adopts({STOP: b"{}"}, KNOWN_WITHIN_S)
            await asyncio.to_thread(redis.stop)
            await asyncio.sleep(1.2)
            await asyncio.to_thread(redis.start)
            started_s = time.monotonic()
            await asyncio.to_thread(until, lambda: one.follower.in_touch, JOINED_WITHIN_S)
            await one.posts("hold:default", b"1")
            await other.adopts({STOP: b"{}", "hold:default": b"1"}, JOINED_WITHIN_S)
            return time.monotonic() - started_s

    joined_s: float = uvloop.run(restart())

    print(f"joined after {joined_s:.2f} s")
    assert joined_s < JOINED_WITHIN_S
