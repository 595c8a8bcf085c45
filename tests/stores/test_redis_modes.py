"""The eighteen things that go wrong with a Redis, and what its cache makes of them: never an error, never a wait.

The ids are the numbers of the list. Each mode is a scene that is played with a real server on both event loops."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import pytest

from router.clock import SystemClock
from router.core.caching.entry import Entry, Place, Which
from router.core.caching.value import write_value
from router.ports import Cache, Clock
from router.stores.losses import Losses
from router.stores.redis_cache import FRONT_S
from router.stores.redis_door import STEP_S
from router.stores.redis_line import MAX_WAITING
from router.stores.shelf import MIB, Bounds
from tests.cached import DIGEST, PREFIX, ROOMY, entry, in_redis, place
from tests.fair_time import stopwatch
from tests.patience import until
from tests.redis_server import RedisServer, ask_for_a_password, finish_loading, load_slowly
from tests.redis_trouble import MODES, cluster, detour, give_away
from tests.stores.conftest import Run

BACK_WITHIN_S = 20.0
"""Two seconds, and as many again for each time that a busy machine keeps Redis from answering when it is tried."""

MORE_AT_P99_S = 0.005
ONCE_S = 4 * STEP_S
"""What the one call may take that finds out; twice as long as it should, because machines that run tests are busy."""

CROWD_S = 1.0
"""What this process itself takes besides, at most, for some thousand calls at once. One after another they would take
minutes."""

FRONTLESS = Bounds(max_bytes=64 * MIB, max_entries=1, tenant_max_bytes=32 * MIB)
"""Next to nothing in front of Redis, so that every look-up goes there."""

CANCELLATIONS = 10_000


def kept(text: str = "Hello.", **fields: Any) -> Entry:
    """An entry as `cached.entry`, made now by the machine's clock."""
    now_s = time.time()
    return entry(text, **{"made_s": now_s, "until_s": now_s + 600, **fields})


def key_of(where: Place) -> str:
    return f"{PREFIX}:cache:{{{where.tenant}}}:{where.policy}:{where.key}"


