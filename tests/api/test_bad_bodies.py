"""Whatever is sent as a body is served, or refused in OpenAI's shape: nothing in between, and never a 500."""

import json
from typing import Any

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, post, request_fields

MESSAGE = b'{"role":"user","content":"hi"}'


def assert_refused(response: Response, param: str | None = None) -> None:
    """The shape of every 400, and, when named, what is at fault."""
    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"
    assert response.header("x-should-retry") == "false"
    assert response.header("x-request-id")
    assert len(response.body) < 2000
    assert param is None or response.error["param"] == param


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"hello",
        b"{",
        b'{"model":"auto"',
        b'{"model":"auto","messages":[%b]}}' % MESSAGE,
        b'{"model":"auto","messages":[%b],}' % MESSAGE,
        b"{'model':'auto'}",
        b'{"model":"auto","messages":[%b],"temperature":NaN}' % MESSAGE,
        b'{"model":"auto","messages":[%b],"temperature":Infinity}' % MESSAGE,
        b'{"model":"auto","messages":[%b],"n":01}' % MESSAGE,
        b'{"model":"auto","messages":[%b]} {"model":"auto"}' % MESSAGE,
        b'{"model":"auto","messages":[%b],"user":"\xff\xfe"}' % MESSAGE,
        b'{"model":"auto","messages":[{"role":"user","content":"\xc3\x28"}]}',
        b'{"model":"auto","messages":[{"role":"user","content":"\xed\xa0\x80"}]}',
        b'{"model":"auto","messages":[{"role":"user","content":"a\x01b"}]}',
        b'{"model":"\xff","messages":[%b]}' % MESSAGE,
        json.dumps(request_fields()).encode("utf-16"),
        json.dumps(request_fields()).encode("utf-32-be"),
        b"\x00" * 100,
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    ],
)
def test_what_is_not_json_is_refused_as_such(router: RouterProcess, fast: ScriptedEngine, body: bytes) -> None:
    response = post(router.public, body)

    assert_refused(response)
    assert response.error["code"] == "invalid_json"
    assert not fast.received


@pytest.mark.parametrize("body", [b"[]", b"null", b"true", b"7", b'"auto"', b"[{}]"])
def test_json_that_is_no_object_is_refused(router: RouterProcess, body: bytes) -> None:
    assert_refused(post(router.public, body))


@pytest.mark.parametrize(
    ("param", "beside"),
    [
        ("model", {"model": None}),
        ("model", {"model": 5}),
        ("model", {"model": ["auto"]}),
        ("messages", {"messages": None}),
        ("messages", {"messages": []}),
        ("messages", {"messages": "hi"}),
        ("messages", {"messages": {"role": "user", "content": "hi"}}),
        ("messages[0]", {"messages": ["hi"]}),
        ("messages[0].role", {"messages": [{"role": "wizard", "content": "hi"}]}),
        ("messages[0].role", {"messages": [{"role": None, "content": "hi"}]}),
        ("messages[0].content", {"messages": [{"role": "user", "content": 7}]}),
        ("messages[0].content", {"messages": [{"role": "user", "content": {"text": "hi"}}]}),
        ("messages[0].content[0]", {"messages": [{"role": "user", "content": ["hi"]}]}),
        ("messages[0].content[1]", {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, 7]}]}),
        ("n", {"n": 0}),
        ("n", {"n": -1}),
        ("n", {"n": 1.5}),
        ("n", {"n": "2"}),
        ("n", {"n": 2**70}),
        ("max_tokens", {"max_tokens": -1}),
        ("max_tokens", {"max_tokens": 0}),
        ("max_tokens", {"max_tokens": 2**63}),
        ("max_tokens", {"max_tokens": "many"}),
        ("max_completion_tokens", {"max_completion_tokens": 10**30}),
        ("temperature", {"temperature": -0.1}),
        ("temperature", {"temperature": 2.1}),
        ("temperature", {"temperature": "hot"}),
        ("temperature", {"temperature": [1]}),
        ("top_p", {"top_p": 1.01}),
        ("stream", {"stream": "yes"}),
        ("stream", {"stream": 1}),
        ("stream_options", {"stream_options": []}),
        ("response_format", {"response_format": "json"}),
        ("tools", {"tools": {}}),
        ("tool_choice", {"tool_choice": 7}),
        ("reasoning_effort", {"reasoning_effort": 3}),
        ("service_tier", {"service_tier": {}}),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(
    router: RouterProcess, fast: ScriptedEngine, param: str, beside: dict[str, Any]
) -> None:
    response = post(router.public, request_fields() | beside)

    assert_refused(response, param)
    assert not fast.received


