"""DiffusionGemma on mlx-vlm's server for Apple silicon, as its source has it at commit 9b13f522 (`mlx_vlm/server`,
`mlx_vlm/generate/diffusion.py`), release 0.6.15.

It writes one answer at a time, a canvas at once, and takes a cap on its passes and the width of its canvas with each
request. Structured output ends in a 500, and only temperature, top_p, top_k and the seed reach its sampler.

Not yet run against the real server.
"""

from msgspec.structs import replace

from router.core.capabilities import Dial, Row
from router.core.latency import CANVAS_TOKENS
from router.engines.dialects.beyond_openai import UNENFORCED, is_not_zero
from router.engines.dialects.mlx import MLX
from router.engines.dialects.vllm import is_not_one, is_on

UNSTEERED = "does not steer a diffusion sampler"
UNTOLD = "is not told of a denoised canvas"

DROPS = {
    "min_p": Row(UNSTEERED, is_not_zero),
    "presence_penalty": Row(UNSTEERED, is_not_zero),
    "frequency_penalty": Row(UNSTEERED, is_not_zero),
    "repetition_penalty": Row(UNSTEERED, is_not_one),
}

ESCALATES = {
    "response_format": UNENFORCED["response_format"],
    "logit_bias": Row(UNSTEERED, bool),
    "logprobs": Row(UNTOLD, is_on),
    "top_logprobs": Row(UNTOLD, is_not_zero),
}

MLX_DIFFUSION = replace(
    MLX,
    name="mlx_diffusion",
    passes=MLX.passes - DROPS.keys() - ESCALATES.keys(),
    drops={**MLX.drops, **DROPS},
    escalates={**MLX.escalates, **ESCALATES},
    dials={
        **MLX.dials,
        "denoise.steps": Dial("max_denoising_steps", None),
        "denoise.canvas": Dial("diffusion_max_canvas_length", None),
    },
    canvas_tokens=CANVAS_TOKENS,
)