class Scene(NamedTuple):
    """A server, what is said about it, and what caches of it have lost."""

    server: RedisServer
    said: Callable[[], str]
    losses: Losses

    @asynccontextmanager
    async def cache(self, clock: Clock | None = None, bounds: Bounds = ROOMY) -> AsyncGenerator[Cache, None]:
        """A cache of this Redis, with the times that it is served with."""
        async with in_redis(self.server, STEP_S)(clock or SystemClock(), bounds, self.losses) as cache:
            yield cache

    async def seen_by_others(self, where: Place) -> Entry | None:
        """What another replica finds there."""
        async with self.cache() as other:
            return await other.get(where)

    async def says_once(self, words: str) -> None:
        """It is in the log, or will be soon, and not twice."""
        await self.do(until, lambda: words in self.said())
        assert self.said().count(words) == 1

    async def do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work that blocks, beside the loop."""
        return await asyncio.to_thread(work, *arguments)


async def took_s(calls: list[Awaitable[Any]]) -> list[float]:
    """How long each took, one after another: see `tests.fair_time`."""
    times = []
    for call in calls:
        with stopwatch() as watch:
            await call
        times.append(watch.elapsed_s)
    return times


async def is_passed_over(cache: Cache) -> None:
    """Redis costs one call once, and the others nothing."""
    first = await took_s([cache.get(place(10_000))])
    calls: list[Awaitable[Any]] = [cache.get(place(20_000 + number)) for number in range(500)]
    calls += [cache.put(place(30_000 + number), kept()) for number in range(100)]
    times = await took_s(calls)
    assert first[0] < ONCE_S
    assert quantiles(times, n=100)[98] < MORE_AT_P99_S
    assert (await cache.holding()).is_degraded


async def is_back(cache: Cache, scene: Scene) -> None:
    """What is put here is found by others again, soon."""
    deadline_s = time.monotonic() + BACK_WITHIN_S
    number = 50_000
    while (found := await scene.seen_by_others(place(number))) is None or (await cache.holding()).is_degraded:
        assert time.monotonic() < deadline_s
        await asyncio.sleep(0.02)
        number += 1
        await cache.put(place(number), kept("back"))
    assert found.body == b"back"


# --- it is not there ------------------------------------------------------------------------------------------


async def is_down_at_start(scene: Scene) -> None:
    scene.server.stop()
    own = kept()
    async with scene.cache() as cache:
        await cache.put(place(), own)
        assert await cache.get(place()) == own
        await is_passed_over(cache)
        await scene.says_once("cannot be reached")
        await scene.do(scene.server.start)
        await is_back(cache, scene)


async def dies_under_load(scene: Scene) -> None:
    async with scene.cache() as cache:
        load = [asyncio.create_task(took_s([cache.get(place(n)) for n in range(200)])) for _ in range(20)]
        await asyncio.sleep(0.01)
        scene.server.stop()
        times = [each for one in await asyncio.gather(*load) for each in one]
        assert max(times) < ONCE_S + CROWD_S
        await is_passed_over(cache)
        await scene.do(scene.server.start)
        await is_back(cache, scene)


async def is_frozen(scene: Scene) -> None:
    own = kept()
    async with scene.cache() as cache:
        await cache.put(place(), own)
        scene.server.freeze()
        await is_passed_over(cache)
        assert await cache.get(place()) == own
        await scene.says_once("does not answer in time")
        scene.server.thaw()
        await is_back(cache, scene)


async def is_slow(scene: Scene) -> None:
    with detour(scene.server, late_s=0.2) as way:
        slow = RedisServer("", scene.server.folder)
        slow.url = way.url
        async with in_redis(slow, STEP_S)(SystemClock(), ROOMY, scene.losses) as cache:
            await is_passed_over(cache)
            way.late_s = 0
            await is_back(cache, scene)


async def comes_back(scene: Scene) -> None:
    async with scene.cache() as cache:
        scene.server.stop()
        await is_passed_over(cache)
        await asyncio.sleep(4)  # long enough for it to be tried as seldom as ever
        await scene.do(scene.server.start)
        await is_back(cache, scene)
        assert "no longer so" in scene.said()


# --- it is full -----------------------------------------------------------------------------------------------


async def is_out_of_memory(scene: Scene) -> None:
    own = kept()
    async with scene.cache(bounds=FRONTLESS) as cache:
        await cache.put(place(), own)
        await scene.do(scene.server.do, "CONFIG", "SET", "maxmemory", "1")
        await took_s([cache.put(place(number), kept()) for number in range(1, 11)])
        assert scene.losses.dropped == 10
        assert await cache.get(place()) == own
        assert (await cache.holding()).is_degraded
        assert await cache.forget(Which(tenant=place().tenant)) == 1
        await scene.says_once("its memory is full")
        await scene.do(scene.server.do, "CONFIG", "SET", "maxmemory", "0")
        await is_back(cache, scene)


async def evicts(scene: Scene) -> None:
    used: int = scene.server.do("INFO", "memory")["used_memory"]
    scene.server.do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", used + MIB)
    letters = random.Random(1)
    entries = [kept(letters.randbytes(2_000).hex()) for _ in range(1_000)]
    async with scene.cache(bounds=FRONTLESS) as cache:
        for number, each in enumerate(entries):
            await cache.put(place(number), each)
        found = [await cache.get(place(number)) for number in range(len(entries))]
        assert all(each in (None, entries[number]) for number, each in enumerate(found))
        assert 10 < sum(each is not None for each in found) < 900
        assert not (await cache.holding()).is_degraded
    assert (scene.losses.unread, scene.losses.unreadable, scene.losses.dropped) == (0, 0, 0)


async def is_flushed(scene: Scene) -> None:
    own = kept()
    async with scene.cache(bounds=FRONTLESS) as cache:
        for number in range(100):
            await cache.put(place(number), own)
        await scene.do(scene.server.do, "FLUSHALL")
        assert [await cache.get(place(number)) for number in range(99)] == [None] * 99
        await is_back(cache, scene)
        assert (await cache.holding()).entries <= 2
    assert scene.losses.unread == 0


# --- it holds something else ----------------------------------------------------------------------------------


async def holds_another_type(scene: Scene) -> None:
    scene.server.do("LPUSH", key_of(place()), "x")
    scene.server.do("LPUSH", key_of(place(1)), "x")
    scene.server.do("SET", f"{PREFIX}:cache:{{alice}}:index", "x")
    own = kept()
    async with scene.cache() as cache:
        assert await cache.get(place()) is None
        assert scene.server.do("EXISTS", key_of(place())) == 0
        await cache.put(place(1), own)
        assert await scene.seen_by_others(place(1)) == own
        assert (await cache.holding()).entries == 1
    assert scene.losses.unreadable == 1


async def holds_damage(scene: Scene) -> None:
    value = write_value(place(), kept(), DIGEST)
    assert value is not None
    flipped = bytes((value[-1] ^ 1,))
    of_another = write_value(place(1), kept(), DIGEST)
    damaged = [b"", b"x", value[:-1], value[:20], value[:-1] + flipped, b"\x02" + value[1:], value + b"x", of_another]
    async with scene.cache() as cache:
        for count, each in enumerate(damaged, start=1):
            scene.server.do("SET", key_of(place()), each)
            assert await cache.get(place()) is None
            assert scene.losses.unreadable == count
            assert scene.server.do("EXISTS", key_of(place())) == 0
        own = kept()
        await cache.put(place(), own)
        assert await scene.seen_by_others(place()) == own


# --- it refuses -----------------------------------------------------------------------------------------------


async def wants_a_password(scene: Scene) -> None:
    async with scene.cache() as cache:
        await scene.do(ask_for_a_password, scene.server)
        await is_passed_over(cache)
        await scene.says_once("does not accept the user and password of redis.url")
        scene.server.do("CONFIG", "SET", "requirepass", "", password="other")
        await is_back(cache, scene)


async def has_forgotten_scripts(scene: Scene) -> None:
    own = kept()
    async with scene.cache() as cache:
        await cache.put(place(), own)
        await scene.do(scene.server.do, "SCRIPT", "FLUSH")
        await cache.put(place(1), own)
        assert await scene.seen_by_others(place(1)) == own
        await scene.do(scene.server.stop)
        await scene.do(scene.server.start)
        await is_back(cache, scene)


async def becomes_a_replica(scene: Scene) -> None:
    own = kept()
    async with scene.cache(bounds=FRONTLESS) as cache:
        await cache.put(place(), own)
        await scene.do(scene.server.do, "REPLICAOF", "127.0.0.1", "1")
        await took_s([cache.put(place(number), own) for number in range(1, 11)])
        assert await cache.get(place()) == own
        assert scene.losses.dropped == 10
        await scene.says_once("is a read-only replica")
        await scene.do(scene.server.do, "REPLICAOF", "NO", "ONE")
        await is_back(cache, scene)


async def is_one_of_a_cluster(scene: Scene) -> None:
    """One that has all slots does: no command names keys of two. What is elsewhere is as if it were not there."""
    with cluster(scene.server) as other:
        async with scene.cache(bounds=FRONTLESS) as cache:
            await is_back(cache, scene)
            for tenant in "abcdefgh":
                await cache.put(place(0, tenant), kept())
            assert await cache.forget(Which(policy=place().policy)) >= 8
            for how in ("MIGRATING", "NODE"):  # answered with ASK, and with MOVED
                give_away(scene.server, key_of(place()), other, how)
                times = await took_s([cache.get(place(number)) for number in range(100)])
                assert median(times) < MORE_AT_P99_S
            assert await cache.get(place(1)) is None
        await scene.says_once("it is one of a cluster")


async def is_loading(scene: Scene) -> None:
    await scene.do(load_slowly, scene.server)
    async with scene.cache() as cache:
        await is_passed_over(cache)
        await scene.says_once("is still loading its data")
        await scene.do(finish_loading, scene.server)
        await is_back(cache, scene)


# --- its callers ----------------------------------------------------------------------------------------------


class Ahead(SystemClock):
    """A clock that is ahead."""

    def unix_s(self) -> float:
        return super().unix_s() + 5


async def is_shared_by_clocks_that_differ(scene: Scene) -> None:
    """Redis goes by how long an entry lasts: a wrong clock shifts its end by what it is wrong, and no more."""
    behind = SystemClock()
    now_s = behind.unix_s()
    long, short = entry(until_s=now_s + 60), entry(until_s=now_s + 5 + FRONT_S)
    async with scene.cache(behind, FRONTLESS) as one, scene.cache(Ahead(), FRONTLESS) as other:
        await one.put(place(), long)
        assert await other.get(place()) == long
        await other.put(place(1), short)
        assert await one.get(place(1)) == short
        await asyncio.sleep(FRONT_S + 0.1)
        assert await one.get(place(1)) is None
        assert await other.get(place()) == long


async def is_asked_too_much_at_once(scene: Scene) -> None:
    own = kept()
    async with scene.cache(bounds=FRONTLESS) as cache:
        await cache.put(place(), own)
        await cache.put(place(1), own)
        found = await asyncio.gather(*(cache.get(place()) for _ in range(4 * MAX_WAITING)))
        assert found.count(own) > 0
        assert found.count(own) + found.count(None) == len(found)
        scene.server.freeze()
        with stopwatch() as watch:
            found = await asyncio.gather(*(cache.get(place(2 + number)) for number in range(4 * MAX_WAITING)))
        assert watch.elapsed_s < ONCE_S + CROWD_S
        assert found == [None] * len(found)
        scene.server.thaw()
        await is_back(cache, scene)
        clients = await scene.do(scene.server.do, "CLIENT", "LIST", "TYPE", "normal")
        assert str(clients).count("addr=") - str(clients).count("laddr=") <= 3


async def is_left_in_the_middle(scene: Scene) -> None:
    """Whoever asks at any moment gets their own answer, however many have left before."""
    dice = random.Random(20230320)
    entries = [kept(f"for {number} only") for number in range(64)]
    left = 0
    async with scene.cache(bounds=FRONTLESS) as cache:
        for number, each in enumerate(entries):
            await cache.put(place(number), each)

        async def ask() -> bool:
            number = dice.randrange(len(entries))
            if dice.random() < 0.2:
                await cache.put(place(number), entries[number])
            return await cache.get(place(number)) in (entries[number], None)

        while left < CANCELLATIONS:
            asking = [asyncio.create_task(ask()) for _ in range(64)]
            for each in dice.sample(asking, 40):
                if dice.random() < 0.2:
                    await asyncio.sleep(dice.random() * 0.0005)
                each.cancel()
            outcomes = await asyncio.gather(*asking, return_exceptions=True)
            assert all(each is True or isinstance(each, asyncio.CancelledError) for each in outcomes)
            left += sum(isinstance(each, asyncio.CancelledError) for each in outcomes)
        assert [await cache.get(place(number)) for number in range(len(entries))] == entries
        assert not (await cache.holding()).is_degraded
    assert scene.losses.unreadable == 0


SCENES: tuple[Callable[[Scene], Coroutine[Any, Any, None]], ...] = (
    is_down_at_start,
    dies_under_load,
    is_frozen,
    is_slow,
    comes_back,
    is_out_of_memory,
    evicts,
    holds_another_type,
    holds_damage,
    wants_a_password,
    has_forgotten_scripts,
    becomes_a_replica,
    is_one_of_a_cluster,
    is_loading,
    is_flushed,
    is_shared_by_clocks_that_differ,
    is_asked_too_much_at_once,
    is_left_in_the_middle,
)


@pytest.mark.redis_mode
@pytest.mark.parametrize("play", SCENES, ids=MODES)
def test_the_cache_gets_over_it(
    play: Callable[[Scene], Coroutine[Any, Any, None]],
    redis: RedisServer,
    run: Run[None],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    run(play(Scene(redis, lambda: caplog.text, Losses())))
