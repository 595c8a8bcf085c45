"""The body and headers of a chat completion: what is read out of them, and what is wrong with them, by name."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.chat_request import HINT_HEADERS, Limits, read_request
from router.core.errors import CallerError, InvalidJson, InvalidRequest
from router.core.values import ChatRequest, Hints, Message, Part
from tests.examples import chat_body

LIMITS = Limits(media_hosts=frozenset(("media.example",)))

HI = [{"role": "user", "content": "hi"}]


def read(body: bytes, **headers: bytes) -> ChatRequest:
    request, _ = read_request(body, {name.encode(): value for name, value in headers.items()}, LIMITS)
    return request


def read_hints(body: bytes, headers: dict[bytes, bytes]) -> Hints:
    _, hints = read_request(body, headers, LIMITS)
    return hints


def refused(body: bytes, headers: dict[bytes, bytes] | None = None) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as error:
        read_request(body, headers or {}, LIMITS)
    return error.value


def body_of(messages: Any) -> bytes:
    return chat_body(messages=messages)


# --- what is read -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "read_as"),
    [
        ({"role": "user", "content": "hi"}, Message("user", (Part("text", "hi"),))),
        ({"role": "user", "content": ""}, Message("user", (Part("text", ""),))),
        ({"role": "system", "content": "be kind"}, Message("system", (Part("text", "be kind"),))),
        ({"role": "developer", "content": "be kind"}, Message("developer", (Part("text", "be kind"),))),
        ({"role": "assistant", "content": None}, Message("assistant", ())),
        ({"role": "assistant"}, Message("assistant", ())),
        ({"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}, Message("assistant", ())),
        ({"role": "tool", "tool_call_id": "1", "content": "42"}, Message("tool", (Part("text", "42"),))),
        ({"role": "function", "name": "f", "content": "42"}, Message("function", (Part("text", "42"),))),
        ({"role": "user", "name": "Ada", "content": "hi"}, Message("user", (Part("text", "hi"),))),
        (
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            Message("user", (Part("text", "a"), Part("text", "b"))),
        ),
        ({"role": "user", "content": []}, Message("user", ())),
        (
            {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
            Message("assistant", (Part("refusal"),)),
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]},
            Message("user", (Part("image_url", url="data:image/png;base64,AA"),)),
        ),
        (
            {"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,AA"}]},
            Message("user", (Part("input_image", url="data:image/png;base64,AA"),)),
        ),
        (
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}}]},
            Message("user", (Part("input_audio"),)),
        ),
    ],
)
def test_every_shape_of_message_is_read_into_parts(message: dict[str, Any], read_as: Message) -> None:
    assert read(body_of([message])).messages == (read_as,)


def test_parameters_are_every_field_but_the_model_the_messages_and_the_routers_own() -> None:
    request = read(chat_body(seed=7, stop=["a"], not_yet_invented={"x": [1]}, router={"stakes": "high"}))

    assert request.model == "auto"
    assert request.parameters == {"seed": 7, "stop": ["a"], "not_yet_invented": {"x": [1]}}


def test_fields_are_kept_as_the_caller_wrote_them_byte_for_byte() -> None:
    body = (
        b'{ "model" : "auto", "temperature":1.0e0, "seed":  9007199254740993,'
        b' "messages":[ {"role":"user","content":"\\u00e9 \\/ ' + "é".encode() + b'", "odd" : 1.50} ] }'
    )

    fields = read(body).fields

    assert bytes(fields["temperature"]) == b"1.0e0"
    assert bytes(fields["seed"]) == b"9007199254740993"
    spaced = b'[ {"role":"user","content":"\\u00e9 \\/ ' + "é".encode() + b'", "odd" : 1.50} ]'
    assert bytes(fields["messages"]) == spaced


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**64)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        ),
        max_size=4,
    )
)
def test_fields_nobody_has_heard_of_come_through_unchanged(fields: dict[str, Any]) -> None:
    unheard = {f"x_{name}": value for name, value in fields.items()}

    request = read(chat_body(**unheard))

    assert request.parameters == unheard
    assert {name: msgspec.json.decode(request.fields[name]) for name in unheard} == unheard


def test_the_size_of_the_body_is_what_was_sent() -> None:
    body = chat_body()

    assert read(body).body_bytes == len(body)


@pytest.mark.parametrize(
    "parameters",
    [
        {"n": None, "stream": None, "stream_options": None, "max_tokens": None, "max_completion_tokens": None},
        {"temperature": None, "top_p": None, "response_format": None, "tools": None, "tool_choice": None},
        {"reasoning_effort": None, "service_tier": None, "router": None},
        {"n": 16, "temperature": 2, "top_p": 0, "max_tokens": 2**31, "tools": [], "tool_choice": {"type": "x"}},
        {"n": 1, "temperature": 0, "top_p": 1.0, "max_tokens": 1, "response_format": {}, "stream_options": {}},
    ],
)
def test_null_and_the_ends_of_every_range_are_accepted(parameters: dict[str, Any]) -> None:
    assert read(chat_body(**parameters)).model == "auto"


def test_a_name_written_twice_means_its_last_value_everywhere() -> None:
    request = read(b'{"model":"a","n":2,"messages":[],"messages":%s,"n":3,"model":"b"}' % json.dumps(HI).encode())

    assert (request.model, request.parameters["n"], len(request.messages)) == ("b", 3, 1)
    assert bytes(request.fields["n"]) == b"3"


def test_a_name_written_with_escapes_is_the_same_name() -> None:
    request = read(b'{"\\u006dodel":"auto","\\u0065cho":true,"messages":%s}' % json.dumps(HI).encode())

    assert request.parameters == {"echo": True}
    assert bytes(request.fields["echo"]) == b"true"


# --- what is wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": HI}, "model"),
        ({"model": None, "messages": HI}, "model"),
        ({"model": 5, "messages": HI}, "model"),
        ({"model": ["auto"], "messages": HI}, "model"),
        ({"model": "auto"}, "messages"),
        ({"model": "auto", "messages": None}, "messages"),
        ({"model": "auto", "messages": "hi"}, "messages"),
        ({"model": "auto", "messages": {}}, "messages"),
        ({"model": "auto", "messages": []}, "messages"),
        ({"model": "auto", "messages": ["hi"]}, "messages[0]"),
        ({"model": "auto", "messages": [None]}, "messages[0]"),
        ({"model": "auto", "messages": [{"content": "hi"}]}, "messages[0]"),
        ({"model": "auto", "messages": [{"role": "king", "content": "hi"}]}, "messages[0].role"),
        ({"model": "auto", "messages": [{"role": None, "content": "hi"}]}, "messages[0].role"),
        ({"model": "auto", "messages": [*HI, {"role": "user", "content": 5}]}, "messages[1].content"),
        ({"model": "auto", "messages": [{"role": "user", "content": {}}]}, "messages[0].content"),
        ({"model": "auto", "messages": [{"role": "user", "content": ["hi"]}]}, "messages[0].content[0]"),
        ({"model": "auto", "messages": [{"role": "user", "content": [{"text": "hi"}]}]}, "messages[0].content[0]"),
        (
            {"model": "auto", "messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]},
            "messages[0].content[0].text",
        ),
        (
            {"model": "auto", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": 5}]}]},
            "messages[0].content[0].image_url",
        ),
    ],
)
def test_a_malformed_request_is_refused_with_the_place_that_is_wrong(body: dict[str, Any], param: str) -> None:
    error = refused(json.dumps(body).encode())

    assert error.param == param
    assert param.partition("[")[0] in error.message


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("n", 0),
        ("n", -1),
        ("n", 17),
        ("n", 1000),
        ("n", 1.5),
        ("n", "2"),
        ("n", True),
        ("stream", "yes"),
        ("stream", 1),
        ("stream_options", True),
        ("max_tokens", 0),
        ("max_tokens", -1),
        ("max_tokens", 2**63),
        ("max_tokens", "100"),
        ("max_completion_tokens", 0),
        ("max_completion_tokens", 2**31 + 1),
        ("temperature", -0.1),
        ("temperature", 2.1),
        ("temperature", "hot"),
        ("temperature", True),
        ("top_p", -0.1),
        ("top_p", 1.1),
        ("response_format", "json"),
        ("response_format", []),
        ("tools", {}),
        ("tools", "x"),
        ("tool_choice", 5),
        ("reasoning_effort", 3),
        ("service_tier", {}),
    ],
)
def test_a_value_of_the_wrong_type_or_out_of_range_is_named(param: str, value: Any) -> None:
    error = refused(chat_body(**{param: value}))

    assert error.param == param
    assert param in error.message


@pytest.mark.parametrize("raw", [b"1e999", b"-1e999", b"9" * 5_000], ids=["inf", "-inf", "5000 digits"])
@pytest.mark.parametrize("param", ["seed", "temperature", "max_tokens", "not_yet_invented"])
def test_a_number_that_no_computer_holds_is_named(param: str, raw: bytes) -> None:
    body = b'{"model":"auto","messages":%s,"%s":%s}' % (json.dumps(HI).encode(), param.encode(), raw)

    assert refused(body).param == param


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"hello",
        b"<html></html>",
        b"{'model': 'auto'}",
        chat_body()[:-1],
        chat_body() + b" x",
        chat_body() + chat_body(),
        chat_body().replace(b"}", b",}"),
        b"\xef\xbb\xbf" + chat_body(),
        chat_body().decode().encode("utf-16"),
        chat_body(user="@").replace(b"@", b"\xff"),
        chat_body(user="@").replace(b"@", b"\xc3"),
        chat_body(user="@").replace(b"@", b"\xed\xa0\x80"),
        chat_body(user="@").replace(b"@", b"\\ud800"),
        chat_body("@").replace(b"@", b"\xff"),
        chat_body("@").replace(b"@", b"\\udc00\\ud800"),
        chat_body(user="@").replace(b"@", b"\x00"),
        chat_body(temperature=1).replace(b"1}", b"NaN}"),
        chat_body(seed=1).replace(b"1}", b"Infinity}"),
        chat_body(seed=1).replace(b"1}", b"01}"),
        chat_body(seed=1).replace(b"1}", b"0x1}"),
        chat_body(router={"policy": "@"}).replace(b"@", b"\xff"),
        chat_body(router={"policy": "@"}).replace(b"@", b"\\ud800"),
        b'{"model":"auto","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"model":"auto","x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        b'{"model":"auto","router":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"model":"auto","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda body: repr(body[:24] + b"..." + body[-24:]),
)
def test_what_is_not_json_is_called_that(body: bytes) -> None:
    assert isinstance(refused(body), InvalidJson)


@pytest.mark.parametrize("body", [b"null", b"[]", b'"auto"', b"5", b"true"])
def test_json_that_is_no_object_is_refused(body: bytes) -> None:
    assert "object" in refused(body).message


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_body_brings_the_router_down(body: bytes) -> None:
    with pytest.raises(CallerError):
        read_request(body, {}, LIMITS)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_to_a_good_body_brings_the_router_down(data: st.DataObject) -> None:
    body = bytearray(chat_body("Grüße", seed=7, router={"stakes": "high", "conversation": "c"}, tools=[{"a": [1]}]))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))

    try:
        read_request(bytes(body), {}, LIMITS)
    except CallerError:
        return


# --- limits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "body", "param"),
    [
        (Limits(messages=2), body_of(HI * 3), "messages"),
        (Limits(tools=2), chat_body(tools=[{}] * 3), "tools"),
        (Limits(choices=2), chat_body(n=3), "n"),
        (Limits(parts=2), chat_body([{"type": "text", "text": "x"}] * 3), "messages"),
    ],
)
def test_one_more_than_the_limit_is_refused_and_says_the_limit(limits: Limits, body: bytes, param: str) -> None:
    with pytest.raises(InvalidRequest, match="at most 2") as error:
        read_request(body, {}, limits)

    assert error.value.param == param


@pytest.mark.parametrize(
    ("limits", "body"),
    [
        (Limits(messages=2), body_of(HI * 2)),
        (Limits(tools=2), chat_body(tools=[{}] * 2)),
        (Limits(choices=2), chat_body(n=2)),
        (Limits(parts=2), chat_body([{"type": "text", "text": "x"}] * 2)),
    ],
)
def test_as_many_as_the_limit_are_served(limits: Limits, body: bytes) -> None:
    request, _ = read_request(body, {}, limits)

    assert request.model == "auto"


# --- media ------------------------------------------------------------------------------------------------------

PRIVATE = [
    "http://media.example/a.png",
    "https://other.example/a.png",
    "https://media.example.evil.example/a.png",
    "https://evil.example/media.example",
    "https://media.example@evil.example/a.png",
    "https://evil.example#media.example",
    "https://evil.example?media.example",
    "https://evil.example\\@media.example/",
    "http://127.0.0.1/a.png",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/a.png",
    "http://0x7f000001/",
    "http://2130706433/",
    "https://localhost/",
    "file:///etc/passwd",
    "gopher://media.example/",
    "ftp://media.example/a.png",
    "//media.example/a.png",
    "media.example/a.png",
    "javascript:alert(1)",
    " data:,x",
    "https://[",
    "",
]
KINDS = ["image_url", "video_url", "audio_url"]


def media(kind: str, source: Any, **others: Any) -> bytes:
    return chat_body([{"type": kind, kind: source, **others}])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_that_the_engine_would_fetch_is_refused(kind: str, url: str) -> None:
    assert refused(media(kind, {"url": url})).param == "messages"
    assert refused(media(kind, url)).param == "messages"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "url", ["data:image/png;base64,AAAA", "data:,", "https://media.example/a.png", "https://MEDIA.example:443/a?b#c"]
)
def test_media_that_come_along_or_lie_on_a_listed_host_are_passed_on(kind: str, url: str) -> None:
    assert read(media(kind, {"url": url})).messages[0].parts[0].kind == kind


def test_no_host_is_listed_unless_somebody_listed_it() -> None:
    with pytest.raises(InvalidRequest):
        read_request(media("image_url", {"url": "https://media.example/a.png"}), {}, Limits())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beside", KINDS)
def test_a_harmless_address_does_not_cover_for_another_in_the_same_part(kind: str, beside: str) -> None:
    if kind == beside:
        return
    harmless = {"url": "data:,"}

    assert refused(media(kind, {"url": "http://169.254.169.254/"}, **{beside: harmless})).param == "messages"


@pytest.mark.parametrize("role", ["system", "user", "assistant", "tool"])
def test_media_are_judged_in_whatever_message_they_stand(role: str) -> None:
    part = {"type": "image_url", "image_url": {"url": "http://127.0.0.1/"}}

    assert refused(body_of([{"role": role, "content": [part]}, *HI])).param == "messages"


def test_the_media_themselves_are_not_kept_twice() -> None:
    request = read(media("image_url", {"url": "data:image/png;base64," + "A" * 100_000}))

    assert len(request.messages[0].parts[0].url) < 100


# --- hints ------------------------------------------------------------------------------------------------------

HINTS: dict[str, Any] = {
    "stakes": "high",
    "latency_budget_ms": 900,
    "policy": "cheap",
    "max_tier": "fast",
    "conversation": "c-1",
}


def test_without_hints_nothing_was_said() -> None:
    assert read_hints(chat_body(), {}) == Hints()
    assert read_hints(chat_body(router=None), {}) == Hints()
    assert read_hints(chat_body(router={}), {}) == Hints()


@pytest.mark.parametrize("name", HINTS)
def test_a_hint_in_the_body_and_one_in_a_header_say_the_same(name: str) -> None:
    value = HINTS[name]

    in_body = read_hints(chat_body(router={name: value}), {})
    in_header = read_hints(chat_body(), {HINT_HEADERS[name]: str(value).encode()})

    assert in_body == in_header == Hints(**{name: value})


def test_every_hint_has_a_header_called_like_it() -> None:
    assert set(HINT_HEADERS) == set(Hints.__struct_fields__)
    assert HINT_HEADERS["latency_budget_ms"] == b"x-router-latency-budget-ms"


def test_where_body_and_header_differ_the_header_counts_and_the_rest_of_the_body_stays() -> None:
    hints = read_hints(chat_body(router={"stakes": "low", "conversation": "c-1"}), {b"x-router-stakes": b"high"})

    assert hints == Hints(stakes="high", conversation="c-1")


@pytest.mark.parametrize(
    ("router", "param"),
    [
        ({"stakes": "huge"}, "router.stakes"),
        ({"stakes": 3}, "router.stakes"),
        ({"latency_budget_ms": 0}, "router.latency_budget_ms"),
        ({"latency_budget_ms": -1}, "router.latency_budget_ms"),
        ({"latency_budget_ms": 1.5}, "router.latency_budget_ms"),
        ({"latency_budget_ms": "900"}, "router.latency_budget_ms"),
        ({"latency_budget_ms": 10**18}, "router.latency_budget_ms"),
        ({"policy": "../etc"}, "router.policy"),
        ({"policy": ""}, "router.policy"),
        ({"policy": "x" * 65}, "router.policy"),
        ({"max_tier": "best"}, "router.max_tier"),
        ({"conversation": ""}, "router.conversation"),
        ({"conversation": "x" * 201}, "router.conversation"),
        ({"stake": "high"}, "router"),
        ([], "router"),
        ("high", "router"),
    ],
)
def test_a_malformed_hint_in_the_body_is_named(router: Any, param: str) -> None:
    assert refused(chat_body(router=router)).param == param


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (b"x-router-stakes", b"HIGH"),
        (b"x-router-stakes", b""),
        (b"x-router-stakes", b"high, low"),
        (b"x-router-latency-budget-ms", b""),
        (b"x-router-latency-budget-ms", b"0"),
        (b"x-router-latency-budget-ms", b"-1"),
        (b"x-router-latency-budget-ms", b"1.5"),
        (b"x-router-latency-budget-ms", b"1e3"),
        (b"x-router-latency-budget-ms", b"NaN"),
        (b"x-router-latency-budget-ms", b"1e18"),
        (b"x-router-latency-budget-ms", b"9" * 30),
        (b"x-router-latency-budget-ms", b"9" * 5_000),
        (b"x-router-latency-budget-ms", "٣".encode()),
        (b"x-router-latency-budget-ms", b"\xb2"),
        (b"x-router-policy", b"../etc"),
        (b"x-router-policy", "günstig".encode()),
        (b"x-router-max-tier", b"best"),
        (b"x-router-conversation", b""),
        (b"x-router-conversation", b"\xff"),
        (b"x-router-conversation", b"x" * 201),
        (b"x-router-stake", b"high"),
        (b"x-router-tier", b"strong"),
        (b"x-router-", b"high"),
        (b"x-router-\xff", b"high"),
    ],
)
def test_a_malformed_or_misspelt_hint_header_is_named(header: bytes, value: bytes) -> None:
    error = refused(chat_body(), {header: value})

    assert error.param == header.decode("latin-1")
    assert header.decode("latin-1") in error.message or repr(header.decode("latin-1")) in error.message


def test_a_misspelt_hint_header_is_answered_with_those_there_are() -> None:
    assert "x-router-stakes" in refused(chat_body(), {b"x-router-stake": b"high"}).message


@given(header=st.sampled_from(sorted(HINT_HEADERS.values())), value=st.binary(max_size=40))
def test_no_hint_header_brings_the_router_down(header: bytes, value: bytes) -> None:
    try:
        read_request(chat_body(), {header: value}, LIMITS)
    except CallerError:
        return


def test_other_headers_are_none_of_our_business() -> None:
    assert (
        read_hints(chat_body(), {b"x-routerish": b"1", b"stakes": b"high", b"x-stainless-lang": b"python"}) == Hints()
    )
