"""Either tier of engine without a model, a GPU or vLLM: wire-true to vLLM 0.32, timed by a profile's figures.

What it says is plausible and says of itself that it is simulated. `python -m tandem_serving.simulator fast --profile
h200-fp8` starts one; `study` plays the same engine on a virtual clock.
"""

from tandem_serving.simulator.faults import parse_fault_share
from tandem_serving.simulator.options import Options
from tandem_serving.simulator.server import serve

__all__ = ["Options", "parse_fault_share", "serve"]
