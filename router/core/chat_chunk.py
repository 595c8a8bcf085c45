"""One chat.completion.chunk: how it is read, under whose identity it goes out, what the router adds to it.

Pure functions over decoded JSON and over complete events as `event_stream` cuts them.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
from msgspec import Struct

from router.core.event_stream import MalformedStream, each_event, event, payload
from router.core.price import microusd_stated
from router.core.values import Usage

Object = Mapping[str, Any]

CHUNK = "chat.completion.chunk"


class Identity(Struct, frozen=True, gc=False):
    """What names a stream. INVARIANT: it is fixed with the first chunk and never changes within one stream.

    `created` is in seconds since the epoch.
    """

    id: str
    created: int
    model: str


def with_identity(chunk: Object, identity: Identity) -> dict[str, Any]:
    """The chunk under this identity, nothing else of it changed."""
    return {**chunk, "id": identity.id, "created": identity.created, "model": identity.model}


def decoded(data: bytes) -> dict[str, Any]:
    """A JSON object read from its bytes. Raises MalformedStream when they are anything else."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise MalformedStream(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise MalformedStream("not a JSON object")
    return found


def is_json(data: bytes) -> bool:
    """Whether these bytes are one JSON value."""
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True


def choices_of(chunk: Object) -> list[Object]:
    """The choices of a chunk or of a body, none when it says none. Raises MalformedStream."""
    return objects(chunk.get("choices"), "choices")


def objects(value: object, name: str) -> list[Object]:
    """The value as a list of objects, null being none. Raises MalformedStream, naming it, when it is not."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise MalformedStream(f"{name} is not a list of objects")
    return value


def fields(value: object, name: str) -> Object:
    """The value as an object, null being an empty one. Raises MalformedStream, naming it, when it is not."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise MalformedStream(f"{name} is not an object")
    return value


def role_event(identity: Identity, role: str = "assistant", choices: int = 1) -> bytes:
    """The chunks that open a stream, one event for each choice, when the router sends them by itself."""
    return b"".join(
        _chunk_event({"object": CHUNK, "choices": [_opening(index, role)]}, identity) for index in range(choices)
    )


def continued(run: bytes, identity: Identity) -> bytes:
    """A later engine's events as the rest of a stream that has begun: its identity, and no second role.

    A chunk that then says nothing is left out. Comments and `[DONE]` stay as they are. Raises MalformedStream.
    """
    return b"".join(_continued(one, identity) for one in each_event(run))


class Counted(Struct, gc=False):
    """What an engine says it used up, as it stands on the wire. `cost`: US dollars, where a provider states them, as
    OpenRouter does and LiteLLM can (`include_cost_in_streaming_usage`)."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Any = None

    @property
    def usage(self) -> Usage:
        """The same as records hold it."""
        cost = None if self.cost is None else microusd_stated(self.cost)
        return Usage(self.prompt_tokens, self.completion_tokens, cost)


def usage_of(counted: object) -> Usage:
    """What an engine says it used up. Raises MalformedStream."""
    try:
        return msgspec.convert(counted, Counted).usage
    except msgspec.ValidationError as error:
        raise MalformedStream(f"usage: {error}") from None


_COUNTS = ("usage", "metrics")


def counts(events: bytes) -> bool:
    """Whether engines may have counted something in these events."""
    return events.find(b'"usage"') >= 0 or events.find(b'"metrics"') >= 0


def without_counts(chunk: Object, *, keep_usage: bool) -> dict[str, Any]:
    """A chunk as it is when its engine was not asked to count as it goes."""
    return {key: value for key, value in chunk.items() if key not in _COUNTS or (keep_usage and key == "usage")}


def events_without_counts(events: bytes, *, keep_usage: bool) -> bytes:
    """These events, as their engine writes them that was not asked to count as it goes."""
    if not counts(events):
        return events
    return b"".join([_event_without_counts(one, keep_usage=keep_usage) for one in each_event(events)])


def events_without_logprobs(events: bytes) -> bytes:
    """These events, as their engine writes them that was not asked how likely its tokens were."""
    return b"".join([_event_without_logprobs(one) for one in each_event(events)])


def says_something(choice: Object) -> bool:
    """Whether a choice of a chunk, its delta an object, holds more than its number."""
    beside = (value for key, value in choice.items() if key not in ("index", "delta"))
    return any(choice["delta"].values()) or any(beside)


def usage_event(chunk: Object, usage: Usage, router: Object) -> bytes:
    """An engine's usage chunk with the tokens the caller is to see, and the `router` object."""
    return event(orjson.dumps({**with_usage(chunk, usage), "choices": [], "router": dict(router)}))


def with_usage(chunk: Object, usage: Usage) -> dict[str, Any]:
    """An engine's usage chunk with the tokens the caller is to see. Details of the engine's own count, such as cached
    tokens, stay beside them."""
    counted = {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }
    return {**chunk, "usage": {**fields(chunk.get("usage"), "usage"), **counted}}


def finish_event_with(events: bytes, router: Object) -> bytes:
    """The finish events of a stream, with the `router` object on the last one.

    Raises MalformedStream when there is none.
    """
    *earlier, last = each_event(events) or [b""]
    return b"".join(earlier) + event(splice(payload(last) or b"", router))


def error_event(message: str, kind: str, code: str | int | None) -> bytes:
    """The event that says a stream has failed: OpenAI's error object, `kind` being the wire's `type`."""
    return event(orjson.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}))


def splice(body: bytes, router: Object) -> bytes:
    """A JSON object's bytes with the `router` object as its last key, the rest neither decoded nor changed.

    An object that has such a key already ends up with two, of which readers take the last: ours.
    Raises MalformedStream when the bytes are no object's.
    """
    text = body.strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        raise MalformedStream("not a JSON object")
    opened = text[:-1].rstrip()
    comma = b"" if opened == b"{" else b","
    return opened + comma + b'"router":' + orjson.dumps(dict(router)) + b"}"


def _chunk_event(chunk: Object, identity: Identity) -> bytes:
    return event(orjson.dumps(with_identity(chunk, identity)))


def _event_without_counts(one: bytes, *, keep_usage: bool) -> bytes:
    data = payload(one)
    return one if data is None else event(orjson.dumps(without_counts(decoded(data), keep_usage=keep_usage)))


def _event_without_logprobs(one: bytes) -> bytes:
    data = payload(one)
    if data is None:
        return one
    chunk = decoded(data)
    return event(orjson.dumps({**chunk, "choices": [{**choice, "logprobs": None} for choice in choices_of(chunk)]}))


def _opening(index: int, role: str) -> Object:
    delta = {"role": role, "content": ""}
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


def _continued(one_event: bytes, identity: Identity) -> bytes:
    data = payload(one_event)
    if data is None or data.strip() == b"[DONE]":
        return one_event
    chunk = decoded(data)
    choices = choices_of(chunk)
    kept = [choice for choice in map(_without_role, choices) if says_something(choice)]
    if choices and not kept:
        return b""
    return _chunk_event({**chunk, "choices": kept}, identity)


def _without_role(choice: Object) -> Object:
    delta = {key: value for key, value in fields(choice.get("delta"), "delta").items() if key != "role"}
    return {**choice, "delta": delta}
