"""The diffusion path of vLLM 0.32: DiffusionGemma.

The sampler commits an argmax on its own temperature schedule, so what only steers sampling is dropped and
reported; what carries meaning goes up to a tier that honours it. Two rows keep the engine alive: a request with
`prompt_logprobs`, or with `echo`, which asks for them too, trips an assertion in its scheduler and ends the process.

INVARIANT: this dialect does not read, and no request in it asks for the probabilities of a prompt.
"""

from collections.abc import Mapping
from typing import Any

from router.core.capabilities import Dial, Dialect, DialName, Row
from router.core.latency import CANVAS_TOKENS
from router.engines.dialects.vllm import (
    DIALS,
    IDIOM,
    IGNORED,
    LABELS,
    NOBODY,
    OWNED,
    PAGES,
    SAMPLING,
    SHAPE,
    WHOLE,
    is_enforced,
    is_not_one,
    is_not_text,
    is_on,
)


def is_not_zero(value: Any) -> bool:
    """0 is the neutral value: saying it asks for nothing."""
    return bool(value != 0)


UNSTEERED = "does not steer a diffusion sampler"
UNSTRUCTURED = "needs structured output, which the diffusion path refuses"
FORBIDDEN = "is refused by the diffusion path"

DROPS = {
    "temperature": Row("must be 1.0 on the diffusion path", is_not_one),
    "min_p": Row(UNSTEERED, is_not_zero),
    "presence_penalty": Row(UNSTEERED, is_not_zero),
    "frequency_penalty": Row(UNSTEERED, is_not_zero),
    "repetition_penalty": Row(UNSTEERED, is_not_one),
}

ESCALATES = {
    "seed": Row("asks for a repeatable answer; the diffusion path has no seed"),
    "min_tokens": Row(FORBIDDEN, is_not_zero),
    "logit_bias": Row(FORBIDDEN, bool),
    "bad_words": Row(FORBIDDEN, bool),
    "allowed_token_ids": Row(FORBIDDEN),
    "response_format": Row(UNSTRUCTURED, is_not_text),
    "structured_outputs": Row(UNSTRUCTURED),
    "tool_choice": Row("must be enforced, which needs structured output", is_enforced),
    "prompt_logprobs": Row("ends the diffusion engine's process"),
    "echo": Row("ends the diffusion engine's process", is_on),
    "use_beam_search": Row("has no meaning for a denoised canvas", is_on),
}

CANVAS_DIALS: Mapping[DialName, Dial] = {
    "denoise.steps": Dial("vllm_xargs", "diffusion_max_steps"),
    "denoise.canvas": Dial("vllm_xargs", "diffusion_canvas_length"),
}

VLLM_DIFFUSION = Dialect(
    name="vllm_diffusion",
    passes=(SAMPLING | SHAPE | LABELS) - DROPS.keys() - ESCALATES.keys(),
    drops=IGNORED | DROPS,
    escalates=ESCALATES,
    refuses=NOBODY,
    router_owned=OWNED,
    dials={**DIALS, **CANVAS_DIALS},
    continues=True,
    whole=WHOLE,
    counts_blocks=True,
    canvas_tokens=CANVAS_TOKENS,
    idiom=IDIOM,
    pages=PAGES,
)
