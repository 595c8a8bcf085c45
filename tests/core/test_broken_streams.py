"""A stream that breaks says why, and loses nothing that came before."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.event_stream import DONE, MalformedStream, OversizedEvent, event
from router.core.stream_reader import StreamError, StreamReader


def said(content: str, finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}
    return event(json.dumps({"id": "c-1", "created": 7, "model": "m", "choices": [choice]}).encode())


TEXT, FINISH = said("Hello"), said("", "stop")
FAILED = event(b'{"error":{"message":"EngineCore died","type":"InternalServerError","param":null,"code":500}}')


@st.composite
def cuttings(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=40)))
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def told(error: StreamError) -> tuple[object, ...]:
    return error.message, error.kind, error.param, error.code


def feed_all(reader: StreamReader, reads: list[bytes], released: list[bytes]) -> None:
    for read in reads:
        released.append(reader.feed(read))  # noqa: PERF401 - what was released before an error counts


@settings(deadline=None)
@given(st.data())
def test_an_error_loses_nothing_that_came_before_it(data: st.DataObject):
    before = data.draw(st.lists(st.text(max_size=8).map(said), max_size=4))
    reads, released = data.draw(cuttings(b"".join([*before, FAILED, TEXT, DONE]))), list[bytes]()
    with pytest.raises(StreamError, match="EngineCore died") as failed:
        feed_all(StreamReader(), reads, released)
    assert b"".join([*released, failed.value.before]) == b"".join(before)


def test_a_stream_that_begins_with_anything_but_a_chunk_is_malformed():
    with pytest.raises(MalformedStream, match="not JSON"):
        StreamReader().feed(b"data: <html>Bad gateway</html>\n\n")


@pytest.mark.parametrize(
    "data", [b'{"choices":[', b"[1]", b"null", b"", b'{"choices":[1]}', b'{"usage":{"prompt_tokens":"1"}}']
)
def test_an_event_that_is_no_chunk_is_malformed_and_loses_nothing_before_it(data: bytes):
    with pytest.raises(MalformedStream) as malformed:
        StreamReader().feed(TEXT + event(data) + TEXT)
    assert malformed.value.before == TEXT


def test_the_error_of_an_engine_is_raised_with_all_it_says():
    error = {"message": "temperature must be 1", "type": "BadRequestError", "param": "temperature", "code": 400}
    with pytest.raises(StreamError) as failed:
        StreamReader().feed(event(json.dumps({"error": error}).encode()))
    assert told(failed.value) == ("temperature must be 1", "BadRequestError", "temperature", 400)


@pytest.mark.parametrize(
    ("error", "heard"),
    [
        (b'"Unauthorized"', ("Unauthorized", "", None, None)),
        (b"{}", ("", "", None, None)),
        (b'{"message":null,"type":null,"code":"rate_limit_exceeded"}', ("", "", None, None)),
    ],
)
def test_an_error_of_another_shape_is_still_an_error(error: bytes, heard: tuple[object, ...]):
    with pytest.raises(StreamError) as failed:
        StreamReader().feed(event(b'{"error":' + error + b"}"))
    assert told(failed.value) == heard


def test_an_oversized_event_loses_nothing_before_it_and_the_finish_stays_held():
    reader = StreamReader(max_event_bytes=len(TEXT) * 2)
    with pytest.raises(OversizedEvent) as refused:
        reader.feed(TEXT + FINISH + event(b"x" * len(TEXT) * 2))
    assert (refused.value.before, reader.finish_event) == (TEXT, FINISH)


def test_a_last_event_that_is_cut_short_is_malformed():
    reader = StreamReader()
    reader.feed(TEXT + TEXT[:-9])
    with pytest.raises(MalformedStream):
        reader.end()
