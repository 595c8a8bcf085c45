"""What the router writes into a stream or a body of its own."""

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionChunk

from router.core.chat_chunk import (
    Identity,
    continued,
    decoded,
    error_event,
    finish_event_with,
    role_event,
    splice,
    usage_event,
    with_identity,
)
from router.core.event_stream import DONE, MalformedStream, comment, event, payload, payloads
from router.core.values import Usage

patiently = settings(deadline=None)

Json = dict[str, Any]

SENT = Identity(id="chatcmpl-sent", created=7, model="auto")
ROUTER = MappingProxyType({"tier": "strong", "wasted_tokens": 12})

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False, width=32), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)
json_objects = st.dictionaries(st.text(), json_values, max_size=4)
spacings = st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t: ")])


def chunk(*choices: Json, **beside: Any) -> Json:
    return {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 9, "model": "strong-model"} | {
        "choices": list(choices),
        **beside,
    }


def piece(delta: Json, finish_reason: str | None = None, index: int = 0, **beside: Any) -> Json:
    return {"index": index, "delta": delta, "finish_reason": finish_reason, **beside}


def written(*chunks: Json) -> bytes:
    return b"".join(event(json.dumps(one).encode()) for one in chunks)


def read(events: bytes) -> list[Json]:
    return [json.loads(data) for data in payloads(events)]


@given(json_objects)
def test_a_chunk_under_another_identity_changes_in_nothing_else(other: Json):
    moved = with_identity(other, SENT)
    assert (moved["id"], moved["created"], moved["model"]) == ("chatcmpl-sent", 7, "auto")
    named = {"id", "created", "model"}
    assert {key: moved[key] for key in moved.keys() - named} == {key: other[key] for key in other.keys() - named}


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"17", b'"text"', b"<html>", b'{"a":NaN}', b'{"a":"\xff"}', b'{"a":' * 100_000],
    ids=lambda data: data[:12].decode(errors="replace"),
)
def test_what_is_not_a_json_object_is_malformed(data: bytes):
    with pytest.raises(MalformedStream):
        decoded(data)


def test_a_router_that_opens_a_stream_by_itself_sends_what_an_engine_would():
    (opening,) = read(role_event(SENT))
    assert opening == chunk(piece({"role": "assistant", "content": ""}, logprobs=None)) | {
        "id": "chatcmpl-sent",
        "created": 7,
        "model": "auto",
    }
    ChatCompletionChunk.model_validate(opening, strict=True)


def test_each_choice_is_opened_in_an_event_of_its_own():
    openings = read(role_event(SENT, choices=3))
    assert [[choice["index"] for choice in opening["choices"]] for opening in openings] == [[0], [1], [2]]


def test_a_later_engine_speaks_under_the_identity_already_sent():
    (moved,) = read(continued(written(chunk(piece({"content": "noon"}), system_fingerprint="fp")), SENT))
    assert moved == with_identity(chunk(piece({"content": "noon"}), system_fingerprint="fp"), SENT)


def test_the_role_chunk_of_a_later_engine_is_left_out():
    opening = chunk(piece({"role": "assistant", "content": ""}, logprobs=None), prompt_token_ids=None)
    assert continued(written(opening), SENT) == b""


def test_a_role_that_comes_with_the_first_text_is_taken_off_it():
    (moved,) = read(continued(written(chunk(piece({"role": "assistant", "content": "noon"}))), SENT))
    assert moved["choices"] == [piece({"content": "noon"})]


@pytest.mark.parametrize(
    "choice",
    [
        piece({"role": "assistant"}, "stop"),
        piece({"role": "assistant", "content": ""}, logprobs={"content": []}),
        piece({"role": "assistant", "tool_calls": [{"index": 0}]}),
    ],
)
def test_a_choice_that_says_anything_but_its_role_stays(choice: Json):
    (moved,) = read(continued(written(chunk(choice)), SENT))
    delta = {key: value for key, value in choice["delta"].items() if key != "role"}
    assert moved["choices"] == [{**choice, "delta": delta}]


def test_of_choices_that_share_a_chunk_only_those_that_say_nothing_are_left_out():
    shared = chunk(piece({"role": "assistant"}), piece({"role": "assistant", "content": "b"}, index=1))
    (moved,) = read(continued(written(shared), SENT))
    assert moved["choices"] == [piece({"content": "b"}, index=1)]


