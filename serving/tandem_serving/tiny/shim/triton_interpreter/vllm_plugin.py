"""A plug-in that vLLM loads in each of its processes."""

import vllm.v1.sample.ops.topk_topp_sampler as sampler


def register() -> None:
    """Sends top-k and top-p down vLLM's own PyTorch path: the interpreter cannot run that one kernel."""
    sampler.HAS_TRITON = False
