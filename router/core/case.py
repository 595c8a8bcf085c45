"""A case: a request and the circumstances it comes in, with the decision that a policy must make. Pure.

Cases stand beside a policy, are run whenever it is loaded, and keep it from going live when one fails. They meet the
tiers that Tandem is made for rather than those of one deployment, so that they mean the same everywhere.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from router.core.capabilities import TierFacts
from router.core.decision import Decision, decide
from router.core.errors import ModelNotFound, TandemError
from router.core.facts import View
from router.core.grants import (
    Caller,
    check_hints,
    check_model,
    check_policy,
    effective_max_tier,
    effective_stakes,
)
from router.core.ladder import LimitedBy, reach_up_to
from router.core.learned import DifficultyBands
from router.core.model_names import AUTO
from router.core.policy import Policy
from router.core.recall import NEW_CONVERSATION, Conversation
from router.core.scoring import BY_HAND
from router.core.situation import Question
from router.core.values import TIERS, UNJUDGED, Band, ChatRequest, Hints, Measure, Score, Signals, Tier, TierState


class Usual(Struct, frozen=True):
    """What cases meet where they say nothing else: the tiers that Tandem is made for, and how requests are measured;
    `bands` are those of difficulty by that measure."""

    tiers: Mapping[Tier, TierFacts]
    measure: Measure
    bands: DifficultyBands


def measured_once(usual: Usual) -> Usual:
    """The same, which measures a request once: nearly all cases of a folder ask what other cases ask too."""
    known: dict[Hashable, Signals] = {}

    def measure(request: ChatRequest) -> Signals:
        key = (request.messages, *[(name, bytes(request.fields[name])) for name in request.parameters])
        if key not in known:
            known[key] = usual.measure(request)
        return known[key]

    return replace(usual, measure=measure)


class Setting(Struct, frozen=True):
    """The circumstances of a case. `signals`: values that take the place of measured ones; `stakes` and
    `difficulty` may be bands, `judged: false` makes both guesses. `tiers`: changes to the usual tiers' states."""

    signals: Mapping[str, Any] = {}
    tiers: Mapping[Tier, Mapping[str, Any]] = {}
    conversation: Conversation = NEW_CONVERSATION
    escalated: bool = False


class Expectation(Struct, frozen=True):
    """What must come of a case; None and empty: not looked at. `tier`: the first of the ladder; `fallback`: the tiers
    that are tried when none of the ladder can be reached; `settings`: some of
    `Then.settings()`; `error`: the name of the error that the caller gets instead of an answer."""

    tier: Tier | None = None
    ladder: tuple[Tier, ...] | None = None
    fallback: tuple[Tier, ...] | None = None
    rule: str | None = None
    reason: str | None = None
    settings: Mapping[str, Any] = {}
    error: str | None = None


class Case(Struct, frozen=True):
    """One test of a policy."""

    name: str
    request: ChatRequest
    hints: Hints
    caller: Caller
    setting: Setting
    expected: Expectation


class Difference(Struct, frozen=True):
    """Something that is not as expected: which part of the expectation, and in words."""

    part: tuple[str, ...]
    said: str


def examine(policy: Policy, case: Case, usual: Usual) -> tuple[Difference, ...]:
    """What differs from the expectation; nothing when the case passes."""
    try:
        question = put(case, usual)
        decision = decide(policy, question.view, question.reach, question.pin)
    except TandemError as error:
        return _differences_of_error(case.expected, error)
    return tuple(_differences(case.expected, decision))


