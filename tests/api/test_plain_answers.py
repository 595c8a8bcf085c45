"""A plain chat completion, as any caller of OpenAI's API sees it."""

import pytest

from tests import vllm_wire
from tests.conftest import FAST_TEXT, STRONG_TEXT
from tests.faults import answers, calls_a_tool
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

WEATHER_TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


def test_the_engines_body_comes_back_byte_for_byte_with_the_router_object_at_its_end(router: RouterProcess) -> None:
    body = post(router.public, request_fields()).body

    engines = vllm_wire.plain_body("tier1", {"content": FAST_TEXT}, 1, "stop", 1)
    assert body.startswith(engines[:-1] + b',"router":{')


def test_the_router_object_tells_where_the_request_went_and_what_it_took(router: RouterProcess) -> None:
    found = post(router.public, request_fields()).json["router"]

    (attempt,) = found.pop("attempts")
    elapsed_s, policy = attempt.pop("elapsed_s"), found.pop("policy")
    assert found == {
        "tier": "fast",
        "rule": "otherwise",
        "decision": "otherwise",
        "dropped": [],
        "excluded": [],
        "wasted_tokens": 0,
    }
    assert attempt == {"tier": "fast", "outcome": "served", "completion_tokens": 1}
    assert 0 < elapsed_s < 10
    assert policy.startswith("default@")


def test_the_headers_tell_where_the_request_went(router: RouterProcess) -> None:
    response = post(router.public, request_fields())

    assert response.status == 200
    assert response.header("content-type") == "application/json"
    assert response.header("content-length") == str(len(response.body))
    assert response.header("x-router-tier") == "fast"
    assert response.header("x-router-rule") == "otherwise"
    assert response.header("x-router-policy") == response.json["router"]["policy"]
    assert response.header("x-router-decision") == "otherwise"
    assert response.header("x-router-attempts") == "fast:served"
    assert response.header("x-router-dropped") is None
    assert response.header("server") is None


def test_the_usage_is_the_engines(router: RouterProcess) -> None:
    usage = post(router.public, request_fields()).json["usage"]

    assert usage == {"prompt_tokens": 18, "completion_tokens": 1, "total_tokens": 19, "prompt_tokens_details": None}


def test_every_choice_that_was_asked_for_comes_back(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(answers("one of three", choices=3))

    choices = post(router.public, request_fields(n=3)).json["choices"]

    assert [(each["index"], each["message"]["content"]) for each in choices] == [
        (index, "one of three") for index in range(3)
    ]


def test_a_tool_call_comes_back_whole(router: RouterProcess, fast: ScriptedEngine) -> None:
    fast.does(calls_a_tool())

    choice = post(router.public, request_fields(tools=[WEATHER_TOOL])).json["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"] == [dict(vllm_wire.WEATHER_CALL)]


def test_a_parameter_that_has_no_effect_is_left_out_and_reported(router: RouterProcess, fast: ScriptedEngine) -> None:
    response = post(router.public, request_fields(temperature=0.5, verbosity="low"))

    assert response.header("x-router-dropped") == "temperature, verbosity"
    assert response.json["router"]["dropped"] == ["temperature", "verbosity"]
    assert not fast.received[0].fields.keys() & {"temperature", "verbosity"}


def test_a_parameter_only_the_strong_tier_honours_takes_the_request_there(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    response = post(router.public, request_fields(seed=7))

    assert response.text == STRONG_TEXT
    assert response.header("x-router-decision") == "capability; fast:seed"
    assert response.json["router"]["excluded"] == ["fast:seed"]
    assert (len(fast.received), strong.received[0].fields["seed"]) == (0, 7)


@pytest.mark.parametrize("parameter", ["functions", "function_call", "audio", "web_search_options"])
def test_a_parameter_no_tier_honours_is_refused_by_name(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, parameter: str
) -> None:
    response = post(router.public, request_fields(**{parameter: {}}))

    assert response.status == 400
    assert response.error["code"] == "unsupported_parameter"
    assert response.error["param"] == parameter
    assert not fast.received + strong.received


def test_a_stream_set_to_false_is_a_plain_answer(router: RouterProcess) -> None:
    response = post(router.public, request_fields(stream=False))

    assert response.header("content-type") == "application/json"
    assert response.text == FAST_TEXT


def test_a_prompt_too_long_for_every_window_is_left_to_the_largest_engine_to_count(
    router: RouterProcess, strong: ScriptedEngine
) -> None:
    response = post(router.public, request_fields("word " * 20_000))

    assert (response.status, response.text) == (200, STRONG_TEXT)
    assert response.header("x-router-decision") == "capability; fast:context; strong:context"
