"""A chat completion in its two shapes: the body of a plain answer, and the chunks of a streamed one.

INVARIANT: `fold(split(body)) == body`, and what `fold` makes of a stream does not depend on how the engine
cut its text or mixed its choices.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import orjson

from router.core.chat_chunk import CHUNK, Object, choices_of, decoded, fields, objects
from router.core.event_stream import MalformedStream, payloads

BODY = "chat.completion"

# Stands on every chunk of a stream; other fields of a body go out once, with the last chunk.
_HEAD = ("id", "object", "created", "model", "system_fingerprint", "service_tier")
# vLLM says `reasoning`, others `reasoning_content`.
_TEXTS = ("reasoning", "reasoning_content", "content", "refusal")
# Fields that come in pieces: strings are joined, lists run on (log-probabilities are lists under `content`).
_IN_PIECES = frozenset({*_TEXTS, "arguments", "input", "data", "transcript", "annotations", "token_ids"})
# Objects whose fields arrive over several deltas.
_NESTED = frozenset({"function", "custom", "function_call", "audio", "logprobs"})


def fold(chunks: Iterable[Object]) -> dict[str, Any]:
    """The body that a plain request would have had in place of these chunks.

    Text, arguments and log-probabilities are joined; of anything else the last value stands that is not null
    or empty. Raises MalformedStream when the chunks have not the shape of chat chunks.
    """
    body: dict[str, Any] = {}
    pieces: defaultdict[int, list[Object]] = defaultdict(list)
    for chunk in chunks:
        for choice in choices_of(chunk):
            pieces[_index(choice, 0)].append(choice)
        body.update((key, value) for key, value in chunk.items() if value is not None or key not in body)
    body["object"] = BODY
    body["choices"] = [_folded_choice(index, pieces[index]) for index in sorted(pieces)]
    return body


def folded(events: bytes, usage_chunk: Object | None) -> bytes:
    """The body for a stream's events, of which the usage chunk was taken apart. Raises MalformedStream."""
    chunks = [decoded(each) for each in payloads(events)]
    return orjson.dumps(fold(chunks if usage_chunk is None else [*chunks, usage_chunk]))


def split(body: Object) -> list[dict[str, Any]]:
    """The chunks a stream would have had in place of this body.

    For each choice its role, its text, its tool calls and its finish, then the usage where the body has it.
    Raises MalformedStream when the body has not the shape of a chat completion.
    """
    head = {**{key: body[key] for key in _HEAD if key in body}, "object": CHUNK}
    chunks = [{**head, "choices": [piece]} for choice in choices_of(body) for piece in _pieces(choice)]
    if body.get("usage") is not None or not chunks:
        chunks.append({**head, "choices": []})
    chunks[-1].update((key, value) for key, value in body.items() if key not in (*_HEAD, "choices"))
    return chunks


def _folded_choice(index: int, pieces: Sequence[Object]) -> dict[str, Any]:
    said = _folded(fields(piece.get("delta"), "delta") for piece in pieces)
    message = {"role": None, "content": None, **said}
    message["role"] = message["role"] or "assistant"
    beside = _folded(_without(piece, "index", "delta") for piece in pieces)
    return {"index": index, "message": message, "finish_reason": None, **beside}


def _folded(pieces: Iterable[Object]) -> dict[str, Any]:
    values: defaultdict[str, list[Any]] = defaultdict(list)
    for key, value in chain.from_iterable(piece.items() for piece in pieces):
        values[key].append(value)
    return {key: _joined(key, found) for key, found in values.items()}


def _joined(key: str, values: Sequence[Any]) -> Any:
    said = [value for value in values if value is not None]
    if not said:
        return None
    if key == "tool_calls":
        return _folded_calls(said)
    if key in _IN_PIECES and all(isinstance(value, str) for value in said):
        return "".join(said)
    if key in _IN_PIECES and all(isinstance(value, list) for value in said):
        return list(chain.from_iterable(said))
    if key in _NESTED and all(isinstance(value, Mapping) for value in said):
        return _folded(said)
    return next((value for value in reversed(said) if value != ""), "")


def _folded_calls(deltas: Iterable[Any]) -> list[dict[str, Any]]:
    pieces: defaultdict[int, list[Object]] = defaultdict(list)
    for delta in deltas:
        for position, call in enumerate(objects(delta, "tool_calls")):
            pieces[_index(call, position)].append(_without(call, "index"))
    return [_folded(pieces[index]) for index in sorted(pieces)]


def _index(item: Object, default: int) -> int:
    index = item.get("index", default)
    if not isinstance(index, int):
        raise MalformedStream("an index is not a number")
    return index


def _pieces(choice: Object) -> list[dict[str, Any]]:
    index = _index(choice, 0)
    deltas = _deltas(fields(choice.get("message"), "message"))
    pieces: list[dict[str, Any]] = [{"index": index, "delta": delta, "finish_reason": None} for delta in deltas]
    pieces.append({"index": index, "delta": {}, **_without(choice, "index", "message", "logprobs")})
    if "logprobs" in choice:
        # They travel with the text they are of, and with the finish when there is none.
        carrier = next((piece for piece in pieces if piece["delta"].get("content")), pieces[-1])
        carrier["logprobs"] = choice["logprobs"]
    return pieces


def _deltas(message: Object) -> Iterator[dict[str, Any]]:
    texts = [key for key in _TEXTS if message.get(key) and isinstance(message[key], str)]
    calls = objects(message.get("tool_calls"), "tool_calls")
    opening = _without(message, *texts, *(["tool_calls"] if calls else []))
    yield {**opening, "content": ""} if "content" in texts else opening
    yield from ({key: message[key]} for key in texts)
    yield from ({"tool_calls": [{**call, "index": index}]} for index, call in enumerate(calls))


def _without(item: Object, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in keys}
