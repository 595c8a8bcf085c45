"""A body and the stream of the same answer say the same."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from router.core.chat_stream import fold, split
from router.core.event_stream import MalformedStream

patiently = settings(deadline=None)

Json = dict[str, Any]

TEXTS = ("content", "refusal", "reasoning", "reasoning_content")

texts = st.text(max_size=20)
maybe_text = st.one_of(st.none(), texts)
counts = st.integers(0, 10_000)
extras = st.recursive(
    st.one_of(st.none(), st.booleans(), counts, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(texts, inner, max_size=2)),
    max_leaves=4,
)
functions = st.fixed_dictionaries({"name": st.text(min_size=1, max_size=9), "arguments": texts})
customs = st.fixed_dictionaries({"name": st.text(min_size=1, max_size=9), "input": texts})
calls = st.one_of(
    st.fixed_dictionaries({"id": st.text(min_size=1, max_size=9), "type": st.just("function"), "function": functions}),
    st.fixed_dictionaries({"id": st.text(min_size=1, max_size=9), "type": st.just("custom"), "custom": customs}),
)
tokens = st.fixed_dictionaries(
    {"token": texts, "logprob": st.floats(-20, 0), "bytes": st.none(), "top_logprobs": st.just([])}
)
token_lists = st.one_of(st.none(), st.lists(tokens, max_size=3))
messages = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": maybe_text},
    optional={
        "refusal": maybe_text,
        "reasoning": maybe_text,
        "reasoning_content": maybe_text,
        "tool_calls": st.one_of(st.none(), st.lists(calls, max_size=3)),
        "function_call": st.one_of(st.none(), functions),
        "annotations": st.one_of(st.none(), st.lists(extras, max_size=2)),
        "audio": st.one_of(st.none(), st.fixed_dictionaries({"id": texts, "data": texts, "expires_at": counts})),
        "x_engine": extras,
    },
)
choices_without_index = st.fixed_dictionaries(
    {"message": messages, "finish_reason": st.sampled_from(["stop", "length", "tool_calls"])},
    optional={
        "logprobs": st.one_of(
            st.none(), st.fixed_dictionaries({"content": token_lists}, optional={"refusal": token_lists})
        ),
        "stop_reason": st.one_of(st.none(), texts, counts),
        "token_ids": st.one_of(st.none(), st.lists(counts, max_size=3)),
        "x_engine": extras,
    },
)
usages = st.fixed_dictionaries(
    {"prompt_tokens": counts, "completion_tokens": counts, "total_tokens": counts},
    optional={"prompt_tokens_details": st.fixed_dictionaries({"cached_tokens": counts})},
)


@st.composite
def bodies(draw: st.DrawFn) -> Json:
    """Every body an engine may answer with: one choice or several, with and without each of the fields."""
    answers = draw(st.lists(choices_without_index, min_size=1, max_size=3))
    top = st.fixed_dictionaries(
        {"id": texts, "object": st.just("chat.completion"), "created": counts, "model": texts},
        optional={
            "usage": st.one_of(st.none(), usages),
            "system_fingerprint": maybe_text,
            "service_tier": maybe_text,
            "x_engine": extras,
        },
    )
    return {**draw(top), "choices": [{"index": index, **answer} for index, answer in enumerate(answers)]}


def halves(draw: st.DrawFn, text: str) -> tuple[str, str]:
    at = draw(st.integers(0, len(text)))
    return text[:at], text[at:]


def cut_call(draw: st.DrawFn, call: Json) -> list[Json]:
    if "function" not in call:
        return [call]
    first, second = halves(draw, call["function"]["arguments"])
    opening = {**call, "function": {**call["function"], "arguments": first}}
    return [opening, {"index": call["index"], "function": {"arguments": second}}]


def cut_choice(draw: st.DrawFn, choice: Json) -> list[Json]:
    """One choice of a chunk as several, what stands beside its text on the first of them."""
    delta = choice["delta"]
    cuttable = [key for key in delta if key in TEXTS and isinstance(delta[key], str)]
    calls = delta.get("tool_calls") or []
    whole = {key: value for key, value in delta.items() if key not in cuttable and not (key == "tool_calls" and value)}
    deltas = [{key: half} for key in cuttable for half in halves(draw, delta[key])]
    deltas += [{"tool_calls": [piece]} for call in calls for piece in cut_call(draw, call)]
    return [{**choice, "delta": whole}, *({"index": choice["index"], "delta": cut} for cut in deltas)]


@st.composite
def recut(draw: st.DrawFn, chunks: list[Json]) -> list[Json]:
    """The same stream with its texts and arguments cut further and its choices mixed."""
    queues: dict[int, list[Json]] = {}
    for chunk in chunks:
        for choice in chunk["choices"]:
            pieces = [{**chunk, "choices": [piece]} for piece in cut_choice(draw, choice)]
            queues.setdefault(choice["index"], []).extend(pieces)
    mixed = []
    while waiting := [queue for queue in queues.values() if queue]:
        mixed.append(draw(st.sampled_from(waiting)).pop(0))
    return mixed + [chunk for chunk in chunks if not chunk["choices"]]


@patiently
@given(bodies())
def test_a_body_split_and_folded_is_the_same_body(body: Json):
    before = deepcopy(body)
    assert fold(split(body)) == before
    assert body == before


@patiently
@given(st.data())
def test_folding_does_not_depend_on_how_the_deltas_were_cut_and_mixed(data: st.DataObject):
    body = data.draw(bodies())
    assert fold(data.draw(recut(split(body)))) == body


@patiently
@given(bodies())
def test_a_stream_opens_each_choice_with_its_role_and_closes_it_once(body: Json):
    chunks = split(body)
    for choice in body["choices"]:
        pieces = [piece for chunk in chunks for piece in chunk["choices"] if piece["index"] == choice["index"]]
        assert ["role" in piece["delta"] for piece in pieces] == [True] + [False] * (len(pieces) - 1)
        assert [piece["finish_reason"] for piece in pieces] == [None] * (len(pieces) - 1) + [choice["finish_reason"]]


@patiently
@given(bodies())
def test_every_chunk_of_a_stream_has_the_identity_of_the_body(body: Json):
    chunks = split(body)
    assert {(chunk["id"], chunk["created"], chunk["model"]) for chunk in chunks} == {
        (body["id"], body["created"], body["model"])
    }
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}


@patiently
@given(bodies())
def test_usage_comes_once_in_a_last_chunk_without_choices(body: Json):
    chunks = split(body)
    last = [chunk for chunk in chunks if not chunk["choices"]]
    assert [chunk["usage"] for chunk in last] == ([body["usage"]] if body.get("usage") else [])
    assert chunks[len(chunks) - len(last) :] == last


def body_with(message: Json, **beside: Any) -> Json:
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop", **beside}
    return {"id": "c-1", "object": "chat.completion", "created": 7, "model": "m", "choices": [choice]}


WEATHER = {"id": "call-1", "type": "function", "function": {"name": "weather", "arguments": '{"town":"Bonn"}'}}
TIME = {"id": "call-2", "type": "function", "function": {"name": "time", "arguments": "{}"}}
LOGPROBS = {"content": [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}], "refusal": None}


def deltas(chunks: list[Json]) -> list[Json]:
    return [piece["delta"] for chunk in chunks for piece in chunk["choices"]]


def test_the_chunks_come_in_the_order_of_a_stream():
    body = body_with({"role": "assistant", "content": "Hi", "reasoning": "Hm", "tool_calls": [WEATHER, TIME]})
    assert deltas(split(body)) == [
        {"role": "assistant", "content": ""},
        {"reasoning": "Hm"},
        {"content": "Hi"},
        {"tool_calls": [{"index": 0, **WEATHER}]},
        {"tool_calls": [{"index": 1, **TIME}]},
        {},
    ]


def test_log_probabilities_travel_with_the_text_they_are_of():
    chunks = split(body_with({"role": "assistant", "content": "Hi"}, logprobs=LOGPROBS))
    assert [piece.get("logprobs") for chunk in chunks for piece in chunk["choices"]] == [None, LOGPROBS, None]


def test_log_probabilities_of_an_answer_without_text_travel_with_its_finish():
    chunks = split(body_with({"role": "assistant", "content": None, "tool_calls": [TIME]}, logprobs=LOGPROBS))
    assert [piece.get("logprobs") for chunk in chunks for piece in chunk["choices"]] == [None, None, LOGPROBS]


@pytest.mark.parametrize("content", [None, ""])
def test_an_answer_without_text_is_a_role_and_a_finish(content: str | None):
    assert deltas(split(body_with({"role": "assistant", "content": content}))) == [
        {"role": "assistant", "content": content},
        {},
    ]


def test_a_body_without_choices_is_one_chunk_without_choices():
    body = {**body_with({}), "choices": []}
    assert [chunk["choices"] for chunk in split(body)] == [[]]
    assert fold(split(body)) == body


@pytest.mark.parametrize(
    "body",
    [
        {"choices": {}},
        {"choices": [None]},
        {"choices": [{"index": None, "message": {}}]},
        {"choices": [{"index": 0, "message": "text"}]},
        {"choices": [{"index": 0, "message": {"tool_calls": [1]}}]},
    ],
)
def test_what_has_not_the_shape_of_a_body_is_malformed(body: Json):
    with pytest.raises(MalformedStream):
        split(body)


def test_the_clients_library_reads_the_chunks_of_a_body_as_that_body():
    spoken = {"role": "assistant", "content": "Grüße", "refusal": None, "tool_calls": [WEATHER, TIME]}
    usage = {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}
    body = {**body_with(spoken, logprobs=LOGPROBS), "usage": usage}
    state: ChatCompletionStreamState[None] = ChatCompletionStreamState()
    for chunk in split(body):
        state.handle_chunk(ChatCompletionChunk.model_validate(chunk, strict=True))
    ours, theirs = ChatCompletion.model_validate(body, strict=True), state.get_final_completion()
    assert theirs.choices[0].message.content == ours.choices[0].message.content
    assert theirs.choices[0].logprobs == ours.choices[0].logprobs
    assert theirs.usage == ours.usage
    assert [
        (call.id, call.function.name, call.function.arguments) for call in theirs.choices[0].message.tool_calls or ()
    ] == [(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in (WEATHER, TIME)]
