"""The bytes of a chat completion as vLLM 0.32 writes them, recorded from the real server. Pure.

A streamed chunk goes through pydantic there and leaves out what was never set; a plain body goes through the
standard library and leaves out nothing. They differ even in how they write a small number, and so do these.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from msgspec import Struct

from tandem_serving.simulator.answer import Answer
from tandem_serving.simulator.logprobs import content_logprobs

DONE = b"data: [DONE]\n\n"
CALL_ID_PREFIX = "chatcmpl-tool-"
DRAFT_TOKENS = 256
"""The widest canvas: vLLM counts denoising passes as drafts of so many tokens."""


class Identity(Struct, frozen=True, gc=False):
    """What names an answer. `created` is in seconds since the epoch."""

    id: str
    created: int
    model: str
    fingerprint: str
    tier: str


class Count(Struct, frozen=True, gc=False):
    """Tokens of a request. `reasoning` is None for an engine without a parser for it."""

    prompt: int
    completion: int
    reasoning: int | None

    @property
    def details(self) -> dict[str, int] | None:
        """`completion_tokens_details` of the wire."""
        return None if self.reasoning is None else {"reasoning_tokens": self.reasoning}

    @property
    def totals(self) -> dict[str, Any]:
        """The three numbers that every usage has."""
        return {
            "prompt_tokens": self.prompt,
            "total_tokens": self.prompt + self.completion,
            "completion_tokens": self.completion,
        }


class Form(Struct, frozen=True, gc=False):
    """How the caller wants its chunks: `parsed` when the engine has parsers, the rest as it asked.

    `echoed` is what is said again before the answer, `role` who speaks in it.
    """

    parsed: bool
    usage_wanted: bool = False
    usage_everywhere: bool = False
    top_logprobs: int | None = None
    echoed: str = ""
    role: str = "assistant"


def event(data: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + orjson.dumps(data) + b"\n\n"


def role_events(identity: Identity, choices: int, form: Form, count: Count) -> list[bytes]:
    """The chunks that open a stream, one for each choice; then what is echoed."""
    opened = [_opening(identity, index, {"role": form.role, "content": ""}, form, count) for index in range(choices)]
    events = [event({**chunk, "prompt_token_ids": None, "prompt_text": None}) for chunk in opened]
    if form.echoed:
        again = {"content": form.echoed}
        events += [event(_opening(identity, index, again, form, count)) for index in range(choices)]
    return events


def block_event(
    identity: Identity, index: int, answer: Answer, tokens: range, form: Form, count: Count
) -> bytes | None:
    """The chunk of the tokens that one block brought; None when vLLM would not send one."""
    last = tokens.stop >= len(answer.tokens)
    delta = delta_of(answer, tokens, identity.id, form)
    logprobs = None
    if form.top_logprobs is not None:
        logprobs = content_logprobs(answer.tokens[tokens.start : tokens.stop], form.top_logprobs, identity.tier)
    if not delta and not last and logprobs is None:
        return None
    choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": answer.finish if last else None}
    if last:
        choice["stop_reason"] = answer.stop_reason
    chunk = _chunk(identity, {**choice, "token_ids": None}, form, count)
    if last and not form.usage_wanted:
        chunk["system_fingerprint"] = identity.fingerprint
    return event(chunk)


def delta_of(answer: Answer, tokens: range, request_id: str, form: Form) -> dict[str, Any]:
    """What some tokens of an answer add to it, as one delta."""
    delta: dict[str, Any] = {}
    middle = min(max(answer.thought, tokens.start), tokens.stop)
    said = "".join(answer.tokens[middle : tokens.stop])
    if answer.call is None and (said or not form.parsed):
        delta["content"] = said
    if reasoned := "".join(answer.tokens[tokens.start : middle]):
        delta["reasoning"] = reasoned
    if answer.call is not None and said:
        delta["tool_calls"] = [_call_delta(answer, tokens, request_id)]
    return delta


def usage_event(identity: Identity, count: Count, metrics: Mapping[str, Any] | None) -> bytes:
    """The chunk behind the last one: here, what is null is left out."""
    details = {"completion_tokens_details": count.details} if count.details else {}
    head = {"id": identity.id, "object": "chat.completion.chunk", "created": identity.created, "model": identity.model}
    usage = {**count.totals, **details}
    tail: dict[str, Any] = {"metrics": {"speculative_decoding": metrics}} if metrics else {}
    return event({**head, "choices": [], "usage": usage, "system_fingerprint": identity.fingerprint, **tail})


def plain_body(
    identity: Identity,
    answers: Sequence[Answer],
    form: Form,
    count: Count,
    read: Sequence[Any] | None,
    metrics: Mapping[str, Any] | None,
) -> bytes:
    """The body of a plain answer. `read` are the log-probabilities of its prompt."""
    body = {
        "id": identity.id,
        "object": "chat.completion",
        "created": identity.created,
        "model": identity.model,
        "choices": [_plain_choice(identity, index, answer, form) for index, answer in enumerate(answers)],
        "service_tier": None,
        "system_fingerprint": identity.fingerprint,
        "usage": {**count.totals, "prompt_tokens_details": None, "completion_tokens_details": count.details},
        "prompt_logprobs": read,
        "prompt_token_ids": None,
        "prompt_text": None,
        "kv_transfer_params": None,
        "ec_transfer_params": None,
        "metrics": None if metrics is None else {**_NO_TIMES, "speculative_decoding": metrics},
    }
    return compact(body)


def with_passes(block: bytes, told: Mapping[str, Any] | None) -> bytes:
    """A block's event with what the plug-in tells of its passes."""
    if told is None:
        return block
    return event({**orjson.loads(block.removeprefix(b"data: ")), "metrics": {"speculative_decoding": told}})


