"""An engine's stream is relayed byte for byte but for its end, and nothing in a text is taken for an end."""

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.event_stream import DONE, MalformedStream, comment, event
from router.core.stream_reader import StreamReader
from router.core.values import Usage

patiently = settings(deadline=None)

Json = dict[str, Any]

HOSTILE = [
    '{"error":{"message":"no"}}',
    '","finish_reason":"stop","x":"',
    '\\","finish_reason":"stop"',
    'finish_reason":"stop"}]}\n\ndata: {"error":"x',
    '"usage":{"prompt_tokens":1,"completion_tokens":1}',
    "data: [DONE]\n\n",
    "\n\ndata: [DONE]\n\n",
    "[DONE]",
    ": ping\r\n\r\n",
    '"',
    "\\",
    '\\"',
    "\N{LINE SEPARATOR}\N{BYTE ORDER MARK}\N{EARTH GLOBE EUROPE-AFRICA}",
]

contents = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8), st.none())
spacings = st.sampled_from([(",", ":"), (", ", ": "), (" , ", "\t:  ")])
finish_reasons = st.one_of(st.none(), st.sampled_from(["stop", "length", "error"]))
usages = st.one_of(st.none(), st.fixed_dictionaries({"prompt_tokens": st.integers(0, 9)}))


def choice(content: str | None, finish_reason: str | None = None, index: int = 0, **beside: Any) -> Json:
    return {"index": index, "delta": {"content": content}, **beside, "finish_reason": finish_reason}


def chunk(*choices: Json, **beside: Any) -> Json:
    return {"id": "c-1", "object": "chat.completion.chunk", "created": 7, "model": "m"} | {
        "choices": list(choices),
        **beside,
    }


def written(*chunks: Json) -> bytes:
    return b"".join(event(json.dumps(one, separators=(",", ":")).encode()) for one in chunks)


