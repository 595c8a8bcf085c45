"""How a policy file says what the cache may do."""

from typing import Annotated, Literal

from msgspec.structs import replace
from pydantic import Discriminator, Field, Tag

from router.config.policies.duration import Duration, within
from router.config.policies.mapping import Written
from router.core.caching.terms import POPULAR, THRESHOLD, CacheMode, CacheScope, Caching

USUAL = Caching()


class SemanticSpec(Written):
    """When two questions are taken for one."""

    above: float = Field(
        THRESHOLD,
        ge=0.0,
        le=1.0,
        description="how alike they must be at least; what matters in them (numbers, names, negations, ...) must be "
        "the same besides, whatever is said here",
    )
    turns: int = Field(1, strict=True, ge=1, le=8, description="in conversations of so many questions at most")


SemanticForm = Annotated[
    Annotated[Literal["on", "off"], Tag("[name]")] | Annotated[SemanticSpec, Tag("[mapping]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else "[mapping]"),
]


class UpgradeSpec(Written):
    """When an answer of the fast tier is written again by the strong one."""

    after: int = Field(POPULAR, strict=True, ge=1, le=1_000_000, description="once it was given so often")


UpgradeForm = Annotated[
    Annotated[Literal["on", "off"], Tag("[name]")] | Annotated[UpgradeSpec, Tag("[mapping]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else "[mapping]"),
]


class CacheSpec(Written):
    """What of answers is kept to be given again."""

    mode: CacheMode | Literal["off"] = Field(
        "on", description="on: answers are kept and given again; read: only given; write: only kept; off: neither"
    )
    ttl: Annotated[Duration, within(1, 30 * 86400)] = Field(
        USUAL.ttl_s, description="for how long", json_schema_extra={"default": "1h"}
    )
    scope: CacheScope = Field(
        USUAL.scope, description="policy: each policy of a tenant has its own; tenant: its policies share them"
    )
    varied: bool = Field(
        USUAL.varied,
        strict=True,
        description="also answers that the caller wants to vary: a temperature above 0, several choices",
    )

    semantic: SemanticForm = Field(
        "off", description="whether the answer to another question that asks the same may be given as well"
    )

    upgrade: UpgradeForm = Field(
        "off",
        description="whether popular answers of the fast tier are written again by the strong one, when that has "
        "nothing else to do, and within the budget of the settings",
    )

    @property
    def caching(self) -> Caching | None:
        """As the value that decisions use; None: off."""
        if self.mode == "off":
            return None
        caching = Caching(self.mode, self.ttl, self.scope, self.varied, upgrade_after=self._upgrade_after())
        if self.semantic == "off":
            return caching
        spec = SemanticSpec() if self.semantic == "on" else self.semantic
        return replace(caching, semantic=spec.above, deepest=spec.turns)

    def _upgrade_after(self) -> int | None:
        if isinstance(self.upgrade, UpgradeSpec):
            return self.upgrade.after
        return POPULAR if self.upgrade == "on" else None


CacheForm = Annotated[
    Annotated[Literal["on", "off"], Tag("[name]")] | Annotated[CacheSpec, Tag("[mapping]")],
    Discriminator(lambda value: "[name]" if isinstance(value, str) else "[mapping]"),
]


def read_caching(form: Literal["on", "off"] | CacheSpec) -> Caching | None:
    """What the setting says."""
    if isinstance(form, CacheSpec):
        return form.caching
    return USUAL if form == "on" else None
