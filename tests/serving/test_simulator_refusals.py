"""What a simulated server refuses: status and body, byte for byte as the real one was recorded to answer."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tandem_serving.simulator.ask import Ask
from tandem_serving.simulator.body import read_json
from tandem_serving.simulator.profile_file import find_profile
from tandem_serving.simulator.refusals import EngineRefusal, Refusal, engine_dead
from tandem_serving.simulator.sampling import check_engine, kills
from tandem_serving.simulator.validation import Server, accept_chat, accept_completion

FAST = Server(find_profile("fast", "cpu-tiny"), "tier1", 4096, parsers=False)
STRONG = Server(find_profile("strong", "cpu-tiny"), "tier2", 4096, parsers=True)
BOTH = (FAST, STRONG)
PICTURED = Server(find_profile("fast", "h200-fp8"), "tier1", 4096, parsers=True)
HI = [{"role": "user", "content": "hi"}]
UNSTEERED = (
    "The temperature, min_p, seed, min_tokens, logit_bias, bad_words, and allowed_token_ids sampling parameters "
    "are not yet supported with diffusion models."
)
UNSTRUCTURED = (
    "Structured outputs are not yet supported for diffusion language models. Remove the structured output "
    "constraint (e.g. `response_format`, `structured_outputs`) from the request."
)
NAMED = {"type": "function", "function": {"name": "get_weather"}}
TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]
IMAGE = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]}]
AUDIO = [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}}]}]


def accept(server: Server, fields: Mapping[str, Any]) -> Ask:
    ask = accept_chat({"messages": HI, "max_tokens": 4, **fields}, server)
    check_engine(ask, server.profile)
    return ask


def refused(server: Server, fields: Mapping[str, Any]) -> Refusal:
    with pytest.raises(Refusal) as found:
        accept(server, fields)
    return found.value


BY_THE_SERVER = [
    (
        BOTH,
        {"n": 100_000},
        "n must be at most 16384, got 100000. To increase this limit, set the VLLM_MAX_N_SEQUENCES environment "
        "variable.",
        None,
    ),
    (BOTH, {"messages": None}, "'NoneType' object is not iterable", None),
    (
        BOTH,
        {"continue_final_message": True},
        "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you "
        "want the model to continue the final message, and add_generation_prompt when you want to add a header that "
        "will prompt it to start a new assistant message instead.",
        None,
    ),
    (BOTH, {"max_tokens": 0}, "max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)", "max_tokens"),
    (
        BOTH,
        {"max_completion_tokens": 0},
        "max_tokens must be at least 1, got 0. (parameter=max_tokens, value=0)",
        "max_tokens",
    ),
    (BOTH, {"max_tokens": -1}, "max_tokens must be at least 1, got -1. (parameter=max_tokens, value=-1)", "max_tokens"),
    (
        BOTH,
        {"max_tokens": 5000},
        "max_tokens=5000 cannot be greater than max_model_len=4096. Please request fewer output tokens. "
        "(parameter=max_tokens, value=5000)",
        "max_tokens",
    ),
    (
        BOTH,
        {"messages": [{"role": "user", "content": "word " * 5000}]},
        "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens, "
        "which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. "
        "(parameter=input_tokens, value=4097)",
        "input_tokens",
    ),
    (
        BOTH,
        {"temperature": 3},
        "temperature must be in [0, 2], got 3.0. (parameter=temperature, value=3.0)",
        "temperature",
    ),
    (
        BOTH,
        {"temperature": float("nan")},
        "temperature must be a finite number, got nan. (parameter=temperature, value=nan)",
        "temperature",
    ),
    (BOTH, {"top_p": 2}, "top_p must be in (0, 1], got 2.0. (parameter=top_p, value=2.0)", "top_p"),
    (
        BOTH,
        {"stream_options": {"include_usage": True}},
        "Stream options can only be defined when `stream=True`. (parameter=stream_options)",
        "stream_options",
    ),
    (
        BOTH,
        {"messages": []},
        "Cannot apply chat template to an empty conversation. Provide at least one message.",
        None,
    ),
    (
        BOTH,
        {"messages": [{"role": "user", "content": "\ud800"}]},
        "TextEncodeInput must be Union[TextInputSequence, Tuple[InputSequence, InputSequence]]",
        None,
    ),
    (
        BOTH,
        {"tools": []},
        "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely. "
        "(parameter=tools)",
        "tools",
    ),
    (
        (FAST,),
        {"tools": TOOLS},
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        None,
    ),
    (
        (FAST,),
        {"tools": TOOLS, "tool_choice": "required"},
        'tool_choice="required" requires --tool-call-parser to be set',
        None,
    ),
    (
        (FAST,),
        {"tools": TOOLS, "tool_choice": NAMED},
        'tool_choice=function "get_weather" requires --tool-call-parser to be set',
        None,
    ),
    ((STRONG,), {"messages": IMAGE}, "tier2 is not a multimodal model", None),
    ((FAST,), {"messages": IMAGE}, "At most 0 image(s) may be provided in one prompt. (parameter=image)", "image"),
    ((STRONG,), {"messages": AUDIO}, "tier2 is not a multimodal model", None),
    (
        (FAST, PICTURED),
        {"messages": AUDIO},
        "Audio input was provided but the model 'tier1' does not have an audio tower. Audio inference is only "
        "supported for Gemma4 models that include an audio_config (i.e., models that include an audio_config).",
        None,
    ),
]

BY_THE_ENGINE = [
    (
        (STRONG,),
        {"structured_outputs": {"regex": "(("}},
        'Grammar error: at 1(8): invalid regex "((" (in regex): regex parse error:\n    ((\n     ^\n'
        "error: unclosed group\n   1 | start: /((/\n              ^\n",
        None,
    ),
    *(
        ((FAST,), {name: value}, UNSTEERED, None)
        for name, value in (
            ("temperature", 0),
            ("temperature", 0.5),
            ("seed", 1),
            ("min_p", 0.1),
            ("min_tokens", 2),
            ("logit_bias", {"30": 5}),
            ("bad_words", ["x"]),
            ("allowed_token_ids", [4]),
        )
    ),
    ((FAST,), {"response_format": {"type": "json_object"}}, UNSTRUCTURED, None),
    ((FAST,), {"structured_outputs": {"choice": ["a"]}}, UNSTRUCTURED, None),
    (
        BOTH,
        {"logit_bias": {"99999": 5}},
        "token_id(s) [99999] in logit_bias contain out-of-vocab token ids. Vocabulary size: 512 "
        "(parameter=logit_bias, value=[99999])",
        "logit_bias",
    ),
    (
        BOTH,
        {"logprobs": True, "top_logprobs": 21},
        "Requested sample logprobs of 21, which is greater than max allowed: 20 (parameter=logprobs, value=21)",
        "logprobs",
    ),
    *(
        (
            (FAST,),
            {"vllm_xargs": {"diffusion_canvas_length": width}},
            "diffusion_canvas_length must be a positive integer no larger than the served canvas. "
            "(parameter=extra_args)",
            "extra_args",
        )
        for width in (0, 300, -5)
    ),
    *(
        (
            (FAST,),
            {"vllm_xargs": {"diffusion_max_steps": steps}},
            "diffusion_max_steps must be a positive integer. (parameter=extra_args)",
            "extra_args",
        )
        for steps in (0, -1, "abc")
    ),
]


@pytest.mark.parametrize(("servers", "fields", "message", "param"), BY_THE_SERVER)
def test_the_server_refuses_a_stream_too_with_a_status(
    servers: tuple[Server, ...], fields: dict[str, Any], message: str, param: str | None
) -> None:
    for server in servers:
        for beside in ({}, {"stream": True} if "stream_options" not in fields else {}):
            refusal = refused(server, {**fields, **beside})

            assert not isinstance(refusal, EngineRefusal)
            assert refusal.status == 400
            assert refusal.body["error"] == {"message": message, "type": "BadRequestError", "param": param, "code": 400}


@pytest.mark.parametrize(("servers", "fields", "message", "param"), BY_THE_ENGINE)
def test_the_engine_refuses_a_stream_inside_it(
    servers: tuple[Server, ...], fields: dict[str, Any], message: str, param: str | None
) -> None:
    for server in servers:
        refusal = refused(server, fields)

        assert isinstance(refusal, EngineRefusal)
        error = {"message": message, "type": "BadRequestError", "param": param, "code": 400}
        assert json.loads(refusal.as_plain_body()) == {"error": error}
        assert refusal.as_events() == f"data: {json.dumps({'error': error})}\n\ndata: [DONE]\n\n".encode()


def test_an_error_is_written_with_spaces_in_a_stream_and_without_beside_it() -> None:
    said = "EngineCore encountered an issue. See stack trace (above) for the root cause."
    refusal = engine_dead()

    assert refusal.as_plain_body() == (
        b'{"error":{"message":"%b","type":"InternalServerError","param":null,"code":500}}' % said.encode()
    )
    assert refusal.as_events() == (
        b'data: {"error": {"message": "%b", "type": "InternalServerError", "param": null, "code": 500}}\n\n'
        b"data: [DONE]\n\n" % said.encode()
    )


@pytest.mark.parametrize("server", BOTH)
def test_an_unknown_model_is_not_found(server: Server) -> None:
    refusal = refused(server, {"model": "nope", "stream": True})

    assert refusal.status == 404
    assert refusal.body["error"] == {
        "message": f"The model `nope` does not exist. Valid aliases: {server.model}.",
        "type": "NotFoundError",
        "param": "model",
        "code": 404,
    }


WRONG_TYPES = [
    (
        {"temperature": "hot"},
        "1 validation error:\n  {'type': 'float_parsing', 'loc': 'body.temperature', 'msg': 'Input should be a valid "
        "number, unable to parse string as a number', 'input': 'hot'}",
        "body.temperature",
    ),
    (
        {"messages": "hi"},
        "1 validation error:\n  {'type': 'list_type', 'loc': 'body.messages', 'msg': 'Input should be a valid list', "
        "'input': 'hi'}",
        "body.messages",
    ),
    (
        {"seed": 99999999999999999999999},
        "1 validation error:\n  {'type': 'less_than_equal', 'loc': 'body.seed', 'msg': 'Input should be less than or "
        "equal to 9223372036854775807', 'input': '99999999999999999999999', 'ctx': {'le': 9223372036854775807}}",
        "body.seed",
    ),
]


@pytest.mark.parametrize(("fields", "message", "param"), WRONG_TYPES)
def test_wrong_types_are_refused_in_the_words_of_the_framework(
    fields: dict[str, Any], message: str, param: str
) -> None:
    refusal = refused(STRONG, fields)

    assert refusal.body["error"] == {"message": message, "type": "Bad Request", "param": param, "code": 400}


def test_messages_that_are_missing_are_missed() -> None:
    with pytest.raises(Refusal) as found:
        accept_chat({"model": "tier1", "max_tokens": 4}, FAST)

    assert found.value.body["error"]["message"] == (
        "1 validation error:\n  {'type': 'missing', 'loc': 'body.messages', 'msg': 'Field required', "
        "'input': '<dict of 2 items>'}"
    )


def test_null_content_names_every_kind_of_message_that_it_might_have_been() -> None:
    error = refused(FAST, {"messages": [{"role": "user", "content": None}]}).body["error"]

    assert error["param"] == "body.messages.0.ChatCompletionDeveloperMessageParam.content"
    assert error["message"].startswith("19 validation errors:\n  {'type': 'string_type', 'loc': 'body.messages.0.")
    assert error["message"].count("\n") == 11
    assert error["message"].endswith("\n  ...and 9 more errors")


@pytest.mark.parametrize(
    ("message", "count", "param"),
    [
        ({"role": "user", "content": 5}, 22, "ChatCompletionDeveloperMessageParam.content"),
        ({"content": "hi"}, 11, "ChatCompletionDeveloperMessageParam.role"),
        ("hi", 8, "ChatCompletionDeveloperMessageParam"),
    ],
)
def test_a_message_of_no_kind_is_compared_with_all_kinds(message: object, count: int, param: str) -> None:
    error = refused(FAST, {"messages": [message]}).body["error"]

    assert error["param"] == f"body.messages.0.{param}"
    assert error["message"].startswith(f"{count} validation errors:\n")


def test_an_unknown_response_format_is_compared_with_all_formats() -> None:
    error = refused(STRONG, {"response_format": {"type": "xml"}}).body["error"]

    assert error["param"] == "body.response_format.type"
    assert error["message"].startswith("6 validation errors:\n  {'type': 'literal_error', 'loc': 'body.response_format")


def test_an_unknown_part_names_every_kind_of_part() -> None:
    part = {"type": "smell", "smell": "x"}
    error = refused(FAST, {"messages": [{"role": "user", "content": [part]}]}).body["error"]

    assert error["message"].startswith(
        "8 validation errors for ValidatorIterator\n0.ChatCompletionContentPartTextParam.text\n  Field required "
        "[type=missing, input_value={'type': 'smell', 'smell': 'x'}, input_type=dict]\n"
    )


BODIES = [
    (b'{"model": "', "body.10", "'type': 'json_invalid'", "'ctx': {'error': 'Unterminated string starting at'}}"),
    (b"", "body", "'type': 'missing', 'loc': 'body', 'msg': 'Field required', 'input': 'None'", "}"),
    (b"null", "body", "'type': 'missing'", "}"),
    (b"[]", "body", "'type': 'model_attributes_type'", "'input': '<list of 0 items>'}"),
]


@pytest.mark.parametrize(("body", "param", "said", "end"), BODIES)
def test_a_body_that_is_no_object_is_refused(body: bytes, param: str, said: str, end: str) -> None:
    with pytest.raises(Refusal) as found:
        read_json(body, "application/json")

    error = found.value.body["error"]
    assert (error["type"], error["param"], error["code"]) == ("Bad Request", param, 400)
    assert said in error["message"]
    assert error["message"].endswith(end)


@pytest.mark.parametrize("body", [b'{"user":"\xff\xfe"}', b'{"a":' + b"[" * 60_000 + b"]" * 60_000 + b"}"])
def test_a_body_that_cannot_be_read_has_a_body_of_its_own(body: bytes) -> None:
    with pytest.raises(Refusal) as found:
        read_json(body, "application/json")

    assert found.value.as_plain_body() == b'{"detail":"There was an error parsing the body"}'


@pytest.mark.parametrize("kind", ["text/plain", ""])
def test_only_json_is_taken(kind: str) -> None:
    with pytest.raises(Refusal) as found:
        read_json(b"{}", kind)

    assert found.value.body["error"]["message"] == (
        "1 validation error:\n  Unsupported Media Type: Only 'application/json' is allowed"
    )


@pytest.mark.parametrize(
    "body", [b'\xef\xbb\xbf{"a":1}', b'{"a":2,"a":1}', b'{"a":1,"z":' + b"[" * 600 + b"]" * 600 + b"}"]
)
def test_what_python_reads_is_read(body: bytes) -> None:
    assert read_json(body, "application/json; charset=utf-8")["a"] == 1


ACCEPTED = [
    (BOTH, {"temperature": None, "seed": None, "top_p": 0.9, "presence_penalty": 0.5}),
    (BOTH, {"temperature": 1.0, "user": "u", "metadata": {"a": "b"}, "store": True, "priority": 3}),
    (BOTH, {"response_format": {"type": "text"}, "zzz": 1, "functions": [{"name": "f"}]}),
    (BOTH, {"messages": [{"role": "wizard", "content": "hi"}]}),
    (BOTH, {"messages": [{"role": "developer", "content": ""}, *HI]}),
    (BOTH, {"tools": TOOLS, "tool_choice": "none"}),
    (BOTH, {"vllm_xargs": {"diffusion_max_steps": 1000, "diffusion_canvas_length": 32}}),
    ((STRONG,), {"temperature": 0, "seed": 1, "logit_bias": {"30": 5}, "min_tokens": 2, "tools": TOOLS}),
    ((PICTURED,), {"messages": IMAGE, "tools": TOOLS}),
]


@pytest.mark.parametrize(("servers", "fields"), ACCEPTED)
def test_everything_else_is_taken(servers: tuple[Server, ...], fields: dict[str, Any]) -> None:
    assert all(accept(server, fields).max_tokens == 4 for server in servers)


@pytest.mark.parametrize(
    ("server", "fields", "outcome"),
    [
        (FAST, {"prompt_logprobs": 1}, "dies"),
        (FAST, {"echo": True}, "dies"),
        (FAST, {"echo": False}, "lives"),
        (FAST, {"logprobs": True}, "lives"),
        (STRONG, {"prompt_logprobs": 1}, "lives"),
    ],
)
def test_to_score_a_prompt_is_deadly_for_a_diffusion_engine(
    server: Server, fields: dict[str, Any], outcome: str
) -> None:
    assert kills(accept(server, fields), server.profile) is (outcome == "dies")


def test_a_bare_completion_needs_a_prompt_and_kills_when_its_prompt_is_scored() -> None:
    with pytest.raises(Refusal, match="prompt"):
        accept_completion({"max_tokens": 4}, FAST)

    (ask,) = accept_completion({"prompt": "The capital", "echo": True, "logprobs": 1}, FAST)

    assert kills(ask, FAST.profile)
    assert ask.max_tokens == 16
