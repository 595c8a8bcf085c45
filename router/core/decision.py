"""policy x signals x tiers -> the decision for one request, with everything that explains it. Pure."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict, replace

from router.core.budget import budget_ms_of, within_budget
from router.core.capabilities import fit
from router.core.denoise import Chosen, Spending, spending_of
from router.core.errors import Forbidden
from router.core.facts import View
from router.core.ladder import Ladder, Reach, effective_ladder, reach_up_to
from router.core.policy import OTHERWISE, Denoise, DenoiseWithin, Match, Policy, Then, match
from router.core.prospect import begin_in_time
from router.core.spill import Start, spill, stay
from router.core.values import OUTSIDE, TIERS, Score, Signals, Tier, TierState, lower_tier

Reason = Literal[
    "rule", "otherwise", "pin", "conversation", "capability", "degraded", "budget", "spill", "condition_failed"
]


class Decision(Struct, frozen=True):
    """The tiers to climb, by which rule of which policy version, and what was considered. `spending`: how their engines
    are told to denoise, where the rule says something of it and one of them has the dials. `spilled_from`: the tier
    that would be first were it not past its knee; `starts`: the tiers at which the climb may begin, one after the first
    only where those before it have no seat."""

    policy: str
    rule: str
    reason: Reason
    then: Then
    ladder: Ladder
    match: Match
    stakes: Score
    signals: Signals
    spending: Spending | None = None
    spilled_from: Tier | None = None
    starts: tuple[Tier, ...] = ()

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers of the ladder, in the order they are tried."""
        return tuple(fit.tier for fit in self.ladder.fits)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The tiers left out, each with the parameter at fault: `fast:seed`."""
        return tuple(f"{each.tier}:{each.parameter}" for each in self.ladder.exclusions)

    @property
    def continuing(self) -> frozenset[Tier]:
        """The tiers that can go on with an answer of which the caller has a part."""
        return frozenset([fit.tier for fit in self.ladder.fits if fit.continues])

    @property
    def leaving(self) -> tuple[Tier, ...]:
        """The tiers that may be asked and are another company's: what is asked there leaves the house."""
        return tuple([fit.tier for fit in self.ladder.fits + self.ladder.fallback if fit.tier in OUTSIDE])

    def dropped_by(self, tier: Tier) -> tuple[str, ...]:
        """The parameters left out when this tier serves the request."""
        for each in self.ladder.fits + self.ladder.fallback:
            if each.tier == tier:
                return each.dropped
        return ()

    def foreseen(self, tier: Tier, state: TierState) -> TierState:
        """The state of a tier with what is predicted of this answer, denoised as was decided."""
        return state if self.spending is None else self.spending.foreseen(tier, state)

    def denoised(self) -> dict[Tier, Chosen]:
        """How the engine of each tier of the ladder that has the dials would be told to denoise now, and why so."""
        if self.spending is None:
            return {}
        chosen = {tier: self.spending.choice(tier) for tier in self.tiers}
        return {tier: each for tier, each in chosen.items() if each is not None}

    def as_dict(self) -> dict[str, Any]:
        """The decision for machines: what `explain` answers."""
        return {
            "policy": self.policy,
            "rule": self.rule,
            "reason": self.reason,
            "ladder": list(self.tiers),
            "spilled_from": self.spilled_from,
            "starts": list(self.starts),
            "fallback": [fit.tier for fit in self.ladder.fallback],
            "may_leave_house": list(self.leaving),
            "settings": self.then.settings(),
            "denoise": {tier: asdict(each) for tier, each in self.denoised().items()},
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
    that could not be evaluated turns the decision expensive. A conversation does not go below the tier it reached,
    unless the rule is not sticky. Raises what `effective_ladder` and `within_budget` raise."""
    matched = match(policy, view)
    then, reason = matched.then, _rule_reason(matched)
    if matched.failures:
        then, reason = replace(then, ladder=_expensive(then)), "condition_failed"
    if pin is not None:
        _check_floor(pin, then, view)
        then, reach, reason = _pinned(pin, then), _reach_of_pin(pin, reach), "pin"
    elif view.conversation.tier is not None and then.sticky == "up":
        held = _held(then, view.conversation.tier, view, reach)
        if held is not then:
            reach = _reach_of_held(then, view.conversation.tier, reach)
            then, reason = held, "conversation"
    capable = effective_ladder(then, reach, view.request, view.signals)
    spending = None if then.denoise is None else _spending(then.denoise, then, view, reach)
    start = _start(capable, then, view, spending, pin)
    reason = _reason(reason, start, capable, _first_asked(then, reach))
    return Decision(
        policy.version,
        matched.rule,
        reason,
        then,
        start.ladder,
        matched,
        view.stakes,
        view.signals,
        spending,
        start.spilled_from,
        start.starts,
    )


def _start(capable: Ladder, then: Then, view: View, spending: Spending | None, pin: Tier | None) -> Start:
    """Where the climb begins, by what the tiers are likely to take and how full they are."""
    budget_ms = budget_ms_of(then, view.caller.grants, view.hints)
    if then.begin == "in_time" and budget_ms is not None and pin is None:
        ladder = _cut(begin_in_time(capable, view, spending, budget_ms, then.over_budget), then)
        return Start(ladder, tuple([fit.tier for fit in ladder.fits]))
    ladder = _cut(within_budget(capable, then, view, spending), then)
    return stay(ladder) if then.spill == "off" or pin is not None else spill(ladder, view, spending)


def _reason(by_rule: Reason, start: Start, capable: Ladder, asked: Tier | None) -> Reason:
    """What settled the ladder: what came last, of all that moved its first tier."""
    ladder = start.ladder
    if ladder.degraded:
        return "degraded"
    if start.spilled_from is not None:
        return "spill"
    if ladder.fits[0] is not capable.fits[0]:
        return "budget"
    return "capability" if ladder.fits[0].tier != asked else by_rule


def _spending(said: Denoise | DenoiseWithin, then: Then, view: View, reach: Reach) -> Spending | None:
    return spending_of(said, view, reach.configured, budget_ms_of(then, view.caller.grants, view.hints))


def _cut(ladder: Ladder, then: Then) -> Ladder:
    """No more tiers than the rule lets the request climb; the way down is not a climb."""
    if then.max_escalations is None or ladder.degraded:
        return ladder
    return replace(ladder, fits=ladder.fits[: 1 + then.max_escalations])


def _first_asked(then: Then, reach: Reach) -> Tier | None:
    return next((tier for tier in then.ladder if tier in reach.tiers), None)


def _rule_reason(matched: Match) -> Reason:
    return "otherwise" if matched.rule == OTHERWISE else "rule"


def _held(then: Then, reached: Tier, view: View, reach: Reach) -> Then:
    """The same without the tiers below the one reached; those serve again when nothing else can be reached, for the
    rule would have had them. A tier that cannot serve this request, or that it may not reach, holds nothing."""
    kept = tuple([tier for tier in then.ladder if TIERS.index(tier) >= TIERS.index(reached)])
    if kept == then.ladder:
        return then
    for ladder in (kept, (reached,)):
        if any(_can_serve(tier, view, reach) for tier in ladder):
            return replace(then, ladder=ladder, on_unavailable="degrade")
    return then


def _can_serve(tier: Tier, view: View, reach: Reach) -> bool:
    facts = reach.tiers.get(tier)
    return facts is not None and fit(facts, view.request, view.signals).exclusion is None


def _reach_of_held(then: Then, reached: Tier, reach: Reach) -> Reach:
    """Without the tiers below the one reached that the rule would not have used at all."""
    if then.on_unavailable == "degrade":
        return reach
    usable = {*then.ladder, *TIERS[TIERS.index(reached) :]}
    return replace(reach, tiers={tier: facts for tier, facts in reach.tiers.items() if tier in usable})


def _pinned(pin: Tier, then: Then) -> Then:
    return replace(then, ladder=(pin,), on_unavailable="fail")


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
