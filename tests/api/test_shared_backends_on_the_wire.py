"""Two routers, two engines that they share and one Redis: what one is told of a backend or finds out, the other goes
by; one that is killed or cut off takes nothing with it."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from router.core.breaker import CONSECUTIVE
from tests.conftest import STRONG_TEXT, Routers
from tests.faults import fails
from tests.patience import until
from tests.redis_server import RedisServer, redis_server
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import ask, post

BACKENDS = "/router/v1/backends"
ALL, ALONE = "all replicas", "this replica only"
ASK = {"model": "auto", "messages": [{"role": "user", "content": "Say hello."}]}


class Pair(NamedTuple):
    """Two replicas that share their engines and a Redis."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer


@pytest.fixture
def pair(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Pair]:
    def replica(name: str) -> AbstractContextManager[RouterProcess]:
        path = tmp_path / name
        path.mkdir()
        settings = running_routers.settings(path, settings={"redis": {"url": redis.url}})
        for tier in ("fast", "strong"):
            settings["tiers"][tier]["backends"][0]["shared_as"] = f"gpu-{tier}"
        return serving(settings, path)

    with redis_server(tmp_path) as redis, replica("one") as one, replica("other") as other:
        yield Pair(one, other, redis)


def fast_of(router: RouterProcess) -> Mapping[str, Any]:
    """How the fast backend is doing, there."""
    listed: list[Mapping[str, Any]] = ask(router.admin, "GET", BACKENDS).json["backends"]
    return next(each for each in listed if each["name"] == "fast-1")


def order(router: RouterProcess, what: str) -> Mapping[str, Any]:
    """Has the fast backend drained, or resumed."""
    fields = {"force": True} if what == "drain" else {}
    answer: Mapping[str, Any] = post(router.admin, fields, path=f"{BACKENDS}/fast-1/{what}").json
    return answer


def await_standing(router: RouterProcess, *standings: str) -> None:
    until(lambda: fast_of(router)["standing"] in standings)


def test_what_one_replica_is_told_to_drain_gets_nothing_from_the_other_until_that_is_told_to_resume_it(
    pair: Pair,
) -> None:
    drained = order(pair.one, "drain")
    await_standing(pair.other, "drained")
    meanwhile = post(pair.other.public, ASK)
    resumed = order(pair.other, "resume")
    await_standing(pair.one, "joining", "in_use")

    assert (drained["scope"], resumed["scope"]) == (ALL, ALL)
    assert (meanwhile.status, meanwhile.header("x-router-tier")) == (200, "strong")


def test_a_drain_while_redis_is_down_holds_there_alone_says_so_and_is_followed_once_it_is_back(pair: Pair) -> None:
    pair.redis.stop()

    drained = order(pair.one, "drain")
    others = fast_of(pair.other)["standing"]
    pair.redis.start()
    await_standing(pair.other, "drained")

    assert (drained["scope"], others) == (ALONE, "in_use")


def test_what_one_replica_has_found_to_fail_costs_the_other_one_failure_and_not_five(
    pair: Pair, fast: ScriptedEngine
) -> None:
    fast.does(fails())
    for _ in range(2 * CONSECUTIVE):
        post(pair.one.public, ASK)
    await_standing(pair.one, "left_alone")
    until(lambda: is_suspected(pair.other))
    known = len(fast.received)

    served = [post(pair.other.public, ASK) for _ in range(CONSECUTIVE)]

    assert {(each.status, each.json["choices"][0]["message"]["content"]) for each in served} == {(200, STRONG_TEXT)}
    assert len(fast.received) - known == 1
    assert fast_of(pair.other)["standing"] == "left_alone"


def is_suspected(router: RouterProcess) -> bool:
    """Whether it has heard that the other replica leaves the fast backend alone."""
    return bool(fast_of(router)["suspected"])


def test_a_replica_that_was_killed_leaves_no_suspicion_behind_and_the_other_serves(
    pair: Pair, fast: ScriptedEngine
) -> None:
    fast.does(fails())
    for _ in range(2 * CONSECUTIVE):
        post(pair.one.public, ASK)
    until(lambda: is_suspected(pair.other))

    pair.one.ask_to_stop(signal.SIGKILL)
    pair.one.await_exit()
    until(lambda: not is_suspected(pair.other))

    assert post(pair.other.public, ASK).status == 200


def test_a_replica_that_is_cut_off_from_redis_suspects_nobody_and_serves(pair: Pair, fast: ScriptedEngine) -> None:
    fast.does(fails())
    for _ in range(2 * CONSECUTIVE):
        post(pair.one.public, ASK)
    until(lambda: is_suspected(pair.other))

    pair.redis.freeze()
    until(lambda: not is_suspected(pair.other))

    assert post(pair.other.public, ASK).status == 200
