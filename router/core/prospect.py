"""At which tier of a ladder a right answer within the latency budget is likeliest, and whether to try at all. Pure.

How likely an answer is in time follows from its two predicted quantiles, taken for those of a log-normal; how likely it
is right, from the difficulty, which is how likely the fast tier fails, and from what is published of both tiers.

A seat that nobody else has a use for may go to an answer that is hardly likely in time; the fuller a tier, the likelier
it must be, up to half at its limit, so that those who would be in time find a seat.
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

LEAST_CHANCE, CHANCE_WHEN_FULL = 0.1, 0.5
"""Of being in time: of an answer for which an idle tier is asked, and for one that is full. Chosen by simulation
(`tests/bench/load.py`), and so no finer than by steps that made a difference there."""

_NORMAL: Final = NormalDist()
_P90: Final = _NORMAL.inv_cdf(0.9)
_LEAST_SPREAD: Final = 0.05
"""Of the logarithm of a time: no prediction is surer than that."""


class Prospect(Struct, frozen=True, gc=False):
    """What may be expected of one tier: the chances that its answer is in time, and right and in time."""

    tier: Tier
    state: TierState
    in_time: float
    right_in_time: float

    @property
    def is_likely(self) -> bool:
        """Whether it is likely enough in time to be worth the wait, however full the tier."""
        return self.in_time >= CHANCE_WHEN_FULL

    @property
    def is_worth_a_seat(self) -> bool:
        """Whether it has a seat, and has it for an answer of such a chance."""
        state = self.state
        filled = state.in_flight / state.limit if state.limit else 0.0
        return not state.saturated and self.in_time >= max(LEAST_CHANCE, CHANCE_WHEN_FULL * filled)


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
    every = [_prospect(tier, state, view.signals.difficulty, budget_ms) for tier, state in zip(tiers, states, strict=True)]
    worthy = [each for each in every if each.is_worth_a_seat] or [each for each in every if each.is_likely]
    if not worthy and over_budget == "refuse":
        raise too_late(ladder, states, budget_ms)
    at = tiers.index(max(worthy or every, key=lambda each: each.right_in_time).tier)
    passed_over = tuple(reversed(ladder.fits[:at]))
    return replace(ladder, fits=ladder.fits[at:], fallback=passed_over + ladder.fallback)


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


def _prospect(tier: Tier, state: TierState, hard: Score, budget_ms: float) -> Prospect:
    in_time = chance_in_time(state, budget_ms)
    return Prospect(tier, state, in_time, in_time * chance_right(tier, hard))
