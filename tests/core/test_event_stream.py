"""The text/event-stream format, cut by the network in every way."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.event_stream import (
    DONE,
    EventSplitter,
    MalformedStream,
    OversizedEvent,
    comment,
    each_event,
    event,
    payload,
    payloads,
)

patiently = settings(deadline=None)

BOM = b"\xef\xbb\xbf"
HELLO = b'data: {"content":"hello"}\n\n'
SAID = [b'{"a":1}', '{"content":"Grüße \N{EARTH GLOBE EUROPE-AFRICA}"}'.encode(), b"[DONE]"]

line_ends = st.sampled_from([b"\n", b"\r\n", b"\r"])
lines = st.one_of(
    st.just(b""),
    st.sampled_from([b"data: [DONE]", b"data:", b"data", b": ping", b":", b"event: message", b"id: 7", b"retry: 9"]),
    st.text(st.characters(blacklist_characters="\r\n", codec="utf-8"), max_size=12).map(
        lambda text: b"data: " + json.dumps(text, ensure_ascii=False).encode()
    ),
)


@st.composite
def byte_streams(draw: st.DrawFn) -> bytes:
    """Lines of every kind with line ends of every kind, perhaps with a byte order mark, perhaps cut short."""
    written = b"".join(line + draw(line_ends) for line in draw(st.lists(lines, max_size=20)))
    return draw(st.sampled_from([b"", BOM])) + written + draw(st.sampled_from([b"", b"data: cut sh"]))


@st.composite
def cuttings(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    """The same bytes as a series of reads, empty ones among them."""
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=len(stream) + 2)))
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def feed_all(splitter: EventSplitter, reads: list[bytes], released: list[bytes]) -> None:
    for read in reads:
        released.append(splitter.feed(read))  # noqa: PERF401 - what was released before an error counts


def normal(stream: bytes) -> bytes:
    return stream.removeprefix(BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


@patiently
@given(st.data())
def test_however_a_stream_is_cut_no_byte_is_lost_or_changed(data: st.DataObject):
    stream = data.draw(byte_streams())
    splitter = EventSplitter()
    released = b"".join(splitter.feed(read) for read in data.draw(cuttings(stream)))
    assert released + splitter.rest() == normal(stream)


@patiently
@given(st.data())
def test_only_complete_events_are_released_and_all_that_are_complete(data: st.DataObject):
    splitter = EventSplitter()
    for read in data.draw(cuttings(data.draw(byte_streams()))):
        released = splitter.feed(read)
        assert released == b"" or released.endswith(b"\n\n")
        assert b"\n\n" not in splitter.rest()


@patiently
@given(st.data(), line_ends)
def test_the_payloads_do_not_depend_on_the_cutting(data: st.DataObject, line_end: bytes):
    stream = BOM + b"".join(b": ping\n\ndata: " + one + b"\n\n" for one in SAID).replace(b"\n", line_end)
    splitter = EventSplitter()
    assert [one for read in data.draw(cuttings(stream)) for one in payloads(splitter.feed(read))] == SAID


def test_a_stream_may_come_one_byte_at_a_time():
    stream = b"".join(map(event, SAID))
    splitter, released = EventSplitter(), list[bytes]()
    feed_all(splitter, [bytes([byte]) for byte in stream], released)
    assert [one for one in released if one] == [event(one) for one in SAID]


def test_a_read_of_whole_events_is_returned_as_the_same_object():
    splitter = EventSplitter()
    splitter.feed(HELLO)
    read = HELLO + HELLO
    assert splitter.feed(read) is read


def test_an_event_cut_in_two_comes_out_with_its_second_half():
    splitter = EventSplitter()
    assert [splitter.feed(HELLO[:9]), splitter.rest(), splitter.feed(HELLO[9:])] == [b"", HELLO[:9], HELLO]


def test_an_event_is_not_complete_before_its_blank_line():
    splitter = EventSplitter()
    assert splitter.feed(HELLO[:-1]) == b""
    assert splitter.feed(b"\n") == HELLO


def test_an_event_that_ends_in_carriage_returns_does_not_wait_for_a_line_feed():
    splitter = EventSplitter()
    assert splitter.feed(b"data: 1\r\r") == b"data: 1\n\n"


def test_the_line_feed_of_a_pair_cut_in_the_middle_does_not_count_twice():
    splitter = EventSplitter()
    reads = [b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"", b"\n", b"data: 3\n\n"]
    assert [splitter.feed(read) for read in reads] == [b"", b"", b"data: 1\ndata: 2\n\n", b"", b"", b"data: 3\n\n"]


def test_a_line_feed_belongs_to_the_read_before_only_when_that_ended_in_a_carriage_return():
    splitter = EventSplitter()
    assert [splitter.feed(read) for read in (b"data: 1\r", b"\n", b"\n")] == [b"", b"", b"data: 1\n\n"]
    assert [splitter.feed(read) for read in (b"data: 2\r\r", b"\n" + HELLO)] == [b"data: 2\n\n", HELLO]


def test_line_ends_may_change_in_the_middle_of_a_stream():
    splitter = EventSplitter()
    assert [splitter.feed(HELLO), splitter.feed(b"data: 1\r\n\r\ndata: 2\n\n")] == [HELLO, b"data: 1\n\ndata: 2\n\n"]


def test_a_byte_order_mark_is_dropped_at_the_start_and_kept_elsewhere():
    splitter = EventSplitter()
    assert splitter.feed(BOM + b"data: 1\n\n") == b"data: 1\n\n"
    assert splitter.feed(b"data: " + BOM + b"\n\n") == b"data: " + BOM + b"\n\n"


def test_a_stream_that_begins_with_a_blank_line_has_no_byte_order_mark():
    splitter = EventSplitter()
    reads = [b"\n\n", BOM + b"\n\n"]
    assert [splitter.feed(read) for read in reads] == reads


def test_a_byte_order_mark_may_come_in_three_reads():
    splitter = EventSplitter()
    assert [splitter.feed(read) for read in (b"\xef", b"\xbb", b"\xbf\n\n")] == [b"", b"", b"\n\n"]


def test_comments_are_kept():
    assert EventSplitter().feed(b": ping\n\n" + HELLO) == b": ping\n\n" + HELLO


def test_what_is_left_at_the_end_is_the_event_that_was_cut_short():
    splitter = EventSplitter()
    splitter.feed(HELLO + b"data: [DO")
    assert splitter.rest() == b"data: [DO"


@patiently
@given(st.data(), st.integers(0, 3))
def test_an_event_over_the_limit_is_refused_wherever_it_is_cut_and_those_before_it_are_not_lost(
    data: st.DataObject, before: int
):
    one_too_long = HELLO.replace(b"hello", b"hello!")
    stream = HELLO * before + one_too_long + HELLO
    reads, released = data.draw(cuttings(stream)), list[bytes]()
    with pytest.raises(OversizedEvent, match=f"larger than {len(HELLO)} bytes") as refused:
        feed_all(EventSplitter(max_event_bytes=len(HELLO)), reads, released)
    assert b"".join(released) + refused.value.before == HELLO * before


@patiently
@given(st.data())
def test_events_of_exactly_the_limit_pass_in_any_number_and_cutting(data: st.DataObject):
    splitter = EventSplitter(max_event_bytes=len(HELLO))
    assert b"".join(splitter.feed(read) for read in data.draw(cuttings(HELLO * 5))) == HELLO * 5


def test_an_event_over_the_limit_is_refused_when_it_comes_whole():
    splitter = EventSplitter(max_event_bytes=len(HELLO))
    splitter.feed(HELLO)
    with pytest.raises(OversizedEvent):
        splitter.feed(HELLO.replace(b"hello", b"hello!"))


def test_an_event_without_end_is_refused_before_it_fills_the_memory():
    splitter = EventSplitter(max_event_bytes=1000)
    with pytest.raises(OversizedEvent):
        feed_all(splitter, [b"x"] * 5000, [])
    assert len(splitter.rest()) == 1001


def test_an_oversized_event_is_a_malformed_stream():
    assert issubclass(OversizedEvent, MalformedStream)
    assert issubclass(MalformedStream, ValueError)


@pytest.mark.parametrize(
    ("one_event", "data"),
    [
        (b"data: {}\n\n", b"{}"),
        (b"data:{}\n\n", b"{}"),
        (b"data:  {}\n\n", b" {}"),
        (b"data: [DONE]\n\n", b"[DONE]"),
        (b'data: {"a":\ndata: 1}\n\n', b'{"a":\n1}'),
        (b"event: message\nid: 1\nretry: 10\ndata: {}\n\n", b"{}"),
        (b"data: {}\n: a word aside\n\n", b"{}"),
        (b"data\n\n", b""),
        (b"datas: {}\n\n", None),
        (b": data: {}\n\n", None),
        (b"event: message\n\n", None),
    ],
)
def test_the_payload_of_an_event_is_the_value_of_its_data_lines(one_event: bytes, data: bytes | None):
    assert payload(one_event) == data


def test_a_payload_over_several_lines_is_the_same_json():
    pretty = json.dumps({"content": "a\nb", "n": [1, 2]}, indent=2).encode()
    assert json.loads(payload(event(pretty)) or b"") == {"content": "a\nb", "n": [1, 2]}


@given(st.lists(st.binary().filter(lambda data: b"\r" not in data)))
def test_what_goes_out_as_events_comes_back_as_the_same_payloads(said: list[bytes]):
    assert payloads(b"".join(map(event, said))) == said


def test_blank_lines_too_many_are_no_events():
    assert each_event(b"\n" + HELLO + b"\n\n\n" + HELLO + b"\n") == [HELLO, HELLO]


def test_an_event_is_one_data_line_and_a_blank_one():
    assert event(b"{}") == b"data: {}\n\n"
    assert event(b"[DONE]") == DONE


@given(st.text())
def test_a_comment_is_one_line_and_has_no_payload(text: str):
    written = comment(text.encode(errors="ignore").decode())
    assert written.startswith(b": ")
    assert each_event(written) == [written]
    assert payloads(written) == []


def test_a_comment_says_its_text():
    assert comment("keep alive") == b": keep alive\n\n"
    assert comment("two\nlines") == b": two lines\n\n"
