"""What an engine answered, put into events: whichever form it chose, the caller gets the one it asked for, whole."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.event_stream import payloads
from router.core.moves import Block, Ended
from router.core.stream_reader import StreamError, StreamReader
from router.core.values import Imprint, Usage
from router.engines.answers import body_of_events, ended_body, ended_stream, stream_of_body

HEAD = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 5, "model": "tier2"}

BODY = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 5,
    "model": "tier2",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Hello."}, "logprobs": None, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 7, "total_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": None},
}


def chunk(delta: Any, finish_reason: Any = None, **fields: Any) -> dict[str, Any]:
    return {**HEAD, "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}], **fields}


OPENING = chunk({"role": "assistant", "content": ""})
TEXT = chunk({"content": "Hello."})
FINISH = chunk({}, "stop")
USAGE = {**HEAD, "choices": [], "usage": BODY["usage"]}


def stream(*chunks: Any, end: bytes = b"data: [DONE]\n\n") -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks) + end


def body_of_stream(data: bytes) -> bytes:
    """The plain body of an answer that came as this stream, fed to its reader in one piece."""
    reader = StreamReader()
    return body_of_events(reader, reader.feed(data))


def text_of(events: bytes) -> str:
    chunks = [json.loads(data) for data in payloads(events) if data != b"[DONE]"]
    return "".join(choice["delta"].get("content") or "" for each in chunks for choice in each["choices"])


IMPRINT = Imprint("chatcmpl-1", "tier2", ("stop",))


def test_what_a_provider_states_that_an_answer_cost_is_kept_whichever_form_it_has() -> None:
    paid = {**BODY["usage"], "cost": 0.000125}
    reader = StreamReader()
    reader.feed(stream(OPENING, TEXT, FINISH, {**USAGE, "usage": paid}))

    (streamed,) = ended_stream(reader, 1)
    plain = ended_body(json.dumps({**BODY, "usage": paid}).encode(), 1)

    assert streamed.usage == plain.usage == Usage(7, 2, 125)


# --- a plain answer ---------------------------------------------------------------------------------------------


def test_the_end_of_a_plain_answer_has_its_usage_and_what_it_says_of_itself() -> None:
    assert ended_body(json.dumps(BODY).encode(), 3) == Ended(3, b"", None, Usage(7, 2), imprint=IMPRINT)


@pytest.mark.parametrize(
    ("about", "imprint"),
    [
        ({"id": None, "model": 7}, Imprint(finish_reasons=("stop",))),
        ({"id": "i" * 500, "model": "m" * 500}, Imprint("i" * 100, "m" * 100, ("stop",))),
        ({"choices": [{"finish_reason": None}, {"finish_reason": ["no"]}, {}]}, Imprint("chatcmpl-1", "tier2")),
        ({"choices": [{"finish_reason": "stop"}] * 100}, Imprint("chatcmpl-1", "tier2", ("stop",) * 16)),
    ],
)
def test_what_an_answer_says_of_itself_is_words_and_short(about: dict[str, Any], imprint: Imprint) -> None:
    assert ended_body(json.dumps(BODY | about).encode(), 3).imprint == imprint


@pytest.mark.parametrize("usage", [None, "absent"])
def test_a_plain_answer_without_usage_is_still_an_answer(usage: Any) -> None:
    body = {key: value for key, value in BODY.items() if key != "usage"}
    if usage is None:
        body["usage"] = None

    assert ended_body(json.dumps(body).encode(), 1).usage is None


NO_ANSWERS = [
    b"",
    b"null",
    b"5",
    b"[]",
    b"{}",
    b'"hello"',
    b"<html>Bad Gateway</html>",
    b'{"error":{"message":"no"}}',
    b'{"choices":null}',
    b'{"choices":{}}',
    b'{"choices":[5]}',
    b'{"choices":[]}',
    json.dumps(BODY).encode()[:-1],
    json.dumps(BODY).encode() + b"}",
    b'{"choices":[{}],"usage":"many"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("data", NO_ANSWERS, ids=lambda data: repr(data[:40]))
def test_what_is_no_chat_completion_is_not_taken_for_one(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of them depends on the bytes
        ended_body(data, 1)


@given(st.binary(max_size=60))
def test_bytes_at_random_are_no_answer(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of them depends on the bytes
        ended_body(data, 1)


# --- a stream ---------------------------------------------------------------------------------------------------


def read(*parts: bytes) -> tuple[bytes, Sequence[Block | Ended]]:
    reader = StreamReader()
    relayed = b"".join(reader.feed(part) for part in parts)
    return relayed, ended_stream(reader, 2)


def test_the_end_of_a_stream_keeps_back_its_last_event_and_its_usage() -> None:
    relayed, ends = read(stream(OPENING, TEXT, FINISH, USAGE))

    assert text_of(relayed) == "Hello."
    assert ends == [Ended(2, stream(FINISH, end=b""), USAGE, Usage(7, 2), imprint=IMPRINT)]


def test_a_stream_without_its_done_is_forgiven_when_it_has_finished() -> None:
    _, ends = read(stream(OPENING, TEXT, FINISH, end=b""))

    assert ends == [Ended(2, stream(FINISH, end=b""), None, None, imprint=IMPRINT)]


@pytest.mark.parametrize("data", [b"", b": ping\n\n", stream(OPENING), stream(OPENING, TEXT), stream(TEXT, end=b"")])
def test_a_stream_that_stops_before_its_finish_is_no_answer(data: bytes) -> None:
    with pytest.raises(ValueError, match="stopped before"):
        read(data)


# --- the other form ---------------------------------------------------------------------------------------------


def test_a_stream_that_nobody_asked_for_becomes_a_body() -> None:
    body = json.loads(body_of_stream(stream(OPENING, TEXT, FINISH, USAGE)))

    assert body["object"] == "chat.completion"
    assert body["choices"][0]["message"]["content"] == "Hello."
    assert body["choices"][0]["finish_reason"] == "stop"
    assert ended_body(json.dumps(body).encode(), 1).usage == Usage(7, 2)


def test_line_ends_of_another_kind_make_no_difference_to_the_body() -> None:
    plain = stream(OPENING, TEXT, FINISH, USAGE)

    assert body_of_stream(plain.replace(b"\n", b"\r\n")) == body_of_stream(plain)


def test_comments_between_the_events_make_no_difference_to_the_body() -> None:
    plain = stream(OPENING, TEXT, FINISH)

    assert body_of_stream(b": ping\n\n" + plain.replace(b"\n\n", b"\n\n: ping\n\n")) == body_of_stream(plain)


@pytest.mark.parametrize(
    "data",
    [stream(OPENING, TEXT), stream(OPENING, TEXT, end=b""), stream(OPENING, TEXT, end=b"data: {"), b": ping\n\n"],
)
def test_a_stream_that_was_cut_short_does_not_become_a_whole_body(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - said in the words of whichever reader noticed
        ended_body(body_of_stream(data), 1)


@pytest.mark.parametrize("said", [{"error": {"message": "no", "code": 400}}, {"error": "no"}])
def test_an_error_in_a_stream_does_not_become_a_body(said: Any) -> None:
    with pytest.raises((ValueError, StreamError)):
        ended_body(body_of_stream(stream(said)), 1)


@pytest.mark.parametrize("data", [b"data: 5\n\n", b"data: []\n\n", b"data: null\n\n", b"data: nonsense\n\n"])
def test_events_that_are_no_chunks_do_not_become_a_body(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - said in the words of whichever reader noticed
        ended_body(body_of_stream(data), 1)


def test_a_body_in_place_of_a_stream_becomes_one() -> None:
    *blocks, end = stream_of_body(json.dumps(BODY).encode(), 4)

    relayed = b"".join(block.data for block in blocks if isinstance(block, Block))
    assert all(block.attempt == 4 for block in blocks)
    assert text_of(relayed) == "Hello."
    assert isinstance(end, Ended)
    assert end.usage == Usage(7, 2)
    assert json.loads(payloads(end.finish_event)[0])["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize("data", NO_ANSWERS, ids=lambda data: repr(data[:40]))
def test_what_is_no_chat_completion_does_not_become_a_stream(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of them depends on the bytes
        stream_of_body(data, 1)


@pytest.mark.parametrize("unfinished", [{"finish_reason": None}, {}])
def test_a_body_that_never_finished_does_not_become_a_stream(unfinished: Any) -> None:
    body = {**BODY, "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hel"}, **unfinished}]}

    with pytest.raises(ValueError, match="stopped before"):
        stream_of_body(json.dumps(body).encode(), 1)


def test_there_and_back_again_is_the_same_answer() -> None:
    *blocks, end = stream_of_body(json.dumps(BODY).encode(), 1)
    assert isinstance(end, Ended)
    relayed = b"".join(block.data for block in blocks if isinstance(block, Block))

    again = json.loads(body_of_stream(relayed + end.finish_event + stream(end.usage_chunk)))

    assert again == BODY
