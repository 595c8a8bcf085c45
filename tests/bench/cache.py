"""What a look-up in the cache costs: in memory, flat from a thousand entries to a million; through Redis; in a file;
with encryption and without.

python -m tests.bench.cache [--small]

CPU of this process, on one core, medians over rounds; the work of Redis itself is not in it. A million entries do not
fit into the caches of a CPU, as a thousand do: that is what a look-up among them costs more. `--small` stops at 100,000
entries.
"""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import process_time
from typing import Final

import uvloop
from msgspec.structs import replace

from router.clock import SystemClock
from router.core.caching.entry import Entry, Place
from router.core.caching.seal import Digest, Seal
from router.core.caching.value import read_value, write_value
from router.core.values import Usage
from router.ports import Cache
from router.stores.cache import Keeping
from router.stores.encryption import Cipher
from router.stores.losses import Losses
from router.stores.memory_cache import MemoryCache
from router.stores.shelf import Bounds
from router.stores.sqlite_cache import open_sqlite_cache
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.process import pinned
from tests.cached import open_redis_cache
from tests.redis_server import redis_server

FEW: Final = 1_000
MANY: Final = 1_000_000
MANY_IF_SMALL: Final = 100_000
ROUNDS: Final = 15
LOOK_UPS: Final = 400
AT_ONCE: Final = 32
BODY: Final = b'{"id":"chatcmpl-1","object":"chat.completion","choices":[' + b'{"a":"An answer."},' * 100 + b"{}]}"
"""An answer of some 500 tokens."""

LONG_BODY: Final = random.Random(0).randbytes(1_000_000)
"""The longest that is kept, and compression does not make it shorter."""

ROUND_US: Final = 20_000.0

TENANTS: Final = 100
ROOM: Final = Bounds(max_bytes=1 << 40, max_entries=1 << 30, tenant_max_bytes=1 << 40)
FRONTLESS: Final = Bounds(max_bytes=1 << 40, max_entries=1, tenant_max_bytes=1 << 40)
"""Nothing in front of Redis: every look-up goes there."""

MEMORY_GOAL: Final = Goal("value", 15.0)
REDIS_GOAL: Final = Goal("value", 60.0)

SEALS: Final[dict[str, Seal]] = {"": Digest(), ", encrypted": Cipher([os.urandom(32)])}


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    many = MANY_IF_SMALL if "--small" in sys.argv[1:] else MANY
    with pinned(min(os.sched_getaffinity(0))):
        for figure in (*_value_figures(), *_memory_figures(many), *_file_figures(), *_redis_figures()):
            print_figure(figure)
    return 0


def place(number: int) -> Place:
    """The place of one of many entries."""
    return Place(f"tenant-{number % TENANTS}", "default", f"{number:064x}")


def entry() -> Entry:
    """An entry that lasts for as long as this takes."""
    now_s = SystemClock().unix_s()
    return Entry(BODY, "strong", True, "default", "usual", "auto", now_s, now_s + 3_600, Usage(900, 500))


def _value_figures() -> Iterator[Figure]:
    where, what = place(0), entry()
    for kind, body in ((f"of {len(BODY)} bytes", BODY), ("of a megabyte", LONG_BODY)):
        say(f"values {kind}")
        for named, seal in SEALS.items():
            kept = replace(what, body=body)
            value = write_value(where, kept, seal)
            assert value is not None
            writing, reading = partial(write_value, where, kept, seal), partial(read_value, where, value, seal)
            yield make_figure(f"write a value {kind}{named}", "us", _repeated(writing), None, None)
            yield make_figure(f"read it{named}", "us", _repeated(reading), None, None)


def _repeated(work: Callable[[], object]) -> Series:
    """Microseconds that it takes, once; fewer times where it takes long."""
    times = max(1, min(LOOK_UPS, int(ROUND_US / _cost_us(work))))
    return Series([_cost_us(lambda: [work() for _ in range(times)]) / times for _ in range(ROUNDS)])


