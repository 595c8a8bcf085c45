"""How full a backend is, on real sockets: what its engine says of others' load counts, and replicas share its limit."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import Routers
from tests.patience import until
from tests.redis_server import redis_server
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

ASK = request_fields("Write a story about a garden.", model="auto:not-when-full")
FAST_IN_FLIGHT = 'router_backend_in_flight{backend="fast-1"}'
FAST_LIMIT = 'router_backend_limit{backend="fast-1"}'


def busy_with(engine: ScriptedEngine, count: int) -> None:
    """Others have so many requests open there; its `/load` is one that is not kept."""
    metrics = f'vllm:num_requests_running{{engine="0"}} {count}.0\nvllm:num_requests_waiting{{engine="0"}} 0.0\n'
    engine.pages = {"/load": b'{"server_load":0}', "/metrics": metrics.encode()}


def is_seen_with(router: RouterProcess, count: int) -> bool:
    return router.metrics().get(FAST_IN_FLIGHT) == count


def test_an_engine_that_others_fill_is_full_and_is_not_once_they_leave(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    busy_with(fast, 7)
    router = routers.serve(backend={"concurrency": 7, "load": "auto"}, keep_alive_s=0.12)
    until(lambda: is_seen_with(router, 7))
    while_full = post(router.public, ASK).header("x-router-tier")

    busy_with(fast, 6)
    until(lambda: is_seen_with(router, 6))

    assert router.metrics()[FAST_LIMIT] == 7
    assert while_full == "strong"
    assert post(router.public, ASK).header("x-router-tier") == "fast"


def test_every_backend_of_a_tier_is_asked_whatever_it_is_called(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    tiers = routers.settings(tmp_path, {"load": "auto"})["tiers"]
    (spec,) = tiers["fast"]["backends"]
    backends = [{**spec, "name": "blue"}, {**spec, "name": "green", "url": strong.url}]
    busy_with(fast, 2)
    busy_with(strong, 3)

    router = routers.serve(tiers={"fast": {"backends": backends}})

    in_flight = 'router_backend_in_flight{backend="%s"}'
    until(lambda: [router.metrics()[in_flight % name] for name in ("blue", "green")] == [2, 3])


def test_an_engine_that_falls_silent_has_nobody_elses_requests_that_we_know_of(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    busy_with(fast, 8)
    router = routers.serve(backend={"concurrency": 7, "load": "auto"}, keep_alive_s=0.13)
    until(lambda: is_seen_with(router, 8))

    fast.pages = {}

    until(lambda: is_seen_with(router, 0))
    assert post(router.public, ASK).header("x-router-tier") == "fast"


def test_without_a_word_in_the_settings_the_limit_is_what_the_kind_of_engine_has_slots(router: RouterProcess) -> None:
    limits = {name: each for name, each in router.metrics().items() if name.startswith("router_backend_limit")}

    assert limits == {FAST_LIMIT: 8, 'router_backend_limit{backend="strong-1"}': 256}


class Pair(NamedTuple):
    """Two replicas that have their engines in common."""

    one: RouterProcess
    other: RouterProcess


@pytest.fixture
def pair(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Iterator[Pair]:
    def replica(name: str) -> AbstractContextManager[RouterProcess]:
        path = tmp_path / name
        path.mkdir()
        settings = running_routers.settings(path, settings={"redis": {"url": redis.url}})
        settings["tiers"]["fast"]["backends"][0].update({"concurrency": 8, "shared_as": "gpu-7"})
        return serving(settings, path)

    with redis_server(tmp_path) as redis, replica("one") as one, replica("other") as other:
        yield Pair(one, other)


def test_replicas_have_equal_parts_of_a_backend_that_nobody_uses(pair: Pair) -> None:
    until(lambda: [each.metrics()[FAST_LIMIT] for each in pair] == [4, 4])
