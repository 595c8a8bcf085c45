"""Two routers with everything shared in one Redis: one of them is killed, or cut off from it while the other is not."""

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import FAST_TEXT, STRONG_TEXT, Routers
from tests.faults import answers, refuses_with
from tests.patience import until
from tests.redis_server import RedisServer, redis_server
from tests.redis_trouble import Detour, detour
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, ask, post, request_fields

FAST_LIMIT = 'router_backend_limit{backend="fast-1"}'
SLOTS = 8
FOREVER_S = 3600.0

_numbers = count()


class Pair(NamedTuple):
    """Two replicas, the Redis they share, and the way on which `other` gets there."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer
    way: Detour

    def cut_off(self) -> None:
        """From now on nothing that Redis says gets to `other`."""
        self.way.late_s = FOREVER_S


@pytest.fixture
def pair(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Pair]:
    def replica(name: str, url: str) -> AbstractContextManager[RouterProcess]:
        path = tmp_path / name
        path.mkdir()
        more = {"redis": {"url": url}, "cache": {"store": "redis"}, "escalations": {"limited": False}}
        settings = running_routers.settings(path, settings=more)
        settings["tiers"]["fast"]["backends"][0].update({"concurrency": SLOTS, "shared_as": "gpu-7"})
        return serving(settings, path)

    with (
        redis_server(tmp_path) as redis,
        detour(redis) as way,
        replica("one", redis.url) as one,
        replica("other", way.url) as other,
    ):
        yield Pair(one, other, redis, way)


@pytest.fixture
def question() -> str:
    """One that was not asked before."""
    return f"Say hi for the {next(_numbers)}th time."


def asked(router: RouterProcess, question: str, policy: str = "kept") -> Response:
    said = [{"role": "user", "content": question}]
    return post(router.public, request_fields(model=f"auto:{policy}", messages=said))


def text_of(response: Response) -> str:
    said: str = response.json["choices"][0]["message"]["content"]
    return said


def await_in_redis(pair: Pair, part: str) -> None:
    """Returns once a key with this in its name is there."""
    until(lambda: pair.redis.do("KEYS", f"tandem:{part}:*"))


def test_what_a_killed_replica_kept_and_found_out_is_the_others(
    pair: Pair, fast: ScriptedEngine, question: str
) -> None:
    fast.does(answers(FAST_TEXT))
    asked(pair.one, question)
    await_in_redis(pair, "cache")
    fast.does(refuses_with(400))
    asked(pair.one, f"{question} Really.", "remembers")
    await_in_redis(pair, "memory:*:escalated")

    pair.one.ask_to_stop(signal.SIGKILL)
    pair.one.await_exit()
    kept, remembered = asked(pair.other, question), asked(pair.other, f"{question} Really.", "remembers")

    assert (kept.header("x-router-cache"), text_of(kept)) == ("hit", FAST_TEXT)
    assert (remembered.header("x-router-rule"), text_of(remembered)) == ("went-up-before", STRONG_TEXT)


def test_the_slots_of_a_killed_replica_go_to_the_other(pair: Pair) -> None:
    until(lambda: [each.metrics()[FAST_LIMIT] for each in (pair.one, pair.other)] == [SLOTS / 2, SLOTS / 2])

    pair.one.ask_to_stop(signal.SIGKILL)
    pair.one.await_exit()

    until(lambda: pair.other.metrics()[FAST_LIMIT] == SLOTS)


def test_a_replica_that_is_cut_off_serves_alone_and_the_other_goes_on_sharing(
    pair: Pair, fast: ScriptedEngine, question: str
) -> None:
    fast.does(answers(FAST_TEXT))
    asked(pair.one, question)
    await_in_redis(pair, "cache")

    pair.cut_off()
    alone, with_redis = asked(pair.other, question), asked(pair.one, question)

    assert (alone.status, text_of(alone), alone.header("x-router-cache")) == (200, FAST_TEXT, "miss")
    assert with_redis.header("x-router-cache") == "hit"


def test_a_replica_that_was_cut_off_shares_again_when_it_is_not_any_more(
    pair: Pair, fast: ScriptedEngine, question: str
) -> None:
    fast.does(answers(FAST_TEXT))
    pair.cut_off()
    asked(pair.other, f"{question} Alone.")
    until(lambda: is_degraded(pair.other))
    asked(pair.one, question)
    await_in_redis(pair, "cache")

    pair.way.late_s = 0.0
    until(lambda: not is_degraded(pair.other))

    assert asked(pair.other, question).header("x-router-cache") == "hit"


def is_degraded(router: RouterProcess) -> bool:
    """Whether its cache says that it is alone."""
    return bool(ask(router.admin, "GET", "/cache").json["degraded"])
