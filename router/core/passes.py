"""How many denoising passes each canvas of an answer took, from the best that is known of it. Pure.

Best is the engine's own count (`exact`): vLLM with the plug-in of `serving/vllm_plugin` says it with each block, one
that only counts says it at the end. Next is the time between two blocks over that of a pass (`spacing`). Last is what
the canvases of all its requests took lately, by the engine's counters (`average`), which says nothing of this one.
"""

import math
import re
from collections.abc import Mapping
from itertools import groupby
from typing import Final

from msgspec import Struct

from router.core.checks.written import Passes

COMMIT: Final = 1
"""Passes that a canvas takes on top of its denoising: the one in which its text is committed."""

MAX_STEPS: Final = 1_000_000
"""More than any answer takes: a list that is longer is not a count."""

LATELY: Final = 64.0
"""How many canvases the moving average looks back on: the weight of one falls to 1/e after so many others."""

STEPS_NAME: Final = "vllm:diffusion_num_denoising_steps_total"
POSITIONS_NAME: Final = "vllm:diffusion_num_canvas_positions_total"
COMMITTED_NAME: Final = "vllm:diffusion_num_committed_tokens_total"

_SAMPLE = re.compile(r"^(vllm:diffusion_num_\w+_total)(?:\{[^\n]*\})? ([0-9.eE+]+)(?: [0-9.]+)?$", re.MULTILINE)


# --- exact ----------------------------------------------------------------------------------------------------


def exact(said: object, cap: int) -> tuple[Passes, ...] | None:
    """The passes of each canvas of an answer so far, by a chunk or a body that counts them, decoded.

    None where it does not, or says what cannot be a count. A chunk counts from the start of its choice: what it says
    replaces what earlier ones said, and a chunk may add more than one canvas. `cap` is the most that a canvas could
    have taken.
    """
    steps = _steps_of(said)
    return None if steps is None else tuple([Passes(passes, cap, "exact") for passes in _by_canvas(steps)])


def of_block(told: tuple[Passes, ...], told_before: int) -> Passes | None:
    """The passes of a block, by what its chunk told and how many canvases had been told of before it.

    That of the canvas that took the most where a chunk brings more than one, None where it brings none.
    """
    return max(told[told_before:], key=lambda canvas: canvas.passes, default=None)


def _steps_of(said: object) -> list[int] | None:
    steps = _within(said, "metrics", "speculative_decoding", "per_step_accepted")
    if not isinstance(steps, list) or len(steps) > MAX_STEPS:
        return None
    return steps if all(type(taken) is int and taken >= 0 for taken in steps) else None


def _within(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _by_canvas(steps: list[int]) -> list[int]:
    """A step that took nothing is a pass, one that took tokens the commit of its canvas. Passes without a commit are
    of a canvas that was never finished, and commits in a row are of canvases without any."""
    passes, canvases = 0, []
    for is_commit, run in groupby(steps, key=bool):
        length = sum(1 for _ in run)
        if is_commit:
            canvases += [passes, *[0] * (length - 1)]
        passes = 0 if is_commit else length
    return canvases


# --- spacing --------------------------------------------------------------------------------------------------


class PassTime(Struct, frozen=True, gc=False):
    """How long a pass takes. `pass_s`: in seconds, more than 0; `spread`: its standard deviation from one canvas to
    another, as a share of it (other requests come and go, and a pass takes longer with each); `jitter_s`: the standard
    deviation of when a block arrives, in seconds."""

    pass_s: float
    spread: float = 0.1
    jitter_s: float = 0.005


def spacing(since_last_s: float, time: PassTime, cap: int) -> Passes | None:
    """The passes of a canvas by the seconds from the block before it to its own, with their standard error.

    Not for the first block of an answer: before it the engine queues and reads the prompt. None where the times are
    none. The estimate is kept within what a canvas can take, from one pass to `cap`; its error is that before.
    """
    if not (0.0 < time.pass_s < math.inf and 0.0 <= since_last_s < math.inf):
        return None
    steps = since_last_s / time.pass_s
    error = math.hypot(steps * time.spread, math.sqrt(2.0) * time.jitter_s / time.pass_s)
    return Passes(min(max(steps - COMMIT, 1.0), float(max(cap, 1))), cap, "spacing", error)


# --- average --------------------------------------------------------------------------------------------------


class Counters(Struct, frozen=True, gc=False):
    """What an engine has counted since it started, of all requests: its steps, commits among them; the positions of
    the canvases that they went over; the tokens that canvases committed, whole ones however little was used."""

    steps: float
    positions: float
    committed: float


class Average(Struct, frozen=True, gc=False):
    """The moving average over the canvases of an engine. `passes`: of a canvas; `canvases`: how many it rests on,
    `LATELY` at most; 0: none yet."""

    passes: float = 0.0
    canvases: float = 0.0

    def told(self, cap: int) -> Passes | None:
        """What is to be thought of any canvas; None while there is nothing to go by."""
        return Passes(min(self.passes, float(cap)), cap, "average") if self.canvases > 0.0 else None


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


def averaged(average: Average, before: Counters, after: Counters) -> Average:
    """The average with what the engine did between two looks at its counters.

    Canvases of different widths are taken for equally many passes apart. Counters that stand still leave the average
    as it is, and so do those that ran backwards, which is an engine that was started anew.
    """
    steps, committed = after.steps - before.steps, after.committed - before.committed
    positions = after.positions - before.positions
    if not (0.0 < steps < math.inf and 0.0 < committed <= positions < math.inf):
        return average
    canvases = committed * steps / positions
    passes = max(steps / canvases - COMMIT, 0.0)
    kept = average.canvases * math.exp(-canvases / LATELY)
    return Average((average.passes * kept + passes * canvases) / (kept + canvases), min(kept + canvases, LATELY))
