"""Caches outside this process with encryption on: what whoever opens the file or asks Redis gets to see, and what
becomes of values that cannot be decrypted."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from router.core.caching.entry import Entry
from router.core.caching.seal import Seal
from router.ports import Cache
from router.stores.encryption import Cipher
from router.stores.losses import Losses
from tests.cached import DIGEST, KEY, OTHER_KEY, PREFIX, Opens, entry, in_file, in_redis, place
from tests.doubles import HandClock
from tests.redis_server import RedisServer

OLD, NEW, BOTH = Cipher([OTHER_KEY]), Cipher([KEY]), Cipher([KEY, OTHER_KEY])
CANARY = "canary-8c1f"


class Outside(Protocol):
    """A store as whoever has got hold of it sees it."""

    def opens(self, seal: Seal) -> Opens:
        """Opens caches in it."""
        ...

    def everything(self) -> bytes:
        """All its bytes."""
        ...

    def move(self) -> None:
        """Puts what is at the first place at the second as well."""
        ...

    def turn(self, at: int) -> None:
        """Turns a bit of the byte at this position of what is at the first place."""
        ...


class File:
    """A file of SQLite, with its log."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def opens(self, seal: Seal) -> Opens:
        """See `Outside`."""
        return in_file(self._path, seal=seal)

    def everything(self) -> bytes:
        """See `Outside`."""
        return b"".join(each.read_bytes() for each in sorted(self._path.parent.glob("cache.sqlite3*")))

    def move(self) -> None:
        """See `Outside`."""
        self._do(
            "INSERT INTO entries (tenant, policy, key, rank, made_s, until_s, value) "
            "SELECT tenant, policy, ?, rank, made_s, until_s, value FROM entries",
            place(1).key,
        )

    def turn(self, at: int) -> None:
        """See `Outside`."""
        with sqlite3.connect(self._path) as database:
            ((value,),) = database.execute("SELECT value FROM entries")
        database.close()
        self._do("UPDATE entries SET value = ?", turned(value, at))

    def _do(self, statement: str, *given: Any) -> None:
        with sqlite3.connect(self._path) as database:
            database.execute(statement, given)
        database.close()


class Server:
    """A Redis."""

    def __init__(self, redis: RedisServer) -> None:
        self._redis = redis

    def opens(self, seal: Seal) -> Opens:
        """See `Outside`."""
        return in_redis(self._redis, seal=seal)

    def everything(self) -> bytes:
        """See `Outside`."""
        keys = self._redis.do("KEYS", "*")
        strings = [self._redis.do("GET", key) for key in keys if not key.endswith(b":index")]
        members = [each for key in keys if key.endswith(b":index") for each in self._redis.do("ZRANGE", key, 0, -1)]
        return b"".join([*keys, *strings, *members])

    def move(self) -> None:
        """See `Outside`."""
        self._redis.do("COPY", key_of(0), key_of(1))

    def turn(self, at: int) -> None:
        """See `Outside`."""
        self._redis.do("SET", key_of(0), turned(self._redis.do("GET", key_of(0)), at))


def key_of(number: int) -> str:
    return f"{PREFIX}:cache:{{alice}}:default:{place(number).key}"


def turned(value: bytes, at: int) -> bytes:
    return value[:at] + bytes((value[at] ^ 1,)) + value[at + 1 :]


@pytest.fixture(params=["sqlite", "redis"])
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Outside:
    """One of the stores that are outside this process."""
    return Server(request.getfixturevalue("redis")) if request.param == "redis" else File(tmp_path / "cache.sqlite3")


def with_cache(opens: Opens, work: Callable[[Cache], Awaitable[Any]], losses: Losses | None = None) -> Any:
    """What `work` makes of a cache."""

    async def open_and_work() -> Any:
        async with opens(HandClock(), losses=losses or Losses()) as cache:
            return await work(cache)

    return asyncio.run(open_and_work())


def put(outside: Outside, seal: Seal, what: Entry) -> None:
    """Has an entry kept at the first place."""
    with_cache(outside.opens(seal), lambda cache: cache.put(place(), what))


def get(outside: Outside, seal: Seal, losses: Losses, number: int = 0) -> Entry | None:
    """What is found at a place."""
    found: Entry | None = with_cache(outside.opens(seal), lambda cache: cache.get(place(number)), losses)
    return found


SPEAKING = entry(CANARY, rule=CANARY, model=CANARY)


@pytest.mark.parametrize(("seal", "is_legible"), [(DIGEST, True), (NEW, False)], ids=["without a key", "with a key"])
def test_nothing_that_was_said_is_legible_while_it_is_kept_nor_after(
    outside: Outside, seal: Seal, is_legible: bool
) -> None:
    async def put_and_look(cache: Cache) -> bytes:
        await cache.put(place(), SPEAKING)
        await cache.put(place(1), entry(f"{CANARY} said at length. " * 1_000))
        await cache.get(place())
        return await asyncio.to_thread(outside.everything)

    meanwhile = with_cache(outside.opens(seal), put_and_look)

    assert (CANARY.encode() in meanwhile) == (CANARY.encode() in outside.everything()) == is_legible
    assert place().key.encode() in meanwhile


@pytest.mark.parametrize(
    ("closing", "opening"),
    [(OLD, NEW), (DIGEST, NEW), (NEW, DIGEST)],
    ids=["another key", "legible, with a key", "encrypted, without a key"],
)
def test_what_cannot_be_decrypted_is_a_miss_and_counted_and_out_of_the_way_of_the_next_answer(
    outside: Outside, closing: Seal, opening: Seal
) -> None:
    better, lesser, losses = entry("better", "strong"), entry("lesser"), Losses()
    put(outside, closing, better)

    async def get_put_and_get(cache: Cache) -> list[Any]:
        missed = await cache.get(place())
        held = (await cache.holding()).entries
        await cache.put(place(), lesser)
        return [missed, held, await cache.get(place())]

    missed, held, found = with_cache(outside.opens(opening), get_put_and_get, losses)

    assert (missed, found) == (None, lesser)
    assert held <= 1
    assert {why for why, count in vars(losses).items() if count} == {"unreadable"}
    assert get(outside, opening, losses) == lesser


def test_keys_are_changed_without_losing_anything(outside: Outside) -> None:
    losses = Losses()
    put(outside, OLD, entry("old"))

    assert get(outside, BOTH, losses) == entry("old")
    put(outside, BOTH, entry("new"))
    assert get(outside, NEW, losses) == entry("new")
    assert losses.unreadable == 0


def test_what_was_moved_to_another_place_is_a_miss_there(outside: Outside) -> None:
    losses = Losses()
    put(outside, NEW, entry())
    outside.move()

    assert [get(outside, NEW, losses, number) for number in (0, 1)] == [entry(), None]
    assert losses.unreadable == 1


@pytest.mark.parametrize("at", [0, 1, 5, 10, 12, 30, -1], ids=str)
def test_what_was_changed_anywhere_is_a_miss(outside: Outside, at: int) -> None:
    losses = Losses()
    put(outside, NEW, entry())
    outside.turn(at % 60)

    assert get(outside, NEW, losses) is None
    assert losses.unreadable == 1
