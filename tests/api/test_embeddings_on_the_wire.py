"""Questions in other words, of a router that runs, whatever makes their vectors and whatever becomes of it."""

import asyncio
import json
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.conftest import Routers
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.vectors import NUMBERS, Reply, embedding_server_beside, save_tiny_model, with_numbers
from tests.wire_client import ask, post, request_fields

_numbers = count()


@pytest.fixture
def pair() -> tuple[str, str]:
    """Two ways to ask for something that was not asked for before."""
    number = next(_numbers)
    return f"How do I water a fern with {number} litres?", f"how can I water a fern with {number} litres"


def outcomes(router: RouterProcess, *questions: str) -> list[str | None]:
    asked = [request_fields(question, model="auto:alike") for question in questions]
    return [post(router.public, fields).header("x-router-cache") for fields in asked]


def all_alike(_request: web.Request, _body: Mapping[str, Any]) -> web.Response:
    return with_numbers([1.0] * NUMBERS)


async def hanging(_request: web.Request, _body: Mapping[str, Any]) -> web.Response:
    await asyncio.sleep(60)
    return web.Response()


def failing(_request: web.Request, _body: Mapping[str, Any]) -> web.Response:
    return web.Response(status=500)


def test_hashing_finds_the_same_question_in_other_words(
    router: RouterProcess, fast: ScriptedEngine, pair: tuple[str, str]
) -> None:
    assert outcomes(router, *pair) == ["miss", "semantic"]
    assert len(fast.received) == 1


def test_so_does_a_model_in_a_folder(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, pair: tuple[str, str], tmp_path: Path
) -> None:
    model = save_tiny_model(tmp_path / "model")
    router = routers.serve(cache={"embeddings": {"kind": "model2vec", "path": str(model)}})

    assert outcomes(router, *pair) == ["miss", "semantic"]


def test_so_does_a_server_of_embeddings_and_the_second_look_holds(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, pair: tuple[str, str]
) -> None:
    with embedding_server_beside() as server:
        server.reply = all_alike
        embeddings = {"kind": "openai", "url": server.url, "model": "m", "api_key": "canary", "timeout_s": 5}
        router = routers.serve(cache={"embeddings": embeddings})

        assert outcomes(router, *pair, f"not {pair[1]}") == ["miss", "semantic", "miss"]
        assert server.texts == [*pair, f"not {pair[1]}"]
        assert server.headers[0]["Authorization"] == "Bearer canary"


def test_a_router_is_sent_to_no_server_what_no_policy_wants_looked_up(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, pair: tuple[str, str]
) -> None:
    with embedding_server_beside() as server:
        router = routers.serve(cache={"embeddings": {"kind": "openai", "url": server.url, "model": "m"}})
        for model in ("auto", "auto:kept"):
            assert post(router.public, request_fields(pair[0], model=model)).status == 200

        assert server.texts == []


@pytest.mark.parametrize("reply", [hanging, failing])
def test_a_server_that_fails_costs_a_look_up_and_no_request(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, pair: tuple[str, str], reply: Reply
) -> None:
    with embedding_server_beside() as server:
        server.reply = reply
        router = routers.serve(cache={"embeddings": {"kind": "openai", "url": server.url, "model": "m"}})
        started_s = time.monotonic()

        assert outcomes(router, *pair, pair[0]) == ["miss", "miss", "hit"]
        assert time.monotonic() - started_s < 5.0
        assert json.loads(ask(router.admin, "GET", "/cache").body)["lost"]["unembedded"] >= 2
        assert 'router_cache_lost_total{why="unembedded"}' in ask(router.admin, "GET", "/metrics").body.decode()
