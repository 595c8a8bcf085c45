"""How diffusion engines are told to denoise: as the policy fixes it, or so that the time left suffices. Pure.

A canvas takes at most its cap of passes, and one more that commits it. So an answer is in time where what comes before
its first pass and `canvases x (cap + 1)` passes are; the cap is the highest that this is true of, for as many canvases
as 9 in 10 such answers do not exceed.

Where the time is too short for the ceiling, an answer that is likely to fit a narrower canvas gets one. That this saves
time is not counted on: a pass over it is taken to last as long as one over a whole canvas. On a CPU it is known to be
shorter (0.23 s for 32 tokens, 0.34 s for 256); of accelerators nothing is known.
"""

from collections.abc import Mapping
from math import ceil, floor
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.capabilities import DialName, TierFacts
from router.core.facts import NOT_CONFIGURED, View
from router.core.latency import COMMIT, Course, Duration, canvases_of, capped_duration
from router.core.policy import Denoise, DenoiseWithin, Range
from router.core.values import NOTHING_TOLD, Quantiles, Signals, Tier, TierState

STEPS: Final[DialName] = "denoise.steps"
CANVAS: Final[DialName] = "denoise.canvas"
DENOISING: Final = (STEPS, CANVAS)

FIXED: Final = "fixed by the policy"
NO_BUDGET: Final = "no latency budget: as the engine was started"
NOT_KNOWN: Final = "it is not known how long a pass takes: as the engine was started"


_ROUNDING_MS = 1e-6
"""What floats may be off by: a budget that is just kept is kept."""


class Chosen(Denoise, frozen=True):
    """How an attempt's engine is told to denoise, and why so."""

    why: str = ""


def spend(within: DenoiseWithin, course: Course, tokens: Quantiles, left_ms: float) -> Denoise:
    """How to denoise an answer of so many tokens when so much time is left. INVARIANT: never below a floor or above a
    ceiling, whatever is left; with more time left there are never fewer passes."""
    steps, canvas, own = within.steps, within.canvas, course.canvas_tokens
    widest = own if canvas is None or canvas.ceiling >= own else canvas.ceiling
    afforded = _afforded(course, canvases_of(_late(tokens), widest), left_ms)
    if afforded >= steps.ceiling:
        return Denoise(steps.ceiling, None if widest == own else widest)
    width = widest if canvas is None else _narrow(canvas, tokens, widest)
    return Denoise(afforded if afforded > steps.floor else steps.floor, None if width == own else width)


def _afforded(course: Course, canvases: int, left_ms: float) -> int:
    return floor((left_ms - course.before_ms) / (canvases * course.pass_ms)) - COMMIT


def _narrow(canvas: Range, tokens: Quantiles, widest: int) -> int:
    """The narrowest canvas, doubled from the floor, that 9 in 10 such answers fit; the widest where it would be a guess
    that they do."""
    if tokens.p90 == 0 or tokens.why == NOTHING_TOLD:
        return widest
    width = canvas.floor
    while width < min(_late(tokens), widest):
        width *= 2
    return min(width, widest)


def _late(tokens: Quantiles) -> int:
    return max(tokens.p50, tokens.p90)


