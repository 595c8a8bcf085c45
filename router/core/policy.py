"""Ordered rules over facts: the first whose condition holds decides, else `otherwise`. Pure; explains itself.

Where conditions come from (CEL, in files) is `config/policies/policy_file.py`'s business; here they are callables.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import asdict

from router.core.caching.terms import Caching
from router.core.checks.table import STANDARD, CheckSet
from router.core.facts import View, read_facts
from router.core.reading.criteria import STANDARD as STANDARD_CRITERIA
from router.core.reading.criteria import Criteria
from router.core.values import Band, Priority, Tier

Mode = Literal["off", "first", "block", "whole"]
"""What is held until it was judged: nothing, the first block, every block, or the whole answer."""

OnUnavailable = Literal["degrade", "fail"]
OverBudget = Literal["refuse", "best_effort"]
Sticky = Literal["up", "off"]
Spilling = Literal["on", "off"]
Begin = Literal["in_order", "in_time"]
OnBreak = Literal["continue", "error"]
OnStuck = Literal["accept", "error"]
OnReject = Literal["continue", "repair"]
Verify = Literal["checks", "agreement", "read"]
ReadWhen = Literal["always", "doubt", "stakes"]


class ConditionFailed(Exception):
    """A condition could not be evaluated for this request. It does not match, and the decision goes up."""


class Denoise(Struct, frozen=True):
    """How a canvas is denoised on a tier that has the dials. `steps`: at most so many passes before a canvas is
    committed; `canvas`: its width in tokens. None: as the engine was started."""

    steps: int | None = None
    canvas: int | None = None

    def written(self) -> Any:
        """As a policy file spells it; None: nothing is set."""
        return {name: value for name, value in asdict(self).items() if value is not None} or None


class Range(Struct, frozen=True, gc=False):
    """Whole numbers from `floor` to `ceiling`, both of them included."""

    floor: int
    ceiling: int

    def written(self) -> Any:
        """As a policy file spells it."""
        return self.floor if self.floor == self.ceiling else asdict(self)


class DenoiseWithin(Struct, frozen=True):
    """The same to follow from the time that is left (see `core.denoise`), each within its range. `canvas`: None, as the
    engine was started."""

    steps: Range
    canvas: Range | None = None

    def written(self) -> Any:
        """As a policy file spells it."""
        if self == AUTO:
            return "auto"
        canvas = {} if self.canvas is None else {"canvas": self.canvas.written()}
        return {"steps": self.steps.written(), **canvas}


USUAL_STEPS: Final = Range(8, 48)
"""Up to the cap that the checkpoints come with; real text is reported to take 8 to 20 passes."""

USUAL_CANVAS: Final = Range(64, 256)
"""Up to the canvas that the checkpoints come with."""

AUTO: Final = DenoiseWithin(USUAL_STEPS, USUAL_CANVAS)


class Objection(Struct, frozen=True):
    """A condition on a finished answer: where it holds for the values of `names`, the answer is rejected. Its text is
    on one line."""

    text: str
    names: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]


class Reads(Struct, frozen=True):
    """When the fast tier's draft is read by the strong one and how it is judged: `always`, each block as it comes;
    with `stakes`, the same for requests whose stakes are at least `least`; with `doubt`, finished answers that are
    doubted more than `above`. `patience_s`: how long a read is waited for; what was not read in time passes by the
    checks alone."""

    when: ReadWhen = "always"
    above: float = 0.5
    least: Band = "medium"
    criteria: Criteria = STANDARD_CRITERIA
    patience_s: float = 2.0

    def written(self) -> Any:
        """As a policy file spells it."""
        by: dict[str, Any] = {}
        if self.when == "doubt":
            by = {"above": self.above}
        elif self.when == "stakes":
            by = {"least": self.least}
        return {"read": self.when, **by, "criteria": self.criteria.written(), "patience": _written(self.patience_s)}


class Then(Struct, frozen=True):
    """What a rule sets. `ladder`: the tiers the request may climb, in order. `on_unavailable`: when none of them
    can be reached, `degrade` to a lower tier or `fail`. `commit_after_s`: how long nothing is sent while the
    first block is awaited, so that errors are real statuses. `timeout_s`: how long one attempt may take to its
    first block (a plain answer: to its end) before the next tier is tried, where there is one; None: as long as the
    backend may be silent. `max_escalations`: how many times the request may move up; None: to the end of the ladder.
    `deadline_s`: when the whole answer must be complete, where neither caller nor key set a latency budget.
    `over_budget`: `refuse` enforces whichever budget there is, from the start where no tier is likely to keep it;
    `best_effort` only prefers tiers that keep it.
    `on_break`: when an engine breaks off a stream of which the caller has a part, `continue` it from there on the next
    tier of the ladder, or end it with an `error`.
    `gate`: what of the fast tier's answers is held until it was judged, by `checks`, and once it is finished by
    `reject_when`; `verify`: by these alone, or also by whether two samples of a closed-form answer end in the same.
    The second is made with the first or, where there is a `second_above`, after one that is doubted more than that.
    `reads`: when the strong tier reads what was drafted, where `verify` says that it does. `on_reject`: what it finds
    fault with is written to its end by the strong tier (`continue`), or to the end of the sentence, from where the fast
    tier resumes, at most `max_repairs` times (`repair`). `audit`: the share of answers of the fast tier that the strong
    one is asked for as well, off the caller's path.
    `caching`: on which terms answers are kept and given again; None: they are not.
    `on_stuck`: what happens to a rejected block where no other tier can write it.
    `thinking`: whether the model reasons before it answers; None: as the caller asked. `sticky`: `up` keeps a
    conversation from going below the tier it reached. `begin`: with the first tier of the ladder, or where
    there is a latency budget with the one where a right answer is likeliest `in_time` (see `core.prospect`). `spill`:
    whether it may begin higher up where its first tier is
    full; `priority`: how urgent it is where requests wait (None: as the caller asked). `annotate`: labels for the
    record and the answer."""

    ladder: tuple[Tier, ...]
    on_unavailable: OnUnavailable = "fail"
    commit_after_s: float = 10.0
    timeout_s: float | None = None
    deadline_s: float | None = None
    over_budget: OverBudget = "refuse"
    max_escalations: int | None = None
    on_break: OnBreak = "continue"
    denoise: Denoise | DenoiseWithin | None = None
    thinking: bool | None = None
    gate: Mode = "block"
    checks: CheckSet = STANDARD
    reject_when: Objection | None = None
    verify: Verify = "checks"
    second_above: float | None = None
    reads: Reads | None = None
    on_reject: OnReject = "continue"
    max_repairs: int = 2
    audit: float = 0.0
    caching: Caching | None = None
    on_stuck: OnStuck = "error"
    sticky: Sticky = "up"
    begin: Begin = "in_order"
    spill: Spilling = "on"
    priority: Priority | None = None
    annotate: Mapping[str, str] = {}

    def settings(self) -> dict[str, Any]:
        """All but the ladder, named and spelt as in a policy file: what `explain`, `diff` and cases show."""
        return {
            "on_unavailable": self.on_unavailable,
            "max_escalations": self.max_escalations,
            "timeout": None if self.timeout_s is None else _written(self.timeout_s),
            "deadline": None if self.deadline_s is None else _written(self.deadline_s),
            "over_budget": self.over_budget,
            "commit_after": _written(self.commit_after_s),
            "on_break": self.on_break,
            "denoise": None if self.denoise is None else self.denoise.written(),
            "gate": self.gate,
            "checks": self.checks.written(),
            "reject_when": None if self.reject_when is None else self.reject_when.text,
            "verify": self._verify_written(),
            "on_reject": self.on_reject,
            "max_repairs": self.max_repairs,
            "audit": self.audit,
            "cache": "off" if self.caching is None else self.caching.written(),
            "on_stuck": self.on_stuck,
            "thinking": None if self.thinking is None else "on" if self.thinking else "off",
            "sticky": self.sticky,
            "begin": self.begin,
            "spill": self.spill,
            "priority": self.priority,
            "annotate": dict(self.annotate),
        }

    def _verify_written(self) -> Any:
        if self.reads is not None:
            return self.reads.written()
        return self.verify if self.second_above is None else {"agreement": "worst", "above": self.second_above}


def _written(duration_s: float) -> str:
    return f"{duration_s:.12g}s" if duration_s >= 1 else f"{duration_s * 1000:.12g}ms"


class Rule(Struct, frozen=True):
    """One `when -> then`. `holds` is given the values of `names`, the facts its text mentions."""

    name: str
    text: str
    names: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]
    then: Then


class Policy(Struct, frozen=True):
    """Ordered rules with a mandatory `otherwise`. `version` is `name@hash` of the file's content. `names` are the
    facts that any rule mentions; `first` is given their values and answers the position of the first rule that
    holds, or None: faster than asking each rule. It raises ConditionFailed when one on the way could not be
    evaluated."""

    name: str
    version: str
    rules: tuple[Rule, ...]
    otherwise: Then
    names: tuple[str, ...]
    first: Callable[[Mapping[str, Any]], int | None]

    @property
    def thens(self) -> Iterator[Then]:
        """What each rule sets, and `otherwise`."""
        for rule in self.rules:
            yield rule.then
        yield self.otherwise

    @property
    def looks_back(self) -> bool:
        """Whether what went before in a conversation can make a difference."""
        if self.otherwise.sticky == "up" or any(rule.then.sticky == "up" for rule in self.rules):
            return True
        return any(name.startswith("conversation.") for name in self.names)


OTHERWISE = "otherwise"


class Match(Struct, frozen=True):
    """The rule that decided, the facts it was decided on, and the rules that came before it and did not match
    (`failures`: those of them that could not be evaluated, with the reason)."""

    rule: str
    then: Then
    facts: Mapping[str, Any]
    skipped: tuple[Rule, ...]
    failures: Mapping[str, str]

    def why_skipped(self) -> dict[str, str]:
        """For each rule before the match, in words, why it did not match."""
        return {rule.name: self._why(rule) for rule in self.skipped}

    def _why(self, rule: Rule) -> str:
        if rule.name in self.failures:
            return f"could not be evaluated: {self.failures[rule.name]}"
        values = ", ".join(f"{name} = {self.facts[name]!r}" for name in rule.names)
        return f"{rule.text} is false: {values}" if values else f"{rule.text} is false"


def match(policy: Policy, view: View) -> Match:
    """The first rule of the policy that holds for this view, or its `otherwise`."""
    facts = read_facts(policy.names, view)
    failures: dict[str, str] = {}
    try:
        position = policy.first(facts)
    except ConditionFailed:
        position = _first_one_by_one(policy, facts, failures)
    if position is None:
        return Match(OTHERWISE, policy.otherwise, facts, policy.rules, failures)
    rule = policy.rules[position]
    return Match(rule.name, rule.then, facts, policy.rules[:position], failures)


def _first_one_by_one(policy: Policy, facts: Mapping[str, Any], failures: dict[str, str]) -> int | None:
    """As `policy.first`, passing over the rules that cannot be evaluated and noting why."""
    for position, rule in enumerate(policy.rules):
        try:
            if rule.holds(facts):
                return position
        except ConditionFailed as failure:
            failures[rule.name] = str(failure)
    return None
