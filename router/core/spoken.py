"""What one chunk of a stream says in one of its choices, and a chunk in two where a block ends inside it. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from router.core.chat_chunk import Object, choices_of, fields, objects
from router.core.checks.written import STOP_STRING

REASONING = ("reasoning", "reasoning_content")
"""vLLM says the first, others the second."""


class CallPiece(Struct, frozen=True, gc=False):
    """A piece of a tool call, the `at`-th of its answer."""

    at: int
    name: str
    arguments: str


class Spoken(Struct, frozen=True, gc=False):
    """What a chunk adds to one choice. `finish` is "" while there is more to come, and `STOP_STRING` where the engine
    says that it came to one."""

    index: int
    reasoning: str = ""
    text: str = ""
    calls: tuple[CallPiece, ...] = ()
    finish: str = ""
    logprobs: tuple[float, ...] = ()

    @property
    def chars(self) -> int:
        """How much is said, reasoning included."""
        return len(self.reasoning) + len(self.text)


def spoken_of(choice: Object) -> Spoken:
    """What a choice of a chunk says. What is of another type than it should be counts as not said. Raises
    MalformedStream for a choice that is none."""
    delta = fields(choice.get("delta"), "delta")
    index = choice.get("index", 0)
    reasoning = next((delta[name] for name in REASONING if delta.get(name)), "")
    return Spoken(
        index if type(index) is int else 0,
        _text(reasoning),
        _text(delta.get("content")),
        tuple([_call_piece(each) for each in objects(delta.get("tool_calls"), "tool_calls")]),
        STOP_STRING if isinstance(choice.get("stop_reason"), str) else _text(choice.get("finish_reason")),
        _logprobs(choice.get("logprobs")),
    )


def cut(chunk: Object, at: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A chunk of one choice as two, of which the first says its first `at` characters, reasoning before text. What
    else the chunk holds stays with the second, but its role."""
    (choice,) = choices_of(chunk)
    delta = dict(fields(choice.get("delta"), "delta"))
    first: dict[str, Any] = {"role": delta.pop("role")} if "role" in delta else {}
    for name in (*REASONING, "content"):
        said = delta.get(name)
        if isinstance(said, str) and at > 0:
            first[name], delta[name] = said[:at], said[at:]
            at -= len(first[name])
    begun = {"index": choice.get("index", 0), "delta": first, "logprobs": None, "finish_reason": None}
    head = {key: value for key, value in chunk.items() if key not in ("choices", "usage", "metrics")}
    return {**head, "choices": [begun]}, {**chunk, "choices": [{**choice, "delta": delta}]}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _call_piece(call: Object) -> CallPiece:
    at, function = call.get("index", 0), call.get("function")
    said: Mapping[str, Any] = function if isinstance(function, Mapping) else {}
    return CallPiece(at if type(at) is int else 0, _text(said.get("name")), _text(said.get("arguments")))


def _logprobs(value: object) -> tuple[float, ...]:
    told = value.get("content") if isinstance(value, Mapping) else None
    if not isinstance(told, list):
        return ()
    found = [each.get("logprob") for each in told if isinstance(each, Mapping)]
    return tuple([each for each in found if type(each) is float])
