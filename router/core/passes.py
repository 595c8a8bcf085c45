"""How many denoising passes each canvas of an answer took, from the best that is known of it. Pure.

Best is the engine's own count (`exact`): vLLM with the plug-in of `serving/vllm_plugin` says it with each block, one
that only counts says it at the end. Else it is the time between two blocks over that of a pass (`spacing`).
"""

import math
from collections.abc import Mapping
from itertools import groupby
from typing import Final

from msgspec import Struct

from router.core.checks.written import Passes

COMMIT: Final = 1
"""Passes that a canvas takes on top of its denoising: the one in which its text is committed."""

MAX_STEPS: Final = 1_000_000
"""More than any answer takes: a list that is longer is not a count."""


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
