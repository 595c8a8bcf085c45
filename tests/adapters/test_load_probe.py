"""Asking a real server how many requests it has: what is asked, how often, and what comes of odd answers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from router.clock import SystemClock
from router.core.saturation import FRESH_S, Occupancy
from router.engines.dialects.vllm import PAGES
from router.engines.line import Line, Timeouts, open_connections
from router.engines.load_probe import EVERY_S, MOST_BYTES, SELDOM_S, SILENT_S, LoadProbe, Watched, open_load_probes
from router.silence import open_silence
from tests.scripted_engine import EngineRoom, ScriptedEngine

METRICS = b'vllm:num_requests_running{engine="0"} %d.0\nvllm:num_requests_waiting{engine="0"} %d.0\n'
LOAD = b'{"server_load":%d}'

CLOCK = SystemClock()


@pytest.fixture
def engine(engine_room: EngineRoom) -> ScriptedEngine:
    engine = engine_room.open_engine()
    engine.does()
    return engine


@asynccontextmanager
async def a_line(engine: ScriptedEngine) -> AsyncGenerator[Line, None]:
    async with open_silence() as silence, open_connections(silence) as connections:
        yield Line("fast-1", connections, engine.url, Timeouts())


def looks(engine: ScriptedEngine, *before: Callable[[], object]) -> tuple[Occupancy, list[float]]:
    """The occupancy after a probe has looked once, and again after each of these; and the pauses it wants between."""

    async def look() -> tuple[Occupancy, list[float]]:
        occupancy = Occupancy()
        async with a_line(engine) as line:
            probe = LoadProbe(Watched(line, PAGES.loads), occupancy, CLOCK)
            pauses = [await probe.look()]
            for each in before:
                each()
                pauses.append(await probe.look())
        return occupancy, pauses

    return asyncio.run(look())


def in_flight(occupancy: Occupancy) -> int:
    return occupancy.in_flight(CLOCK.now_s())


def test_an_engine_that_keeps_count_is_asked_for_nothing_else(engine: ScriptedEngine) -> None:
    engine.pages = {"/load": LOAD % 5, "/metrics": METRICS % (70, 70)}

    occupancy, pauses = looks(engine)

    assert (in_flight(occupancy), pauses) == (5, [EVERY_S])
    assert engine.looked_at == ["/load"]


def test_an_engine_whose_count_was_never_more_than_nothing_may_not_be_counting(engine: ScriptedEngine) -> None:
    engine.pages = {"/load": LOAD % 0, "/metrics": METRICS % (2, 1)}

    assert in_flight(looks(engine)[0]) == 3


def test_once_it_was_more_nothing_means_nothing(engine: ScriptedEngine) -> None:
    engine.pages = {"/load": LOAD % 1, "/metrics": METRICS % (2, 1)}

    occupancy, _ = looks(engine, lambda: engine.pages.update({"/load": LOAD % 0}))

    assert in_flight(occupancy) == 0
    assert engine.looked_at == ["/load", "/load"]


def test_an_engine_that_was_away_may_have_come_back_without_counting(engine: ScriptedEngine) -> None:
    engine.pages = {"/load": LOAD % 1, "/metrics": METRICS % (2, 1)}

    async def look_thrice() -> tuple[Occupancy, list[float]]:
        occupancy = Occupancy()
        async with a_line(engine) as line:
            probe = LoadProbe(Watched(line, PAGES.loads), occupancy, CLOCK)
            pauses = [await probe.look()]
            with engine.refusing_connections():
                pauses.append(await probe.look())
            engine.pages["/load"] = LOAD % 0
            pauses.append(await probe.look())
        return occupancy, pauses

    occupancy, pauses = asyncio.run(look_thrice())

    assert (in_flight(occupancy), pauses) == (3, [EVERY_S, SILENT_S, EVERY_S])


def test_an_engine_without_a_load_page_is_asked_for_its_metrics_alone(engine: ScriptedEngine) -> None:
    engine.pages = {"/metrics": METRICS % (2, 1)}

    occupancy, pauses = looks(engine, lambda: None)

    assert (in_flight(occupancy), pauses) == (3, [EVERY_S, EVERY_S])
    assert engine.looked_at == ["/load", "/metrics", "/metrics"]


@pytest.mark.parametrize(
    "pages",
    [
        {},
        {"/load": b"<html>", "/metrics": b"<html>"},
        {"/metrics": METRICS % (2, 1) + b"#" * MOST_BYTES},
    ],
    ids=["none", "others", "too long"],
)
def test_an_engine_that_says_it_nowhere_is_asked_again_only_seldom(
    engine: ScriptedEngine, pages: dict[str, bytes]
) -> None:
    engine.pages = pages

    occupancy, pauses = looks(engine)

    assert (in_flight(occupancy), pauses) == (0, [SELDOM_S])


def test_what_is_ours_is_not_others(engine: ScriptedEngine) -> None:
    engine.pages = {"/load": LOAD % 5}

    async def look() -> int:
        occupancy = Occupancy()
        for _ in range(3):
            occupancy.opened()
        async with a_line(engine) as line:
            await LoadProbe(Watched(line, PAGES.loads), occupancy, CLOCK).look()
        return occupancy.others(CLOCK.now_s())

    assert asyncio.run(look()) == 2


def test_an_engine_is_asked_about_four_times_a_second_one_look_at_a_time_until_the_router_stops(
    engine: ScriptedEngine,
) -> None:
    engine.pages = {"/load": LOAD % 5}

    async def probe() -> int:
        occupancy = Occupancy()
        async with a_line(engine) as line:
            async with open_load_probes({"fast-1": Watched(line, PAGES.loads)}, {"fast-1": occupancy}, CLOCK):
                await asyncio.sleep(4.5 * EVERY_S)
            asked = len(engine.looked_at)
            await asyncio.sleep(2 * EVERY_S)
            assert len(engine.looked_at) == asked
        return in_flight(occupancy)

    began_s = time.monotonic()
    assert asyncio.run(probe()) == 5
    assert 2 <= len(engine.looked_at) <= 5
    assert engine.connections == 1
    assert time.monotonic() - began_s < FRESH_S + 10
