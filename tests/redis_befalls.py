"""What befalls a Redis that two routers share, while a block runs: sixteen of the eighteen modes. Each says what those
who run the router are told of it meanwhile, and mends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from random import Random
from time import sleep

from tests.patience import until
from tests.redis_server import ask_for_a_password, finish_loading, load_slowly
from tests.redis_stage import (
    Befalls,
    Stage,
    again_and_again,
    assert_well_answered,
    fields_of,
    new_and_old,
)
from tests.redis_trouble import cluster, give_away
from tests.steady_load import steady_load
from tests.wire_client import asked

AWAY_S = 3.5
"""After so long Redis is tried as seldom as ever."""

CROWD, CROWD_PER_S, CROWD_S = 500, 5_000, 0.1
CONNECTIONS = 5
"""Of each router one for what it keeps and one for what is posted; and the one that counts them."""

AHEAD_S = 5
KEYS = "*:cache:*"
REFUSED = "it does not accept the user and password of redis.url"

_leavers = count()

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
    until(lambda: stage.lost("dropped") > 0)
    stage.redis.do("CONFIG", "SET", "maxmemory", "0")


@contextmanager
def evicts(stage: Stage) -> Iterator[None]:
    used, unreadable = stage.redis.do("INFO", "memory")["used_memory"], stage.lost("unreadable")
    stage.redis.do("CONFIG", "SET", "maxmemory-policy", "allkeys-lru", "maxmemory", used)
    yield
    until(lambda: stage.redis.do("INFO", "stats")["evicted_keys"] > 0)
    assert stage.lost("unreadable") == unreadable


@contextmanager
def is_flushed(stage: Stage) -> Iterator[None]:
    unreadable = stage.lost("unreadable")
    with again_and_again(lambda: stage.redis.do("FLUSHALL"), 0.1):
        yield
    assert stage.lost("unreadable") == unreadable


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
        until(lambda: stage.lost("unreadable") > before)


# --- it refuses -----------------------------------------------------------------------------------------------


@contextmanager
def wants_a_password(stage: Stage) -> Iterator[None]:
    stage.one.read_log()
    ask_for_a_password(stage.redis)
    yield
    assert stage.is_degraded()
    assert REFUSED in stage.one.read_log()
    stage.redis.do("CONFIG", "SET", "requirepass", "", password="other")


@contextmanager
def forgets_scripts(stage: Stage) -> Iterator[None]:
    stage.redis.stop()
    stage.redis.start()
    stage.await_back()
    with again_and_again(lambda: stage.redis.do("SCRIPT", "FLUSH"), 0.05):
        yield


@contextmanager
def is_a_replica(stage: Stage) -> Iterator[None]:
    dropped = stage.lost("dropped")
    stage.redis.do("REPLICAOF", "127.0.0.1", "1")
    yield
    assert stage.is_degraded()
    until(lambda: stage.lost("dropped") > dropped)
    stage.redis.do("REPLICAOF", "NO", "ONE")


@contextmanager
def is_one_of_a_cluster(stage: Stage) -> Iterator[None]:
    """With all that is kept for our tenant elsewhere."""
    with cluster(stage.redis) as other:
        stage.await_back()
        key = stage.redis.do("KEYS", KEYS)[0].decode()  # any: those of one tenant are in one slot
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
    until(lambda: connections(stage) <= CONNECTIONS)  # one that has failed is closed a moment after the next is opened
    with is_frozen(stage):
        crowd(stage)
        yield


def connections(stage: Stage) -> int:
    return str(stage.redis.do("CLIENT", "LIST", "TYPE", "normal")).count("laddr=")


def crowd(stage: Stage) -> None:
    with steady_load(stage.one.public, CROWD_PER_S, new_and_old(), CROWD) as load:
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
