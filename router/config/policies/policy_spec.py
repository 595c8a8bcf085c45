"""A policy file as people write it: what may stand where. `policies/schema.json` is made from these models."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)

from router.config.policies.conditions import MAX_CONDITION_CHARS
from router.config.policies.duration import Duration
from router.core.checks.check import SetName
from router.core.checks.table import NAMES, CheckSet, check_set
from router.core.policy import (
    AUTO,
    USUAL_CANVAS,
    USUAL_STEPS,
    Denoise,
    DenoiseWithin,
    Mode,
    Range,
    Then,
)
from router.core.values import Tier

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Label = Annotated[str, StringConstraints(max_length=200, pattern=r"^[ -~]*$")]


def _within(lowest: float, highest: float) -> AfterValidator:
    def check(value: float) -> float:
        if not lowest <= value <= highest:
            raise ValueError(f"expected a duration from {lowest:g}s to {highest:g}s, found {value:g}s")
        return value

    return AfterValidator(check)


class Strict(BaseModel):
    """A mapping in which nothing may stand that is not known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Written(Strict):
    """A mapping in which whatever is named has a value: one that was forgotten is not a wish for the default."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_not_empty(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("is empty; expected a value, or leave the name out")
        return value


Limits = TypeVar("Limits", "StepsSpec", "CanvasSpec")


def _in_order(limits: Limits) -> Limits:
    if limits.floor > limits.ceiling:
        raise ValueError(f"the floor of {limits.floor} is above the ceiling of {limits.ceiling}")
    return limits


def _form(value: Any) -> str:
    """Which of its forms a setting is written in, so that an error is told of that one alone. In brackets, because it
    is no name in the file."""
    if value == "auto":
        return "[auto]"
    return "[mapping]" if isinstance(value, Mapping | BaseModel) else "[number]"


class StepsSpec(Written):
    """Passes as the time left allows, from the floor to the ceiling."""

    floor: int = Field(USUAL_STEPS.floor, strict=True, ge=1, le=1000, description="never fewer")
    ceiling: int = Field(USUAL_STEPS.ceiling, strict=True, ge=1, le=1000, description="never more")
    _is_a_range = model_validator(mode="after")(_in_order)


class CanvasSpec(Written):
    """A canvas as wide as the answer is likely to need where time is short, from the floor to the ceiling."""

    floor: int = Field(USUAL_CANVAS.floor, strict=True, ge=1, le=4096, description="never narrower")
    ceiling: int = Field(USUAL_CANVAS.ceiling, strict=True, ge=1, le=4096, description="never wider")
    _is_a_range = model_validator(mode="after")(_in_order)


Steps = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=1000), Tag("[number]")]
    | Annotated[Literal["auto"], Tag("[auto]")]
    | Annotated[StepsSpec, Tag("[mapping]")],
    Discriminator(_form),
]
Canvas = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=4096), Tag("[number]")]
    | Annotated[Literal["auto"], Tag("[auto]")]
    | Annotated[CanvasSpec, Tag("[mapping]")],
    Discriminator(_form),
]


class DenoiseSpec(Written):
    """How a canvas is denoised on a tier that has the dials; other tiers pay no heed."""

    steps: Steps | None = Field(
        None, description="at most so many passes a canvas; auto, or a range: as many as the latency budget allows"
    )
    canvas: Canvas | None = Field(
        None,
        description="width of a canvas in tokens; auto, or a range: narrower where time is short and the answer likely "
        "to fit",
    )

    @model_validator(mode="after")
    def _says_something(self) -> "DenoiseSpec":
        if self.steps is None and self.canvas is None:
            raise ValueError("expected `steps`, `canvas` or both")
        if self.steps is None and not isinstance(self.canvas, int):
            raise ValueError("a `canvas` that follows the time left needs `steps`, too")
        return self

    def denoise(self) -> Denoise | DenoiseWithin:
        """As the value that decisions use."""
        steps, canvas = self.steps, self.canvas
        if (steps is None or isinstance(steps, int)) and (canvas is None or isinstance(canvas, int)):
            return Denoise(steps, canvas)
        assert steps is not None
        return DenoiseWithin(_range(steps, USUAL_STEPS), None if canvas is None else _range(canvas, USUAL_CANVAS))


DenoiseForm = Annotated[
    Annotated[Literal["auto"], Tag("[auto]")] | Annotated[DenoiseSpec, Tag("[mapping]")],
    Discriminator(lambda value: "[auto]" if value == "auto" else "[mapping]"),
]


def _denoise(written: "Literal['auto'] | DenoiseSpec | None") -> Denoise | DenoiseWithin | None:
    return AUTO if written == "auto" else None if written is None else written.denoise()


def _range(written: "int | Literal['auto'] | StepsSpec | CanvasSpec", usual: Range) -> Range:
    if isinstance(written, int):
        return Range(written, written)
    return usual if written == "auto" else Range(written.floor, written.ceiling)


class ChecksSpec(Written):
    """A set of checks, less some of them, some with a limit of their own."""

    set: SetName = Field("standard", description="the set that it begins as")
    without: list[str] = Field([], description="the checks that are left out")
    limits: dict[str, float] = Field({}, description="the limit of a check, in place of that of the set")

    @field_validator("without", "limits")
    @classmethod
    def _knows_them(cls, value: list[str] | dict[str, float]) -> Any:
        unknown = sorted(set(value) - NAMES)
        if unknown:
            raise ValueError(f"unknown check {unknown[0]!r}; there are: {', '.join(sorted(NAMES))}")
        return value

    def checks(self) -> CheckSet:
        """As the value that judges."""
        return check_set(self.set, self.without, self.limits)


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
    timeout: Annotated[Duration, _within(0.01, 3600)] | None = Field(
        None,
        description="how long one attempt may take to its first block (a plain answer: to its end) before the next "
        "tier is tried, where there is one; default: as long as the backend may be silent",
    )
    deadline: Annotated[Duration, _within(0.01, 3600)] | None = Field(
        None,
        description="how long the whole answer may take, where neither the caller nor the key sets a latency budget: "
        "after it comes a 504, or the end of a stream that has begun; default: as long as it takes",
    )
    over_budget: Literal["refuse", "best_effort"] = Field(
        "refuse",
        description="refuse: what goes over the latency budget ends, and a 504 comes at once when no tier is likely to "
        "keep it; best_effort: a late answer is better than none, the budget only steers which tier is tried",
    )
    commit_after: Annotated[Duration, _within(0.01, 600)] = Field(
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
    checks: SetName | ChecksSpec = Field(
        "standard", description="what judges: a set of checks by its name, or one with changes"
    )
    on_stuck: Literal["accept", "error"] = Field(
        "error", description="when a block is rejected and no other tier can write it: let it out, or end in an error"
    )
    sticky: Literal["up", "off"] = Field(
        "up", description="up: a conversation does not go below the tier it reached; off: this rule decides alone"
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
            "denoise": _denoise(self.denoise),
            "thinking": None if self.thinking is None else self.thinking == "on",
            "gate": self.gate,
            "checks": self.checks.checks() if isinstance(self.checks, ChecksSpec) else check_set(self.checks),
            "on_stuck": self.on_stuck,
            "sticky": self.sticky,
            "annotate": self.annotate,
        }


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

    def then(self) -> Then:
        """As the value that decisions use."""
        ladder = tuple(self.ladder) if self.ladder is not None else (self.tier,)
        return Then(ladder=ladder, **self.values())  # type: ignore[arg-type]


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
