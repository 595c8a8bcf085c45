"""How long a backend takes over an answer, by what is known of it beforehand. Pure.

A diffusion engine writes whole canvases, each in some passes; an autoregressive one writes token by token, which is a
canvas of one token in one pass. All that run at once move by one step together, which takes the longer the more there
are. So an answer takes `queue + prefill + canvases x passes x step`, and a short one pays for a whole canvas. What this
leaves out (cached prompts, tails, another machine than was thought) `core/latency_history.py` learns from answers.
"""

import math
from typing import Final, Literal

from msgspec import Struct

from router.core.values import Signals

CANVAS_TOKENS: Final = 256
"""Positions of a canvas of the diffusion engines that there are; sizes of answers are told in these."""

COMMIT: Final = 1
"""Passes that a canvas takes on top of its denoising: the one that writes it into the cache."""

Size = Literal["short", "middle", "long"]
Load = Literal["alone", "shared", "queued"]

MIDDLE_CANVASES: Final = 4
"""Up to so many canvases an answer is of middle size; up to one, it is short."""


class Pace(Struct, frozen=True, gc=False):
    """What a backend is thought to do before it was seen to. `step_ms`: one pass over a canvas, or one token, of a
    request that runs alone; `crowding`: the share of it that each further request adds; `slots`: how many run at once,
    the others wait. `canvas_tokens` come at once, half of the time within `passes`, in 9 of 10 within `passes_p90`."""

    prefill_tokens_per_s: float
    step_ms: float
    crowding: float
    slots: int
    canvas_tokens: int = 1
    passes: float = 1.0
    passes_p90: float = 1.0


class Duration(Struct, frozen=True, gc=False):
    """Milliseconds from the opening of an attempt to the end of its answer: half take at most `p50_ms`, 9 in 10 at
    most `p90_ms`."""

    p50_ms: float
    p90_ms: float


class Course(Struct, frozen=True, gc=False):
    """What an answer's time is made of, but for how many passes there will be: what comes before the first one, and
    each of them, over a canvas of so many tokens."""

    before_ms: float
    pass_ms: float
    canvas_tokens: int


def expect_course(pace: Pace, signals: Signals, in_flight: int) -> Course:
    """What to expect of an answer's passes while so many other attempts are open."""
    step_ms = pace.step_ms * (1.0 + pace.crowding * (min(in_flight + 1, pace.slots) - 1))
    prefill_ms = 1000.0 * signals.prompt_tokens / pace.prefill_tokens_per_s
    must_end_first = max(in_flight + 1 - pace.slots, 0)
    if must_end_first == 0:
        return Course(prefill_ms, step_ms, pace.canvas_tokens)
    work_ms = canvases_of(signals.answer_tokens, pace.canvas_tokens) * pace.passes * step_ms
    before_ms = prefill_ms + must_end_first * (prefill_ms + work_ms) / pace.slots
    return Course(before_ms, step_ms, pace.canvas_tokens)


def expect_duration(pace: Pace, signals: Signals, course: Course) -> Duration:
    """What to expect of an answer that takes this course. The spreads of its length and of its passes are taken for
    independent and log-normal."""
    canvases = canvases_of(signals.answer_tokens, pace.canvas_tokens)
    spread = math.hypot(
        math.log(max(canvases_of(signals.answer_tokens_p90, pace.canvas_tokens) / canvases, 1.0)),
        math.log(max(pace.passes_p90 / pace.passes, 1.0)),
    )
    work_ms = canvases * pace.passes * course.pass_ms
    return Duration(course.before_ms + work_ms, course.before_ms + work_ms * math.exp(spread))


def capped_duration(expected: Duration, course: Course, signals: Signals, steps: int) -> Duration:
    """The same where no canvas is denoised in more than so many passes: no more than all of them take."""
    each_ms = (steps + COMMIT) * course.pass_ms
    p50_ms = course.before_ms + canvases_of(signals.answer_tokens, course.canvas_tokens) * each_ms
    p90_ms = course.before_ms + canvases_of(signals.answer_tokens_p90, course.canvas_tokens) * each_ms
    return Duration(min(expected.p50_ms, p50_ms), min(expected.p90_ms, max(p50_ms, p90_ms)))


def size_of(answer_tokens: int) -> Size:
    """How large an answer of so many expected tokens is."""
    if answer_tokens <= CANVAS_TOKENS:
        return "short"
    return "middle" if answer_tokens <= MIDDLE_CANVASES * CANVAS_TOKENS else "long"


def load_of(pace: Pace, in_flight: int) -> Load:
    """How a backend is loaded for an attempt that finds so many others open."""
    if in_flight == 0:
        return "alone"
    return "shared" if in_flight < pace.slots else "queued"


def canvases_of(tokens: int, canvas_tokens: int) -> int:
    """Canvases that so many tokens take: each that is begun is written whole."""
    return max(-(-tokens // canvas_tokens), 1)
