"""`rollouts.yaml` beside the policies: which candidate is tried beside which policy, and how."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from router.config.policies.duration import Duration, Share
from router.config.policies.mapping import Name, Strict
from router.config.validation import suggestion, validate
from router.config.yaml_file import YamlFile
from router.core.rollout import Guards, Rollout

ROLLOUTS_FILE = "rollouts.yaml"


class GuardsSpec(Strict):
    """What stops a canary by itself."""

    error_rate: Share | None = Field(None, description="share of requests that failed or broke off")
    escalation_rate: Share | None = Field(None, description="share of requests that went up a tier")
    p95: Duration | None = Field(None, description="95th percentile from arrival to end")
    at_least: int = Field(50, strict=True, ge=1, le=100_000, description="requests in the window before guards count")
    window: Annotated[Duration, Field(gt=0)] = Field(
        600.0, description="how far back guards look", json_schema_extra={"default": "10m"}
    )


class RolloutSpec(Strict):
    """One candidate beside one policy."""

    policy: Name = Field(description="the policy in force")
    candidate: Name = Field(description="the policy that is tried beside it")
    mode: Literal["shadow", "canary"] = Field(
        description="shadow: decides every request too and is only recorded; canary: decides a share of conversations"
    )
    share: Share | None = Field(None, description="share of conversations, of a canary")
    guards: GuardsSpec = Field(GuardsSpec(), description="what stops the canary")

    @model_validator(mode="after")
    def _a_canary_has_a_share(self) -> "RolloutSpec":
        if (self.mode == "canary") != (self.share is not None):
            raise ValueError("expected `share` with mode canary, and with no other mode")
        if self.mode == "shadow" and "guards" in self.model_fields_set:
            raise ValueError("expected no `guards` with mode shadow: a shadow is not acted on, so nothing can go wrong")
        if self.policy == self.candidate:
            raise ValueError("the candidate is the policy itself; expected another one")
        return self

    def rollout(self) -> Rollout:
        """As the value that decisions use."""
        given = self.guards
        guards = Guards(given.error_rate, given.escalation_rate, given.p95, given.at_least, given.window)
        return Rollout(self.policy, self.candidate, self.mode, self.share or 0.0, guards)


class RolloutsSpec(Strict):
    """Candidates that are tried beside policies in force; at most one a policy."""

    rollouts: list[RolloutSpec] = Field(max_length=100)


def read_rollouts(file: YamlFile, policies: Mapping[str, object]) -> Mapping[str, Rollout]:
    """The rollouts of a file, by the name of the policy in force. Raises FileError with line and column."""
    spec = validate(file, RolloutsSpec)
    found: dict[str, Rollout] = {}
    for position, each in enumerate(spec.rollouts):
        for part in ("policy", "candidate"):
            name = getattr(each, part)
            if name not in policies:
                said = f"there is no policy {name!r}{suggestion(name, policies)}"
                raise file.error(("rollouts", position, part), said)
        if each.policy in found:
            said = f"the policy {each.policy!r} has a candidate already; one is tried at a time"
            raise file.error(("rollouts", position, "policy"), said)
        canaries = [known for known in found.values() if known.mode == each.mode == "canary"]
        if each.candidate in [known.candidate for known in canaries]:
            said = f"{each.candidate!r} is the canary of another policy already; records could not tell the two apart"
            raise file.error(("rollouts", position, "candidate"), said)
        found[each.policy] = each.rollout()
    return found