TEXT = written(chunk(choice("Hello")))
FINISH = written(chunk(choice("", "stop")))
USAGE = written(chunk(usage={"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}))


@st.composite
def chunk_events(draw: st.DrawFn) -> bytes:
    """An event with a chunk of any kind, in any spacing, escaped or not, on one line or on several."""
    choices = draw(st.lists(st.builds(choice, contents, finish_reasons, st.integers(0, 1)), max_size=2))
    beside = draw(st.fixed_dictionaries({}, optional={"usage": usages, "error": st.none(), "x": contents}))
    separators, ascii_only = draw(spacings), draw(st.booleans())
    data = json.dumps(chunk(*choices, **beside), separators=separators, ensure_ascii=ascii_only).encode()
    return draw(st.sampled_from([event(data), b"data:" + data + b"\n\n", event(data.replace(b",", b",\n", 1))]))


plain_events = st.builds(lambda content: written(chunk(choice(content))), contents)
finish_events = st.builds(lambda content: written(chunk(choice(content, "stop"))), contents)
streams = st.lists(st.one_of(plain_events, finish_events, chunk_events(), st.sampled_from([USAGE, DONE])), max_size=12)


@st.composite
def cuttings(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=40)))
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def relayed(reader: StreamReader, *reads: bytes) -> bytes:
    return b"".join([*(reader.feed(read) for read in reads), reader.end()])


class Told(NamedTuple):
    """What a stream says, by decoding every event of it."""

    relayed: bytes
    held: bytes
    usage: Usage | None
    usage_chunk: Json | None
    done: bool
    finished: bool


def told_by(events: list[bytes]) -> Told:
    decoded = [(one, None if one == DONE else json.loads(one.replace(b"\ndata: ", b" ")[5:])) for one in events]
    usage_chunks = [said for _, said in decoded if said and said.get("usage") and not said["choices"]]
    kept = [
        (one, any(choice["finish_reason"] for choice in said["choices"]))
        for one, said in decoded
        if said is not None and said not in usage_chunks
    ]
    held = next((at for at in range(len(kept), 0, -1) if not kept[at - 1][1]), 0)
    usages = [said["usage"] for _, said in decoded if said and said.get("usage")]
    return Told(
        relayed=b"".join(one for one, _ in kept[:held]),
        held=b"".join(one for one, _ in kept[held:]),
        usage=Usage(usages[-1]["prompt_tokens"], usages[-1].get("completion_tokens", 0)) if usages else None,
        usage_chunk=usage_chunks[-1] if usage_chunks else None,
        done=DONE in events,
        finished=any(finishes for _, finishes in kept),
    )


def told_to(reader: StreamReader, released: bytes) -> Told:
    return Told(released, reader.finish_event, reader.usage, reader.usage_chunk, reader.done, reader.finished)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_a_reader_that_decodes_little_tells_what_one_that_decodes_everything_would(data: st.DataObject):
    events = data.draw(streams)
    reader = StreamReader()
    released = relayed(reader, *data.draw(cuttings(b"".join(events))))
    assert told_to(reader, released) == told_by(events)


@patiently
@given(st.data())
def test_everything_but_the_usage_chunk_and_done_comes_out_once_and_in_order(data: st.DataObject):
    said = data.draw(st.lists(plain_events, max_size=6))
    reader = StreamReader()
    released = relayed(reader, *data.draw(cuttings(b"".join([*said, FINISH, USAGE, DONE]))))
    assert released + reader.finish_event == b"".join([*said, FINISH])
    assert (reader.usage, reader.done) == (Usage(5, 9), True)


@patiently
@given(st.data(), st.sampled_from([b"\r\n", b"\r"]))
def test_line_ends_and_comments_do_not_change_what_is_told(data: st.DataObject, line_end: bytes):
    stream = b"".join([TEXT, comment("ping"), FINISH, comment("ping"), USAGE, comment("ping"), DONE])
    reader = StreamReader()
    released = relayed(reader, *data.draw(cuttings(b"\xef\xbb\xbf" + stream.replace(b"\n", line_end))))
    assert released == TEXT + comment("ping") * 3
    assert (reader.finish_event, reader.usage, reader.done) == (FINISH, Usage(5, 9), True)


@pytest.mark.parametrize("content", HOSTILE)
def test_text_that_looks_like_the_end_of_a_stream_is_relayed_as_text(content: str):
    reader = StreamReader()
    said = written(chunk(choice(content)))
    assert [reader.feed(said), reader.feed(TEXT), reader.feed(said)] == [said, TEXT, said]
    assert told_to(reader, b"") == Told(b"", b"", None, None, done=False, finished=False)


@pytest.mark.parametrize(
    "field",
    [
        b'"finish_reason":"stop"',
        b'"finish_reason" : "stop"',
        b'"finish_reason"\t:\t"stop"',
        b'"finish_reason":\ndata: "stop"',
        b'"finish_re\\u0061son":"stop"',
    ],
)
def test_a_finish_reason_is_seen_however_it_is_spaced_and_escaped(field: bytes):
    reader = StreamReader()
    finish = TEXT.replace(b'"finish_reason":null', field)
    assert [reader.feed(TEXT), reader.feed(TEXT), reader.feed(finish)] == [TEXT, TEXT, b""]
    assert reader.finish_event == finish


@pytest.mark.parametrize("text", [b"\\q", b'\\"\\q\\"'])
def test_an_event_that_differs_from_the_last_only_in_its_text_is_not_decoded(text: bytes):
    reader = StreamReader()
    reader.feed(TEXT)
    not_json = TEXT.replace(b"Hello", text)
    assert reader.feed(not_json) == not_json


def test_an_event_that_lacks_a_quote_of_its_text_is_not_taken_for_one_with_an_empty_text():
    reader = StreamReader()
    reader.feed(TEXT)
    with pytest.raises(MalformedStream):
        reader.feed(TEXT.replace(b'"Hello"', b'"'))


def test_the_finish_is_held_until_something_follows_it():
    reader = StreamReader()
    assert [reader.feed(TEXT), reader.feed(FINISH), reader.finish_event] == [TEXT, b"", FINISH]
    assert [reader.feed(TEXT), reader.finish_event, reader.finished] == [FINISH + TEXT, b"", True]


def test_finishes_in_a_row_are_held_together():
    reader = StreamReader()
    second = written(chunk(choice("", "length", index=1)))
    assert reader.feed(TEXT + FINISH + second + USAGE + DONE) == TEXT
    assert reader.finish_event == FINISH + second


def test_text_that_comes_with_the_finish_is_held_with_it():
    reader = StreamReader()
    canvas = written(chunk(choice("All in one canvas.", "stop")))
    assert [reader.feed(canvas), reader.finish_event] == [b"", canvas]


def test_an_empty_finish_reason_finishes_nothing():
    reader = StreamReader()
    said = written(chunk(choice("Hello", "")))
    assert [reader.feed(said), reader.finished] == [said, False]


def test_the_usage_chunk_is_held_decoded():
    reader = StreamReader()
    assert reader.feed(USAGE) == b""
    assert reader.usage == Usage(prompt_tokens=5, completion_tokens=9)
    assert reader.usage_chunk == chunk(usage={"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14})


def test_of_two_usage_chunks_the_last_counts_and_neither_is_relayed():
    reader = StreamReader()
    again = written(chunk(usage={"prompt_tokens": 5, "completion_tokens": 10}))
    assert relayed(reader, TEXT + USAGE + FINISH, DONE + again) == TEXT
    assert (reader.usage, reader.finish_event) == (Usage(5, 10), FINISH)


def test_usage_on_every_chunk_is_read_and_the_chunks_are_relayed():
    reader = StreamReader()
    said = [written(chunk(choice("a"), usage={"prompt_tokens": 5, "completion_tokens": n})) for n in (1, 2, 3)]
    assert relayed(reader, *said) == b"".join(said)
    assert (reader.usage, reader.usage_chunk) == (Usage(5, 3), None)


def test_usage_that_goes_back_to_an_earlier_count_is_read_too():
    reader = StreamReader()
    said = written(chunk(choice("a"), usage={"prompt_tokens": 5, "completion_tokens": 1}))
    assert relayed(reader, said, USAGE, said) == said + said
    assert reader.usage == Usage(5, 1)


def test_the_word_error_elsewhere_in_a_chunk_is_no_error():
    reader = StreamReader()
    named = written(chunk(choice("a", x={"error": {"message": "no"}}), error=None))
    assert reader.feed(named) == named


@pytest.mark.parametrize("lacking", [0, 1, 2])
def test_a_last_event_that_lacks_only_its_blank_line_counts(lacking: int):
    reader = StreamReader()
    assert relayed(reader, (TEXT + FINISH)[: len(TEXT + FINISH) - lacking]) == TEXT
    assert reader.finish_event == FINISH
    assert relayed(StreamReader(), TEXT[: len(TEXT) - lacking]) == TEXT


@pytest.mark.parametrize("done", [b"data: [DONE]\n\n", b"data:[DONE] \n\n", b"data: [DONE]"])
def test_done_is_seen_and_not_relayed(done: bytes):
    reader = StreamReader()
    assert relayed(reader, TEXT + done) == TEXT
    assert reader.done


@pytest.mark.parametrize("rest", [b"", b"\n", b": pi", b"da"])
def test_a_rest_without_data_is_nothing(rest: bytes):
    assert relayed(StreamReader(), TEXT + rest) == TEXT


@pytest.mark.parametrize("page", [b"<html>\n\n<body>\n\n", b"event: ping\n\n", b"\x1f\x8b\n\n"])
def test_what_has_neither_data_nor_a_comment_is_not_relayed(page: bytes):
    assert relayed(StreamReader(), page + TEXT + page) == TEXT
    assert relayed(StreamReader(), comment("ping") + page) == comment("ping")


def test_lines_of_data_that_no_blank_line_parts_are_events_of_their_own():
    reader = StreamReader()
    assert relayed(reader, (TEXT + TEXT + FINISH + USAGE + DONE).replace(b"\n\n", b"\n")) == TEXT + TEXT
    assert (reader.finish_event, reader.done, reader.usage) == (
        FINISH,
        True,
        Usage(prompt_tokens=5, completion_tokens=9),
    )


def test_of_lines_of_data_that_no_blank_line_parts_those_before_a_fault_may_be_relayed():
    with pytest.raises(MalformedStream) as fault:
        StreamReader().feed(TEXT[:-1] + b"data: {no\n\n")
    assert fault.value.before == TEXT
