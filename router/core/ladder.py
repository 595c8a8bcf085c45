"""The tiers a request can really climb: what a rule wants, minus what cannot be. Pure.

A rule's ladder loses the tiers above the cap, those not configured, and those that cannot serve the request. If
nothing is left the next capable tier above takes its place; if there is none, the error says what is at fault.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from router.core.capabilities import CONTEXT, Exclusion, Fit, TierFacts, fit
from router.core.errors import (
    ContextTooLong,
    Forbidden,
    InvalidRequest,
    NoTierAvailable,
    TandemError,
    UnsupportedParameter,
)
from router.core.policy import Then
from router.core.values import TIERS, ChatRequest, Signals, Tier

LimitedBy = Literal["key", "hint"]
LIMITERS: tuple[LimitedBy, ...] = ("key", "hint")


class Ladder(Struct, frozen=True):
    """What will be climbed. `fits` are the tiers in order; `fallback` those tried when none of them is
    available; `exclusions` the tiers left out and why; `degraded`: a tier below what the rule asked for, because
    nothing it asked for is configured."""

    fits: tuple[Fit, ...]
    fallback: tuple[Fit, ...]
    exclusions: tuple[Exclusion, ...]
    degraded: bool = False


class Reach(Struct, frozen=True):
    """How far a request may go: the tiers configured, the highest it may reach, those up to that one, and who set
    the limit."""

    configured: Mapping[Tier, TierFacts]
    max_tier: Tier
    tiers: Mapping[Tier, TierFacts]
    limited_by: LimitedBy


def reach_up_to(max_tier: Tier, configured: Mapping[Tier, TierFacts], limited_by: LimitedBy = "key") -> Reach:
    """The reach of a request that may use no tier above `max_tier`."""
    allowed = TIERS[: TIERS.index(max_tier) + 1]
    tiers = {tier: configured[tier] for tier in allowed if tier in configured}
    return Reach(configured, max_tier, tiers, limited_by)


def effective_ladder(then: Then, reach: Reach, request: ChatRequest, signals: Signals) -> Ladder:
    """The ladder for this request.

    Raises UnsupportedParameter or ContextTooLong when no tier within reach can serve it, Forbidden (InvalidRequest
    when a hint set the cap) when only a tier above the cap could, NoTierAvailable when the tier needed is not
    configured.
    """
    asked = _fit_tiers(then.ladder, reach, request, signals)
    if asked.usable:
        return Ladder(asked.usable, _fallback(then, asked, reach, request, signals), asked.exclusions)
    if not asked.refused:
        above = _fit_tiers(_tiers_above(then.ladder), reach, request, signals)
        asked = asked.joined(above)
        if above.usable:
            return Ladder(above.usable[:1], (), asked.exclusions)
    if asked.too_long:
        return Ladder(asked.too_long[-1:], (), asked.exclusions)
    if then.on_unavailable == "degrade" and not asked.exclusions:
        below = _fit_tiers(_tiers_below(then.ladder), reach, request, signals)
        if below.usable or below.too_long:
            return Ladder(below.usable or below.too_long[:1], (), below.exclusions, degraded=True)
    raise _nothing_serves(then, asked, reach)


class _Fitted(Struct, frozen=True):
    """Tiers tried on for size: those that can serve, and why the others cannot. `too_long` are those left out on
    an estimate alone: the engine, which counts, is the better judge."""

    tried: tuple[Tier, ...]
    usable: tuple[Fit, ...]
    exclusions: tuple[Exclusion, ...]
    too_long: tuple[Fit, ...]

    @property
    def refused(self) -> bool:
        return any(exclusion.action == "refuse" for exclusion in self.exclusions)

    def joined(self, other: "_Fitted") -> "_Fitted":
        return _Fitted(
            self.tried + other.tried,
            self.usable + other.usable,
            self.exclusions + other.exclusions,
            self.too_long + other.too_long,
        )


def _fit_tiers(wanted: Iterable[Tier], reach: Reach, request: ChatRequest, signals: Signals) -> _Fitted:
    tried = tuple([tier for tier in wanted if tier in reach.tiers])
    fits = [fit(reach.tiers[tier], request, signals) for tier in tried]
    exclusions = tuple([each.exclusion for each in fits if each.exclusion is not None])
    if not exclusions:
        return _Fitted(tried, tuple(fits), (), ())
    usable = tuple(each for each in fits if each.exclusion is None)
    too_long = tuple(each for each in fits if each.exclusion is not None and each.exclusion.parameter == CONTEXT)
    return _Fitted(tried, usable, exclusions, too_long)


def _fallback(then: Then, asked: _Fitted, reach: Reach, request: ChatRequest, signals: Signals) -> tuple[Fit, ...]:
    if then.on_unavailable != "degrade":
        return ()
    below = [tier for tier in _tiers_below(then.ladder) if tier not in asked.tried]
    return _fit_tiers(below, reach, request, signals).usable


def _tiers_above(ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
    return TIERS[max(map(TIERS.index, ladder)) + 1 :]


def _tiers_below(ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """Best first: the nearest tier below comes before the cheapest."""
    return tuple(reversed(TIERS[: min(map(TIERS.index, ladder))]))


def _nothing_serves(then: Then, asked: _Fitted, reach: Reach) -> TandemError:
    if asked.exclusions:
        return _unsupported(asked.exclusions[-1])
    above = [tier for tier in then.ladder if tier in reach.configured]
    if above:
        need = " or ".join(above)
        said = f"this request needs the tier {need}; it may reach {reach.max_tier} at most"
        if reach.limited_by == "hint":
            return InvalidRequest(said, param="x-router-max-tier")
        return Forbidden("max_tier", said)
    return NoTierAvailable(f"this request needs the tier {' or '.join(then.ladder)}, which is not configured")


def _unsupported(exclusion: Exclusion) -> TandemError:
    if exclusion.parameter == CONTEXT:
        return ContextTooLong(f"the prompt {exclusion.why}", param="messages")
    said = f"{exclusion.parameter} {exclusion.why}; no tier that this request may reach can serve it"
    return UnsupportedParameter(said, param=exclusion.parameter)
