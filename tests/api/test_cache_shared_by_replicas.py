"""Two routers with one cache in Redis: what one of them keeps the other gives, and who asks both at the same time costs
one engine call, or streamed one of each at most; without Redis each goes on alone."""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest

from tests.conftest import BOTH_WAYS, FAST_TEXT, Routers, Way
from tests.faults import answers
from tests.patience import until
from tests.redis_server import RedisServer, redis_server
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import CHAT, Response, ask, post, request_fields

PREFIX = "tandem"
CALLERS = 500
FEW = 20
THINKING_S = 1.0
"""How long the engine takes: the callers of a busy machine need their time to arrive."""

TIMEOUT_S = 50.0
PATIENT = {"connect_s": 10}
"""A router that is asked by hundreds at the same moment on a busy machine is not to give up its engine for that."""

WHOLE = ["said ", "by the ", "fast tier"]

_numbers = count()


class Pair(NamedTuple):
    """Two replicas, and the Redis they share."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer

    def await_kept(self) -> None:
        """Returns once an answer is in Redis: whoever asked for it need not wait for that."""
        until(lambda: self.redis.do("KEYS", f"{PREFIX}:cache:*"))

    def lost_touch(self) -> bool:
        """Whether Redis failed to answer one of them in time, as it may on a machine that is too busy for it: then
        each goes on alone, for so long."""
        seen = [each.metrics() for each in (self.one, self.other)]
        lost = sum(each[f'router_cache_lost_total{{why="{why}"}}'] for each in seen for why in ("unread", "dropped"))
        print(f"{lost:.0f} look-ups or entries lost")
        return lost > 0


@pytest.fixture
def pair(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Pair]:
    """Two routers that keep answers in a Redis of their own."""

    def replica(name: str) -> AbstractContextManager[RouterProcess]:
        path = tmp_path / name
        path.mkdir()
        settings = {"redis": {"url": redis.url}, "cache": {"store": "redis"}, "breakers": False}
        return serving(running_routers.settings(path, backend=PATIENT, settings=settings), path)

    with redis_server(tmp_path) as redis, replica("one") as one, replica("other") as other:
        yield Pair(one, other, redis)


@pytest.fixture
def question() -> str:
    """One that was not asked before."""
    return f"Say hi to both, for the {next(_numbers)}th time."


def asked(router: RouterProcess, question: str, way: Way) -> Response:
    return post(router.public, fields(question, way))


def fields(question: str, way: Way) -> dict[str, Any]:
    return request_fields(question, model="auto:kept", **way)


def ask_both_at_once(pair: Pair, question: str, way: Way) -> Sequence[Response]:
    """The answers to as many who ask the same, half of them here and half of them there."""
    return asyncio.run(_ask_all(pair, fields(question, way)))


async def _ask_all(pair: Pair, body: dict[str, Any]) -> Sequence[Response]:
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(TIMEOUT_S)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        routers = [(pair.one, pair.other)[number % 2] for number in range(CALLERS)]
        return await asyncio.gather(*(_ask(session, router, body) for router in routers))


async def _ask(session: aiohttp.ClientSession, router: RouterProcess, body: dict[str, Any]) -> Response:
    url = f"http://{router.public.host}:{router.public.port}{CHAT}"
    async with session.post(url, json=body) as response:
        return Response(response.status, list(response.headers.items()), await response.read())


def outcomes(answers: Sequence[Response]) -> Counter[str | None]:
    """How many met the cache in which way."""
    return Counter(each.header("x-router-cache") for each in answers)


@BOTH_WAYS
def test_what_one_replica_keeps_the_other_gives(pair: Pair, fast: ScriptedEngine, question: str, way: Way) -> None:
    first = asked(pair.one, question, way)
    pair.await_kept()
    again = asked(pair.other, question, way)

    assert (first.header("x-router-cache"), again.header("x-router-cache")) == ("miss", "hit")
    assert first.text == again.text == FAST_TEXT
    assert len(fast.received) == 1


@BOTH_WAYS
def test_who_takes_no_kept_answer_has_theirs_kept_for_all_and_its_record_written_once(
    pair: Pair, fast: ScriptedEngine, question: str, way: Way
) -> None:
    first = post(pair.one.public, fields(question, way), headers={"cache-control": "no-cache"})
    pair.await_kept()
    again = asked(pair.other, question, way)
    record = pair.one.await_record(first.header("x-request-id"))

    assert (record["outcome"], record["cache"]) == ("served", "bypass")
    assert (first.header("x-router-cache"), again.header("x-router-cache")) == ("bypass", "hit")


def test_what_one_replica_is_told_to_forget_is_forgotten_for_the_other(pair: Pair, question: str) -> None:
    asked(pair.one, question, {})
    pair.await_kept()
    told = ask(pair.other.admin, "POST", "/cache/invalidate", b"{}")

    assert told.json["forgotten"] == 1
    assert asked(pair.other, question, {}).header("x-router-cache") == "miss"


@BOTH_WAYS
def test_who_asks_both_replicas_at_the_same_time_costs_one_engine_call_and_streamed_one_of_each_at_most(
    pair: Pair, fast: ScriptedEngine, question: str, way: Way
) -> None:
    fast.does(answers(*WHOLE, after_s=THINKING_S))

    given = ask_both_at_once(pair, question, way)

    print(f"{CALLERS} callers of two routers: {len(fast.received)} engine calls, {dict(outcomes(given))}")
    assert {(each.status, each.text) for each in given} == {(200, FAST_TEXT)}
    assert len(fast.received) <= (2 if way or pair.lost_touch() else 1)
    assert outcomes(given)["miss"] == len(fast.received)


@BOTH_WAYS
def test_an_engine_that_answers_at_once_is_not_asked_more_often(
    pair: Pair, fast: ScriptedEngine, question: str, way: Way
) -> None:
    given = ask_both_at_once(pair, question, way)

    print(f"{CALLERS} callers, an instant engine: {len(fast.received)} engine calls, {dict(outcomes(given))}")
    assert {(each.status, each.text) for each in given} == {(200, FAST_TEXT)}
    assert len(fast.received) <= (2 if way or pair.lost_touch() else 1)


@BOTH_WAYS
def test_redis_that_is_killed_while_they_wait_fails_nobody(
    pair: Pair, fast: ScriptedEngine, question: str, way: Way
) -> None:
    fast.does(answers(*WHOLE, after_s=THINKING_S))
    given = asyncio.run(_ask_all_and_kill(pair, fields(question, way)))

    print(f"Redis killed: {len(fast.received)} engine calls, {dict(outcomes(given))}")
    assert {(each.status, each.text) for each in given} == {(200, FAST_TEXT)}
    assert len(fast.received) <= 2


async def _ask_all_and_kill(pair: Pair, body: dict[str, Any]) -> Sequence[Response]:
    asking = asyncio.create_task(_ask_all(pair, body))
    await asyncio.sleep(THINKING_S / 2)
    await asyncio.to_thread(pair.redis.stop)
    return await asking


def test_when_a_replica_is_killed_while_it_climbs_another_goes_on(
    pair: Pair, fast: ScriptedEngine, question: str
) -> None:
    fast.does(answers(*WHOLE, after_s=THINKING_S))
    given = asyncio.run(_ask_one_and_kill_the_other(pair, fast, fields(question, {})))

    print(f"a replica killed: {len(fast.received)} engine calls, {dict(outcomes(given))}")
    assert {(each.status, each.text) for each in given} == {(200, FAST_TEXT)}
    assert outcomes(given) == {"miss": 1, "shared": FEW - 1}
    assert len(fast.received) == 2


async def _ask_one_and_kill_the_other(pair: Pair, fast: ScriptedEngine, body: dict[str, Any]) -> Sequence[Response]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(TIMEOUT_S)) as session:
        doomed = asyncio.create_task(_ask(session, pair.one, body))
        await asyncio.to_thread(until, lambda: fast.received)
        waiting = [asyncio.create_task(_ask(session, pair.other, body)) for _ in range(FEW)]
        await asyncio.sleep(THINKING_S / 2)
        pair.one.ask_to_stop(signal.SIGKILL)
        with pytest.raises(aiohttp.ClientError):
            await doomed
        return await asyncio.gather(*waiting)


def test_without_redis_each_replica_keeps_its_own(pair: Pair, fast: ScriptedEngine, question: str) -> None:
    pair.redis.stop()
    given = [asked(router, question, {}) for router in (pair.one, pair.one, pair.other, pair.other)]

    assert [each.header("x-router-cache") for each in given] == ["miss", "hit", "miss", "hit"]
    assert len(fast.received) == 2
