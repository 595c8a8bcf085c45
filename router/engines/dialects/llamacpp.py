"""llama.cpp's `llama-server`, as its source has it at commit 006639c3 (`tools/server/server-common.cpp`) and its
documentation at 00dc8057 (`tools/server/README.md`).

It takes unknown fields without a word, and goes on with a last message that is an assistant's by itself, unless it was
started with `--no-prefill-assistant`; not while the model thinks, which is therefore switched off. Its metrics need
`--metrics`; without them its busy slots are counted. All callers share its cache of prompts: it knows no salts, so that
who can time answers may learn whether a prompt was read before.

Not yet run against the real server.
"""

import re
from typing import Any

from router.core.capabilities import Dial, Dialect, Row, always
from router.core.idiom import Idiom, Look, Pages
from router.engines.dialects.beyond_openai import MEANT, STEERING
from router.engines.dialects.vllm import IGNORED, LABELS, NOBODY, OWNED, WHOLE, is_not_one
from router.engines.load_pages import gauges, occurrences

OWN = frozenset("grammar json_schema".split())
"""Structured output in its own words."""

TAKEN = (
    frozenset(
        "temperature top_p top_k min_p seed stop ignore_eos max_tokens max_completion_tokens presence_penalty "
        "frequency_penalty repetition_penalty logit_bias logprobs top_logprobs stream stream_options response_format "
        "tools tool_choice parallel_tool_calls continue_final_message add_generation_prompt chat_template_kwargs "
        "reasoning_effort".split()
    )
    | OWN
    | LABELS
)


def is_named(value: Any) -> bool:
    """One tool that must be called: whatever is not a word is read as `auto`."""
    return not isinstance(value, str)


DROPS = {name: row for name, row in (STEERING | IGNORED).items() if name not in TAKEN}
ESCALATES = {name: row for name, row in MEANT.items() if name not in TAKEN} | {
    "n": Row("must be 1 there, unless it was started with as many slots", is_not_one),
    "tool_choice": Row("must be enforced, which that engine does for no single tool", is_named),
}

STEERS = {
    name: Row("steers the engine itself")
    for name in (
        "n_predict id_slot cache_prompt lora samplers n_keep n_discard t_max_predict_ms reasoning_format "
        "reasoning_control timings_per_token return_progress return_tokens response_fields post_sampling_probs verbose"
    ).split()
}

LLAMACPP = Dialect(
    name="llamacpp",
    passes=TAKEN - ESCALATES.keys(),
    drops=DROPS,
    escalates=ESCALATES,
    refuses=NOBODY,
    router_owned=OWNED | STEERS,
    dials={"thinking": Dial("chat_template_kwargs", "enable_thinking")},
    continues=True,
    whole={**WHOLE, **dict.fromkeys(OWN, always)},
    idiom=Idiom(renames={"repetition_penalty": "repeat_penalty", "max_completion_tokens": "max_tokens"}),
    pages=Pages(
        loads=(
            Look("/metrics", gauges(b"llamacpp:requests_processing", b"llamacpp:requests_deferred")),
            Look("/slots", occurrences(re.compile(rb'"is_processing"\s*:\s*(true|false)'), b"true")),
        ),
        answered=b"llamacpp:tokens_predicted_total",
    ),
)
