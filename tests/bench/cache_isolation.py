"""Whether a tenant gets, or can tell by the time that it takes, what others have kept.

python -m tests.bench.cache_isolation [--small]

First, pairs of tenants of which one keeps an answer and the other asks for it, in the same words and in other ones: how
often it gets it. Then how long a look-up of a key takes that another tenant has kept, beside one that nobody has: both
in random order, among as many entries of one's own. A round's difference is that of the medians; of all rounds the
median is told, with an interval of 95% by order statistics, which supposes nothing of how the differences are spread.
On one core, by the clock on the wall. `--small` stops at 10,000 pairs.
"""

import asyncio
import os
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import uvloop

from router.clock import SystemClock
from router.core.caching.asking import Question
from router.core.caching.embedding import HashedEmbedder
from router.core.caching.entry import Place
from router.core.caching.terms import THRESHOLD
from router.ports import Cache
from router.stores.cache import Keeping
from router.stores.losses import Losses
from router.stores.memory_cache import MemoryCache
from router.stores.questions import LocalQuestions
from router.stores.sqlite_cache import open_sqlite_cache
from tests.asked_before import key_of_same
from tests.bench.cache import FRONTLESS, ROOM, entry
from tests.bench.cache_semantic import FORMS, WORDS
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.bench.process import pinned
from tests.cached import open_redis_cache
from tests.isolation import CONTROLS, Crowd
from tests.redis_server import redis_server

PAIRS: Final = 100_000
PAIRS_IF_SMALL: Final = 10_000
KEPT: Final = 1_000
TENANTS: Final = 20
ROUNDS: Final = 101
LOOK_UPS: Final = 200
"""Of either kind in a round."""

NO_TIME: Final = 0.05
"""The share of a miss's time that the whole interval is to stay within."""

NORMAL_95: Final = 1.96
NONE: Final = Goal("value", 0)

LooksUp = Callable[[int], Awaitable[object]]
"""Looks up what another tenant has kept for a number, below `KEPT`, or what nobody has, above that; what it finds is
nothing, or what the one who asks had kept for something like it."""


@dataclass(frozen=True)
class Difference:
    """One line: by how much a foreign key takes longer than one that nobody has kept, which takes `baseline`; the
    interval is from `low` to `high`."""

    figure: str
    unit: str
    value: float
    low: float
    high: float
    baseline: float
    goal: str
    met: bool


def main() -> int:
    """Runs all of it; 0 whatever it finds."""
    pairs = PAIRS_IF_SMALL if "--small" in sys.argv[1:] else PAIRS
    with pinned(min(os.sched_getaffinity(0))):
        _cross(pairs)
        _time_all()
    return 0


def _cross(pairs: int) -> None:
    say(f"{pairs:,} pairs of tenants")
    got = asyncio.run(Crowd(seed=pairs).cross(pairs))
    for name, count in (("exact", got.foreign_exact), ("semantic", got.foreign_semantic)):
        print_figure(make_figure(f"answers of others, {name}, {pairs} pairs", "answers", Series([count]), None, NONE))
    own = Series([got.own_exact + got.own_semantic])
    print_figure(make_figure(f"their own, asked for in one of {CONTROLS} pairs", "answers", own, None, None))


def _time_all() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(redis_server(folder))

        async def measure() -> None:
            clock, losses = SystemClock(), Losses()
            async with AsyncExitStack() as opened:
                file = open_sqlite_cache(Keeping("sqlite", ROOM, folder / "cache.sqlite3"), clock, losses, 10.0)
                there = Keeping("redis", FRONTLESS, redis_url=server.url, prefix="bench")
                line = open_redis_cache(there, clock, losses, 10.0)
                stores: dict[str, Cache] = {
                    "memory": MemoryCache(clock, ROOM, losses),
                    "a file": await opened.enter_async_context(file),
                    "Redis": await opened.enter_async_context(line),
                }
                for name, cache in stores.items():
                    await _tell(f"a foreign key in {name}", await _keys(cache))
                await _tell("a foreign question in other words", await _questions())

        uvloop.run(measure())


async def _tell(name: str, look_up: LooksUp) -> None:
    say(f"{name}: {ROUNDS} rounds")
    rounds = [await _round_us(look_up, random.Random(number)) for number in range(-1, ROUNDS)][1:]
    miss_us = median(miss for _, miss in rounds)
    differences = sorted(foreign - miss for foreign, miss in rounds)
    low, high = _interval(differences)
    met = -NO_TIME * miss_us <= low and high <= NO_TIME * miss_us
    figures = (round(each, 4) + 0.0 for each in (median(differences), low, high, miss_us))
    goal = f"interval within {NO_TIME:.0%} of a miss"
    print_figure(Difference(f"{name}, against one that nobody has kept", "us", *figures, goal, met))  # type: ignore[arg-type]


async def _round_us(look_up: LooksUp, dice: random.Random) -> tuple[float, float]:
    """Microseconds of a look-up of what another has kept, and of what nobody has."""
    times: dict[bool, list[float]] = {True: [], False: []}
    numbers = [dice.randrange(KEPT) for _ in range(LOOK_UPS)] + [dice.randrange(KEPT, 10**9) for _ in range(LOOK_UPS)]
    dice.shuffle(numbers)
    for number in numbers:
        times[number < KEPT].append(await _took_us(look_up, number))
    return median(times[True]), median(times[False])


async def _took_us(look_up: LooksUp, number: int) -> float:
    looking = look_up(number)
    began_s = perf_counter()
    found = await looking
    took_s = perf_counter() - began_s
    assert found is None
    return took_s * 1e6


def _interval(ordered: Sequence[float]) -> tuple[float, float]:
    """Of the median, by the ranks that it lies between in 95 of 100 samples (Conover, Practical Nonparametric
    Statistics, 3.2)."""
    half = NORMAL_95 * sqrt(len(ordered)) / 2
    return ordered[int(len(ordered) / 2 - half)], ordered[min(int(len(ordered) / 2 + half) + 1, len(ordered) - 1)]


async def _keys(cache: Cache) -> LooksUp:
    """Exactly the same question."""
    what = entry()
    for number in range(KEPT):
        await cache.put(_place(number, number % TENANTS), what)
    return lambda number: cache.get(_place(number, (number + 1) % TENANTS))


def _place(number: int, tenant: int) -> Place:
    return Place(f"tenant-{tenant:02}", "default", sha256(b"%d" % number).hexdigest())


async def _questions() -> LooksUp:
    """The same question in other words. Each tenant has asked some of their own."""
    known = LocalQuestions(HashedEmbedder())
    for number in range(KEPT):
        await known.remember(Question(f"tenant-{number % TENANTS}", _text(number)), str(number))

    async def look_up(number: int) -> str | None:
        asker = (number + 1) % TENANTS
        found = await key_of_same(known, Question(f"tenant-{asker}", f"Hi, {_text(number)} Thanks!"), THRESHOLD)
        is_own = found is not None and int(found) % TENANTS == asker
        return None if is_own else found

    return look_up


def _text(number: int) -> str:
    dice = random.Random(number)
    return dice.choice(FORMS).format(*dice.choices(WORDS, k=3))


if __name__ == "__main__":
    sys.exit(main())
