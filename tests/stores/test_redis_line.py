"""The one connection to Redis: what it makes of a server that is silent, and of a process that is busy."""

import asyncio
import time
from typing import Any

import pytest

from router.stores.redis_door import STEP_S, read_door
from router.stores.redis_line import MAX_TOGETHER, Away, open_line
from tests.redis_server import RedisServer
from tests.stores.conftest import Run

BUSY_S = 6 * STEP_S


@pytest.mark.parametrize("busy_after", range(4))
def test_a_process_that_was_busy_does_not_take_redis_for_silent(
    busy_after: int, redis: RedisServer, run: Run[Any]
) -> None:
    async def be_busy() -> list[Any]:
        async with open_line(read_door(redis.url), "nothing works without") as line:
            asking = [asyncio.ensure_future(line.ask("PING")) for _ in range(3 * MAX_TOGETHER)]
            for _ in range(busy_after):
                await asyncio.sleep(0)
            time.sleep(BUSY_S)  # noqa: ASYNC251 - nothing else is done meanwhile: that is what is tried
            return await asyncio.gather(*asking)

    assert set(run(be_busy())) == {b"PONG"}


def test_a_server_that_is_silent_costs_a_step(redis: RedisServer, run: Run[Any]) -> None:
    async def wait() -> float:
        async with open_line(read_door(redis.url), "nothing works without") as line:
            redis.freeze()
            started_s = time.monotonic()
            with pytest.raises(Away):
                await line.ask("PING")
            return time.monotonic() - started_s

    assert STEP_S * 0.9 < run(wait()) < 4 * STEP_S