def _cost_us(work: Callable[[], object]) -> float:
    began_s = process_time()
    work()
    return (process_time() - began_s) * 1e6


def _memory_figures(many: int) -> Iterator[Figure]:
    few_series, many_series = (uvloop.run(_memory_series(count)) for count in (FEW, many))
    yield make_figure(f"look-up in memory, {FEW} entries", "us", few_series, None, MEMORY_GOAL)
    yield make_figure(f"look-up in memory, {many} entries", "us", many_series, None, MEMORY_GOAL)
    yield make_figure(f"look-up in memory, {many} entries against {FEW}", "us", many_series, few_series, None)


async def _memory_series(count: int) -> Series:
    say(f"{count} entries in memory")
    cache = MemoryCache(SystemClock(), ROOM, Losses())
    await _fill(cache, count)
    return await _one_by_one(cache, count)


def _file_figures() -> Iterator[Figure]:
    say(f"{FEW} entries in a file")

    async def measure(path: Path, seal: Seal) -> Series:
        async with open_sqlite_cache(Keeping("sqlite", ROOM, path, seal=seal), SystemClock(), Losses()) as cache:
            await _fill(cache, FEW)
            return await _one_by_one(cache, FEW)

    for named, seal in SEALS.items():
        with tempfile.TemporaryDirectory() as folder:
            series = uvloop.run(measure(Path(folder) / "cache.sqlite3", seal))
        yield make_figure(f"look-up in a file, its thread included{named}", "us", series, None, None)


def _redis_figures() -> Iterator[Figure]:
    with ExitStack() as stack:
        server = stack.enter_context(redis_server(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        say(f"{FEW} entries in Redis")
        usual = Keeping("redis", FRONTLESS, redis_url=server.url, prefix="bench")

        async def measure(keeping: Keeping, look_up: Callable[[Cache, int], Awaitable[Series]]) -> Series:
            async with open_redis_cache(keeping, SystemClock(), Losses(), 1.0) as cache:
                await _fill(cache, FEW)
                return await look_up(cache, FEW)

        for named, seal in SEALS.items():
            keeping = replace(usual, seal=seal, prefix=f"bench{named}")
            alone, together = (uvloop.run(measure(keeping, how)) for how in (_one_by_one, _together))
            yield make_figure(f"look-up through Redis, one after another{named}", "us", alone, None, REDIS_GOAL)
            yield make_figure(f"look-up through Redis, {AT_ONCE} at once{named}", "us", together, None, REDIS_GOAL)
        in_front = uvloop.run(measure(replace(usual, bounds=ROOM), _one_by_one))
        yield make_figure("look-up in front of Redis", "us", in_front, None, MEMORY_GOAL)


async def _fill(cache: Cache, count: int) -> None:
    what = entry()
    for number in range(count):
        await cache.put(place(number), what)


async def _one_by_one(cache: Cache, count: int) -> Series:
    return Series([await _round_us(cache, dice, count) for dice in map(random.Random, range(ROUNDS))])


async def _round_us(cache: Cache, dice: random.Random, count: int) -> float:
    """Microseconds of a look-up of one of these entries, all of which are there."""
    places = [place(dice.randrange(count)) for _ in range(LOOK_UPS)]
    found = 0
    began_s = process_time()
    for each in places:
        found += await cache.get(each) is not None
    took_s = process_time() - began_s
    assert found == LOOK_UPS
    return took_s / LOOK_UPS * 1e6


async def _together(cache: Cache, count: int) -> Series:
    costs = []
    for dice in map(random.Random, range(ROUNDS)):
        places = [place(dice.randrange(count)) for _ in range(AT_ONCE)]
        began_s = process_time()
        found = await asyncio.gather(*(cache.get(each) for each in places))
        costs.append((process_time() - began_s) / AT_ONCE * 1e6)
        assert None not in found
    return Series(costs)


if __name__ == "__main__":
    sys.exit(main())