@pytest.mark.parametrize("missing", ["model", "messages"])
def test_what_is_required_and_missing_is_named(router: RouterProcess, missing: str) -> None:
    fields = {name: value for name, value in request_fields().items() if name != missing}

    assert_refused(post(router.public, fields), missing)


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"auto","messages":[%b],"temperature":1e999}' % MESSAGE,
        b'{"model":"auto","messages":[%b],"max_tokens":%b}' % (MESSAGE, b"9" * 5000),
        b'{"model":"auto","messages":[%b],"unknown":%b}' % (MESSAGE, b"9" * 5000),
        b'{"model":"auto","messages":[%b],"unknown":1e999}' % MESSAGE,
        b'{"model":"auto","messages":[{"role":"user","content":"\\ud800"}]}',
        b'{"model":"auto","messages":[%b],"\\ud800":1}' % MESSAGE,
        b'\xef\xbb\xbf{"model":"auto","messages":[%b]}' % MESSAGE,
        b'{"model":"auto","messages":[%b],"":1}' % MESSAGE,
    ],
)
def test_what_parsers_disagree_on_is_served_or_refused_and_nothing_else(router: RouterProcess, body: bytes) -> None:
    response = post(router.public, body)

    if response.status != 200:
        assert_refused(response)


@pytest.mark.parametrize(
    "beside",
    [
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": []}]},
        {"messages": [{"role": "user", "content": "a\x00b"}]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}, {"role": "tool", "content": "sun"}]},
        {"messages": [{"role": "developer", "content": "Be brief."}]},
        {"temperature": None, "n": None, "max_tokens": None, "stream": None, "tools": None},
        {"temperature": 0, "top_p": 1},
        {"stop": [str(number) for number in range(10_000)]},
        {"logit_bias": {str(number): 1 for number in range(100_000)}},
        {"metadata": {str(number): "x" for number in range(17)}},
        {"metadata": []},
        {"tools": [{"type": "function", "function": {"name": "f", "description": "d" * 1_000_000}}]},
        {"tools": [{"type": "function", "function": 7}, {}, "get_weather", None]},
        {"user": "\u202e\U0001f4a9"},
        {"some_future_parameter": {"nested": [1, 2, {"deep": True}]}},
        {"x" * 10_000: 1},
    ],
)
def test_what_is_legal_however_odd_is_for_the_engine_to_judge(router: RouterProcess, beside: dict[str, Any]) -> None:
    assert post(router.public, request_fields() | beside).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "",
        "gpt-99",
        "auto:",
        "auto:nothing",
        "Auto",
        " auto",
        "auto\x00",
        "../../etc/passwd",
        "aut\u043e",
        "fast/strong",
        "a\r\nx-injected: 1",
        "\x1b[31mred",
        "x" * 10_000,
        "*",
    ],
)
def test_a_model_that_is_not_served_is_not_found(router: RouterProcess, fast: ScriptedEngine, name: str) -> None:
    response = post(router.public, request_fields() | {"model": name})

    assert response.status == 404
    assert (response.error["code"], response.error["param"]) == ("model_not_found", "model")
    assert len(response.body) < 2000
    assert response.header("x-injected") is None
    assert not fast.received


def test_of_a_name_that_stands_twice_the_router_and_the_engine_read_the_same_one(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    body = b'{"model":"nope","model":"auto","messages":[],"messages":[%b],"seed":null,"seed":5}' % MESSAGE

    response = post(router.public, body)

    assert (response.status, response.header("x-router-tier")) == (200, "strong")
    (received,) = strong.received
    assert received.body.count(b'"messages"') == received.body.count(b'"seed"') == 1
    assert received.fields["seed"] == 5
    assert received.fields["messages"] == [{"role": "user", "content": "hi"}]


LONG = "w" * 10_000


@pytest.mark.parametrize(
    ("beside", "headers"),
    [
        ({"messages": [{"role": LONG, "content": "hi"}]}, {}),
        ({"router": {LONG: 1}}, {}),
        ({"router": {"stakes": LONG}}, {}),
        ({"model": LONG}, {}),
        ({"model": f"auto:{LONG}"}, {}),
        ({}, {f"x-router-{LONG}": "high"}),
        ({}, {"x-router-stakes": LONG}),
    ],
)
def test_a_value_that_is_refused_is_not_repeated_at_length(
    router: RouterProcess, beside: dict[str, Any], headers: dict[str, str]
) -> None:
    response = post(router.public, request_fields() | beside, headers=headers)

    assert response.status in (400, 404)
    assert len(response.body) < 2000
    assert len(json.dumps(router.await_record(response.header("x-request-id")))) < 4000
