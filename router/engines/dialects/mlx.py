"""mlx-vlm's server for Apple silicon, as its source has it at commit 9b13f522 (`mlx_vlm/server`), release 0.6.15.

It takes unknown fields without a word, so that what is in no column `passes` here has no effect there: `stop` and the
newer name of the limit are among them. It loads whatever model it is asked for, of which the router names one; without
a limit it stops after 2,048 tokens; without a temperature it takes the likeliest token; and it answers a last message
in place of going on with it.

Not yet run against the real server.
"""

import re

from router.core.capabilities import Dial, Dialect, Row
from router.core.idiom import Idiom, Look, Pages
from router.engines.dialects.beyond_openai import MEANT, STEERING, UNENFORCED
from router.engines.dialects.vllm import IGNORED, LABELS, NOBODY, OWNED, WHOLE, is_not_one, is_not_true
from router.engines.load_pages import counted

TAKEN = (
    frozenset(
        "temperature top_p top_k min_p seed max_tokens max_completion_tokens presence_penalty frequency_penalty "
        "repetition_penalty logit_bias logprobs top_logprobs stream stream_options response_format tools "
        "reasoning_effort enable_thinking".split()
    )
    | LABELS
)

DROPS = {name: row for name, row in (STEERING | IGNORED).items() if name not in TAKEN} | {
    "parallel_tool_calls": Row("is accepted by the engine and has no effect", is_not_true),
}
ESCALATES = {
    **MEANT,
    "tool_choice": UNENFORCED["tool_choice"],
    "n": Row("must be 1 there", is_not_one),
    "stop": Row("is accepted by the engine and has no effect", bool),
}

STEERS = {
    name: Row("steers the engine itself")
    for name in (
        "adapter_path max_denoising_steps block_length num_to_transfer max_transfer_per_step editing_threshold "
        "max_post_steps stability_steps diffusion_full_canvas diffusion_min_canvas_length "
        "diffusion_max_canvas_length diffusion_sampler threshold min_threshold resize_shape"
    ).split()
}

MLX = Dialect(
    name="mlx",
    passes=TAKEN,
    drops=DROPS,
    escalates=ESCALATES,
    refuses=NOBODY,
    router_owned=OWNED | STEERS,
    dials={"thinking": Dial("enable_thinking", None)},
    whole=WHOLE,
    idiom=Idiom(renames={"max_completion_tokens": "max_tokens"}, takes_null=False),
    pages=Pages(loads=(Look("/metrics", counted(re.compile(rb'"in_flight"\s*:\s*(\d{1,7})'))),)),
)
