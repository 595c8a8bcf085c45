"""A scheduler that makes the diffusion engine report the denoising passes of each request.

vLLM counts them already, on its path for speculative decoding, but has no option that shows them for a
diffusion model. They come back in `metrics.speculative_decoding` of an answer, or of a stream's last chunk.
"""

from vllm.v1.core.sched.diffusion_scheduler import DiffusionScheduler


class StepScheduler(DiffusionScheduler):  # type: ignore[misc]  # vLLM is not there when types are checked
    """The diffusion scheduler, with the report switched on."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self.spec_decode_metrics_level = "detailed"