class Spending(Struct, frozen=True):
    """What a policy says of denoising, for one request: `tiers` and `free` are the states, and the dials left to the
    policy, of the tiers that have any; `budget_ms` is how long the whole answer may take (None: as long as it
    takes)."""

    said: Denoise | DenoiseWithin
    tiers: Mapping[Tier, TierState]
    free: Mapping[Tier, tuple[DialName, ...]]
    signals: Signals
    budget_ms: float | None

    def choice(self, tier: Tier, spent_ms: float = 0.0, written_tokens: int = 0) -> Chosen | None:
        """What the engine of a tier is told when so much of the budget is spent and so much of the answer is there.
        None: it has no such dials."""
        state = self.tiers.get(tier)
        if state is None:
            return None
        left_ms = None if self.budget_ms is None else max(self.budget_ms - spent_ms, 0.0)
        tokens = self._tokens(written_tokens)
        asked = self._asked(tier, state, tokens, left_ms)
        return Chosen(asked.steps, asked.canvas, self._why(state, tokens, left_ms, asked))

    def foreseen(self, tier: Tier, state: TierState) -> TierState:
        """The state of a tier with what is predicted of an answer that is denoised as this says."""
        known = self.tiers.get(tier)
        if known is None or known.pass_ms == 0.0:
            return state
        asked = self._asked(tier, known, self._tokens(0), self.budget_ms)
        if asked.steps is None:
            return state
        usual = Duration(state.predicted_p50_ms, state.predicted_p90_ms)
        course = Course(known.before_ms, known.pass_ms, asked.canvas or known.canvas_tokens)
        capped = capped_duration(usual, course, self.signals, asked.steps)
        return replace(
            state,
            predicted_p50_ms=ceil(capped.p50_ms - _ROUNDING_MS),
            predicted_p90_ms=ceil(capped.p90_ms - _ROUNDING_MS),
        )

    def _asked(self, tier: Tier, state: TierState, tokens: Quantiles, left_ms: float | None) -> Denoise:
        said, free = self.said, self.free[tier]
        if isinstance(said, Denoise):
            asked = said
        elif left_ms is None or state.pass_ms == 0.0:
            asked = Denoise(_fixed(said.steps), _fixed(said.canvas))
        else:
            asked = spend(said, Course(state.before_ms, state.pass_ms, state.canvas_tokens), tokens, left_ms)
        if len(free) == len(DENOISING):
            return asked
        return Denoise(asked.steps if STEPS in free else None, asked.canvas if CANVAS in free else None)

    def _tokens(self, written: int) -> Quantiles:
        signals = self.signals
        p50, p90 = signals.answer_tokens, signals.answer_tokens_p90
        if written > 0:
            p50, p90 = max(p50 - written, 1), max(p90 - written, 1)
        return Quantiles(p50, p90, signals.answer_base.why)

    def _why(self, state: TierState, tokens: Quantiles, left_ms: float | None, asked: Denoise) -> str:
        if isinstance(self.said, Denoise):
            return FIXED
        if left_ms is None:
            return NO_BUDGET
        if state.pass_ms == 0.0:
            return NOT_KNOWN
        width = asked.canvas or state.canvas_tokens
        canvases = canvases_of(_late(tokens), width)
        course = Course(state.before_ms, state.pass_ms, width)
        said = f"{left_ms / 1000:.3g} s left for {_counted(canvases)} at {state.pass_ms:.3g} ms a pass"
        before = f" after {state.before_ms:.0f} ms" if state.before_ms >= 1.0 else ""
        return said + before + _held(self.said.steps, _afforded(course, canvases, left_ms))


def spending_of(
    said: Denoise | DenoiseWithin, view: View, configured: Mapping[Tier, TierFacts], budget_ms: float | None
) -> Spending | None:
    """What a policy says of denoising, for the request in this view; None: no tier has dials that are left to it."""
    free = free_dials(configured, view.request.parameters)
    states = {tier: view.tiers.get(tier, NOT_CONFIGURED) for tier in free}
    return Spending(said, states, free, view.signals, budget_ms) if free else None


def free_dials(configured: Mapping[Tier, TierFacts], parameters: Mapping[str, Any]) -> dict[Tier, tuple[DialName, ...]]:
    """The dials of denoising that a request with these parameters leaves to the policy, for tiers that have any."""
    free = {}
    for tier, facts in configured.items():
        if facts.dialect.dials:
            names = tuple([name for name in DENOISING if facts.dialect.is_free(name, parameters)])
            if names:
                free[tier] = names
    return free


def _fixed(within: Range | None) -> int | None:
    return within.floor if within is not None and within.floor == within.ceiling else None


def _counted(canvases: int) -> str:
    return "1 canvas" if canvases == 1 else f"{canvases} canvases"


def _held(steps: Range, afforded: int) -> str:
    if afforded < steps.floor:
        return f": too little for the floor of {steps.floor} passes"
    return f": enough for the ceiling of {steps.ceiling} passes" if afforded >= steps.ceiling else ""
