"""One table per kind of engine. A difference between engines is a row here, never a branch elsewhere."""

from collections.abc import Mapping

from router.core.capabilities import Dialect, TierFacts
from router.core.values import Tier
from router.engines.dialects.llamacpp import LLAMACPP
from router.engines.dialects.mlx import MLX
from router.engines.dialects.mlx_diffusion import MLX_DIFFUSION
from router.engines.dialects.nim import NIM
from router.engines.dialects.openai import OPENAI
from router.engines.dialects.sglang import SGLANG
from router.engines.dialects.transformers import TRANSFORMERS
from router.engines.dialects.vllm import VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (VLLM, VLLM_DIFFUSION, OPENAI, TRANSFORMERS, SGLANG, LLAMACPP, MLX, MLX_DIFFUSION, NIM)
}

USUAL_TIERS: Mapping[Tier, TierFacts] = {
    "fast": TierFacts("fast", VLLM_DIFFUSION, 32_768),
    "strong": TierFacts("strong", VLLM, 131_072, frozenset(("image",))),
}
"""The two tiers that Tandem is made for, as most deployments have them: what cases of policies, and questions asked
without a deployment, assume."""
