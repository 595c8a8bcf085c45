"""A streamed chat completion: which events come, in which order, and what each of them holds."""

import json
import re
import socket

import pytest

from tests.patience import until
from tests.wire.engines import KEY, WireEngine
from tests.wire.shapes import (
    COUNTED,
    DETAILS,
    DONE,
    HEAD,
    STREAM_HEADERS,
    chunks,
    header_names,
    payloads,
    pieces,
    shape,
)
from tests.wire_client import TIMEOUT_S, raw_post

OPENING = f"{{{HEAD},choices:[{{index:int,delta:{{role:str,content:str}},logprobs:null,finish_reason:null}}]"
CHOICE_KEYS = "index delta logprobs finish_reason token_ids".split()
LAST_CHOICE_KEYS = "index delta logprobs finish_reason stop_reason token_ids".split()
SPOKEN = {"content", "reasoning", "tool_calls"}
"""What a delta may hold. Random weights may think aloud or call a tool at any moment, even one that nobody offered."""

WITH_USAGE = {"include_usage": True}
WITH_USAGE_EVERYWHERE = {"include_usage": True, "continuous_usage_stats": True}


MANY_STEPS_WITHIN_S = 20.0
"""A server that is short of time sends whatever has gathered meanwhile in one chunk; it must not always be so."""


def test_these_headers_come_in_this_order(engine: WireEngine) -> None:
    response = engine.streaming()

    assert header_names(response) == STREAM_HEADERS
    assert response.header("content-type") == "text/event-stream; charset=utf-8"


def test_every_event_is_one_line_of_data_and_the_last_says_done(engine: WireEngine) -> None:
    found = payloads(engine.streaming(max_tokens=40, ignore_eos=True).body)

    assert found[-1] == DONE
    assert DONE not in found[:-1]
    assert all(isinstance(json.loads(each), dict) for each in found[:-1])


def test_every_event_travels_in_an_http_chunk_of_its_own(engine: WireEngine) -> None:
    parts = http_chunks(engine, max_tokens=40, ignore_eos=True)

    assert len(parts) > 2
    assert all(re.fullmatch(rb"data: [^\n]+\n\n", part) for part in parts)


def test_chunks_are_written_without_spaces(engine: WireEngine) -> None:
    first, *_ = payloads(engine.streaming().body)

    assert first == json.dumps(json.loads(first), ensure_ascii=False, separators=(",", ":"))


def test_the_first_chunk_brings_the_role_and_an_empty_text(engine: WireEngine) -> None:
    first, *_ = chunks(engine.streaming())

    assert shape(first) == f"{OPENING},prompt_token_ids:null,prompt_text:null}}"
    assert first["choices"][0]["delta"] == {"role": "assistant", "content": ""}


def test_the_role_comes_once(engine: WireEngine) -> None:
    stream = chunks(engine.streaming(max_tokens=40, ignore_eos=True))

    assert len(pieces(stream)) == len(stream) - 1


def test_all_chunks_share_id_creation_and_model(engine: WireEngine) -> None:
    stream = chunks(engine.streaming(max_tokens=40, ignore_eos=True, stream_options=WITH_USAGE))

    assert len({(chunk["id"], chunk["created"]) for chunk in stream}) == 1
    assert {(chunk["object"], chunk["model"]) for chunk in stream} == {("chat.completion.chunk", engine.model)}


def test_chunks_of_text_have_these_keys_in_this_order(engine: WireEngine) -> None:
    _, *rest = chunks(engine.streaming(max_tokens=600, ignore_eos=True))

    assert [list(chunk) for chunk in rest[:-1]] == [["id", "object", "created", "model", "choices"]] * (len(rest) - 1)
    assert list(rest[-1]) == ["id", "object", "created", "model", "choices", "system_fingerprint"]
    *middle, last = pieces(rest)
    assert [list(piece) for piece in middle] == [CHOICE_KEYS] * len(middle)
    assert list(last) == LAST_CHOICE_KEYS
    assert all(piece["delta"].keys() <= SPOKEN for piece in (*middle, last))


def test_only_the_last_piece_says_why_the_answer_ended(engine: WireEngine) -> None:
    *middle, last = pieces(chunks(engine.streaming(max_tokens=40, ignore_eos=True)))

    assert {piece["finish_reason"] for piece in middle} <= {None}
    assert (last["finish_reason"], last["stop_reason"]) == ("length", None)


def test_the_diffusion_engine_sends_one_chunk_for_each_canvas(fast: WireEngine) -> None:
    stream = chunks(fast.streaming(max_tokens=600, ignore_eos=True, stream_options=WITH_USAGE_EVERYWHERE))

    role, *blocks, _ = [chunk["usage"]["completion_tokens"] for chunk in stream]
    assert (role, blocks) == (0, [fast.canvas_tokens, 2 * fast.canvas_tokens, 600])
    assert all(piece["delta"]["content"] for piece in pieces(stream))


def test_a_short_answer_of_the_diffusion_engine_comes_in_one_piece(fast: WireEngine) -> None:
    stream = chunks(fast.streaming(max_tokens=8, ignore_eos=True))

    (piece,) = pieces(stream)
    assert piece["finish_reason"] == "length"


