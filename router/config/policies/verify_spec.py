"""How a policy file says what an answer is verified by, and what happens to what was found wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from router.config.policies.duration import Duration, within
from router.config.policies.mapping import Name, Written
from router.core.policy import Mode, Reads, ReadWhen
from router.core.policy import Verify as Way
from router.core.reading.criteria import STANDARD, Criteria
from router.core.values import Band, Tier

USUAL_DOUBT = 0.5
USUAL_READS = Reads()
AUDIT_SHARE = 0.01
"""From the first day, where a file says nothing: what was never answered twice cannot be learned from later."""


class AgreementSpec(Written):
    """When a second sample is made."""

    agreement: Literal["always", "worst"] = Field(
        description="always: with the first; worst: after a first one that is doubted"
    )
    above: float | None = Field(None, ge=0.0, le=1.0, description="the doubt that is too much for `worst`")

    @model_validator(mode="after")
    def _means_something(self) -> "AgreementSpec":
        if self.agreement == "always" and self.above is not None:
            raise ValueError("`above` says from which doubt on there is a second sample, and `always` makes one anyhow")
        return self

    @property
    def second_above(self) -> float | None:
        """The doubt above which a second sample is made after the first; None: it is made with it."""
        return None if self.agreement == "always" else USUAL_DOUBT if self.above is None else self.above


Limit = Annotated[
    Annotated[Literal["off"], Tag("[name]")] | Annotated[float, Field(ge=0.0, allow_inf_nan=False), Tag("[number]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else "[number]"),
]


class ReadSpec(Written):
    """When the strong tier reads what the fast one drafted, and how it is judged."""

    read: ReadWhen = Field(
        description="always: each block as it comes; stakes: the same, for requests whose stakes are at least `least`; "
        "doubt: finished answers that are doubted more than `above`"
    )
    above: float | None = Field(None, ge=0.0, le=1.0, description="the doubt that is too much for `doubt`")
    least: Band | None = Field(None, description="the least stakes that `stakes` reads at; default: medium")
    criteria: dict[Name, Limit] = Field(
        {}, description="the limit of a criterion, in place of the standard one; off: it is not looked at"
    )
    patience: Annotated[Duration, within(0.01, 60)] = Field(
        USUAL_READS.patience_s,
        description="how long a read is waited for; what was not read in time passes by the checks alone",
        json_schema_extra={"default": "2s"},
    )

    @field_validator("criteria")
    @classmethod
    def _knows_them(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        unknown = sorted(set(value) - set(STANDARD.limits))
        if unknown:
            raise ValueError(f"unknown criterion {unknown[0]!r}; there are: {', '.join(sorted(STANDARD.limits))}")
        return value

    @model_validator(mode="after")
    def _belongs_together(self) -> "ReadSpec":
        if self.above is not None and self.read != "doubt":
            raise ValueError(f"`above` says from which doubt on `doubt` reads, and `{self.read}` looks at none")
        if self.least is not None and self.read != "stakes":
            raise ValueError(f"`least` says from which stakes on `stakes` reads, and `{self.read}` looks at none")
        return self

    @property
    def reads(self) -> Reads:
        """As the value that decisions use."""
        above = USUAL_READS.above if self.above is None else self.above
        laid = {**STANDARD.limits, **self.criteria}
        limits = {name: float(limit) for name, limit in laid.items() if limit != "off"}
        return Reads(self.read, above, self.least or USUAL_READS.least, Criteria(limits), self.patience)


def _form(value: Any) -> str:
    """Which of its forms the setting is written in, so that an error is told of that one alone."""
    if isinstance(value, str):
        return "[name]"
    if isinstance(value, ReadSpec):
        return "[reading]"
    if not isinstance(value, Mapping) or "agreement" in value:
        return "[agreement]"
    return "[agreement]" if _OF_READING.isdisjoint(value) else "[reading]"


_OF_READING = frozenset(ReadSpec.model_fields) - frozenset(AgreementSpec.model_fields)

Verify = Annotated[
    Annotated[Literal["checks", "agreement", "read"], Tag("[name]")]
    | Annotated[AgreementSpec, Tag("[agreement]")]
    | Annotated[ReadSpec, Tag("[reading]")],
    Discriminator(_form),
]


def verify_values(written: Way | AgreementSpec | ReadSpec) -> dict[str, Any]:
    """The setting under the names that `core.policy.Then` has for what it says."""
    if isinstance(written, ReadSpec):
        return {"verify": "read", "reads": written.reads}
    if isinstance(written, AgreementSpec):
        return {"verify": "agreement", "second_above": written.second_above}
    return {"verify": written, "reads": USUAL_READS if written == "read" else None}


def is_reading(written: Way | AgreementSpec | ReadSpec) -> bool:
    """Whether the setting has drafts read."""
    return isinstance(written, ReadSpec) or written == "read"


def why_not_read(ladder: Sequence[Tier], gate: Mode) -> str:
    """Why what a rule sets leaves nothing to be read, or nobody to go on from there; empty: it does not."""
    if gate == "off":
        return "reading needs a gate: with `gate: off` nothing is held until it was read"
    if "fast" not in ladder:
        return "what is read are drafts of the fast tier, and the ladder has none"
    if ladder[-1] == "fast":
        return "no tier comes after the fast one to go on from where its draft is cut"
    return ""