def put(case: Case, usual: Usual) -> Question:
    """The case as the question that `decide` answers. Raises CallerError when the key may not ask it."""
    pin = _permitted_pin(case)
    signals = overridden(usual.measure(case.request), case.setting.signals, usual.bands)
    grants = case.caller.grants
    states = {tier: _state(facts, case.setting.tiers.get(tier, {})) for tier, facts in usual.tiers.items()}
    tiers = {tier: state for tier, state in states.items() if state.configured}
    view = View(
        case.request,
        signals,
        case.hints,
        case.caller,
        effective_stakes(grants, signals.stakes, case.hints.stakes),
        tiers,
        case.setting.conversation,
        case.setting.escalated,
    )
    configured = {
        tier: replace(usual.tiers[tier], context_tokens=state.context_tokens) for tier, state in tiers.items()
    }
    max_tier = effective_max_tier(grants, case.hints.max_tier)
    limited_by: LimitedBy = "key" if max_tier == grants.max_tier else "hint"
    return Question(view, reach_up_to(max_tier, configured, limited_by), pin)


def _permitted_pin(case: Case) -> Tier | None:
    """The tier that the model's name pins. The policy under test decides, whichever one the case names."""
    grants, model = case.caller.grants, case.request.model
    name, _, policy = model.partition(":")
    pin = next((tier for tier in TIERS if model == tier), None)
    if name != AUTO and pin is None:
        raise ModelNotFound(f"the model {model!r} is neither {AUTO} nor a tier", "model")
    check_model(grants, model, pinned=pin is not None)
    check_hints(grants, case.hints)
    named = policy or case.hints.policy
    if named:
        check_policy(grants, named)
    return pin


def overridden(signals: Signals, given: Mapping[str, Any], bands: DifficultyBands) -> Signals:
    """The signals with these values in the place of measured ones. `bands` are those of difficulty."""
    plain = {name: value for name, value in given.items() if name in Signals.__struct_fields__}
    for name, scale in (("stakes", BY_HAND), ("difficulty", bands)):
        score = _score(getattr(signals, name), given.get(name), given.get(f"{name}_score"), scale)
        plain[name] = _judged(score, given["judged"]) if "judged" in given else score
    return replace(signals, **plain)


def _judged(score: Score, judged: bool) -> Score:  # noqa: FBT001 - a signal's value
    others = tuple(reason for reason in score.reasons if reason != UNJUDGED)
    return replace(score, reasons=others if judged else (UNJUDGED,))


def _score(measured: Score, band: Band | None, score: float | None, scale: DifficultyBands) -> Score:
    if score is not None:
        return Score(score, band or scale.band_of(score))
    return measured if band is None else Score(scale.middle_of(band), band)


def _state(usual: TierFacts, given: Mapping[str, Any]) -> TierState:
    return replace(TierState(configured=True, context_tokens=usual.context_tokens), **given)


def _differences_of_error(expected: Expectation, error: TandemError) -> tuple[Difference, ...]:
    found = type(error).__name__
    if expected.error == found:
        return ()
    if expected.error is not None:
        return (Difference(("error",), f"the error is {found}, expected {expected.error}"),)
    return (Difference((), f"the request is refused with {found}: {error.message}"),)


_LOOKED_AT: Mapping[str, Callable[[Decision], Any]] = {
    "rule": lambda decision: decision.rule,
    "tier": lambda decision: decision.tiers[0],
    "ladder": lambda decision: decision.tiers,
    "fallback": lambda decision: tuple(fit.tier for fit in decision.ladder.fallback),
    "reason": lambda decision: decision.reason,
}


def _differences(expected: Expectation, decision: Decision) -> list[Difference]:
    if expected.error is not None:
        said = f"rule {decision.rule!r} sends it to {', '.join(decision.tiers)}"
        return [Difference(("error",), f"expected the error {expected.error}, but {said}")]
    found = [
        Difference((part,), f"the {part} is {_say(read(decision))}, expected {_say(getattr(expected, part))}")
        for part, read in _LOOKED_AT.items()
        if getattr(expected, part) not in (None, read(decision))
    ]
    settings = decision.then.settings()
    found += [
        Difference(("settings", name), f"{name} is {_say(settings[name])}, expected {_say(value)}")
        for name, value in expected.settings.items()
        if settings[name] != value
    ]
    return found


def _say(value: Any) -> str:
    if value is None or value == {}:
        return "not set"
    return "[" + ", ".join(value) + "]" if isinstance(value, tuple) else repr(value)