def test_the_autoregressive_engine_sends_a_few_tokens_at_a_time(strong: WireEngine) -> None:
    def many_steps() -> bool:
        stream = chunks(strong.streaming(max_tokens=60, ignore_eos=True, stream_options=WITH_USAGE_EVERYWHERE))
        counts = [chunk["usage"]["completion_tokens"] for chunk in stream[:-1]]
        assert counts == sorted(counts)
        assert (counts[0], counts[-1]) == (0, 60)
        return len(counts) > 10

    until(many_steps, MANY_STEPS_WITHIN_S)


def test_usage_comes_only_when_it_is_asked_for(engine: WireEngine) -> None:
    for options in ({}, {"stream_options": None}, {"stream_options": {"include_usage": False}}):
        stream = chunks(engine.streaming(**options))
        assert all("usage" not in chunk and chunk["choices"] for chunk in stream)


def test_usage_comes_last_in_a_chunk_without_choices_and_without_nulls(engine: WireEngine) -> None:
    *_, usage = chunks(engine.streaming(max_tokens=5, ignore_eos=True, stream_options=WITH_USAGE))

    usage.pop("metrics", None)
    details = "" if engine.tier == "fast" else f",completion_tokens_details:{DETAILS[engine.tier]}"
    assert shape(usage) == f"{{{HEAD},choices:[],usage:{{{COUNTED}{details}}},system_fingerprint:str}}"
    assert usage["usage"]["completion_tokens"] == 5


def test_the_fingerprint_is_on_the_last_chunk_alone(engine: WireEngine) -> None:
    for options in ({}, {"stream_options": WITH_USAGE}):
        *before, last = chunks(engine.streaming(**options))
        assert "system_fingerprint" in last
        assert not any("system_fingerprint" in chunk for chunk in before)


def test_continuous_usage_is_on_every_chunk_behind_its_choices(engine: WireEngine) -> None:
    *before, last = chunks(engine.streaming(stream_options=WITH_USAGE_EVERYWHERE))

    continuous = f"{{{COUNTED},completion_tokens_details:{DETAILS[engine.tier]}}}"
    assert {shape(chunk["usage"]) for chunk in before} == {continuous}
    assert {list(chunk).index("usage") for chunk in before} == {5}
    assert (last["choices"], last["usage"]["completion_tokens"]) == ([], before[-1]["usage"]["completion_tokens"])


def test_several_choices_all_open_first_and_each_ends_once(engine: WireEngine) -> None:
    stream = chunks(engine.streaming(n=2, max_tokens=6, ignore_eos=True, stream_options=WITH_USAGE))

    opened = [chunk["choices"][0] for chunk in stream[:2]]
    assert [(choice["index"], choice["delta"].get("role")) for choice in opened] == [(0, "assistant"), (1, "assistant")]
    for index in (0, 1):
        assert [piece["finish_reason"] for piece in pieces(stream, index) if piece["finish_reason"]] == ["length"]
    assert all(len(chunk["choices"]) == 1 for chunk in stream[:-1])
    assert stream[-1]["usage"]["completion_tokens"] == 12


def test_log_probabilities_come_with_the_tokens_they_belong_to(engine: WireEngine) -> None:
    found = pieces(chunks(engine.streaming(max_tokens=5, ignore_eos=True, logprobs=True, top_logprobs=1)))

    entries = [entry for piece in found if piece["logprobs"] for entry in piece["logprobs"]["content"]]
    assert len(entries) == 5
    assert all(list(entry) == ["token", "logprob", "bytes", "top_logprobs"] for entry in entries)


def test_a_stop_string_ends_a_stream_and_is_named(engine: WireEngine) -> None:
    *_, last = pieces(chunks(engine.streaming(max_tokens=300, ignore_eos=True, stop=["e"])))

    assert (last["finish_reason"], last["stop_reason"]) == ("stop", "e")


def test_a_stream_is_as_long_as_the_limit_says(engine: WireEngine) -> None:
    *_, usage = chunks(engine.streaming(max_tokens=1, ignore_eos=True, stream_options=WITH_USAGE))

    assert usage["usage"]["completion_tokens"] == 1


@pytest.mark.parametrize("said", ["true", 1, "yes"])
def test_what_resembles_true_asks_for_a_stream(engine: WireEngine, said: object) -> None:
    assert chunks(engine.chat(stream=said))


def http_chunks(engine: WireEngine, **beside: object) -> list[bytes]:
    """The chunks of HTTP that a streamed answer is sent in."""
    body = json.dumps(engine.fields(stream=True, **beside)).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {KEY}", "connection": "close"}
    with socket.create_connection(engine.address, timeout=TIMEOUT_S) as connection:
        connection.sendall(raw_post(body, headers))
        with connection.makefile("rb") as received:
            while received.readline() != b"\r\n":
                pass
            sizes = iter(lambda: int(received.readline(), 16), 0)
            return [received.read(size + 2)[:-2] for size in sizes]
