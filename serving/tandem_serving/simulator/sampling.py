"""What may be asked of the sampler: rules for everyone, and those of an engine, which a stream learns of late."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from pydantic_core import SchemaError, SchemaValidator, core_schema

from tandem_serving.simulator.ask import Ask
from tandem_serving.simulator.profile import FastProfile, Profile
from tandem_serving.simulator.refusals import bad_for_engine, bad_request

MOST_CHOICES = 16384
MORE_CHOICES = " To increase this limit, set the VLLM_MAX_N_SEQUENCES environment variable."
MOST_LOGPROBS = 20
ALL_LOGPROBS = -1
"""Asks for one log-probability for every token there is."""

NOT_ON_DIFFUSION = (
    "The temperature, min_p, seed, min_tokens, logit_bias, bad_words, and allowed_token_ids sampling parameters "
    "are not yet supported with diffusion models."
)
NO_STRUCTURE = (
    "Structured outputs are not yet supported for diffusion language models. Remove the structured output "
    "constraint (e.g. `response_format`, `structured_outputs`) from the request."
)

Fields = Mapping[str, Any]


class Rule(Struct, frozen=True):
    """What must hold of a parameter that is set. `named` when the refusal names the parameter and its value.

    `advice` ends the refusal.
    """

    field: str
    holds: Callable[[Any], bool]
    must: str
    named: bool = False
    advice: str = ""


RULES = (
    Rule("n", lambda n: n >= 1, "be at least 1"),
    Rule("n", lambda n: n <= MOST_CHOICES, f"be at most {MOST_CHOICES}", advice=MORE_CHOICES),
    Rule("presence_penalty", lambda penalty: -2 <= penalty <= 2, "be in [-2, 2]"),
    Rule("frequency_penalty", lambda penalty: -2 <= penalty <= 2, "be in [-2, 2]"),
    Rule("repetition_penalty", math.isfinite, "be a finite number"),
    Rule("repetition_penalty", lambda penalty: penalty > 0, "be greater than zero"),
    Rule("temperature", math.isfinite, "be a finite number", named=True),
    Rule("temperature", lambda temperature: temperature >= 0, "be non-negative", named=True),
    Rule("temperature", lambda temperature: temperature <= 2, "be in [0, 2]", named=True),
    Rule("top_p", lambda top_p: 0 < top_p <= 1, "be in (0, 1]", named=True),
    Rule("top_k", lambda top_k: top_k >= -1, "be 0 (disable), or at least 1"),
    Rule("min_p", lambda min_p: 0 <= min_p <= 1, "be in [0, 1]"),
    Rule("max_tokens", lambda max_tokens: max_tokens >= 1, "be at least 1", named=True),
    Rule("min_tokens", lambda min_tokens: min_tokens >= 0, "be greater than or equal to 0"),
)
"""In the order in which vLLM looks."""

_STEERING = ("min_p", "min_tokens", "logit_bias", "bad_words", "allowed_token_ids")


def check_sampling(fields: Fields, max_tokens: int) -> None:
    """What holds on every engine. Raises Refusal."""
    values = {**fields, "max_tokens": max_tokens}
    for rule in RULES:
        value = values.get(rule.field)
        if value is None or rule.holds(value):
            continue
        message = f"{rule.field} must {rule.must}, got {value}.{rule.advice}"
        raise bad_request(message, rule.field, value) if rule.named else bad_request(message)
    odd = [key for key in fields.get("logit_bias") or () if not key.lstrip("-").isdigit()]
    if odd:
        message = f"logit_bias contains key(s) that cannot be converted to integer token IDs: {odd!r}"
        raise bad_request(message, "logit_bias", odd)
    stops = fields.get("stop")
    if stops == "" or (isinstance(stops, list) and "" in stops):
        raise bad_request("stop cannot contain an empty string.")
    if fields.get("temperature") == 0 and (fields.get("n") or 1) > 1:
        raise bad_request(f"n must be 1 when using greedy sampling, got {fields['n']}.")


def check_engine(ask: Ask, profile: Profile) -> None:
    """What only the engine looks at, when a stream has already begun. Raises EngineRefusal."""
    for asked, kind, name in (
        (ask.top_logprobs, "sample", "logprobs"),
        (ask.prompt_logprobs, "prompt", "prompt_logprobs"),
    ):
        wanted = profile.vocabulary_tokens.value if asked == ALL_LOGPROBS else asked
        if wanted is not None and wanted > MOST_LOGPROBS:
            message = f"Requested {kind} logprobs of {wanted}, which is greater than max allowed: {MOST_LOGPROBS}"
            raise bad_for_engine(message, name, wanted)
    _check_vocabulary(ask.fields, profile.vocabulary_tokens.value)
    if isinstance(profile, FastProfile):
        _check_diffusion(ask.fields)
        _check_dials(ask.fields.get("vllm_xargs") or {}, profile.canvas_tokens.value)
    else:
        _check_regex((ask.fields.get("structured_outputs") or {}).get("regex"))


def kills(ask: Ask, profile: Profile) -> bool:
    """Whether serving this request ends the engine: the diffusion scheduler asserts that no prompt is scored."""
    return isinstance(profile, FastProfile) and ask.prompt_logprobs is not None


def _check_vocabulary(fields: Fields, vocabulary: int) -> None:
    outside = [int(number) for number in fields.get("logit_bias") or () if not 0 <= int(number) < vocabulary]
    if outside:
        message = f"token_id(s) {outside} in logit_bias contain out-of-vocab token ids. Vocabulary size: {vocabulary}"
        raise bad_for_engine(message, "logit_bias", outside)


def _check_diffusion(fields: Fields) -> None:
    steered = any(fields.get(name) for name in _STEERING) or fields.get("seed") is not None
    if steered or fields.get("temperature") not in (None, 1.0):
        raise bad_for_engine(NOT_ON_DIFFUSION)
    form = (fields.get("response_format") or {}).get("type")
    if form not in (None, "text") or fields.get("structured_outputs"):
        raise bad_for_engine(NO_STRUCTURE)


def _check_regex(regex: object) -> None:
    """What vLLM's grammars cannot read, pydantic cannot either: both leave it to the same parser."""
    if not isinstance(regex, str):
        return
    try:
        SchemaValidator(core_schema.str_schema(pattern=regex))
    except SchemaError as error:
        reason = str(error).partition("SchemaError: ")[2]
        place = f"at 1(8): invalid regex {json.dumps(regex, ensure_ascii=False)} (in regex): {reason}"
        raise bad_for_engine(f"Grammar error: {place}\n   1 | start: /{regex}/\n              ^\n") from None


def _check_dials(xargs: Fields, canvas_tokens: int) -> None:
    width, steps = xargs.get("diffusion_canvas_length"), xargs.get("diffusion_max_steps")
    if width is not None and not (type(width) is int and 0 < width <= canvas_tokens):
        limit = "must be a positive integer no larger than the served canvas"
        raise bad_for_engine(f"diffusion_canvas_length {limit}.", "extra_args")
    if steps is not None and not (type(steps) is int and steps > 0):
        raise bad_for_engine("diffusion_max_steps must be a positive integer.", "extra_args")
