"""What a diffusion engine has counted since it started, off its page of metrics."""

import math
import re

from msgspec import Struct

STEPS_NAME = "vllm:diffusion_num_denoising_steps_total"
POSITIONS_NAME = "vllm:diffusion_num_canvas_positions_total"
COMMITTED_NAME = "vllm:diffusion_num_committed_tokens_total"

_SAMPLE = re.compile(r"^(vllm:diffusion_num_\w+_total)(?:\{[^\n]*\})? ([0-9.eE+]+)(?: [0-9.]+)?$", re.MULTILINE)


class Counters(Struct, frozen=True, gc=False):
    """What an engine has counted since it started, of all requests: its steps, commits among them; the positions of
    the canvases that they went over; the tokens that canvases committed, whole ones however little was used."""

    steps: float
    positions: float
    committed: float


def read_counters(page: str) -> Counters | None:
    """The counters on an engine's page of metrics, all its engines together; None for one that has none of them."""
    totals: dict[str, float] = {}
    for name, value in _SAMPLE.findall(page):
        totals[name] = totals.get(name, 0.0) + _number(value)
    names = (STEPS_NAME, POSITIONS_NAME, COMMITTED_NAME)
    return Counters(*[totals[name] for name in names]) if totals.keys() >= set(names) else None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
