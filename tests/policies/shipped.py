"""The policies that ship, read once, and what their tests ask of them. Pytest needs their cases to name its tests, so
they are read when this is imported."""

from collections.abc import Mapping
from pathlib import Path

from router.config.policies.case_file import CaseResult
from router.config.policies.policy_reader import read_policies
from router.config.policies.policy_set import LoadedPolicy
from router.core.case import Case, Usual, put
from router.core.decision import Decision, decide
from router.core.errors import TandemError
from router.core.values import Tier
from tests.usual import USUAL

FOLDER = Path(__file__).parents[2] / "policies"

SHIPPED: Mapping[str, LoadedPolicy] = read_policies(FOLDER, USUAL).policies

RESULTS: Mapping[str, CaseResult] = {
    f"{name}/{result.case.name}": result for name, loaded in SHIPPED.items() for result in loaded.results
}
"""What came of each case, by `policy/case`."""


def decided(policy: str, case: Case, usual: Usual = USUAL) -> Decision | None:
    """What a shipped policy makes of the situation of a case; None when the caller gets an error."""
    question = put(case, usual)
    try:
        return decide(SHIPPED[policy].policy, question.view, question.reach, question.pin)
    except TandemError:
        return None


def tiers_of(policy: str, case: Case, usual: Usual = USUAL) -> tuple[Tier, ...]:
    """Every tier that may serve the case, in order, the ones to fall back to last; none when it is an error."""
    decision = decided(policy, case, usual)
    return () if decision is None else decision.tiers + tuple(fit.tier for fit in decision.ladder.fallback)
