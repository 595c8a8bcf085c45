"""What a server says of itself, and whom it asks for a key."""

import re

import pytest

from tests.wire.engines import KEY, WireEngine
from tests.wire.shapes import PLAIN_HEADERS, header_names, shape
from tests.wire_client import CHAT, Response, ask

PERMISSION = (
    "{id:str,object:str,created:int,allow_create_engine:bool,allow_sampling:bool,allow_logprobs:bool,"
    "allow_search_indices:bool,allow_view:bool,allow_fine_tuning:bool,organization:str,group:null,is_blocking:bool}"
)
MODEL = (
    f"{{id:str,object:str,created:int,owned_by:str,root:str,parent:null,max_model_len:int,permission:[{PERMISSION}]}}"
)
GUARDED = ["/v1/models", CHAT, "/v1/completions", "/v1/nothing", "/inference/v1/generate"]
OPEN = ["/health", "/ping", "/load", "/version", "/metrics"]


def test_the_model_list_has_this_shape(engine: WireEngine) -> None:
    response = engine.get("/v1/models")

    assert response.status == 200
    assert shape(response.json) == f"{{object:str,data:[{MODEL}]}}"


def test_the_model_list_names_the_served_model_and_its_window(engine: WireEngine) -> None:
    body = engine.get("/v1/models").json
    (model,) = body["data"]

    assert (body["object"], model["object"], model["owned_by"]) == ("list", "model", "vllm")
    assert (model["id"], model["max_model_len"]) == (engine.model, engine.context_tokens)


@pytest.mark.parametrize("path", ["/health", "/ping"])
def test_health_is_a_status_and_nothing_else(engine: WireEngine, path: str) -> None:
    response = engine.get(path)

    assert (response.status, response.body) == (200, b"")
    assert response.header("content-length") == "0"
    assert response.header("content-type") is None


def test_ping_may_be_posted(engine: WireEngine) -> None:
    assert engine.send(b"", "/ping").status == 200


def test_the_version_is_told(engine: WireEngine) -> None:
    response = engine.get("/version")

    assert re.fullmatch(r'\{"version":"\d+\.\d+\.\d+[^"]*"\}', response.body.decode())
    assert header_names(response) == PLAIN_HEADERS


def test_load_is_one_number(engine: WireEngine) -> None:
    response = engine.get("/load")

    assert re.fullmatch(rb'\{"server_load":\d+\}', response.body)
    assert response.header("content-type") == "application/json"


def test_tokens_of_a_text_are_counted(engine: WireEngine) -> None:
    body = engine.post_to("/tokenize", prompt="The capital of France").json

    assert shape(body) == "{count:int,max_model_len:int,tokens:[int],token_strs:null}"
    assert body["count"] == len(body["tokens"]) > 0
    assert body["max_model_len"] == engine.context_tokens


@pytest.mark.parametrize("path", GUARDED)
def test_without_a_key_what_is_guarded_is_refused_with_an_error_that_is_a_string(engine: WireEngine, path: str) -> None:
    response = keyless(engine, path)

    assert (response.status, response.body) == (401, b'{"error":"Unauthorized"}')
    assert header_names(response) == ["date", "server", "content-length", "content-type", "x-request-id"]


@pytest.mark.parametrize("path", OPEN)
def test_without_a_key_the_rest_is_open(engine: WireEngine, path: str) -> None:
    assert keyless(engine, path).status == 200


@pytest.mark.parametrize("said", ["Bearer wrong", "Bearer", f"Basic {KEY}", KEY, f"Bearer {KEY}x", ""])
def test_only_the_right_key_as_a_bearer_token_is_taken(engine: WireEngine, said: str) -> None:
    assert engine.get("/v1/models", {"authorization": said}).status == 401


def test_the_word_bearer_may_be_written_small(engine: WireEngine) -> None:
    assert engine.get("/v1/models", {"authorization": f"bearer {KEY}"}).status == 200


def keyless(engine: WireEngine, path: str) -> Response:
    return ask(engine.address, "GET", path)
