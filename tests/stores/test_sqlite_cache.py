"""The cache in one file: what outlives the process, and what may be wrong with a file. Never an error, never a wait."""

import asyncio
import os
import sqlite3
import stat
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from router.core.caching.entry import Which
from router.ports import Cache
from router.stores.losses import Losses
from router.stores.shelf import MIB, Bounds
from router.stores.sqlite_cache import REST_S, WAIT_S
from tests.cached import ROOMY, entry, in_file, place
from tests.doubles import HandClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.sqlite3"


def with_cache(path: Path, work: Callable[[Cache, HandClock], Awaitable[Any]], losses: Losses | None = None) -> Any:
    """What `work` makes of the cache in this file."""

    async def open_and_work() -> Any:
        clock = HandClock()
        async with in_file(path)(clock, ROOMY, losses or Losses()) as cache:
            return await work(cache, clock)

    return asyncio.run(open_and_work())


async def put_one(cache: Cache, clock: HandClock) -> None:
    await cache.put(place(), entry())


async def get_one(cache: Cache, clock: HandClock) -> Any:
    return await cache.get(place())


def test_what_was_put_outlives_the_process(path: Path) -> None:
    with_cache(path, put_one)

    assert with_cache(path, get_one) == entry()


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    with_cache(path, put_one)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_in_it_says_what_was_forgotten_is_there(path: Path) -> None:
    async def put_and_forget(cache: Cache, clock: HandClock) -> tuple[int, int]:
        await cache.put(place(), entry())
        await cache.forget(Which())
        held = await cache.holding()
        return held.entries, held.size_bytes

    assert with_cache(path, put_and_forget) == (0, 0)


def spoil(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1_000)


def cut(path: Path) -> None:
    """Only its first pages are left."""
    with_cache(path, put_one)
    os.truncate(path, 6_000)


def make_another(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE diary (day TEXT)")
    database.close()


def make_a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("ail", "said"),
    [
        (spoil, "it is no database"),
        (cut, "it is damaged"),
        (make_another, "it is no cache of this version"),
        (make_a_folder, "it cannot be opened"),
        (lambda path: path.symlink_to("/nowhere/at/all"), "it cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_used_means_misses_and_one_line_and_is_left_as_it_is(
    ail: Callable[[Path], None], said: str, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ail(path)
    before = path.read_bytes() if path.is_file() else None
    losses = Losses()

    async def use(cache: Cache, clock: HandClock) -> tuple[list[Any], bool]:
        found = []
        for _ in range(3):
            await cache.put(place(1), entry())
            found.append(await cache.get(place(1)))
            clock.pass_s(REST_S)
        await cache.forget(Which())
        return found, (await cache.holding()).is_degraded

    assert with_cache(path, use, losses) == ([None] * 3, True)
    assert losses.dropped == losses.unread == 3
    assert len([record for record in caplog.records if said in record.getMessage()]) <= 2
    assert said in caplog.text
    assert before is None or path.read_bytes() == before


def test_a_file_that_has_been_put_right_is_used_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spoil(path)

    async def put_right(cache: Cache, clock: HandClock) -> Any:
        await cache.get(place())
        await asyncio.to_thread(path.unlink)
        clock.pass_s(REST_S)
        await cache.put(place(), entry())
        return await cache.get(place()), (await cache.holding()).is_degraded

    assert with_cache(path, put_right) == (entry(), False)
    assert "no longer so" in caplog.text


def test_while_another_process_holds_the_file_nobody_waits_and_what_is_there_is_given(path: Path) -> None:
    losses = Losses()

    async def use_while_held(cache: Cache, clock: HandClock) -> Any:
        await cache.put(place(), entry())
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        started_s = time.monotonic()
        await cache.put(place(1), entry())
        found = [await cache.get(place()), await cache.get(place(1))]
        took_s = time.monotonic() - started_s
        holder.execute("ROLLBACK")
        holder.close()
        clock.pass_s(REST_S)
        await cache.put(place(1), entry())
        return found, took_s < 10 * WAIT_S, await cache.get(place(1))

    assert with_cache(path, use_while_held, losses) == ([entry(), None], True, entry())
    assert losses.dropped == 1


def test_a_damaged_value_is_a_miss_and_is_removed(path: Path) -> None:
    with_cache(path, put_one)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE entries SET value = zeroblob(100)")
    database.close()
    losses = Losses()

    async def get_and_count(cache: Cache, clock: HandClock) -> Any:
        return await cache.get(place()), (await cache.holding()).entries

    assert with_cache(path, get_and_count, losses) == (None, 0)
    assert losses.unreadable == 1


def test_the_loop_goes_on_while_the_file_is_slow(path: Path) -> None:
    """A thousand entries are put at once, and something else has its turn all the while."""

    async def put_many() -> float:
        bounds = Bounds(max_bytes=MIB, max_entries=100, tenant_max_bytes=MIB)
        async with in_file(path)(HandClock(), bounds) as cache:
            putting = asyncio.gather(*(cache.put(place(number), entry("x" * 3_000)) for number in range(1_000)))
            await asyncio.sleep(0)
            longest_s = 0.0
            while not putting.done():
                started_s = time.monotonic()
                await asyncio.sleep(0.001)
                longest_s = max(longest_s, time.monotonic() - started_s)
            return longest_s

    assert asyncio.run(put_many()) < 0.25
