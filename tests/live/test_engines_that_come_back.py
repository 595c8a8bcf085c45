"""Engines that were gone for as long as one takes to start, with callers asking for them all the while, are asked again
as soon as they answer. Nothing runs after this module."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from openai import InternalServerError, OpenAI

from tandem_serving.tiny.engines import tiny_engines
from tests.live.asking import Reply, ask
from tests.live.engines import LiveEngine
from tests.live.pages import fetch
from tests.live.routers import Router

NOTICED_WITHIN_S = 5.0
LOOK_EVERY_S = 0.1
"""How long a caller who was refused waits before it asks again, too: the breakers' rests get long meanwhile."""

GIVE_UP_AFTER_S = 300.0
ONE_PASS = {"max_tokens": 5, "extra_body": {"vllm_xargs": {"diffusion_max_steps": 1}}}
"""So that the time an answer takes does not hide when it was asked for."""


@dataclass(frozen=True)
class Return:
    """When an engine first said that it is well, when a request was first served by it, and how many had been refused
    until then."""

    healthy_s: float
    served_s: float
    refused: int


@pytest.fixture(scope="module")
def back(
    slow_engine: LiveEngine, strong_engine: LiveEngine, slow_owner: OpenAI, owner: OpenAI
) -> Iterator[Mapping[str, Return]]:
    """Both engines are started anew at their addresses."""
    engines = {"fast": slow_engine, "strong": strong_engine}
    if not all(engine.leader for engine in engines.values()):
        pytest.skip("the engines were started by somebody else and are not ours to kill")
    for engine in engines.values():
        if engine.is_healthy():
            engine.kill()
    with ThreadPoolExecutor() as pool:
        returns = {
            tier: _watch(pool, engines[tier], client, tier)
            for tier, client in [("fast", slow_owner), ("strong", owner)]
        }
        with tiny_engines(*(engine.launch for engine in engines.values())):
            yield {tier: each() for tier, each in returns.items()}


@pytest.mark.parametrize("tier", ["fast", "strong"])
def test_an_engine_that_is_back_serves_within_seconds(tier: str, back: Mapping[str, Return]) -> None:
    found = back[tier]
    print(f"{tier}: {found.refused} refused; served {found.served_s - found.healthy_s:.2f} s after it was healthy")
    assert found.refused > 0
    assert found.served_s - found.healthy_s < NOTICED_WITHIN_S


@pytest.mark.usefixtures("back")
def test_an_engine_that_is_back_is_asked_by_everyone(slow_owner: OpenAI, owner: OpenAI) -> None:
    with ThreadPoolExecutor() as pool:
        fast = [pool.submit(ask, slow_owner, model="auto:ladder", **ONE_PASS) for _ in range(4)]
        strong = [pool.submit(ask, owner, model="auto:strong-or-less") for _ in range(4)]
    assert {each.result().headers["x-router-attempts"] for each in fast} == {"fast:served"}
    assert {each.result().headers["x-router-attempts"] for each in strong} == {"strong:served"}


@pytest.mark.usefixtures("back")
def test_a_router_whose_engines_are_back_is_ready(slow_router: Router) -> None:
    assert json.loads(fetch(f"{slow_router.admin}/readyz").text)["status"] == "ready"


def _watch(pool: ThreadPoolExecutor, engine: LiveEngine, client: OpenAI, tier: str) -> Callable[[], Return]:
    """Looks at the engine, and asks it through the router, until both have answered."""
    healthy, served = pool.submit(_await, engine.is_healthy), pool.submit(_await, lambda: _served(client, tier))
    return lambda: _returned(healthy, served)


def _returned(healthy: Future[list[float]], served: Future[list[float]]) -> Return:
    looks = served.result()
    return Return(healthy.result()[-1], looks[-1], len(looks) - 1)


def _await(look: Callable[[], Any]) -> list[float]:
    """The instants of all looks, the last of which found something."""
    looks, give_up_s = [], time.monotonic() + GIVE_UP_AFTER_S
    while True:
        found = look()
        looks.append(time.monotonic())
        if found:
            return looks
        assert looks[-1] < give_up_s
        time.sleep(LOOK_EVERY_S)


def _served(client: OpenAI, tier: str) -> Reply | None:
    try:
        return ask(client, model=tier, **ONE_PASS)
    except InternalServerError:
        return None
