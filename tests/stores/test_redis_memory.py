"""What replicas remember together in Redis: each learns of the others', none forgets its own, and whatever Redis does,
nobody fails or waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from statistics import median
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.core.recall import REMEMBERED_S, UNHEARD_OF, Conversation, Recalled, Thread
from router.core.record import hash_tenant
from router.core.values import TIERS
from router.ports import Memory
from router.stores.redis_door import STEP_S
from tests.cached import PREFIX
from tests.doubles import HandClock
from tests.redis_server import RedisServer
from tests.remembered import ACME, heard, in_redis, thread, wanted, was_escalated
from tests.stores.conftest import Run

Result = TypeVar("Result")
Scene = Callable[..., Awaitable[Result]]

ON_FAST, ON_STRONG = thread("fast", 1), thread("strong", 2)
TAG = f"{PREFIX}:memory:{{{hash_tenant(ACME)}}}"
ONCE_S = 4 * STEP_S
"""What the one call may take that finds out; twice as long as it should, because machines that run tests are busy."""


async def settled(memory: Memory) -> None:
    """Returns once Redis has heard what this replica told, be it that it has to be taught the script first."""
    for _ in range(2):
        await heard(memory, "nothing")


async def with_replicas(server: RedisServer, scene: Scene[Result], count: int = 2, step_s: float = 2.0) -> Result:
    """What comes of a scene that is given the memories of so many replicas."""
    async with AsyncExitStack() as stack:
        clock = HandClock()
        return await scene(*[await stack.enter_async_context(in_redis(server, clock, step_s)) for _ in range(count)])


# --- together -----------------------------------------------------------------------------------------------------


def test_what_one_replica_remembers_the_other_recalls_and_knows_only_by_asking(
    redis: RedisServer, run: Run[Any]
) -> None:
    async def tell(one: Memory, other: Memory) -> Any:
        one.remember_conversation(ACME, "a", ON_STRONG)
        one.remember_escalation(ACME, "q")
        await settled(one)
        return await other.recall(wanted("a", "q")), other.known(wanted("a", "q"))

    assert run(with_replicas(redis, tell)) == (Recalled(ON_STRONG, was_escalated=True), Recalled())


def test_what_is_told_by_two_at_the_same_time_counts_twice_and_keeps_the_highest_tier(
    redis: RedisServer, run: Run[Any]
) -> None:
    async def race(one: Memory, other: Memory) -> Any:
        one.remember_conversation(ACME, "a", ON_FAST)
        before = await heard(one, "a"), await heard(other, "a")
        one.remember_conversation(ACME, "a", before[0].after("strong"))
        other.remember_conversation(ACME, "a", before[1].after("fast"))
        await settled(one)
        await settled(other)
        return [await heard(each, "a") for each in (one, other)]

    assert run(with_replicas(redis, race)) == [thread("strong", 3)] * 2


def test_tenants_of_the_same_conversation_key_and_routers_of_another_prefix_share_nothing(
    redis: RedisServer, run: Run[Any]
) -> None:
    async def tell(one: Memory, other: Memory) -> Any:
        one.remember_conversation("another", "a", ON_STRONG)
        redis.do("SET", f"staging:memory:{{{hash_tenant(ACME)}}}:conversation:a", "1 0 1 1")
        await settled(one)
        return await heard(other, "a")

    assert run(with_replicas(redis, tell)) == UNHEARD_OF


def test_what_is_noted_no_other_replica_learns(redis: RedisServer, run: Run[Any]) -> None:
    async def note(one: Memory, other: Memory) -> Any:
        one.note_conversation("a", ON_STRONG)
        return await heard(one, "a"), await heard(other, "a")

    assert run(with_replicas(redis, note)) == (ON_STRONG, UNHEARD_OF)


def test_it_is_gone_from_redis_an_hour_after_it_was_last_told_and_holds_no_text(
    redis: RedisServer, run: Run[Any]
) -> None:
    async def tell(one: Memory) -> None:
        one.remember_conversation(ACME, "a", ON_FAST)
        one.remember_escalation(ACME, "q")
        await settled(one)

    run(with_replicas(redis, tell, count=1))

    keys = sorted(key.decode() for key in redis.do("KEYS", "*"))
    assert keys == [f"{TAG}:conversation:a", f"{TAG}:escalated:q"]
    assert [redis.do("GET", key) for key in keys] == [b"1 1700000000000 0 1", b"1"]
    assert all(REMEMBERED_S - 60 < redis.do("TTL", key) <= REMEMBERED_S for key in keys)


def test_recalling_takes_one_command_and_what_is_known_to_be_escalated_is_not_asked_for(
    redis: RedisServer, run: Run[Any]
) -> None:
    async def ask(one: Memory) -> None:
        one.remember_escalation(ACME, "q")
        await one.recall(wanted("a", "p"))
        await one.recall(wanted(question="q"))
        await one.recall(wanted())

    run(with_replicas(redis, ask, count=1))

    stats = {name: each["calls"] for name, each in redis.do("INFO", "commandstats").items()}
    assert (stats["cmdstat_mget"], stats["cmdstat_set"]) == (1, 1)


threads = st.builds(
    Thread,
    st.sampled_from((0, 1, 1_700_000_000_000)),
    st.builds(Conversation, st.sampled_from(TIERS), st.integers(1, 9)),
)


def test_redis_makes_of_news_what_this_process_does(redis: RedisServer) -> None:
    async def tell(told: list[Thread]) -> tuple[Thread, Thread]:
        async def scene(one: Memory, other: Memory) -> tuple[Thread, Thread]:
            redis.do("FLUSHALL")
            for each in told:
                one.remember_conversation(ACME, "a", each)
            known = one.known(wanted("a")).thread
            await settled(one)
            return known, await heard(other, "a")

        return await with_replicas(redis, scene)

    @given(st.lists(threads, min_size=1, max_size=6))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def agree(told: list[Thread]) -> None:
        here, there = asyncio.run(tell(told))
        assert here == there

    agree()


@pytest.mark.parametrize(
    "value", [b"", b"1", b"2 1700000000000 1 5", b"1 x 1 5", b"1 1700000000000 9 5", b"1 1 1 1 1", b"1 " + b"9" * 40]
)
def test_what_cannot_be_read_is_nothing_and_gives_way(redis: RedisServer, run: Run[Any], value: bytes) -> None:
    redis.do("SET", f"{TAG}:conversation:a", value)
    redis.do("SET", f"{TAG}:escalated:q", value or b"x")

    async def ask(one: Memory, other: Memory) -> Any:
        before = await one.recall(wanted("a", "q"))
        one.remember_conversation(ACME, "a", ON_STRONG)
        await settled(one)
        return before.thread, await heard(other, "a")

    assert run(with_replicas(redis, ask)) == (UNHEARD_OF, ON_STRONG)


def test_another_kind_of_thing_under_its_keys_is_nothing_and_gives_way(redis: RedisServer, run: Run[Any]) -> None:
    for name in ("conversation:a", "escalated:q"):
        redis.do("LPUSH", f"{TAG}:{name}", "x")

    async def ask(one: Memory, other: Memory) -> Any:
        before = await one.recall(wanted("a", "q"))
        one.remember_conversation(ACME, "a", ON_STRONG)
        one.remember_escalation(ACME, "q")
        await settled(one)
        return before, await other.recall(wanted("a", "q"))

    assert run(with_replicas(redis, ask)) == (Recalled(), Recalled(ON_STRONG, was_escalated=True))


# --- without Redis ------------------------------------------------------------------------------------------------


async def took_s(call: Awaitable[Any]) -> float:
    began_s = time.monotonic()
    await call
    return time.monotonic() - began_s


async def until_shared(one: Memory, other: Memory, key: str) -> None:
    """Returns once news of one replica reach the other again."""
    async with asyncio.timeout(5.0):
        while await heard(other, key) == UNHEARD_OF:
            one.remember_conversation(ACME, key, ON_STRONG)
            await asyncio.sleep(0.05)


def freeze(server: RedisServer) -> None:
    server.freeze()


def kill(server: RedisServer) -> None:
    server.stop()


@pytest.mark.parametrize(("fail", "mend"), [(freeze, RedisServer.thaw), (kill, RedisServer.start)])
def test_while_redis_is_away_each_replica_goes_on_with_what_it_knows_and_nobody_waits(
    redis: RedisServer, run: Run[Any], fail: Callable[[RedisServer], None], mend: Callable[[RedisServer], None]
) -> None:
    async def go_on(one: Memory, other: Memory) -> None:
        one.remember_conversation(ACME, "a", ON_STRONG)
        await settled(one)
        await asyncio.to_thread(fail, redis)
        assert await took_s(other.recall(wanted("a", "q"))) < ONCE_S
        one.remember_escalation(ACME, "q")
        assert await took_s(one.recall(wanted("a"))) < ONCE_S
        assert await one.recall(wanted("a", "q")) == Recalled(ON_STRONG, was_escalated=True)
        assert await other.recall(wanted("b", "q")) == Recalled()
        assert median([await took_s(other.recall(wanted("a"))) for _ in range(50)]) < STEP_S / 10
        await asyncio.to_thread(mend, redis)
        await until_shared(one, other, "c")

    run(with_replicas(redis, go_on, step_s=STEP_S))


def fill(server: RedisServer) -> None:
    server.do("CONFIG", "SET", "maxmemory", "1")


def make_room(server: RedisServer) -> None:
    server.do("CONFIG", "SET", "maxmemory", "0")


def demote(server: RedisServer) -> None:
    server.do("REPLICAOF", "127.0.0.1", "1")


def promote(server: RedisServer) -> None:
    server.do("REPLICAOF", "NO", "ONE")


@pytest.mark.parametrize(
    ("fail", "mend", "why"), [(fill, make_room, "its memory is full"), (demote, promote, "is a read-only replica")]
)
def test_while_redis_takes_nothing_each_replica_remembers_its_own_and_the_log_says_so_once(
    redis: RedisServer,
    run: Run[Any],
    fail: Callable[[RedisServer], None],
    mend: Callable[[RedisServer], None],
    why: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def go_on(one: Memory, other: Memory) -> None:
        one.remember_conversation(ACME, "a", ON_FAST)
        await settled(one)
        fail(redis)
        for _ in range(5):
            one.remember_conversation(ACME, "a", ON_STRONG)
            one.remember_escalation(ACME, "q")
            assert await one.recall(wanted("a", "q")) == Recalled(await heard(one, "a"), was_escalated=True)
        assert (await heard(one, "a")).conversation.tier == "strong"
        assert await heard(other, "a") == ON_FAST
        mend(redis)
        await until_shared(one, other, "c")

    run(with_replicas(redis, go_on))
    assert caplog.text.count(why) == 1


def test_redis_that_has_forgotten_its_scripts_is_told_again(redis: RedisServer, run: Run[Any]) -> None:
    async def forget(one: Memory, other: Memory) -> Any:
        one.remember_conversation(ACME, "a", ON_FAST)
        await settled(one)
        redis.do("SCRIPT", "FLUSH")
        one.remember_conversation(ACME, "a", ON_STRONG)
        await settled(one)
        return await heard(other, "a")

    assert run(with_replicas(redis, forget)) == ON_STRONG


def test_what_was_learned_while_redis_was_away_is_told_with_the_next_answer(redis: RedisServer, run: Run[Any]) -> None:
    async def go_on(one: Memory, other: Memory) -> Any:
        for answered in (1, 2):
            one.remember_conversation(ACME, "a", thread("fast", answered))
        await settled(one)
        await asyncio.to_thread(redis.stop)
        for answered in (3, 4):
            one.remember_conversation(ACME, "a", thread("strong", answered))
        await asyncio.to_thread(redis.start)
        await until_shared(one, other, "c")
        one.remember_conversation(ACME, "a", (await heard(one, "a")).after("fast"))
        await settled(one)
        return await heard(other, "a")

    assert run(with_replicas(redis, go_on, step_s=STEP_S)) == thread("strong", 5)


def test_more_than_can_wait_is_not_told_and_keeps_nobody(redis: RedisServer, run: Run[Any]) -> None:
    async def flood(one: Memory, other: Memory) -> int:
        for number in range(5_000):
            one.remember_escalation(ACME, str(number))
        await asyncio.sleep(0.2)
        assert all([await was_escalated(one, str(number)) for number in range(5_000)])
        return sum([await was_escalated(other, str(number)) for number in range(0, 5_000, 10)])

    assert run(with_replicas(redis, flood)) in range(100, 110)
