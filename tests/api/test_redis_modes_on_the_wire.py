"""The eighteen things that go wrong with a Redis, and what callers of a router notice of them: nothing.

A real router keeps answers in a real Redis and is asked at a steady rate, for what is new and for what was asked
before, while that befalls Redis and when it passes. The ids are the numbers of the list."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from time import sleep
from typing import Any, NamedTuple

import pytest

from tests.conftest import Routers
from tests.faults import answers
from tests.redis_server import (
    RedisServer,
    ask_for_a_password,
    find_program,
    finish_loading,
    load_slowly,
)
from tests.redis_stage import (
    KNOWN_WITHIN_S,
    MORE_AT_P99_MS,
    Befalls,
    Noticed,
    Stage,
    again_and_again,
    answer_to,
    assert_well_answered,
    endure,
    fields_of,
    new_and_old,
    p99_ms,
    under_load,
)
from tests.redis_trouble import MODES, cluster, detour, give_away
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import Exchange, ScriptedEngine
from tests.steady_load import steady_load
from tests.wire_client import asked

AWAY_S = 3.5
"""After so long Redis is tried as seldom as ever."""

LONGEST_MS = 1_000.0
"""What one may wait who finds out: two steps of 50 ms, on a machine that may do a lot more than this. A client of Redis
that is left as it comes takes four seconds."""

CROWD_PER_S, CROWD_S = 5_000, 0.1
CONNECTIONS = 5
"""Of each router one for what it keeps and one for what is posted; and the one that counts them."""

AHEAD_S = 5
KEYS = "*:cache:*"
REFUSED = "it does not accept the user and password of redis.url"

_leavers = count()

pytestmark = pytest.mark.redis_mode


async def answer(exchange: Exchange) -> None:
    """The answer of an engine is to the question, so that one that was meant for others would be seen."""
    await answers(answer_to(exchange.request.fields["messages"][0]["content"]))(exchange)


@pytest.fixture
def fast(fast: ScriptedEngine) -> ScriptedEngine:
    fast.does(answer)
    return fast


class Replicas(NamedTuple):
    """What all these tests have in common."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer
    ahead: Path


def settings_of(routers: Routers, folder: Path, url: str) -> dict[str, Any]:
    settings = {"redis": {"url": url}, "cache": {"store": "redis"}, "breakers": False}
    return routers.settings(folder, settings=settings)


