"""What the tests of stores share: a Redis, and both event loops that a router may run on."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop

from tests.redis_server import RedisServer, redis_server

Result = TypeVar("Result")

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}

Run = Callable[[Coroutine[Any, Any, Result]], Result]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that nobody else uses, with nothing in it."""
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture(params=list(LOOPS))
def run(request: pytest.FixtureRequest) -> Run[Any]:
    """Runs a coroutine to its end, on each kind of event loop: they fail in different ways."""

    def run_to_end(work: Coroutine[Any, Any, Result]) -> Result:
        with asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            return runner.run(work)

    return run_to_end
