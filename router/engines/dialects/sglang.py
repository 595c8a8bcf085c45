"""SGLang: an autoregressive engine, as release 0.5.23 has it (`python/sglang/srt/entrypoints`).

It takes unknown fields without a word, so that what is in no column `passes` here has no effect there; null where a
number belongs is refused. It goes on with a last message, keeps prefixes apart by `cache_salt`, and counts the tokens
of a stream as it goes. Its metrics need `--enable-metrics`; without them its requests are counted on a page that needs
its key. Its `/health` writes a token by itself and takes a second.

Not yet run against the real server.
"""

import re
from typing import Final

from router.core.capabilities import Dial, Dialect, Row, always
from router.core.idiom import Idiom, Look, Pages
from router.engines.dialects.beyond_openai import MEANT, STEERING
from router.engines.dialects.vllm import IGNORED, LABELS, NOBODY, OWNED, WHOLE
from router.engines.load_pages import counted, gauges

OWN = frozenset("regex ebnf stop_regex".split())
"""Structured output, and where to stop, in its own words."""

TAKEN = (
    frozenset(
        "temperature top_p top_k min_p seed n stop stop_token_ids ignore_eos max_tokens max_completion_tokens "
        "min_tokens presence_penalty frequency_penalty repetition_penalty logit_bias logprobs top_logprobs "
        "skip_special_tokens stream stream_options response_format tools tool_choice parallel_tool_calls "
        "continue_final_message chat_template_kwargs reasoning_effort return_token_ids".split()
    )
    | OWN
    | LABELS
)

DROPS = {name: row for name, row in (STEERING | IGNORED).items() if name not in TAKEN}
ESCALATES = {name: row for name, row in MEANT.items() if name not in TAKEN}

STEERS = {
    name: Row("steers the engine itself")
    for name in (
        "lora_path session_id session_params custom_logit_processor custom_params rid extra_key input_ids "
        "bootstrap_host bootstrap_port bootstrap_room routed_dp_rank disagg_prefill_dp_rank return_hidden_states "
        "return_routed_experts routed_experts_start_len images_config video_config watermark no_stop_trim"
    ).split()
}

_RUNNING: Final = re.compile(rb'"num_(?:running|waiting)_reqs"\s*:\s*(\d{1,7})')

SGLANG = Dialect(
    name="sglang",
    passes=TAKEN,
    drops=DROPS,
    escalates=ESCALATES,
    refuses=NOBODY,
    router_owned=OWNED | STEERS,
    dials={"thinking": Dial("chat_template_kwargs", "enable_thinking")},
    continues=True,
    whole={**WHOLE, **dict.fromkeys(OWN, always)},
    counts_blocks=True,
    idiom=Idiom(takes_null=False, goes_on_with={"continue_final_message": True}, salts=True),
    pages=Pages(
        loads=(
            Look("/metrics", gauges(b"sglang:num_running_reqs", b"sglang:num_queue_reqs")),
            Look("/v1/loads?include=core", counted(_RUNNING)),
        ),
        answered=b"sglang:num_requests_total",
    ),
)
