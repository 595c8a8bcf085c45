"""The bytes of a completion of bare text, the older form, as vLLM 0.32 writes them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from tandem_serving.simulator.answer import Answer
from tandem_serving.simulator.logprobs import completion_logprobs
from tandem_serving.simulator.wire import Count, Form, Identity, compact, event

_OBJECT = "text_completion"


def completion_event(identity: Identity, index: int, answer: Answer, tokens: range, form: Form, count: Count) -> bytes:
    """The chunk of the tokens that one block brought."""
    last = tokens.stop >= len(answer.tokens)
    said = answer.tokens[tokens.start : tokens.stop]
    choice = {
        "index": index,
        "text": "".join(said),
        "logprobs": _logprobs(said, len("".join(answer.tokens[: tokens.start])), form, identity.tier),
        "finish_reason": answer.finish if last else None,
        "stop_reason": answer.stop_reason if last else None,
        "prompt_token_ids": None,
        "token_ids": None,
    }
    chunk = {**_head(identity), "choices": [choice]}
    if form.usage_everywhere:
        chunk["usage"] = {**count.totals}
    if last and not form.usage_wanted:
        chunk["system_fingerprint"] = identity.fingerprint
    return event(chunk)


def completion_usage_event(identity: Identity, count: Count, metrics: Mapping[str, Any] | None) -> bytes:
    """The chunk behind the last one."""
    tail: dict[str, Any] = {"metrics": {"speculative_decoding": metrics}} if metrics else {}
    usage = {"usage": count.totals, "system_fingerprint": identity.fingerprint}
    return event({**_head(identity), "choices": [], **usage, **tail})


def completion_body(
    identity: Identity,
    answers: Sequence[Answer],
    form: Form,
    count: Count,
    read: Sequence[Any] | None,
) -> bytes:
    """The body of a plain answer. `read` are the log-probabilities of its prompt."""
    return compact(
        {
            **_head(identity),
            "choices": [_choice(identity, index, answer, form, read) for index, answer in enumerate(answers)],
            "service_tier": None,
            "system_fingerprint": identity.fingerprint,
            "usage": {**count.totals, "prompt_tokens_details": None, "completion_tokens_details": None},
            "kv_transfer_params": None,
            "ec_transfer_params": None,
            "metrics": None,
        }
    )


def _head(identity: Identity) -> dict[str, Any]:
    return {"id": identity.id, "object": _OBJECT, "created": identity.created, "model": identity.model}


def _choice(identity: Identity, index: int, answer: Answer, form: Form, read: Sequence[Any] | None) -> dict[str, Any]:
    return {
        "index": index,
        "text": "".join(answer.tokens),
        "logprobs": _logprobs(answer.tokens, 0, form, identity.tier),
        "finish_reason": answer.finish,
        "stop_reason": answer.stop_reason,
        "token_ids": None,
        "prompt_logprobs": read,
        "prompt_token_ids": None,
        "routed_experts": None,
    }


def _logprobs(tokens: Sequence[str], offset: int, form: Form, tier: str) -> dict[str, Any] | None:
    return None if form.top_logprobs is None else completion_logprobs(tokens, form.top_logprobs, tier, offset)
