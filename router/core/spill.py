"""Where a request begins whose first tier is past its knee. Pure.

A spill is no escalation: nothing was found wanting, it is only sooner there. So it is counted apart, needs no budget of
escalations, and is not remembered.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from router.core.denoise import Spending
from router.core.facts import NOT_CONFIGURED, View
from router.core.ladder import Ladder
from router.core.values import Tier, TierState


class Start(Struct, frozen=True):
    """Where a climb begins. `ladder` is what is left of it, with what was passed over as its last resort; `starts` are
    the tiers at which it may begin: the first, and, where that has no seat, the others. `spilled_from`: the tier that
    would have been first (None: it is)."""

    ladder: Ladder
    starts: tuple[Tier, ...]
    spilled_from: Tier | None = None


def stay(ladder: Ladder) -> Start:
    """The beginning of one that does not spill."""
    return Start(ladder, (ladder.fits[0].tier,))


def spill(ladder: Ladder, view: View, spending: Spending | None) -> Start:
    """The ladder from the next tier on that is not full and is likely to have the whole answer sooner, its queue
    included, where the first tier is full; else as it is."""
    tiers = tuple([fit.tier for fit in ladder.fits])
    if len(tiers) == 1 or not view.tiers.get(tiers[0], NOT_CONFIGURED).saturated:
        return Start(ladder, tiers)
    states = [view.tiers.get(tier, NOT_CONFIGURED) for tier in tiers]
    if spending is not None:
        states = [spending.foreseen(tier, state) for tier, state in zip(tiers, states, strict=True)]
    at = _sooner(states)
    if at is None:
        return Start(ladder, tiers)
    passed_over = tuple(reversed(ladder.fits[:at]))
    left = replace(ladder, fits=ladder.fits[at:], fallback=passed_over + ladder.fallback)
    return Start(left, tiers[at:], tiers[0])


def _sooner(states: Sequence[TierState]) -> int | None:
    p50_ms = states[0].predicted_p50_ms
    found = (at for at, state in enumerate(states) if not state.saturated and 0 < state.predicted_p50_ms < p50_ms)
    return next(found, None)
