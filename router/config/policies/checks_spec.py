"""How a policy file says which checks judge."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator

from router.config.policies.mapping import Name, Written
from router.core.checks.check import SetName
from router.core.checks.table import NAMES, CheckSet, check_set


class ChecksSpec(Written):
    """A set of checks, less some of them, some with a limit of their own."""

    set: SetName = Field("standard", description="the set that it begins as")
    without: list[str] = Field([], description="the checks that are left out")
    limits: dict[Name, float] = Field({}, description="the limit of a check, in place of that of the set")

    @field_validator("without", "limits")
    @classmethod
    def _knows_them(cls, value: list[str] | dict[str, float]) -> Any:
        unknown = sorted(set(value) - NAMES)
        if unknown:
            raise ValueError(f"unknown check {unknown[0]!r}; there are: {', '.join(sorted(NAMES))}")
        return value

    def checks(self, limits: Mapping[str, float]) -> CheckSet:
        """As the value that judges, with these limits besides."""
        return check_set(self.set, self.without, {**self.limits, **limits})


Checks = Annotated[
    Annotated[SetName, Tag("[name]")] | Annotated[ChecksSpec, Tag("[mapping]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else "[mapping]"),
]