def test_a_usage_chunk_comments_and_done_stay_when_continued():
    usage = chunk(usage={"prompt_tokens": 1})
    (moved,) = read(continued(written(usage), SENT))
    assert moved == with_identity(usage, SENT)
    assert continued(comment("ping") + DONE, SENT) == comment("ping") + DONE


def test_an_event_that_is_no_chunk_cannot_be_continued():
    with pytest.raises(MalformedStream):
        continued(event(b'"text"'), SENT)


def test_the_usage_the_caller_sees_replaces_the_engines_and_keeps_its_details():
    counted = {"prompt_tokens": 90, "completion_tokens": 9, "total_tokens": 99}
    details = {"prompt_tokens_details": {"cached_tokens": 64}}
    (seen,) = read(usage_event(chunk(usage=counted | details), Usage(5, 20), ROUTER))
    assert seen["usage"] == {"prompt_tokens": 5, "completion_tokens": 20, "total_tokens": 25} | details
    assert (seen["choices"], seen["router"]) == ([], dict(ROUTER))


def test_a_usage_chunk_can_be_made_when_the_engine_sent_none():
    (made,) = read(usage_event(with_identity({"object": "chat.completion.chunk"}, SENT), Usage(5, 20), ROUTER))
    ChatCompletionChunk.model_validate(made, strict=True)
    assert made["usage"]["total_tokens"] == 25


def test_a_usage_that_is_no_object_is_malformed():
    with pytest.raises(MalformedStream, match="usage"):
        usage_event(chunk(usage=[1]), Usage(5, 20), ROUTER)


def test_the_router_object_goes_on_the_last_finish_event_and_nowhere_else():
    first, last = chunk(piece({}, "stop")), chunk(piece({}, "length", index=1))
    assert read(finish_event_with(written(first, last), ROUTER)) == [first, last | {"router": dict(ROUTER)}]


def test_a_finish_event_over_several_lines_takes_the_router_object_too():
    finish = event(json.dumps(chunk(piece({}, "stop")), indent=1).encode())
    assert read(finish_event_with(finish, ROUTER)) == [chunk(piece({}, "stop")) | {"router": dict(ROUTER)}]


@pytest.mark.parametrize("events", [b"", comment("ping"), DONE])
def test_without_a_finish_event_there_is_nothing_to_put_the_router_object_on(events: bytes):
    with pytest.raises(MalformedStream):
        finish_event_with(events, ROUTER)


def test_an_error_in_a_stream_has_all_four_keys_of_openais_error_object():
    assert read(error_event("The engine went away.", "server_error", "upstream_error")) == [
        {
            "error": {
                "message": "The engine went away.",
                "type": "server_error",
                "param": None,
                "code": "upstream_error",
            }
        }
    ]


@patiently
@given(json_objects, spacings, st.sampled_from(["", " ", "\n"]))
def test_a_spliced_body_is_the_body_and_the_router_object(body: Json, spacing: tuple[str, str], around: str):
    text = around + json.dumps(body, separators=spacing) + around
    assert json.loads(splice(text.encode(), ROUTER)) == body | {"router": dict(ROUTER)}


def test_splicing_leaves_every_byte_of_the_body_where_it_was():
    body = b'{ "n": 1.10, "content": "Gr\\u00fc\\u00dfe" }\n'
    assert splice(body, {"tier": "fast"}) == b'{ "n": 1.10, "content": "Gr\\u00fc\\u00dfe","router":{"tier":"fast"}}'


def test_an_empty_object_is_spliced_without_a_comma():
    assert splice(b"{ }", {"tier": "fast"}) == b'{"router":{"tier":"fast"}}'


@pytest.mark.parametrize("body", [b"", b"{", b"}", b"[]", b"null", b"<html></html>", b'{"a":1} trailing'])
def test_what_is_not_an_object_cannot_be_spliced(body: bytes):
    with pytest.raises(MalformedStream):
        splice(body, ROUTER)


@pytest.mark.parametrize(
    "made",
    [
        role_event(SENT),
        usage_event(chunk(), Usage(), ROUTER),
        finish_event_with(written(chunk(piece({}, "stop"))), ROUTER),
        error_event("x\ny", "server_error", None),
    ],
)
def test_everything_the_router_writes_is_one_event_on_one_line(made: bytes):
    data = payload(made)
    assert data is not None
    assert made == b"data: " + data + b"\n\n"
    assert b"\n" not in data