def accepted_by_pass(passes: Sequence[int], width: int) -> list[int]:
    """The tokens that each pass brought: none, but for the last of each canvas, which commits it."""
    return [each for count in passes for each in [*[0] * (count - 1), width]]


def denoising_metrics(passes: Sequence[int], width: int) -> dict[str, Any]:
    """What the step scheduler reports of one request: its canvases' passes, told in the words of drafted tokens."""
    accepted = accepted_by_pass(passes, width)
    histogram = [0] * (DRAFT_TOKENS + 1)
    for each in accepted:
        histogram[each] += 1
    taken, drafted = sum(accepted), width * len(accepted)
    return {
        "mean_acceptance_length": 1.0 + taken / len(accepted),
        "draft_acceptance_rate": taken / drafted,
        "acceptance_histogram": histogram,
        "num_spec_steps": len(accepted),
        "num_accepted_draft_tokens": taken,
        "num_draft_tokens": drafted,
        "num_spec_tokens": DRAFT_TOKENS,
        "per_step_accepted": accepted,
        "per_step_drafted": [width] * len(accepted),
    }


def compact(body: object) -> bytes:
    """A plain body's JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


_NO_TIMES = dict.fromkeys(
    ("time_to_first_token_ms", "generation_time_ms", "queue_time_ms", "mean_itl_ms", "tokens_per_second")
)


def _opening(identity: Identity, index: int, delta: Mapping[str, str], form: Form, count: Count) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}
    return _chunk(identity, choice, form, count)


def _chunk(identity: Identity, choice: Mapping[str, Any], form: Form, count: Count) -> dict[str, Any]:
    chunk = {
        "id": identity.id,
        "object": "chat.completion.chunk",
        "created": identity.created,
        "model": identity.model,
        "choices": [choice],
    }
    if form.usage_everywhere:
        chunk["usage"] = {**count.totals, "completion_tokens_details": count.details}
    return chunk


def _call_delta(answer: Answer, tokens: range, request_id: str) -> dict[str, Any]:
    named = tokens.start <= answer.thought < tokens.stop
    first = max(tokens.start, answer.thought + 1)
    arguments = "".join(answer.tokens[first : tokens.stop])
    function: dict[str, str] = {"name": answer.call or ""} if named else {}
    if arguments:
        function["arguments"] = arguments
    opening = {"id": _call_id(request_id), "type": "function"} if named else {}
    return {**opening, "index": 0, "function": function}


def _plain_choice(identity: Identity, index: int, answer: Answer, form: Form) -> dict[str, Any]:
    top = form.top_logprobs
    return {
        "index": index,
        "message": _message(identity, answer, form),
        "logprobs": None if top is None else content_logprobs(answer.tokens, top, identity.tier),
        "finish_reason": answer.finish,
        "stop_reason": answer.stop_reason,
        "token_ids": None,
        "routed_experts": None,
    }


def _message(identity: Identity, answer: Answer, form: Form) -> dict[str, Any]:
    calls: dict[str, Any] = {}
    if answer.call is not None:
        arguments = "".join(answer.tokens[answer.thought + 1 :])
        function = {"name": answer.call, "arguments": arguments}
        calls = {"tool_calls": [{"id": _call_id(identity.id), "type": "function", "function": function}]}
    return {
        "role": form.role,
        "content": form.echoed + answer.text if answer.call is None else answer.beside_call,
        "refusal": None,
        "annotations": None,
        "audio": None,
        "function_call": None,
        **calls,
        "reasoning": answer.reasoning,
    }


def _call_id(request_id: str) -> str:
    return CALL_ID_PREFIX + request_id.rpartition("-")[2]
