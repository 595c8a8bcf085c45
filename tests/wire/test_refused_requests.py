"""Requests that both engines refuse before they do anything: a real status, in a stream as well."""

import base64
import io
import json
import wave
from typing import Any

import pytest

from tests.wire.engines import PROMPT, WireEngine
from tests.wire.shapes import PLAIN_HEADERS, header_names
from tests.wire_client import CHAT

USER = {"role": "user", "content": PROMPT}

SEMANTIC = {
    "temperature above 2": ({"temperature": 3}, "temperature"),
    "top_p above 1": ({"top_p": 2}, "top_p"),
    "top_k below 0": ({"top_k": -5}, None),
    "a penalty out of range": ({"presence_penalty": 9}, None),
    "repetition_penalty 0": ({"repetition_penalty": 0}, None),
    "no choices": ({"n": 0}, None),
    "more choices than there may be": ({"n": 100_000}, None),
    "max_tokens 0": ({"max_tokens": 0}, "max_tokens"),
    "max_tokens -1": ({"max_tokens": -1}, "max_tokens"),
    "max_completion_tokens 0": ({"max_tokens": None, "max_completion_tokens": 0}, "max_tokens"),
    "more tokens than the window has": ({"max_tokens": 5000}, "max_tokens"),
    "an empty list of tools": ({"tools": []}, "tools"),
    "a tool choice without tools": ({"tool_choice": "auto"}, "tool_choice"),
    "top_logprobs without logprobs": ({"top_logprobs": 2}, "top_logprobs"),
    "no messages": ({"messages": []}, None),
    "messages that are null": ({"messages": None}, None),
    "a prompt beyond the window": ({"messages": [{"role": "user", "content": "word " * 5000}]}, "input_tokens"),
    "continuing and beginning at once": ({"continue_final_message": True}, None),
}
"""What is well formed and cannot be served, and the parameter that is named."""

MALFORMED = {
    "a temperature in words": ({"temperature": "hot"}, "body.temperature"),
    "a stream that is neither true nor false": ({"stream": "maybe"}, "body.stream"),
    "a seed of 23 digits": ({"seed": 10**22}, "body.seed"),
    "a stop that is a number": ({"stop": 1}, "body.stop"),
    "messages that are a text": ({"messages": "hi"}, "body.messages"),
}
"""What has the wrong type, and where."""


def cases(table: dict[str, Any]) -> Any:
    return pytest.mark.parametrize(("beside", "param"), table.values(), ids=table.keys())


@cases(SEMANTIC)
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_it_is_refused_with_400(engine: WireEngine, beside: dict[str, Any], param: str | None, streamed: bool) -> None:
    response = engine.chat(stream=streamed, **beside)

    assert response.status == 400
    assert (response.error["type"], response.error["param"], response.error["code"]) == ("BadRequestError", param, 400)


@cases(MALFORMED)
def test_a_wrong_type_is_another_type_of_error(engine: WireEngine, beside: dict[str, Any], param: str) -> None:
    response = engine.chat(**beside)

    assert response.status == 400
    assert (response.error["type"], response.error["param"], response.error["code"]) == ("Bad Request", param, 400)


def test_a_refusal_has_the_headers_of_an_answer_and_its_keys_in_this_order(engine: WireEngine) -> None:
    response = engine.streaming(max_tokens=0)

    assert header_names(response) == PLAIN_HEADERS
    assert response.header("content-type") == "application/json"
    assert list(response.json["error"]) == ["message", "type", "param", "code"]
    assert b'": ' not in response.body.replace(response.error["message"].encode(), b"")


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_an_unknown_model_is_not_found(engine: WireEngine, streamed: bool) -> None:
    response = engine.chat(model="nope", stream=streamed)

    assert response.status == 404
    assert (response.error["type"], response.error["param"], response.error["code"]) == ("NotFoundError", "model", 404)


def test_stream_options_need_a_stream(engine: WireEngine) -> None:
    response = engine.chat(stream_options={"include_usage": True})

    assert (response.status, response.error["param"]) == (400, "stream_options")


def test_a_temperature_that_is_no_number_is_refused(engine: WireEngine) -> None:
    response = engine.send(body_with(engine, b'"temperature":NaN'))

    assert (response.status, response.error["type"], response.error["param"]) == (400, "BadRequestError", "temperature")


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_an_image_is_refused(engine: WireEngine, streamed: bool) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    response = engine.chat(messages=[{"role": "user", "content": [image]}], stream=streamed)

    assert (response.status, response.error["type"]) == (400, "BadRequestError")
    assert response.error["param"] == ("image" if engine.tier == "fast" else None)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
