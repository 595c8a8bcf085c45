"""The eighteen things that go wrong with a Redis, and what callers of a router notice of them: nothing.

A real router keeps answers in a real Redis and is asked at a steady rate, for what is new and for what was asked
before, while that befalls Redis and when it passes. The ids are the numbers of the list."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Routers
from tests.faults import answers
from tests.redis_befalls import BEFALLS
from tests.redis_server import RedisServer, find_program
from tests.redis_stage import (
    CALM_MS,
    MOST_WINDOWS,
    Noticed,
    Stage,
    answer_to,
    as_good_ms,
    endure,
    p99_ms,
    under_load,
)
from tests.redis_trouble import MODES, detour
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import Exchange, ScriptedEngine

LONGEST_MS = 1_000.0
"""What one may wait who finds out: two steps of 50 ms, on a machine that may do a lot more than this. A client of Redis
that is left as it comes takes four seconds."""

BACK_AFTER_S = 5.0
"""Redis is tried again after two seconds at the latest."""

LONGEST = 20.0
"""On a machine that is that busy it is so often what is usual there, at the 99th percentile, while all is well."""

TRIES = 3
"""So often in a row what is measured must be wrong: others work on this machine too. That everyone gets their answer,
and that Redis is used again, must hold each time."""

PATIENT = {"connect_s": 10}
"""What an engine may take to be reached: nothing here is about engines."""

pytestmark = [pytest.mark.redis_mode, pytest.mark.timeout(240)]


async def answer(exchange: Exchange) -> None:
    """The answer of an engine is to the question, so that one that was meant for others would be seen."""
    await answers(answer_to(exchange.request.fields["messages"][0]["content"]))(exchange)


@pytest.fixture
def engines_answer(fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    for engine in (fast, strong):
        engine.does(answer)


class Replicas(NamedTuple):
    """What all these tests have in common."""

    one: RouterProcess
    other: RouterProcess
    redis: RedisServer
    ahead: Path


def settings_of(routers: Routers, folder: Path, url: str) -> dict[str, Any]:
    settings = {"redis": {"url": url}, "cache": {"store": "redis"}, "breakers": False}
    return routers.settings(folder, backend=PATIENT, settings=settings)


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
def stage(replicas: Replicas, engines_answer: None, tmp_path: Path) -> Iterator[Stage]:
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


def judge(mode: str, endures: Callable[[], Noticed]) -> None:
    for _ in range(TRIES):
        noticed = endures()
        print(f"{mode}: {noticed}")
        if is_nothing(noticed):
            return
    raise AssertionError(f"{mode}: {noticed}")


def is_nothing(noticed: Noticed) -> bool:
    """Whether callers would not notice that."""
    is_brief = noticed.longest_ms < max(LONGEST_MS, LONGEST * noticed.well_ms)
    return is_brief and noticed.ill_ms <= as_good_ms(noticed.well_ms) and noticed.back_s < BACK_AFTER_S


@pytest.mark.parametrize("mode", [each for each in MODES if each in BEFALLS])
def test_callers_notice_nothing_of_what_befalls_redis(mode: str, stage: Stage) -> None:
    judge(mode, lambda: endure(stage, BEFALLS[mode]))
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
        judge(mode, lambda: endure(stage._replace(one=one), is_slow))


@pytest.mark.parametrize("mode", ["1-down-at-start"])
def test_a_router_that_starts_without_redis_is_ready_and_finds_it_later(
    mode: str, stage: Stage, running_routers: Routers, tmp_path: Path
) -> None:
    settings = settings_of(running_routers, tmp_path, stage.redis.url)

    def start_without() -> Noticed:
        stage.redis.stop()
        with serving(settings, tmp_path) as one:
            return find_redis_later(stage._replace(one=one))

    judge(mode, start_without)


def find_redis_later(stage: Stage) -> Noticed:
    """What callers notice of a router that has never seen its Redis, and then does."""
    with under_load(stage) as load:
        assert stage.one.readiness().status == 200
        assert stage.is_degraded()
        (longest_ms,) = load.quantiles_ms(1.0)
        ill_ms = p99_ms(load, CALM_MS, MOST_WINDOWS)
        stage.redis.start()
        back_s = stage.await_back()
        return Noticed(p99_ms(load, CALM_MS, MOST_WINDOWS), ill_ms, longest_ms, back_s)
