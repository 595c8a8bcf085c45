"""A stream folds into the body its engine would have sent."""

from typing import Any

import pytest

from router.core.chat_stream import fold
from router.core.event_stream import MalformedStream

Json = dict[str, Any]

WEATHER = {"id": "call-1", "type": "function", "function": {"name": "weather", "arguments": '{"town":"Bonn"}'}}
TIME = {"id": "call-2", "type": "function", "function": {"name": "time", "arguments": "{}"}}
LOGPROBS = {"content": [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}], "refusal": None}


def chunk_with(*choices: Json, **beside: Any) -> Json:
    return {
        "id": "c-1",
        "object": "chat.completion.chunk",
        "created": 7,
        "model": "m",
        "choices": list(choices),
        **beside,
    }


def piece(delta: Json, finish_reason: str | None = None, index: int = 0, **beside: Any) -> Json:
    return {"index": index, "delta": delta, "finish_reason": finish_reason, **beside}


def call_piece(arguments: str, index: int | None = 0, **beside: Any) -> Json:
    where = {} if index is None else {"index": index}
    return piece({"tool_calls": [{**where, **beside, "function": {"arguments": arguments}}]})


def message_of(*pieces: Json) -> Json:
    return fold(chunk_with(piece) for piece in pieces)["choices"][0]["message"]


def test_a_stream_of_vllm_folds_into_the_body_it_would_have_sent():
    stream = [
        chunk_with(piece({"role": "assistant", "content": ""}, logprobs=None), prompt_token_ids=None),
        chunk_with(piece({"reasoning": "Let me "})),
        chunk_with(piece({"reasoning": "see."})),
        chunk_with(piece({"content": "It is "})),
        chunk_with(piece({"content": "noon."}, "stop", stop_reason=106)),
        chunk_with(usage={"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}),
    ]
    assert fold(stream) == {
        "id": "c-1",
        "object": "chat.completion",
        "created": 7,
        "model": "m",
        "prompt_token_ids": None,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "It is noon.", "reasoning": "Let me see."},
                "logprobs": None,
                "finish_reason": "stop",
                "stop_reason": 106,
            }
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14},
    }


def test_choices_are_sorted_by_their_index_and_may_share_a_chunk():
    stream = [
        chunk_with(piece({"content": "b"}, index=1), piece({"content": "a"})),
        chunk_with(piece({}, "stop"), piece({}, "length", index=1)),
    ]
    assert [(c["index"], c["message"]["content"], c["finish_reason"]) for c in fold(stream)["choices"]] == [
        (0, "a", "stop"),
        (1, "b", "length"),
    ]


def test_tool_calls_that_grow_side_by_side_are_kept_apart_by_their_index():
    named = {"id": "call-1", "type": "function"}
    first = {"index": 1, **named, "function": {"name": "time", "arguments": "{"}}
    message = message_of(
        piece({"tool_calls": [first, {"index": 0, **WEATHER}]}),
        call_piece("", index=0),
        call_piece("}", index=1, id=None, type=None),
    )
    assert message["tool_calls"] == [WEATHER, {**TIME, "id": "call-1"}]


def test_an_engine_that_repeats_id_and_name_or_leaves_them_empty_changes_nothing():
    again = {"index": 0, "id": "call-2", "type": "function", "function": {"name": "time", "arguments": "{"}}
    empty = {"index": 0, "id": "", "type": None, "function": {"name": "", "arguments": ""}}
    ending = {**again, "function": {"name": "time", "arguments": "}"}}
    message = message_of(*(piece({"tool_calls": [call]}) for call in (again, empty, ending, empty)))
    assert message["tool_calls"] == [TIME]


def test_tool_calls_without_an_index_go_by_their_place():
    message = message_of(piece({"tool_calls": [WEATHER, TIME]}), call_piece(" ", index=None))
    assert [call["function"]["arguments"] for call in message["tool_calls"]] == ['{"town":"Bonn"} ', "{}"]


def test_an_answer_of_tool_calls_alone_has_null_content():
    assert message_of(call_piece("{}"))["content"] is None


def test_a_stream_that_never_says_a_role_is_the_assistants():
    assert message_of(piece({"content": "a"}), piece({"role": None}))["role"] == "assistant"


def test_the_parts_of_a_function_call_and_of_speech_are_joined():
    message = message_of(
        piece({"function_call": {"name": "time", "arguments": "{"}, "audio": {"id": "a-1"}}),
        piece({"function_call": {"arguments": "}"}, "audio": {"data": "UklG", "transcript": "It "}}),
        piece({"audio": {"data": "Rg==", "transcript": "is noon."}}),
        piece({"audio": {"expires_at": 9}}),
    )
    assert message["function_call"] == {"name": "time", "arguments": "{}"}
    assert message["audio"] == {"id": "a-1", "data": "UklGRg==", "transcript": "It is noon.", "expires_at": 9}


def test_log_probabilities_are_run_together():
    stream = [chunk_with(piece({"content": "Hi"}, logprobs=LOGPROBS)) for _ in range(2)]
    assert fold(stream)["choices"][0]["logprobs"] == {"content": LOGPROBS["content"] * 2, "refusal": None}


def test_annotations_and_token_ids_are_run_together():
    (folded,) = fold(chunk_with(piece({"annotations": [{"n": n}]}, token_ids=[n, n])) for n in (1, 2))["choices"]
    assert (folded["message"]["annotations"], folded["token_ids"]) == ([{"n": 1}, {"n": 2}], [1, 1, 2, 2])


def test_the_last_usage_stands_and_null_does_not_erase_it():
    stream = [chunk_with(usage=None), chunk_with(usage={"prompt_tokens": 1}), chunk_with(usage=None)]
    assert fold(stream)["usage"] == {"prompt_tokens": 1}


def test_of_fields_that_are_not_known_the_last_value_stands():
    stream = [chunk_with(x=1, y={"a": 1}), chunk_with(x=2, y={"b": 2})]
    assert {key: fold(stream)[key] for key in "xy"} == {"x": 2, "y": {"b": 2}}


@pytest.mark.parametrize(
    "chunk",
    [
        {"choices": "none"},
        {"choices": ["none"]},
        {"choices": [{"index": "0", "delta": {}}]},
        {"choices": [{"index": 0, "delta": "text"}]},
        {"choices": [{"index": 0, "delta": {"tool_calls": "none"}}]},
        {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": "0"}]}}]},
    ],
)
def test_what_has_not_the_shape_of_a_chunk_is_malformed(chunk: Json):
    with pytest.raises(MalformedStream):
        fold([chunk])
