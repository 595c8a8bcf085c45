"""For whose answer a request may wait that another replica is about to keep, and for how long. Pure."""

from typing import Final

from msgspec.structs import replace

from router.core.budget import LEARNED
from router.core.caching.entry import Place
from router.core.caching.key import digest
from router.core.caching.terms import Terms
from router.core.decision import Decision
from router.core.facts import NOT_CONFIGURED, View

SHARE_OF_COMMIT: Final = 0.5
"""Of the time after which silence is too long."""


def lease_place(terms: Terms, budget_ms: float | None) -> Place:
    """The place of the lease for a climb on these terms, of a caller with this budget. INVARIANT: who has the same one
    would have the answer written by the same tiers, judged by the same rule and within the same budget, and asks as
    much of what is kept."""
    floor = "verified" if terms.needs_verified else ""
    parts = (terms.place.key, terms.rule, floor, repr(budget_ms), *terms.ladder)
    return replace(terms.place, key=digest([part.encode("utf-8", "surrogatepass") for part in parts]))


def patience_s(terms: Terms, decision: Decision, view: View, budget_ms: float | None) -> float:
    """For how long, from the beginning of the request. INVARIANT: less than `commit_after`; and who has waited in vain
    has as much of the budget left as nine in ten of such answers take. None: who wants an answer younger than any that
    was kept; where half of such answers are known to take longer than one would wait."""
    most_s = decision.then.commit_after_s * SHARE_OF_COMMIT
    first = decision.tiers[0]
    foreseen = decision.foreseen(first, view.tiers.get(first, NOT_CONFIGURED))
    is_slow = foreseen.seen_answers >= LEARNED and foreseen.predicted_p50_ms > most_s * 1000
    if is_slow or terms.directives.max_age_s == 0:
        return 0.0
    if budget_ms is None:
        return most_s
    own_ms = foreseen.predicted_p90_ms or budget_ms
    return min(most_s, max(budget_ms - own_ms, 0.0) / 1000)
