"""How fast a backend is thought to be: what its settings say, and where they are silent what its dialect suggests."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field

from router.core.latency import CANVAS_TOKENS, Pace

USUAL_PACES: Final[Mapping[str, Pace]] = {
    "vllm": Pace(prefill_tokens_per_s=28_000, step_ms=5.0, crowding=0.02, slots=256),
    "vllm_diffusion": Pace(
        prefill_tokens_per_s=28_000,
        step_ms=15.0,
        crowding=0.35,
        slots=8,
        canvas_tokens=CANVAS_TOKENS,
        passes=12,
        passes_p90=26,
    ),
    "openai": Pace(prefill_tokens_per_s=20_000, step_ms=15.0, crowding=0.0, slots=256),
    "transformers": Pace(prefill_tokens_per_s=10_000, step_ms=30.0, crowding=1.0, slots=1),
    "sglang": Pace(prefill_tokens_per_s=28_000, step_ms=5.0, crowding=0.02, slots=256),
    "llamacpp": Pace(prefill_tokens_per_s=5_000, step_ms=10.0, crowding=0.3, slots=4),
    "mlx": Pace(prefill_tokens_per_s=1_500, step_ms=16.0, crowding=0.5, slots=4),
    "mlx_diffusion": Pace(
        prefill_tokens_per_s=1_500,
        step_ms=230.0,
        crowding=1.0,
        slots=1,
        canvas_tokens=CANVAS_TOKENS,
        passes=8,
        passes_p90=26,
    ),
    "nim": Pace(prefill_tokens_per_s=28_000, step_ms=5.0, crowding=0.02, slots=256),
}
"""A model of 26B parameters of which 4B are active, in FP8 on one H100. The vendor's benchmark of one stream gives 197
tokens a second, and 1,008 for the diffusion model in 17 passes a canvas; passes on real text are reported as 8 to 20,
up to 49. Prefill is scaled from 9,300 tokens a second reported of an RTX 4090. A pass of 8 requests at once is reported
to take 3 to 5 times as long as one alone, a token of 24 at once 1.3 times, of 48 at once 1.9 times.

SGLang and NIM are thought to be as fast. The rest are guesses for the machines that such engines run on, which the
first answers correct, but for the slots: a hosted API bears what its contract says (set `slots`), llama.cpp as many as
`--parallel` says, and `transformers serve` writes one answer at a time. 61 tokens a second of mlx are reported of a Mac
Studio, and 1.9 s of the diffusion model to its first block, of 8 passes."""


class LatencySpec(BaseModel):
    """How fast one backend is, before its answers tell; what is left out is as usual for its dialect: `USUAL_PACES`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prefill_tokens_per_s: float | None = Field(
        None, gt=0, description="tokens of a prompt that it reads in a second", examples=[28_000]
    )
    step_ms: float | None = Field(
        None,
        gt=0,
        description="milliseconds of one pass over a canvas, or of one token, of a request alone",
        examples=[15.0],
    )
    crowding: float | None = Field(
        None,
        ge=0,
        description="how much longer a step gets with each further request, as a share of `step_ms`",
        examples=[0.35],
    )
    slots: int | None = Field(None, gt=0, description="requests that run at once; the others wait", examples=[8])
    canvas_tokens: int | None = Field(
        None, gt=0, description="tokens that come at once; 1 for autoregressive engines", examples=[256]
    )
    passes: float | None = Field(None, ge=1, description="passes of a canvas: the median", examples=[12])
    passes_p90: float | None = Field(
        None, ge=1, description="passes that 90 in 100 canvases do not exceed", examples=[26]
    )

    def pace(self, dialect: str) -> Pace:
        """The pace of a backend of this dialect."""
        return replace(USUAL_PACES[dialect], **self.model_dump(exclude_none=True))
