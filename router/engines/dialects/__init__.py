"""One table per kind of engine. A difference between engines is a row here, never a branch elsewhere."""

from collections.abc import Mapping

from router.core.capabilities import Dialect
from router.engines.dialects.vllm import VLLM
from router.engines.dialects.vllm_diffusion import VLLM_DIFFUSION

DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (VLLM, VLLM_DIFFUSION)}
