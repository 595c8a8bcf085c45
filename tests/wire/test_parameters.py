"""Which parameters an engine takes, which it refuses where it looks at them first, and which it refuses late."""

import json
from typing import Any

import pytest

from tests.wire.engines import PROMPT, WireEngine
from tests.wire.shapes import DONE, chunks, payloads

TAKEN_BY_BOTH = {
    "temperature null": {"temperature": None},
    "temperature 1": {"temperature": 1},
    "seed null": {"seed": None},
    "top_p": {"top_p": 0.9},
    "top_k": {"top_k": 5},
    "penalties": {"presence_penalty": 0.5, "frequency_penalty": 0.5, "repetition_penalty": 1.1},
    "plain response_format": {"response_format": {"type": "text"}},
    "stop": {"stop": ["zzz", "yyy"]},
    "stop_token_ids": {"stop_token_ids": [30]},
    "reasoning_effort": {"reasoning_effort": "low"},
    "chat_template_kwargs": {"chat_template_kwargs": {"enable_thinking": False}},
    "legacy functions": {"functions": [{"name": "f", "parameters": {}}]},
    "user and metadata": {"user": "u", "metadata": {"a": "b"}, "store": True},
    "service_tier": {"service_tier": "auto"},
    "priority and cache_salt": {"priority": 3, "cache_salt": "s"},
    "prompt_cache_key": {"prompt_cache_key": "k"},
    "unknown fields": {"no_such_field": {"a": [1]}},
    "unknown vllm_xargs": {"vllm_xargs": {"no_such_arg": 1}},
    "echo false": {"echo": False},
    "tools null": {"tools": None},
    "stream null": {"stream": None},
    "no model": {"model": None},
    "empty model": {"model": ""},
}

DIFFUSION_REFUSES = {
    "temperature 0": {"temperature": 0},
    "temperature 0.5": {"temperature": 0.5},
    "seed": {"seed": 1},
    "min_p": {"min_p": 0.1},
    "min_tokens": {"min_tokens": 2},
    "logit_bias": {"logit_bias": {"30": 5}},
    "bad_words": {"bad_words": ["x"]},
    "allowed_token_ids": {"allowed_token_ids": [30, 31]},
    "json_object": {"response_format": {"type": "json_object"}},
    "json_schema": {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}},
    "structured_outputs": {"structured_outputs": {"regex": "a+"}},
}
"""What a diffusion engine refuses with no word of which parameter it was, and only once the request is in."""

CONVERSATIONS = {
    "an unknown role": [{"role": "wizard", "content": "hi"}],
    "a developer": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": PROMPT}],
    "an empty text": [{"role": "user", "content": ""}],
    "text in parts": [{"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "text", "text": "you"}]}],
    "a NUL": [{"role": "user", "content": "a\0b"}],
    "a name": [{"role": "user", "name": "ann", "content": "hi"}],
    "an assistant at the end": [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": "Well"}],
    "a tool's result": [
        {"role": "user", "content": PROMPT},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sun"},
    ],
}

TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
NAMED = {"type": "function", "function": {"name": "f"}}


def cases(table: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("beside", table.values(), ids=table.keys())


@cases(TAKEN_BY_BOTH)
def test_both_engines_take_it(engine: WireEngine, beside: dict[str, Any]) -> None:
    assert engine.chat(**beside).status == 200


@pytest.mark.parametrize("messages", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_both_engines_take_a_conversation_with(engine: WireEngine, messages: list[Any]) -> None:
    assert engine.chat(messages=messages).status == 200


@cases(DIFFUSION_REFUSES)
def test_the_diffusion_engine_refuses_it_and_does_not_say_which_it_was(
    fast: WireEngine, beside: dict[str, Any]
) -> None:
    response = fast.chat(**beside)

    assert response.status == 400
    assert (response.error["type"], response.error["param"], response.error["code"]) == ("BadRequestError", None, 400)


@cases(DIFFUSION_REFUSES)
def test_in_a_stream_it_refuses_after_its_200(fast: WireEngine, beside: dict[str, Any]) -> None:
    response = fast.streaming(**beside)

    refused_in_the_stream(response)


@cases(DIFFUSION_REFUSES)
def test_the_autoregressive_engine_takes_it(strong: WireEngine, beside: dict[str, Any]) -> None:
    assert strong.chat(**beside).status == 200


def test_an_error_in_a_stream_is_written_with_spaces_unlike_all_else(fast: WireEngine) -> None:
    body = fast.streaming(seed=1).body

    assert body.startswith(b'data: {"error": {"message": "')
    assert body.endswith(b'", "type": "BadRequestError", "param": null, "code": 400}}\n\ndata: [DONE]\n\n')


@cases(
    {
        "a bias for a token that is not there": {"logit_bias": {"99999999": 5}},
        "a broken regex": {"structured_outputs": {"regex": "(("}},
        "more log-probabilities than there may be": {"logprobs": True, "top_logprobs": 21},
    }
)
def test_the_autoregressive_engine_too_refuses_some_things_late(strong: WireEngine, beside: dict[str, Any]) -> None:
    plain = strong.chat(**beside)

    assert (plain.status, plain.error["type"]) == (400, "BadRequestError")
    assert refused_in_the_stream(strong.streaming(**beside))["param"] == plain.error["param"]


def test_too_many_log_probabilities_are_refused_late_by_the_diffusion_engine(fast: WireEngine) -> None:
    asked = {"logprobs": True, "top_logprobs": 21}

    assert fast.chat(**asked).error["param"] == "logprobs"
    assert refused_in_the_stream(fast.streaming(**asked))["param"] == "logprobs"


@cases({"auto": {}, "required": {"tool_choice": "required"}, "a named one": {"tool_choice": NAMED}})
def test_an_engine_without_a_tool_parser_refuses_tools_at_once(fast: WireEngine, beside: dict[str, Any]) -> None:
    for streamed in (False, True):
        response = fast.chat(tools=TOOLS, stream=streamed, **beside)
        assert (response.status, response.error["param"]) == (400, None)


def test_an_engine_without_a_tool_parser_takes_tools_that_must_not_be_called(fast: WireEngine) -> None:
    assert fast.chat(tools=TOOLS, tool_choice="none").status == 200


@cases({"auto": {}, "required": {"tool_choice": "required"}, "a named one": {"tool_choice": NAMED}})
def test_an_engine_with_a_tool_parser_takes_tools(strong: WireEngine, beside: dict[str, Any]) -> None:
    assert strong.chat(tools=TOOLS, **beside).status == 200
    assert chunks(strong.streaming(tools=TOOLS, **beside))


def test_a_schema_is_kept_to_by_the_autoregressive_engine(strong: WireEngine) -> None:
    schema = {"enum": ["ebb", "flow"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "tide", "schema": schema}}
    (choice,) = strong.chat(response_format=wanted, max_tokens=30).json["choices"]

    assert json.loads(choice["message"]["content"]) in schema["enum"]
    assert choice["finish_reason"] == "stop"


def refused_in_the_stream(response: Any) -> dict[str, Any]:
    """The error of a stream that holds nothing else; its status says nothing of it."""
    assert response.status == 200
    assert response.header("content-type") == "text/event-stream; charset=utf-8"
    event, done = payloads(response.body)
    assert done == DONE
    error: dict[str, Any] = json.loads(event)["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert (error["type"], error["code"]) == ("BadRequestError", 400)
    return error