def test_sound_is_refused(engine: WireEngine, streamed: bool) -> None:
    sound = {"type": "input_audio", "input_audio": {"data": silence(), "format": "wav"}}
    response = engine.chat(messages=[{"role": "user", "content": [sound]}], stream=streamed)

    assert (response.status, response.error["type"], response.error["param"]) == (400, "BadRequestError", None)


def test_a_part_of_an_unknown_kind_is_refused(engine: WireEngine) -> None:
    response = engine.chat(messages=[{"role": "user", "content": [{"type": "smell", "smell": "x"}]}])

    assert (response.status, response.error["type"]) == (400, "BadRequestError")


def test_a_user_who_says_null_is_refused(engine: WireEngine) -> None:
    response = engine.chat(messages=[{"role": "user", "content": None}])

    assert (response.status, response.error["type"]) == (400, "Bad Request")


def test_half_a_surrogate_pair_is_refused(engine: WireEngine) -> None:
    response = engine.chat(messages=[{"role": "user", "content": "\ud800"}])

    assert (response.status, response.error["type"], response.error["param"]) == (400, "BadRequestError", None)


@pytest.mark.parametrize(
    ("body", "param"),
    [(b"", "body"), (b"null", "body"), (b"[]", "body"), (b'{"model": "', "body.10"), (b"{}", "body.messages")],
    ids=["nothing", "null", "a list", "broken off", "an empty object"],
)
def test_a_body_that_is_no_request_is_refused(engine: WireEngine, body: bytes, param: str) -> None:
    response = engine.send(body)

    assert (response.status, response.error["type"], response.error["param"]) == (400, "Bad Request", param)


@pytest.mark.parametrize(
    "beside", [b'"user":"\xff\xfe"', b'"zzz":' + b"[" * 60_000 + b"]" * 60_000], ids=["not UTF-8", "nested too deeply"]
)
def test_a_body_that_cannot_be_parsed_is_refused_without_the_usual_error(engine: WireEngine, beside: bytes) -> None:
    response = engine.send(body_with(engine, beside))

    assert (response.status, list(response.json)) == (400, ["detail"])


@pytest.mark.parametrize(
    "body",
    [b"\xef\xbb\xbf%s", b"%s\n"],
    ids=["a byte order mark", "a line break at the end"],
)
def test_around_a_body_there_may_be(engine: WireEngine, body: bytes) -> None:
    assert engine.send(body % body_with(engine, b'"user":"u"')).status == 200


@pytest.mark.parametrize(
    "beside", [b'"zzz":' + b"[" * 600 + b"]" * 600, b'"max_tokens":2'], ids=["600 brackets", "a key twice"]
)
def test_in_a_body_there_may_be(engine: WireEngine, beside: bytes) -> None:
    assert engine.send(body_with(engine, beside)).status == 200


@pytest.mark.parametrize("called", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_a_body_must_be_called_json(engine: WireEngine, called: str) -> None:
    response = engine.send(body_with(engine, b'"user":"u"'), headers={"content-type": called})

    assert (response.status, response.error["type"], response.error["param"]) == (400, "Bad Request", None)


def test_a_charset_may_be_named(engine: WireEngine) -> None:
    called = {"content-type": "application/json; charset=utf-8"}

    assert engine.send(body_with(engine, b'"user":"u"'), headers=called).status == 200


def test_a_wrong_method_is_told_the_right_one(engine: WireEngine) -> None:
    response = engine.get(CHAT)

    assert (response.status, response.json) == (405, {"detail": "Method Not Allowed"})
    assert response.header("allow") == "POST"
    assert engine.send(b"{}", "/v1/models").header("allow") == "GET"


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/models/tier1"])
def test_what_is_not_there_is_not_found_without_the_usual_error(engine: WireEngine, path: str) -> None:
    response = engine.get(path)

    assert (response.status, response.json) == (404, {"detail": "Not Found"})
    assert header_names(response) == PLAIN_HEADERS


def body_with(engine: WireEngine, beside: bytes) -> bytes:
    """A legal request with these bytes as its last field."""
    legal = json.dumps({"model": engine.model, "messages": [USER], "max_tokens": 4})
    return legal.removesuffix("}").encode() + b"," + beside + b"}"


def silence() -> str:
    """A tenth of a second of it, as base64."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(b"\0\0" * 1_600)
    return base64.b64encode(file.getvalue()).decode()
