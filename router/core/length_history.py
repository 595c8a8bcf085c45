"""How long answers have been beside what was expected of them, and what that makes of the next expectation. Pure.

A history belongs to one tenant and one task. It holds ratios of the tokens taken to the median expected, not tokens, so
that what one answer teaches holds for longer and shorter asks too. It begins as if `PRIOR` answers had been as
expected; each real one takes the place of one of these, until none is left, and then the latest `KEPT` count. This was
chosen by simulation (`tests/core/test_length_history.py` has the like of it): a prior that is only diluted keeps an
expectation that is too long alive for over a hundred answers, and 200 answers in place of 100 cover no better while
they follow a drift worse.
"""

import math
from statistics import NormalDist
from typing import Final, Literal

from msgspec import Struct

from router.core.record import Record
from router.core.values import Quantiles

PRIOR: Final = 20
"""Answers that the expectation stands for before there are any."""

KEPT: Final = 100
"""The latest answers that count, a byte each."""

STEPS_PER_DOUBLING: Final = 16
"""Steps of a ratio: 4.4% apart. A ratio is rounded up, so that 90% of answers do fit under the 90% quantile."""

MIDDLE, LAST = 128, 255
"""The step of an answer just as long as expected, and of one 245 times as long, or longer."""

_NORMAL_P90 = NormalDist().inv_cdf(0.9)
_STRIDE = 7
_PRIOR_SHAPE = tuple([NormalDist().inv_cdf((at * _STRIDE % PRIOR + 0.5) / PRIOR) / _NORMAL_P90 for at in range(PRIOR)])
"""Logarithms of the ratios of answers that are as expected (log-normal; the 90% quantile is 1). In an order in which
any run of them is about as spread as all: they leave from the front."""

Reach = Literal["p50", "p90", "beyond"]
"""The lower of the two quantiles that an answer kept within; `beyond`: neither."""


class SeenLength(Struct, frozen=True, gc=False):
    """The tokens an answer took, and what was expected: `base` before the caller's cap and before history, `estimate`
    in the end. `was_cut`: it would have been longer, but a cap or the engine's window ended it."""

    task: str
    base: Quantiles
    estimate: Quantiles
    tokens: int
    was_cut: bool

    @property
    def within(self) -> Reach:
        """How far the answer reached."""
        if self.tokens <= self.estimate.p50:
            return "p50"
        return "p90" if self.tokens <= self.estimate.p90 else "beyond"


def length_seen(record: Record) -> SeenLength | None:
    """The answer that a record tells of. None: none was served, it was one of several choices, or its tokens are not
    known. Tokens of thinking are not told apart from those of the answer: both take time and money."""
    situation, usage = record.situation, record.usage
    if record.outcome != "served" or record.tier is None or situation is None or situation.choices != 1:
        return None
    if usage is None or usage.completion_tokens <= 0:
        return None
    signals, tokens, state = situation.signals, usage.completion_tokens, situation.tiers.get(record.tier)
    hit_cap = 0 < situation.max_tokens <= tokens
    hit_window = state is not None and 0 < state.context_tokens <= usage.prompt_tokens + tokens
    estimate = Quantiles(signals.answer_tokens, signals.answer_tokens_p90)
    return SeenLength(signals.task, signals.answer_base, estimate, tokens, hit_cap or hit_window)


class LengthHistory(Struct, frozen=True, gc=False):
    """The latest answers, the oldest first, as steps; the first `assumed` of them stand for the expectation. `p50` and
    `p90` are the quantiles of the ratios. INVARIANT: at most `KEPT` bytes, and `p50 <= p90`."""

    steps: bytes
    assumed: int
    p50: float
    p90: float

    def after(self, answer: SeenLength) -> "LengthHistory":
        """The history with one more answer. One that was cut counts as long as the oldest here that is no shorter: its
        own length would teach the cap, and leaving it out would teach the lengths of short answers."""
        step = _step_of(answer)
        if answer.was_cut:
            step = next((each for each in self.steps if each >= step), step)
        is_full = self.assumed > 0 or len(self.steps) >= KEPT
        kept = self.steps[1:] if is_full else self.steps
        return _history(kept + bytes((step,)), max(self.assumed - 1, 0))

    def correct(self, base: Quantiles) -> Quantiles:
        """What is to be expected where `base` was."""
        if not base.yields:
            return base
        return Quantiles(math.ceil(base.p50 * self.p50), math.ceil(base.p50 * self.p90), base.why)


def new_history(base: Quantiles) -> LengthHistory:
    """The history before any answer, where the first one is expected to be so long."""
    spread = math.log2(max(base.p90 / base.p50, 1.0)) * STEPS_PER_DOUBLING
    return _history(bytes([_bounded(round(MIDDLE + spread * each)) for each in _PRIOR_SHAPE]), PRIOR)


def _history(steps: bytes, assumed: int) -> LengthHistory:
    ranked = sorted(steps)
    return LengthHistory(steps, assumed, _ratio_at(0.5, ranked), _ratio_at(0.9, ranked))


def _ratio_at(share: float, ranked: list[int]) -> float:
    """A quantile of sorted steps, as a ratio; between two of them in proportion (Hazen's definition)."""
    at = min(max(len(ranked) * share - 0.5, 0.0), len(ranked) - 1.0)
    low, high = ranked[math.floor(at)], ranked[math.ceil(at)]
    step = low + (high - low) * (at - math.floor(at))
    return float(2.0 ** ((step - MIDDLE) / STEPS_PER_DOUBLING))


def _step_of(answer: SeenLength) -> int:
    return _bounded(MIDDLE + math.ceil(math.log2(answer.tokens / answer.base.p50) * STEPS_PER_DOUBLING))


def _bounded(step: int) -> int:
    return min(max(step, 0), LAST)
