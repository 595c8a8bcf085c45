"""At which tier of a ladder a right answer within the latency budget is likeliest, and whether to try at all. Pure.

How likely an answer is in time follows from its two predicted quantiles, taken for those of a log-normal; how likely it
is right, from the difficulty, which is how likely the fast tier fails, and from what is published of both tiers.

One more answer makes all that are written beside it slower, so that it is worth what it gains less what it takes from
them: of n that are alike, n x P(n) are in time, and one more is worth the derivative of that, P + n dP/dn. A tier at
its limit is taken to be at about half the pace of an idle one, as the profiles' are at their knees.
"""

import math
from statistics import NormalDist
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.budget import too_late
from router.core.denoise import Spending
from router.core.facts import NOT_CONFIGURED, View
from router.core.ladder import Ladder
from router.core.odds import log_odds_of, logistic
from router.core.policy import OverBudget
from router.core.values import Score, Tier, TierState

USUAL_GAP: Final = 0.511
"""By how much the log-odds of failing are higher on the fast tier than above it: the mean over the published benchmarks
that set the models of the shipped profiles beside each other (`priors.yaml` of the shipped classifier)."""

LEAST_GAIN: Final = 0.15
"""Of answers in time, for which a seat is given. Chosen by simulation, between 0.1 and 0.2: less is better on a slow
machine, more on a fast one."""

LIKELY: Final = 0.5
"""To be in time, of an answer for which a seat is waited for."""

_NORMAL: Final = NormalDist()
_P90: Final = _NORMAL.inv_cdf(0.9)
_LEAST_SPREAD: Final = 0.05
"""Of the logarithm of a time: no prediction is surer than that."""


class Prospect(Struct, frozen=True, gc=False):
    """What may be expected of one tier: how likely its answer is in time, and how many more answers will be (`gain`)
    and will be right as well (`worth`), all told, if it is asked for this one."""

    tier: Tier
    has_seat: bool
    in_time: float
    gain: float
    worth: float


def begin_in_time(
    ladder: Ladder, view: View, spending: Spending | None, budget_ms: float, over_budget: OverBudget
) -> Ladder:
    """The ladder from where a right answer is likeliest in time: of the tiers that have a seat for it, or else of those
    worth waiting for. As it is where nothing is predicted of a tier. Raises DeadlineExceeded where there is neither,
    unless the rule would rather have a late answer."""
    tiers = tuple([fit.tier for fit in ladder.fits])
    states = [view.tiers.get(tier, NOT_CONFIGURED) for tier in tiers]
    if spending is not None:
        states = [spending.foreseen(tier, state) for tier, state in zip(tiers, states, strict=True)]
    if any(state.predicted_p50_ms <= 0 for state in states):
        return ladder
    every = [
        prospect_of(tier, state, view.signals.difficulty, budget_ms) for tier, state in zip(tiers, states, strict=True)
    ]
    seated = [each for each in every if each.has_seat and each.gain >= LEAST_GAIN]
    worthy = seated or [each for each in every if each.in_time >= LIKELY]
    if not worthy and over_budget == "refuse":
        raise too_late(ladder, states, budget_ms)
    at = tiers.index(max(worthy or every, key=lambda each: each.worth).tier)
    passed_over = tuple(reversed(ladder.fits[:at]))
    return replace(ladder, fits=ladder.fits[at:], fallback=passed_over + ladder.fallback)


def chance_right(tier: Tier, hard: Score) -> float:
    """How likely the answer of a tier is right."""
    if tier == "fast":
        return 1.0 - hard.score
    return 1.0 - logistic(log_odds_of(hard.score) - USUAL_GAP)


def prospect_of(tier: Tier, state: TierState, hard: Score, budget_ms: float) -> Prospect:
    """What may be expected of a tier of which both quantiles are predicted."""
    if budget_ms <= 0.0:
        return Prospect(tier, not state.saturated, 0.0, 0.0, 0.0)
    spread = max(math.log(state.predicted_p90_ms / state.predicted_p50_ms) / _P90, _LEAST_SPREAD)
    at = math.log(budget_ms / state.predicted_p50_ms) / spread
    filled = state.in_flight / state.limit if state.limit else 0.0
    in_time, slowing = _NORMAL.cdf(at), filled / (1.0 + filled)
    gain = in_time - slowing * _NORMAL.pdf(at) / spread
    return Prospect(tier, not state.saturated, in_time, gain, gain * chance_right(tier, hard))
