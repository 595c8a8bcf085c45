"""`/v1/completions`, which continues bare text."""

import re

from tests.wire.engines import WireEngine
from tests.wire.shapes import COUNTED, HEAD, PLAIN_HEADERS, STREAM_HEADERS, chunks, header_names, shape
from tests.wire_client import Response

PATH = "/v1/completions"
LIMITS = {"max_tokens": 4, "ignore_eos": True}
CHOICE = (
    "{index:int,text:str,logprobs:null,finish_reason:str,stop_reason:null,token_ids:null,prompt_logprobs:null,"
    "prompt_token_ids:null,routed_experts:null}"
)
PIECE = "{index:int,text:str,logprobs:null,finish_reason:%s,stop_reason:null,prompt_token_ids:null,token_ids:null}"
TAIL = "kv_transfer_params:null"


def test_the_body_has_these_keys_in_this_order(engine: WireEngine) -> None:
    response = complete(engine)
    body = response.json

    assert header_names(response) == PLAIN_HEADERS
    assert shape(body["choices"]) == f"[{CHOICE}]"
    assert shape(body["usage"]) == f"{{{COUNTED},prompt_tokens_details:null,completion_tokens_details:null}}"
    assert list(body)[:8] == "id object created model choices service_tier system_fingerprint usage".split()
    assert body["object"] == "text_completion"
    assert re.fullmatch("cmpl-[0-9a-f]{16}", body["id"])


def test_an_answer_that_is_cut_off_says_so(engine: WireEngine) -> None:
    body = complete(engine).json

    assert body["choices"][0]["finish_reason"] == "length"
    assert body["usage"]["completion_tokens"] == 4


def test_a_stream_has_no_opening_and_ends_with_its_fingerprint(engine: WireEngine) -> None:
    response = complete(engine, stream=True)
    *middle, last = chunks(response)

    assert header_names(response) == STREAM_HEADERS
    assert shape(last) == f"{{{HEAD},choices:[{PIECE % 'str'}],system_fingerprint:str}}"
    assert {shape(chunk) for chunk in middle} <= {f"{{{HEAD},choices:[{PIECE % 'null'}]}}"}
    assert not (engine.tier == "fast" and middle)


def test_usage_of_a_stream_comes_last(engine: WireEngine) -> None:
    *_, usage = chunks(complete(engine, stream=True, stream_options={"include_usage": True}))

    usage.pop("metrics", None)
    assert shape(usage) == f"{{{HEAD},choices:[],usage:{{{COUNTED}}},system_fingerprint:str}}"


def test_a_callers_id_ends_the_id_of_the_answer(engine: WireEngine) -> None:
    body = b'{"prompt": "The capital", "max_tokens": 2}'

    assert engine.send(body, PATH, {"x-request-id": "abc-123"}).json["id"] == "cmpl-abc-123"


def test_the_diffusion_engine_refuses_the_same_parameters_here(fast: WireEngine) -> None:
    response = complete(fast, seed=1)

    assert (response.status, response.error["type"], response.error["param"]) == (400, "BadRequestError", None)


def test_an_unknown_model_is_not_found(engine: WireEngine) -> None:
    response = complete(engine, model="nope")

    assert (response.status, response.error["type"], response.error["param"]) == (404, "NotFoundError", "model")


def complete(engine: WireEngine, **beside: object) -> Response:
    return engine.post_to(PATH, **{"prompt": "The capital", **LIMITS, **beside})
