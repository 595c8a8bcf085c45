"""What one decision looked at, without a word of the prompt: enough to decide the request again by another policy.
Pure. Records carry it; `tandem policy diff` and `coverage` read it back."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from router.core.capabilities import Dial, Dialect, DialName, Exclusion, Row, TierFacts, fit
from router.core.denoise import free_dials
from router.core.facts import View
from router.core.grants import Caller, Grants, effective_budget_ms
from router.core.ladder import LimitedBy, Reach, reach_up_to
from router.core.recall import Conversation
from router.core.values import Band, ChatRequest, Hints, Score, Signals, Tier, TierState

UNRECORDED = frozenset(("tenant.name", "hints.conversation"))
"""The facts that are not in a situation, because they name people. A policy that mentions one cannot be asked again."""

MAX_MODEL_CHARS = 100


class Situation(Struct, frozen=True):
    """Everything that `decide` was given but texts and names. `unfit`: why each configured tier that cannot serve
    the request cannot; `min_stakes`: the key's floor; `max_tier` and `limited_by`: how high it may reach;
    `dials`: those of denoising that each tier has and the request leaves to the policy."""

    model: str
    streamed: bool
    choices: int
    max_tokens: int
    body_bytes: int
    signals: Signals
    stakes: Score
    hints: Hints
    min_stakes: Band
    max_tier: Tier
    limited_by: LimitedBy
    pin: Tier | None
    tiers: Mapping[Tier, TierState]
    unfit: tuple[Exclusion, ...]
    conversation: Conversation
    escalated: bool
    dials: Mapping[Tier, tuple[DialName, ...]] = {}


class Question(Struct, frozen=True):
    """The arguments of `decide` but for the policy."""

    view: View
    reach: Reach
    pin: Tier | None


def note(question: Question) -> Situation:
    """The situation of a request, to be kept."""
    view, reach = question.view, question.reach
    request, hints = view.request, view.hints
    exclusions = [fit(facts, request, view.signals).exclusion for facts in reach.configured.values()]
    return Situation(
        model=request.model[:MAX_MODEL_CHARS],
        streamed=request.streamed,
        choices=request.choices,
        max_tokens=request.max_tokens,
        body_bytes=request.body_bytes,
        signals=view.signals,
        stakes=view.stakes,
        hints=replace(hints, conversation=None, latency_budget_ms=effective_budget_ms(view.caller.grants, hints)),
        min_stakes=view.caller.grants.min_stakes,
        max_tier=reach.max_tier,
        limited_by=reach.limited_by,
        pin=question.pin,
        tiers=view.tiers,
        unfit=tuple([each for each in exclusions if each is not None]),
        conversation=view.conversation,
        escalated=view.escalated,
        dials=free_dials(reach.configured, request.parameters),
    )


def reopen(situation: Situation) -> Question:
    """The question as it was, but for what a situation does not hold. The request says again what kept tiers from
    serving it, each tier's table again says that it does: so every policy meets the same capabilities."""
    parameters = {"stream": situation.streamed, "n": situation.choices, "max_tokens": situation.max_tokens}
    unfit = {each.parameter: True for each in situation.unfit}
    request = ChatRequest(situation.model, (), unfit | parameters, {}, situation.body_bytes)
    caller = Caller("", "", Grants(min_stakes=situation.min_stakes))
    view = View(
        request,
        situation.signals,
        situation.hints,
        caller,
        situation.stakes,
        situation.tiers,
        situation.conversation,
        situation.escalated,
    )
    configured = {tier: _facts_of(tier, state, situation) for tier, state in situation.tiers.items()}
    return Question(view, reach_up_to(situation.max_tier, configured, situation.limited_by), situation.pin)


def _facts_of(tier: Tier, state: TierState, situation: Situation) -> TierFacts:
    mine = [each for each in situation.unfit if each.tier == tier]
    dialect = Dialect(
        name="recorded",
        passes=frozenset(),
        drops={},
        escalates={each.parameter: Row(each.why) for each in mine if each.action == "escalate"},
        refuses={each.parameter: Row(each.why) for each in mine if each.action == "refuse"},
        router_owned={},
        dials={name: Dial("", name) for name in situation.dials.get(tier, ())},
    )
    return TierFacts(tier, dialect, state.context_tokens)
