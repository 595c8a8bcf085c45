"""A policy file as people write it: what may stand where. `policies/schema.json` is made from these models."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from router.config.policies.cache_spec import CacheForm, read_caching
from router.config.policies.checks_spec import Checks, ChecksSpec
from router.config.policies.conditions import MAX_CONDITION_CHARS
from router.config.policies.denoise_spec import DenoiseForm, read_denoise
from router.config.policies.duration import Duration, within
from router.config.policies.mapping import Name, Strict, Written
from router.config.policies.verify_spec import AUDIT_SHARE, Verify, verify_values
from router.core.checks.table import NON_CONVERGENCE, CheckSet
from router.core.policy import Mode, Objection, Then
from router.core.values import Priority, Tier

Label = Annotated[str, StringConstraints(max_length=200, pattern=r"^[ -~]*$")]


class SettingsSpec(Strict):
    """What a rule may set besides the tiers."""

    on_unavailable: Literal["degrade", "fail"] = Field(
        "fail", description="when no tier of the ladder can be reached: use a lower tier, or answer 503"
    )
    max_escalations: int | None = Field(
        None,
        strict=True,
        ge=0,
        le=2,
        description="how many times the request may move up; default: to the ladder's end",
    )
    timeout: Annotated[Duration, within(0.01, 3600)] | None = Field(
        None,
        description="how long one attempt may take to its first block (a plain answer: to its end) before the next "
        "tier is tried, where there is one; default: as long as the backend may be silent",
    )
    deadline: Annotated[Duration, within(0.01, 3600)] | None = Field(
        None,
        description="how long the whole answer may take, where neither the caller nor the key sets a latency budget: "
        "after it comes a 504, or the end of a stream that has begun; default: as long as it takes",
    )
    over_budget: Literal["refuse", "best_effort"] = Field(
        "refuse",
        description="refuse: what goes over the latency budget ends, and a 504 comes at once when no tier is likely to "
        "keep it; best_effort: a late answer is better than none, the budget only steers which tier is tried",
    )
    commit_after: Annotated[Duration, within(0.01, 600)] = Field(
        10.0,
        description="how long nothing is sent while the first block is awaited, so that errors are real statuses",
        json_schema_extra={"default": "10s"},
    )
    on_break: Literal["continue", "error"] = Field(
        "continue",
        description="when an engine breaks off a stream of which the caller has a part: the next tier of the ladder "
        "continues it from there, or it ends in an error",
    )
    denoise: DenoiseForm | None = Field(
        None,
        description="how canvases are denoised; auto: in as many passes as the latency budget allows; default: as the "
        "engine does",
    )
    thinking: Literal["on", "off"] | None = Field(
        None, description="whether the model reasons before it answers; default: as the caller asked"
    )
    gate: Mode = Field(
        "block",
        description="what of the fast tier's answers is held until it was judged: nothing (off), the first block, "
        "every block, or the whole answer; what is rejected is never shown, the next tier writes it",
    )
    checks: Checks = Field("standard", description="what judges: a set of checks by its name, or one with changes")
    converge_at: int | None = Field(
        None,
        strict=True,
        ge=1,
        le=1000,
        description="a canvas that took all the passes it might is rejected where it might take at least so many; the "
        "same as a limit of `non_convergence`",
    )
    reject_when: str | None = Field(
        None,
        max_length=MAX_CONDITION_CHARS,
        description="a CEL condition on the finished answer, over `verdict.doubt`, `verdict.judged` and every name "
        "that a rule may use: where it holds, the answer is rejected",
    )
    verify: Verify = Field(
        "checks",
        description="what an answer is verified by: the checks alone, or also a second sample, which must end in the "
        "same final answer where the question has one; or by the strong tier, which reads what the fast one drafted "
        "and goes on from where it would not have written that",
    )
    on_reject: Literal["continue", "repair"] = Field(
        "continue",
        description="what reading cuts is written by the strong tier: to its end, or (repair) to the end of the "
        "sentence, from where the fast tier resumes",
    )
    max_repairs: int = Field(
        2, strict=True, ge=0, le=8, description="so often an answer is repaired; after that the strong tier ends it"
    )
    cache: CacheForm = Field(
        "off", description="whether answers are kept and given again to the same tenant, and on which terms"
    )
    audit: float = Field(
        AUDIT_SHARE,
        ge=0.0,
        le=1.0,
        description="the share of the fast tier's answers that the strong one is asked for as well, off the caller's "
        "path, to learn from",
    )
    on_stuck: Literal["accept", "error"] = Field(
        "error", description="when a block is rejected and no other tier can write it: let it out, or end in an error"
    )
    sticky: Literal["up", "off"] = Field(
        "up", description="up: a conversation does not go below the tier it reached; off: this rule decides alone"
    )
    begin: Literal["in_order", "in_time"] = Field(
        "in_order",
        description="in_order: with the first tier of the ladder; in_time: where there is a latency budget, with the "
        "tier where a right answer within it is likeliest, as it is loaded now",
    )
    spill: Literal["on", "off"] = Field(
        "on",
        description="on: where the first tier of the ladder is at its limit, and the next one is likely to have the "
        "whole answer sooner, the request begins there; off: it waits for the first",
    )
    priority: Priority | None = Field(
        None,
        description="how urgent the request is where requests wait; default: what the caller asks for by service_tier, "
        "as far as its key allows",
    )
    annotate: dict[Name, Label] = Field(
        {}, max_length=16, description="labels for the record and for the answer's `router` object"
    )

    def values(self) -> dict[str, Any]:
        """The settings under the names, and with the types, that `core.policy.Then` has for them."""
        return {
            "on_unavailable": self.on_unavailable,
            "max_escalations": self.max_escalations,
            "timeout_s": self.timeout,
            "deadline_s": self.deadline,
            "over_budget": self.over_budget,
            "commit_after_s": self.commit_after,
            "on_break": self.on_break,
            "denoise": read_denoise(self.denoise),
            "thinking": None if self.thinking is None else self.thinking == "on",
            "gate": self.gate,
            "checks": self._check_set(),
            **verify_values(self.verify),
            "on_reject": self.on_reject,
            "max_repairs": self.max_repairs,
            "audit": self.audit,
            "caching": read_caching(self.cache),
            "on_stuck": self.on_stuck,
            "sticky": self.sticky,
            "begin": self.begin,
            "spill": self.spill,
            "priority": self.priority,
            "annotate": self.annotate,
        }

    def _check_set(self) -> CheckSet:
        spec = self.checks if isinstance(self.checks, ChecksSpec) else ChecksSpec(set=self.checks)
        return spec.checks({} if self.converge_at is None else {NON_CONVERGENCE: self.converge_at})


class ThenSpec(SettingsSpec, Written):
    """What a rule sets."""

    tier: Tier | None = Field(None, description="the one tier to use; or give `ladder`")
    ladder: list[Tier] | None = Field(None, min_length=1, description="the tiers to climb, in order")

    @model_validator(mode="after")
    def _one_of_tier_and_ladder(self) -> "ThenSpec":
        if (self.tier is None) == (self.ladder is None):
            raise ValueError("expected exactly one of `tier` and `ladder`")
        if self.ladder is not None and len(set(self.ladder)) != len(self.ladder):
            raise ValueError("a ladder names each tier once")
        return self

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers to climb, in order."""
        if self.ladder is not None:
            return tuple(self.ladder)
        assert self.tier is not None
        return (self.tier,)

    def then(self, reject_when: Objection | None = None) -> Then:
        """As the value that decisions use, with its condition on finished answers as it was compiled."""
        return Then(ladder=self.tiers, reject_when=reject_when, **self.values())


class RuleSpec(Strict):
    """One rule as it is written."""

    name: Name = Field(description="what the rule is called in answers, records and cases")
    when: str = Field(
        max_length=MAX_CONDITION_CHARS,
        description="a CEL condition over the names that `tandem policy names` lists",
    )
    then: ThenSpec = Field(description="what holds for requests that the condition is true for")


class PolicySpec(Strict):
    """A Tandem policy: ordered rules, the first whose condition holds decides, else `otherwise`."""

    name: Name = Field(description="the policy's name; callers ask for it as auto:<name>")
    description: str = Field("", description="what the policy is for")
    rules: list[RuleSpec] = Field(max_length=1000, description="tried in order")
    otherwise: ThenSpec = Field(description="what holds when no rule's condition does")
