"""The bytes that vLLM 0.32 answers a chat completion with, as they were recorded from the real server. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

CREATED = 1_795_171_622
FINGERPRINT = "vllm-0.32.0-09041516"
DONE = b"data: [DONE]\n\n"
PROMPT_TOKENS = 18

WEATHER_CALL: Mapping[str, Any] = {
    "id": "chatcmpl-tool-5f3c",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'},
}


def event(chunk: Mapping[str, Any]) -> bytes:
    """One server-sent event; vLLM writes its chunks without spaces."""
    return b"data: " + _compact(chunk) + b"\n\n"


def plain_body(model: str, message: Mapping[str, Any], choices: int, finish: str, tokens: int) -> bytes:
    """The body of a plain answer: every choice says the same."""
    said = {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "annotations": None,
        "audio": None,
        "function_call": None,
        "reasoning": None,
    } | dict(message)
    beside = {"logprobs": None, "finish_reason": finish, "stop_reason": None, "token_ids": None}
    return _compact(
        {
            "id": "chatcmpl-b4ae41a2a9d27ab0",
            "object": "chat.completion",
            "created": CREATED,
            "model": model,
            "choices": [{"index": index, "message": said, **beside} for index in range(choices)],
            "service_tier": None,
            "system_fingerprint": FINGERPRINT,
            "usage": usage(tokens * choices) | {"prompt_tokens_details": None},
            "prompt_logprobs": None,
            "kv_transfer_params": None,
            "metrics": None,
        }
    )


def scored_body(model: str, said: Sequence[str], cached: int | None = None, untold: int = 1) -> bytes:
    """The body of a plain answer that tells of each token of its prompt what it decodes to, and how likely it was: less
    from token to token, and every second one was the likeliest. Of the first ones, so many, it tells nothing."""
    body = json.loads(plain_body(model, {"content": None}, 1, "length", 1))
    told = (_scored_position(number, piece) for number, piece in enumerate(said[untold:], untold))
    body["prompt_logprobs"] = [*[None] * untold, *told]
    body["usage"]["prompt_tokens"] = len(said)
    if cached is not None:
        body["usage"]["prompt_tokens_details"] = {"cached_tokens": cached}
    return _compact(body)


def _scored_position(number: int, piece: str) -> dict[str, Any]:
    token = {str(1000 + number): {"logprob": -number / 8, "rank": 1 + number % 2, "decoded_token": piece}}
    if number % 2 == 0:
        return token
    return token | {"77": {"logprob": -number / 16, "rank": 1, "decoded_token": " other"}}


def opening_events(model: str, choices: int) -> list[bytes]:
    """The role chunks, one for each choice."""
    delta = {"role": "assistant", "content": ""}
    return [_chunk_event(model, index, delta, None) for index in range(choices)]


def text_events(model: str, text: str, choices: int, finish: str | None = None) -> list[bytes]:
    """One piece of text for each choice; with `finish`, the piece that ends it."""
    return [_chunk_event(model, index, {"content": text}, finish) for index in range(choices)]


def call_events(model: str, call: Mapping[str, Any]) -> list[bytes]:
    """A tool call in the pieces it is streamed in, its end included."""
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    half = len(arguments) // 2
    opened = {**call, "index": 0, "function": {"name": name, "arguments": ""}}
    pieces = [{"index": 0, "function": {"arguments": part}} for part in (arguments[:half], arguments[half:])]
    deltas = [{"tool_calls": [each]} for each in (opened, *pieces)]
    finished = _chunk_event(model, 0, {}, "tool_calls")
    return [*(_chunk_event(model, 0, delta, None) for delta in deltas), finished]


def usage_chunk_event(model: str, tokens: int) -> bytes:
    """The chunk of `stream_options: {"include_usage": true}`."""
    head = {"id": "chatcmpl-9e4ff8871547cc8d", "object": "chat.completion.chunk", "created": CREATED, "model": model}
    return event({**head, "choices": [], "usage": usage(tokens), "system_fingerprint": FINGERPRINT})


def usage(tokens: int) -> dict[str, Any]:
    """Tokens as vLLM counts them."""
    return {"prompt_tokens": PROMPT_TOKENS, "total_tokens": PROMPT_TOKENS + tokens, "completion_tokens": tokens}


def stream(model: str, texts: Sequence[str], choices: int, finish: str) -> list[bytes]:
    """The writes of a whole streamed answer but its usage and its [DONE]: one for each text."""
    *earlier, last = texts
    writes = [b"".join(text_events(model, text, choices)) for text in earlier]
    writes.append(b"".join(text_events(model, last, choices, finish)))
    writes[0] = b"".join(opening_events(model, choices)) + writes[0]
    return writes


def error_object(message: str, kind: str, code: int, param: str | None = None) -> dict[str, Any]:
    """The error object of vLLM: a capitalised class name for a type, and the status again for a code."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def error_event(message: str, kind: str, code: int) -> bytes:
    """An error inside a stream, which vLLM writes with spaces, unlike its chunks."""
    return b"data: " + json.dumps(error_object(message, kind, code)).encode() + b"\n\n"


def _chunk_event(model: str, index: int, delta: Mapping[str, Any], finish: str | None) -> bytes:
    choice: dict[str, Any] = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    if finish is not None:
        choice["stop_reason"] = None
    head = {"id": "chatcmpl-9e4ff8871547cc8d", "object": "chat.completion.chunk", "created": CREATED, "model": model}
    return event({**head, "choices": [choice | {"token_ids": None}]})


def _compact(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
