"""What an engine's error answer means, by its status and its shape, and what a caller gets to read of it."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.errors import BackendError, EngineFailed, Overloaded, Refused, TimedOut, Unavailable
from router.engines.refusals import MAX_MESSAGE_CHARS, MAX_RETRY_AFTER_S, refusal


def error(message: Any, **fields: Any) -> bytes:
    return json.dumps({"error": {"message": message, **fields}}).encode()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (413, Refused),
        (422, Refused),
        (401, EngineFailed),
        (403, EngineFailed),
        (404, EngineFailed),
        (408, TimedOut),
        (429, Overloaded),
        (500, EngineFailed),
        (501, EngineFailed),
        (502, EngineFailed),
        (503, Unavailable),
        (504, TimedOut),
        (599, EngineFailed),
        (204, EngineFailed),
        (302, EngineFailed),
        (418, EngineFailed),
    ],
)
def test_the_status_says_whose_fault_it_is(status: int, kind: type[BackendError]) -> None:
    assert type(refusal(status, {}, error("x"))) is kind


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_engine_will_not_serve_keeps_its_status_message_and_parameter(status: int) -> None:
    refused = refusal(status, {}, error("top_p must be in (0, 1], got 2.0.", param="top_p", code=400))

    assert isinstance(refused, Refused)
    assert (refused.status, refused.param) == (status, "top_p")
    assert refused.message == "top_p must be in (0, 1], got 2.0."


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        (
            b'{"error":{"message":"Requested sample logprobs of 21, which is greater than max allowed: 20 '
            b'(parameter=logprobs, value=21)","type":"BadRequestError","param":"logprobs","code":400}}',
            "Requested sample logprobs of 21, which is greater than max allowed: 20 (parameter=logprobs, value=21)",
            "logprobs",
        ),
        (b'{"error":{"message":"no","type":"BadRequestError","param":null,"code":400}}', "no", None),
        (b'{"error":"Unauthorized"}', "Unauthorized", None),
        (b'{"detail":"There was an error parsing the body"}', "There was an error parsing the body", None),
        (b'{"message":"no","param":"n"}', "no", "n"),
        (b'{"error":{"message":"no","param":7}}', "no", None),
    ],
)
def test_every_shape_of_error_body_that_vllm_sends_is_understood(body: bytes, message: str, param: str | None) -> None:
    refused = refusal(400, {}, body)

    assert isinstance(refused, Refused)
    assert (refused.message, refused.param) == (message, param)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Bad Gateway",
        b"<html><h1>400</h1></html>",
        b"null",
        b"[]",
        b"5",
        b"{}",
        b'{"error":null}',
        b'{"error":[]}',
        b'{"error":{}}',
        b'{"error":{"message":5}}',
        b'{"error":{"message":""}}',
        b'{"detail":[{"loc":["body"],"msg":"no"}]}',
        b'{"error":{"message":"cut sho',
        b'{"error":{"message":"\xff"}}',
        b'{"error":{"message":"\\ud800"}}',
        b'{"error":{"message":1' + b"0" * 5_000 + b"}}",
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_says_nothing_is_still_a_refusal_with_a_sentence(body: bytes) -> None:
    refused = refusal(400, {}, body)

    assert isinstance(refused, Refused)
    assert refused.message == "the engine refused the request"


@given(status=st.integers(100, 599), body=st.binary(max_size=80), after=st.text(max_size=12))
def test_no_answer_of_an_engine_is_more_than_a_backend_error(status: int, body: bytes, after: str) -> None:
    failed = refusal(status, {"Retry-After": after}, body)

    assert isinstance(failed, BackendError)
    assert failed.message


# --- what must not be read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        "http://10.0.0.5:8000/v1/chat/completions",
        "https://user:word@engine.internal/v1",
        "10.0.0.5",
        "10.0.0.5:8000",
        "engine-0.engines.svc.cluster.local:8000",
        "localhost:8101",
        "http://[fd00::1]:8000/",
        "/root/models/tiny-gemma4",
        "/opt/vllm/lib/python3.11/site-packages/vllm/engine.py",
        "Bearer abc.def-123",
        "bearer  abc",
        "sk-proj-abcDEF123_-x",
        "tdm-0a1b2c-abcDEF123_-x",
    ],
)
def test_addresses_paths_and_keys_are_taken_out_of_what_the_engine_said(secret: str) -> None:
    said = refusal(400, {}, error(f"cannot use {secret} for this")).message

    assert secret not in said
    assert said.startswith("cannot use [")
    assert said.endswith("] for this")


@pytest.mark.parametrize(
    "sentence",
    [
        "temperature must be in [0, 2], got 3.0. (parameter=temperature, value=3.0)",
        "This model's maximum context length is 4096 tokens. However, you requested 5000 and/or more.",
        "At most 0 image(s) may be provided in one prompt. (parameter=image)",
        'Expected `json_schema` in {"type": "json_object"}; see vllm 0.32.0',
    ],
)
def test_an_ordinary_sentence_is_left_as_it_is(sentence: str) -> None:
    assert refusal(400, {}, error(sentence)).message == sentence


def test_a_message_is_one_line_of_bounded_length() -> None:
    said = refusal(400, {}, error("one\n\n  two\r\n" + "word " * 10_000)).message

    assert said.startswith("one two word")
    assert len(said) <= MAX_MESSAGE_CHARS
    assert said.isprintable()


def test_control_characters_of_a_terminal_do_not_come_through() -> None:
    assert "\x1b" not in refusal(400, {}, error("\x1b[31mred\x1b[0m")).message


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_the_text_of_a_failure_that_is_not_the_callers_is_not_passed_on(status: int) -> None:
    assert "canary" not in refusal(status, {}, error("canary")).message


# --- when to come back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "retry_after_s"),
    [
        ("1", 1.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("120", 120.0),
        ("3600", MAX_RETRY_AFTER_S),
        ("inf", MAX_RETRY_AFTER_S),
        ("1e300", MAX_RETRY_AFTER_S),
        ("-5", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_an_overloaded_engine_says_when_to_come_back_within_reason(said: str, retry_after_s: float | None) -> None:
    overloaded = refusal(429, {"Retry-After": said}, b"")

    assert isinstance(overloaded, Overloaded)
    assert overloaded.retry_after_s == retry_after_s


def test_an_overloaded_engine_need_not_say_when_to_come_back() -> None:
    overloaded = refusal(429, {}, b"")

    assert isinstance(overloaded, Overloaded)
    assert overloaded.retry_after_s is None


@given(st.floats().map(str) | st.text(max_size=10))
def test_when_to_come_back_is_always_a_number_that_clients_accept(said: str) -> None:
    overloaded = refusal(429, {"Retry-After": said}, b"")

    assert isinstance(overloaded, Overloaded)
    after_s = overloaded.retry_after_s
    assert after_s is None or (math.isfinite(after_s) and 0 <= after_s <= MAX_RETRY_AFTER_S)


def test_money_that_is_spent_is_no_overload() -> None:
    body = b'{"error": {"message": "you spent it all", "type": "insufficient_quota", "code": "insufficient_quota"}}'

    spent = refusal(429, {"Retry-After": "3600"}, body)

    assert type(spent) is Unavailable
    assert (spent.message, spent.retry) == ("what may be spent there is spent", None)
