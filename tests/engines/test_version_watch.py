"""An engine that is no longer the one that was probed is warned of, once for each version."""

import asyncio
import logging

import pytest
from aiohttp import web

from router.engines.line import Line, Timeouts, open_connections
from router.engines.version_watch import Expected, VersionWatch
from router.silence import open_silence


async def looked_at(*answers: str) -> None:
    """Looks as often as there are answers, each of which is the page `/version` then."""
    left = list(answers)

    async def version(_request: web.Request) -> web.Response:
        return web.Response(text=left.pop(0), content_type="application/json")

    app = web.Application()
    app.router.add_get("/version", version)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with open_silence() as silence, open_connections(silence) as connections:
        line = Line("fast-1", connections, url, Timeouts())
        watch = VersionWatch(line, Expected("0.32.0", "2026-11-21T10:00:00+00:00"))
        for _ in answers:
            await watch.look()
    await runner.cleanup()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]


def test_another_version_than_the_probed_one_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(looked_at('{"version":"0.32.0"}', '{"version":"0.33.0"}', '{"version":"0.33.0"}'))

    assert warnings(caplog) == [
        "The backend fast-1 is of version 0.33.0, and 0.32.0 was probed on 2026-11-21T10:00:00+00:00: "
        "`tandem engine probe` it again."
    ]


@pytest.mark.parametrize("page", ["{}", "not JSON", "[1]", '{"version":7}'])
def test_an_engine_that_tells_no_version_is_left_in_peace(page: str, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(looked_at(page))

    assert warnings(caplog) == []
