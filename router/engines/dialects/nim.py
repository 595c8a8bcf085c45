"""NVIDIA NIM for LLMs, from its documentation of release 2.0 on (`docs.nvidia.com/nim/large-language-models`): vLLM
behind a door of NVIDIA's own, which answers to health and metrics in other places. NIM that NVIDIA hosts
(integrate.api.nvidia.com) tells nothing of itself: that is the dialect `openai`.

Whether it reads what another engine wrote is not said, so it is not asked to.

Not yet run against the real server.
"""

from msgspec.structs import replace

from router.core.idiom import Look, Pages
from router.engines.dialects.vllm import RUNS, VLLM
from router.engines.load_pages import first_of, gauges

NIM = replace(
    VLLM,
    name="nim",
    reads=False,
    reads_last=None,
    pages=Pages(
        health="/v1/health/ready",
        # The documentation has the names without those of vLLM before them.
        loads=(Look("/v1/metrics", first_of(RUNS, gauges(b"num_requests_running", b"num_requests_waiting"))),),
        metrics="/v1/metrics",
        answered=b"vllm:request_success_total",
    ),
)
