"""What a latency budget makes of a ladder, where it is known how long the tiers take. Pure.

Only what was learned keeps a tier out: what is merely assumed of it may be wrong, and would stay so unseen.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from router.core.capabilities import Exclusion, Fit
from router.core.denoise import Spending
from router.core.errors import DeadlineExceeded
from router.core.facts import NOT_CONFIGURED, View
from router.core.grants import Grants, effective_budget_ms
from router.core.ladder import Ladder
from router.core.policy import Then
from router.core.values import Hints, TierState

BUDGET: Final = "latency_budget"
"""The parameter an exclusion names when a tier would take too long."""

LEARNED: Final = 20
"""Answers from which a prediction can keep a tier out."""


def budget_ms_of(then: Then, grants: Grants, hints: Hints) -> float | None:
    """How long the whole answer may take: what the caller hinted, else the key's own, else the rule's deadline."""
    budget_ms = effective_budget_ms(grants, hints)
    if budget_ms is not None:
        return budget_ms
    return None if then.deadline_s is None else then.deadline_s * 1000.0


def within_budget(ladder: Ladder, then: Then, view: View, spending: Spending | None = None) -> Ladder:
    """The ladder without the tiers at its beginning that are likely to take too long, where the next one is not. It
    stays as it is where no tier is known to keep the budget. Raises DeadlineExceeded when even half of such answers
    take too long on every tier, unless the rule would rather have a late one. A tier that keeps the budget by fewer
    passes, as `spending` has it, keeps it."""
    budget_ms = budget_ms_of(then, view.caller.grants, view.hints)
    if budget_ms is None:
        return ladder
    fits, states = ladder.fits, [view.tiers.get(each.tier, NOT_CONFIGURED) for each in ladder.fits]
    if spending is not None:
        states = [spending.foreseen(each.tier, state) for each, state in zip(fits, states, strict=True)]
    first = next((at for at, state in enumerate(states) if not _is_late(state, budget_ms)), None)
    if first is None:
        if then.over_budget == "refuse" and all(state.predicted_p50_ms > budget_ms for state in states):
            raise too_late(ladder, states, budget_ms)
        return ladder
    if first == 0 or not 0 < states[first].predicted_p90_ms <= budget_ms:
        return ladder
    passed_over = [_exclusion(*each, budget_ms) for each in zip(fits[:first], states[:first], strict=True)]
    return replace(ladder, fits=fits[first:], exclusions=(*ladder.exclusions, *passed_over))


def too_late(ladder: Ladder, states: Sequence[TierState], budget_ms: float) -> DeadlineExceeded:
    """The refusal of an answer that is not likely in time at any tier of the ladder, of which these are the states."""
    each = [f"{fit.tier} about {state.predicted_p50_ms} ms" for fit, state in zip(ladder.fits, states, strict=True)]
    needed_ms = min(state.predicted_p90_ms for state in states)
    return DeadlineExceeded(
        f"the answer is not likely within {budget_ms:.0f} ms: it would take {', '.join(each)}; "
        f"a budget of {needed_ms} ms would do for 90 in 100 such answers"
    )


def _is_late(state: TierState, budget_ms: float) -> bool:
    return state.seen_answers >= LEARNED and state.predicted_p90_ms > budget_ms


def _exclusion(fit: Fit, state: TierState, budget_ms: float) -> Exclusion:
    why = f"is {budget_ms:.0f} ms; 90 in 100 such answers take this tier up to {state.predicted_p90_ms} ms"
    return Exclusion(fit.tier, BUDGET, "escalate", why)
