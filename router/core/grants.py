"""What a virtual key may do, and what becomes of a caller's hints under it. Pure.

Grants are floors and ceilings: nothing a caller sends reaches below `min_stakes` or above `max_tier`.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Literal

from msgspec import Meta, Struct

from router.core.errors import Forbidden
from router.core.values import Band, Hints, Priority, Score, Tier, higher_band, lower_tier

HintsGrant = Literal["full", "raise_only", "none"]


class Grants(Struct, frozen=True, forbid_unknown_fields=True):
    """The rights of one virtual key.

    `models` and `policies` are shell patterns of the names the key may ask for; `policy` is the one that decides
    when it asks for none (None: its tenant's, else the router's default). `max_tier` is the highest tier it
    may reach: where nobody said so, none that data leaves the house for. `min_stakes` is the least band its requests
    are treated with. `hints`: `full` may lower stakes,
    `raise_only` may raise them, set a budget and lower the highest tier, `none` may not hint. `pins` allows
    asking for a tier or a backend by name. `engine_parameters` allows parameters that steer the engine itself.
    `latency_budget_ms` is the budget of requests that hint none (None: the policy's). `max_priority` is the most
    urgent that its requests may call themselves by `service_tier`; `weight` what is due to its tenant beside others
    where requests wait.
    """

    models: tuple[str, ...] = ("*",)
    policies: tuple[str, ...] = ("*",)
    policy: str | None = None
    max_tier: Tier = "strong"
    min_stakes: Band = "low"
    hints: HintsGrant = "raise_only"
    pins: bool = False
    engine_parameters: bool = False
    latency_budget_ms: int | None = None
    max_priority: Priority = "default"
    weight: Annotated[float, Meta(gt=0, le=1000)] = 1.0


class Caller(Struct, frozen=True):
    """Who asks: the tenant who pays, the key's id (never the key), and its grants."""

    tenant: str
    key_id: str
    grants: Grants


HINT = "hint"
"""The reason that a score carries whose band is the caller's word."""

OWNER = Caller(
    tenant="local",
    key_id="none",
    grants=Grants(hints="full", pins=True, engine_parameters=True, max_priority="priority", max_tier="hosted"),
)
"""Who everyone is when the router runs without a keys file, which it does on loopback only."""


def allows_model(grants: Grants, model: str) -> bool:
    """Whether the key may ask for a model of this name."""
    return any(fnmatchcase(model, pattern) for pattern in grants.models)


def check_model(grants: Grants, model: str, *, pinned: bool) -> None:
    """Raises Forbidden when the key may not ask for this model, or may not pin."""
    if grants.models != ("*",) and not allows_model(grants, model):
        raise Forbidden("models", f"this key may not use the model {model!r}")
    if pinned and not grants.pins:
        raise Forbidden("pins", f"this key may not pin the model {model!r}; ask for 'auto'")


def check_hints(grants: Grants, hints: Hints) -> None:
    """Raises Forbidden for a hint the key may not give at all."""
    if grants.hints == "none" and hints != _NO_HINTS:
        raise Forbidden("hints", "this key may not send routing hints")


def check_policy(grants: Grants, policy: str) -> None:
    """Raises Forbidden when the key may not choose this policy."""
    if not any(fnmatchcase(policy, pattern) for pattern in grants.policies):
        raise Forbidden("policies", f"this key may not use the policy {policy!r}")


def effective_stakes(grants: Grants, measured: Score, hint: Band | None) -> Score:
    """The stakes a request is treated with: what was measured, moved by the hint as far as the key allows,
    and never below the key's floor. The score stays the measured one; the reasons say what moved the band."""
    band, reasons = measured.band, measured.reasons
    if hint is not None and hint != band:
        if grants.hints == "full" or higher_band(hint, band) == hint:
            band, reasons = hint, (*reasons, HINT)
        else:
            reasons = (*reasons, "hint_ignored_raise_only")
    if higher_band(grants.min_stakes, band) != band:
        band, reasons = grants.min_stakes, (*reasons, "key_floor")
    return measured if reasons is measured.reasons else Score(measured.score, band, reasons)


def effective_budget_ms(grants: Grants, hints: Hints) -> int | None:
    """The latency budget of a request before any policy has its say: what was hinted, else the key's own."""
    return grants.latency_budget_ms if hints.latency_budget_ms is None else hints.latency_budget_ms


def effective_max_tier(grants: Grants, hint: Tier | None) -> Tier:
    """The highest tier this request may reach: a hint lowers it, never raises it."""
    return grants.max_tier if hint is None else lower_tier(grants.max_tier, hint)


_NO_HINTS = Hints()