@pytest.fixture(scope="module")
def replicas(running_routers: Routers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    """Two routers; their Redis is there when a test begins."""
    one, other, folder = (tmp_path_factory.mktemp(name) for name in ("one", "other", "redis"))
    redis, ahead = RedisServer(find_program("redis-server"), folder), folder / "ahead"
    ahead.write_text("0")
    jumping = {"module": "tests.jumping_clock", "environment": {"AHEAD_S": str(ahead)}}
    with (
        serving(settings_of(running_routers, one, redis.url), one) as first,
        serving(settings_of(running_routers, other, redis.url), other, **jumping) as second,  # type: ignore[arg-type]
    ):
        yield Replicas(first, second, redis, ahead)


@pytest.fixture
def stage(replicas: Replicas, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Stage]:
    """Both routers and an empty Redis, which they have found."""
    stage = Stage(*replicas)
    stage.redis.folder = tmp_path
    try:
        stage.redis.start()
        stage.await_back()
        yield stage
    finally:
        stage.redis.stop()
        stage.ahead.write_text("0")


# --- it is not there ------------------------------------------------------------------------------------------


@contextmanager
def dies(stage: Stage) -> Iterator[None]:
    stage.redis.stop()
    yield
    assert stage.is_degraded()
    stage.redis.start()


@contextmanager
def is_frozen(stage: Stage) -> Iterator[None]:
    stage.redis.freeze()
    yield
    assert stage.is_degraded()
    stage.redis.thaw()


@contextmanager
def is_away_for_long(stage: Stage) -> Iterator[None]:
    with dies(stage):
        sleep(AWAY_S)
        yield


# --- it is full -----------------------------------------------------------------------------------------------


@contextmanager
def is_out_of_memory(stage: Stage) -> Iterator[None]:
    stage.redis.do("CONFIG", "SET", "maxmemory", "1")
    yield
    assert stage.is_degraded()
    assert stage.lost("dropped") > 0
    stage.redis.do("CONFIG", "SET", "maxmemory", "0")


@contextmanager
def evicts(stage: Stage) -> Iterator[None]:
    used, lost = stage.redis.do("INFO", "memory")["used_memory"], stage.cache_of(stage.one)["lost"]
    stage.redis.do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", used)
    yield
    assert stage.redis.do("INFO", "stats")["evicted_keys"] > 0
    assert not stage.is_degraded()
    assert stage.cache_of(stage.one)["lost"] == lost


@contextmanager
def is_flushed(stage: Stage) -> Iterator[None]:
    lost = stage.cache_of(stage.one)["lost"]
    with again_and_again(lambda: stage.redis.do("FLUSHALL"), 0.1):
        yield
    assert stage.cache_of(stage.one)["lost"] == lost


# --- it holds something else ----------------------------------------------------------------------------------

OF_ANOTHER_TYPE = """
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
    redis.call('DEL', key)
    if string.match(key, ':index$') then redis.call('SET', key, 'x') else redis.call('LPUSH', key, 'x') end
end
"""

DAMAGED = """
for number, key in ipairs(redis.call('KEYS', ARGV[1])) do
    if redis.call('TYPE', key).ok == 'string' then
        local value, kind = redis.call('GET', key), number % 3
        if kind == 0 then value = string.sub(value, 1, -2)
        elseif kind == 1 then value = string.char(2) .. string.sub(value, 2)
        else value = string.sub(value, 1, -2) .. string.char((string.byte(value, -1) + 1) % 256) end
        redis.call('SET', key, value, 'KEEPTTL')
    end
end
"""


@contextmanager
def holds_another_type(stage: Stage) -> Iterator[None]:
    with changing_what_is_kept(stage, OF_ANOTHER_TYPE):
        yield


@contextmanager
def holds_damage(stage: Stage) -> Iterator[None]:
    with changing_what_is_kept(stage, DAMAGED):
        yield


@contextmanager
def changing_what_is_kept(stage: Stage, script: str) -> Iterator[None]:
    before = stage.lost("unreadable")
    with again_and_again(lambda: stage.redis.do("EVAL", script, 0, KEYS), 0.2):
        yield
        sleep(KNOWN_WITHIN_S)
    assert stage.lost("unreadable") > before


# --- it refuses -----------------------------------------------------------------------------------------------


@contextmanager
def wants_a_password(stage: Stage) -> Iterator[None]:
    stage.one.read_log()
    ask_for_a_password(stage.redis)
    yield
    assert stage.is_degraded()
    lines = stage.one.read_log().splitlines()
    assert [REFUSED in line for line in lines if line.startswith("the cache")] == [True]
    stage.redis.do("CONFIG", "SET", "requirepass", "", password="other")


@contextmanager
def forgets_scripts(stage: Stage) -> Iterator[None]:
    stage.redis.stop()
    stage.redis.start()
    stage.await_back()
    with again_and_again(lambda: stage.redis.do("SCRIPT", "FLUSH"), 0.05):
        yield
        assert not stage.is_degraded()


@contextmanager
def is_a_replica(stage: Stage) -> Iterator[None]:
    dropped = stage.lost("dropped")
    stage.redis.do("REPLICAOF", "127.0.0.1", "1")
    yield
    assert stage.is_degraded()
    assert stage.lost("dropped") > dropped
    stage.redis.do("REPLICAOF", "NO", "ONE")


@contextmanager
def is_one_of_a_cluster(stage: Stage) -> Iterator[None]:
    """With all keys of our tenant elsewhere."""
    with cluster(stage.redis) as other:
        stage.await_back()
        key = stage.redis.do("RANDOMKEY").decode()
        give_away(stage.redis, key, other, "MIGRATING")
        stage.redis.do("FLUSHALL")  # what is not there any more is asked for elsewhere, so that nothing can come
        give_away(stage.redis, key, other, "NODE")
        yield
        assert stage.is_degraded()
        give_away(stage.redis, key, stage.redis, "NODE")
        stage.await_back()
    stage.redis.stop()
    stage.redis.start()


@contextmanager
def is_loading(stage: Stage) -> Iterator[None]:
    load_slowly(stage.redis)
    yield
    assert stage.is_degraded()
    finish_loading(stage.redis)


# --- its callers ----------------------------------------------------------------------------------------------


@contextmanager
def is_shared_by_clocks_that_differ(stage: Stage) -> Iterator[None]:
    stage.ahead.write_text(str(AHEAD_S))
    stage.await_back()
    yield
    stage.await_back()


@contextmanager
def is_asked_too_much_at_once(stage: Stage) -> Iterator[None]:
    """By a crowd, first while it answers and then while it does not."""
    crowd(stage)
    clients = str(stage.redis.do("CLIENT", "LIST", "TYPE", "normal"))
    assert clients.count("laddr=") <= CONNECTIONS
    with is_frozen(stage):
        crowd(stage)
        yield


def crowd(stage: Stage) -> None:
    with steady_load(stage.one.public, CROWD_PER_S, new_and_old()) as load:
        sleep(CROWD_S)
    assert_well_answered(load)


@contextmanager
def is_left_in_the_middle(stage: Stage) -> Iterator[None]:
    """By callers who leave at any moment of their requests; that others get their own answers is seen of the load."""
    dice = Random(20230320)

    def leave() -> None:
        with asked(stage.one.public, fields_of(f"and leave: {next(_leavers) // 2}")):
            sleep(dice.random() * 0.006)

    with again_and_again(leave, 0.005):
        yield
    assert not stage.is_degraded()


BEFALLS: dict[str, Befalls] = {
    "2-dies-under-load": dies,
    "3-frozen": is_frozen,
    "5-back": is_away_for_long,
    "6-out-of-memory": is_out_of_memory,
    "7-evicting": evicts,
    "8-another-type": holds_another_type,
    "9-damaged": holds_damage,
    "10-wants-a-password": wants_a_password,
    "11-scripts-forgotten": forgets_scripts,
    "12-read-only": is_a_replica,
    "13-cluster": is_one_of_a_cluster,
    "14-loading": is_loading,
    "15-flushed": is_flushed,
    "16-clocks-differ": is_shared_by_clocks_that_differ,
    "17-too-much-at-once": is_asked_too_much_at_once,
    "18-left-in-the-middle": is_left_in_the_middle,
}


def judge(mode: str, noticed: Noticed) -> None:
    print(f"{mode}: {noticed}")
    assert noticed.ill_ms <= noticed.well_ms + MORE_AT_P99_MS
    assert noticed.longest_ms < LONGEST_MS


@pytest.mark.parametrize("mode", [each for each in MODES if each in BEFALLS])
def test_callers_notice_nothing_of_what_befalls_redis(mode: str, stage: Stage) -> None:
    judge(mode, endure(stage, BEFALLS[mode]))
    assert "Traceback" not in stage.one.read_log()


@pytest.mark.parametrize("mode", ["4-slow"])
def test_callers_notice_nothing_of_a_redis_that_is_slow(
    mode: str, stage: Stage, running_routers: Routers, tmp_path: Path
) -> None:
    @contextmanager
    def is_slow(stage: Stage) -> Iterator[None]:
        way.late_s = 0.2
        yield
        assert stage.is_degraded()
        way.late_s = 0

    with detour(stage.redis) as way, serving(settings_of(running_routers, tmp_path, way.url), tmp_path) as one:
        judge(mode, endure(stage._replace(one=one), is_slow))


@pytest.mark.parametrize("mode", ["1-down-at-start"])
def test_a_router_that_starts_without_redis_is_ready_and_finds_it_later(
    mode: str, stage: Stage, running_routers: Routers, tmp_path: Path
) -> None:
    stage.redis.stop()
    with serving(settings_of(running_routers, tmp_path, stage.redis.url), tmp_path) as one:
        stage = stage._replace(one=one)
        with under_load(stage) as load:
            assert one.readiness().status == 200
            assert stage.is_degraded()
            (longest_ms,) = load.quantiles_ms(1.0)
            ill_ms = p99_ms(load, most=5)
            stage.redis.start()
            back_s = stage.await_back()
            well_ms = p99_ms(load)
    judge(mode, Noticed(well_ms, ill_ms, longest_ms, back_s))
