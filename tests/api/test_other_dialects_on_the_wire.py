"""Routers in front of doubles of all the servers there are dialects for: a caller sees OpenAI's wire, whatever the
server speaks, and the server is asked nothing that it does not have."""

import json

import pytest

from router.engines.dialects import DIALECTS
from tests.conftest import Routers
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.server_double import Server
from tests.wire_client import open_stream, post, request_fields

SERVERS = {name: Server(name) for name in DIALECTS if name != "vllm_diffusion"}
PIN = "strong"

each_server = pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS)


def router_for(server: Server, routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    fast.does(server.reply())
    strong.does(server.reply())
    return routers.serve({"dialect": server.name, "load": "off"})


@each_server
def test_a_plain_answer_is_openais(
    server: Server, routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = router_for(server, routers, fast, strong)

    response = post(router.public, request_fields(model=PIN, max_tokens=7))

    assert response.status == 200
    assert response.json["choices"][0]["message"]["content"] == "The sea."
    assert response.json["usage"]["total_tokens"] == 21
    assert response.json["router"]["tier"] == "strong"


@each_server
@pytest.mark.parametrize("wants_usage", [True, False], ids=["with usage", "without"])
def test_a_stream_ends_as_openais_do(
    server: Server, routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, wants_usage: bool
) -> None:
    router = router_for(server, routers, fast, strong)
    fields = request_fields(model=PIN, stream_options={"include_usage": wants_usage})

    with open_stream(router.public, fields) as stream:
        *payloads, last = stream.payloads()

    chunks = [json.loads(each) for each in payloads]
    said = [choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"]]
    assert ("".join(said), last) == ("The sea.", "[DONE]")
    assert [each for each in chunks if "router" in each] == chunks[-1:]


def test_a_hosted_api_is_asked_for_answers_and_nothing_else(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    server = SERVERS["openai"]
    fast.does(server.reply())
    strong.does(server.reply())
    router = routers.serve({"dialect": "openai", "warm_up": "auto", "load": "auto"}, keep_alive_s=0.11)

    assert post(router.public, request_fields(model=PIN)).status == 200
    assert (strong.looked_at, len(strong.received)) == ([], 1)
