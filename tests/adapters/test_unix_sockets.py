"""An engine behind a Unix socket is asked, looked at and missed like any other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from aiohttp import web

from router.assembly.engines import open_engines
from router.config.backend_settings import BackendSpec, TierSpec
from router.core.concurrency_limit import fixed
from router.core.errors import Unavailable
from router.core.moves import Attempt, Block, Ended
from router.core.saturation import Occupancy
from router.engines.dialects.openai import OPENAI
from router.engines.member import Station
from router.ports import Envelope
from router.silence import open_silence
from tests import vllm_wire
from tests.doubles import HandClock
from tests.examples import chat_request

Result = TypeVar("Result")
ATTEMPT = Attempt(1, "hosted")


@asynccontextmanager
async def listening(path: Path) -> AsyncIterator[list[web.Request]]:
    """A server on this socket that answers "said here", and what it was asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(
            body=vllm_wire.plain_body("best", {"content": "said here"}, 1, "stop", 2), content_type="application/json"
        )

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    app.router.add_get("/v1/models", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(path)).start()
    try:
        yield asked
    finally:
        await runner.cleanup()


def with_station(path: Path, use: Callable[[Station], Awaitable[Result]]) -> Result:
    """What `use` makes of the backend whose address is this socket."""
    spec = BackendSpec(url=f"unix://{path}", model="best", dialect="openai", context_tokens=4096)
    tiers = {"hosted": TierSpec(backends=[spec])}

    async def work() -> Result:
        async with (
            open_silence() as silence,
            open_engines(
                tiers, {"hosted": OPENAI}, b"pepper", {"hosted-1": Occupancy(fixed(4))}, silence, HandClock()
            ) as engines,
        ):
            return await use(engines.stations["hosted"][0])

    return asyncio.run(work())


async def all_events(station: Station) -> list[Block | Ended]:
    """Everything one call yields."""
    envelope = Envelope(chat_request(), "request-1", "acme")
    return [event async for event in station.backend.stream(ATTEMPT, envelope)]


def test_an_engine_on_a_socket_answers(tmp_path: Path) -> None:
    async def use(station: Station) -> None:
        async with listening(tmp_path / "s") as asked:
            body, _ = await all_events(station)
            assert isinstance(body, Block)
            assert b"said here" in body.data
            assert await station.backend.is_reachable()
        assert [(each.method, each.host) for each in asked] == [("POST", "localhost"), ("GET", "localhost")]

    with_station(tmp_path / "s", use)


def test_a_socket_that_nobody_listens_on_is_an_outage_that_ends(tmp_path: Path) -> None:
    async def use(station: Station) -> None:
        with pytest.raises(Unavailable, match="the backend hosted-1 cannot be reached"):
            await all_events(station)
        assert not await station.backend.is_reachable()
        async with listening(tmp_path / "s"):
            assert await station.backend.is_reachable()
            assert await all_events(station)

    with_station(tmp_path / "s", use)
