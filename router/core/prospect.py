"""At which tier of a ladder a right answer within the latency budget is likeliest. Pure.

How likely an answer is in time follows from its two predicted quantiles, taken for those of a log-normal; how likely it
is right, from the difficulty, which is how likely the fast tier fails, and from what is published of both tiers.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Final

from router.core.odds import log_odds_of, logistic
from router.core.values import Score, Tier, TierState

USUAL_GAP: Final = 0.511
"""By how much the log-odds of failing are higher on the fast tier than above it: the mean over the published benchmarks
that set the models of the shipped profiles beside each other (`priors.yaml` of the shipped classifier)."""

_NORMAL = NormalDist()
_P90 = _NORMAL.inv_cdf(0.9)
_LEAST_SPREAD = 0.05
"""Of the logarithm of a time: no prediction is surer than that."""


def likeliest_start(tiers: Sequence[Tier], states: Mapping[Tier, TierState], hard: Score, budget_ms: float) -> Tier:
    """The tier to begin at, of those that have room, or of all where none has. Of equals the first. Where nothing is
    predicted of one of them, the first of all."""
    if any(states[tier].predicted_p50_ms <= 0 for tier in tiers):
        return tiers[0]
    free = [tier for tier in tiers if not states[tier].saturated] or tiers
    return max(free, key=lambda tier: chance_right(tier, hard) * chance_in_time(states[tier], budget_ms))


def chance_in_time(state: TierState, budget_ms: float) -> float:
    """How likely a tier has an answer within the budget, as is predicted of it (both quantiles above 0)."""
    if budget_ms <= 0.0:
        return 0.0
    spread = max(math.log(state.predicted_p90_ms / state.predicted_p50_ms) / _P90, _LEAST_SPREAD)
    return _NORMAL.cdf(math.log(budget_ms / state.predicted_p50_ms) / spread)


def chance_right(tier: Tier, hard: Score) -> float:
    """How likely the answer of a tier is right."""
    if tier == "fast" or not 0.0 < hard.score < 1.0:
        return 1.0 - hard.score
    return 1.0 - logistic(log_odds_of(hard.score) - USUAL_GAP)
