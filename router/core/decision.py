"""policy x signals x tiers -> the decision for one request, with everything that explains it. Pure."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from router.core.errors import Forbidden
from router.core.facts import View
from router.core.ladder import Ladder, Reach, effective_ladder, reach_up_to
from router.core.policy import OTHERWISE, Match, Policy, Then, match
from router.core.values import TIERS, Score, Signals, Tier, lower_tier

Reason = Literal["rule", "otherwise", "pin", "capability", "degraded", "condition_failed"]


class Decision(Struct, frozen=True):
    """The tiers to climb, by which rule of which policy version, and what was considered."""

    policy: str
    rule: str
    reason: Reason
    then: Then
    ladder: Ladder
    match: Match
    stakes: Score
    signals: Signals

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers of the ladder, in the order they are tried."""
        return tuple(fit.tier for fit in self.ladder.fits)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The tiers left out, each with the parameter at fault: `fast:seed`."""
        return tuple(f"{each.tier}:{each.parameter}" for each in self.ladder.exclusions)

    def dropped_by(self, tier: Tier) -> tuple[str, ...]:
        """The parameters left out when this tier serves the request."""
        for fit in self.ladder.fits + self.ladder.fallback:
            if fit.tier == tier:
                return fit.dropped
        return ()

    def as_dict(self) -> dict[str, Any]:
        """The decision for machines: what `explain` answers."""
        return {
            "policy": self.policy,
            "rule": self.rule,
            "reason": self.reason,
            "ladder": list(self.tiers),
            "fallback": [fit.tier for fit in self.ladder.fallback],
            "on_unavailable": self.then.on_unavailable,
            "commit_after_s": self.then.commit_after_s,
            "dropped": {fit.tier: list(fit.dropped) for fit in self.ladder.fits},
            "excluded": [
                {"tier": each.tier, "parameter": each.parameter, "action": each.action, "why": each.why}
                for each in self.ladder.exclusions
            ],
            "skipped_rules": self.match.why_skipped(),
            "facts": dict(self.match.facts),
        }


def decide(policy: Policy, view: View, reach: Reach, pin: Tier | None) -> Decision:
    """Which tiers to climb. A pin fixes the tier and switches off neither capabilities nor floors. A condition
    that could not be evaluated turns the decision expensive. Raises what `effective_ladder` raises."""
    matched = match(policy, view)
    then, reason = matched.then, _rule_reason(matched)
    if matched.failures:
        then, reason = replace(then, ladder=_expensive(then)), "condition_failed"
    if pin is not None:
        _check_floor(pin, then, view)
        then, reach, reason = _pinned(pin, then), _reach_of_pin(pin, reach), "pin"
    ladder = effective_ladder(then, reach, view.request, view.signals)
    if ladder.degraded:
        reason = "degraded"
    elif ladder.fits[0].tier != _first_asked(then, reach):
        reason = "capability"
    return Decision(policy.version, matched.rule, reason, then, ladder, matched, view.stakes, view.signals)


def _first_asked(then: Then, reach: Reach) -> Tier | None:
    return next((tier for tier in then.ladder if tier in reach.tiers), None)


def _rule_reason(matched: Match) -> Reason:
    return "otherwise" if matched.rule == OTHERWISE else "rule"


def _pinned(pin: Tier, then: Then) -> Then:
    return Then(ladder=(pin,), on_unavailable="fail", commit_after_s=then.commit_after_s)


def _reach_of_pin(pin: Tier, reach: Reach) -> Reach:
    return reach_up_to(lower_tier(pin, reach.max_tier), reach.configured, reach.limited_by)


def _check_floor(pin: Tier, then: Then, view: View) -> None:
    """INVARIANT: a key with a stakes floor cannot pin its way below the tier the policy wants."""
    if view.caller.grants.min_stakes == "low":
        return
    if TIERS.index(pin) < min(map(TIERS.index, then.ladder)):
        raise Forbidden("min_stakes", f"this key's stakes floor does not let it pin the tier {pin}")


def _expensive(then: Then) -> tuple[Tier, ...]:
    """The rule's tiers from `strong` up, or `strong` when it names none."""
    above = tuple(tier for tier in then.ladder if tier != "fast")
    return above or ("strong",)
