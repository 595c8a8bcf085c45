"""Steps 3 and 5 of a request's path: say what is to be looked up for it, measure it, and decide by what was recalled.
Nothing is awaited and no engine is called.

Serving, `explain` and whatever else asks "what would happen" share this, so that they cannot disagree.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from router.core.answer_length import capped
from router.core.capabilities import TierFacts, owned_parameters
from router.core.decision import Decision, decide
from router.core.errors import Forbidden
from router.core.facts import View
from router.core.grants import check_hints, check_model, check_policy, effective_max_tier, effective_stakes
from router.core.ladder import LIMITERS, Reach, reach_up_to
from router.core.model_names import Target, resolve_model
from router.core.recall import Keys, Recalled, Thread, continues, conversation_key, question_key
from router.core.rollout import Assignment
from router.core.situation import Question
from router.core.values import TIERS, Measure, Signals, Tier
from router.measurements import Measurements
from router.ports import Asked, Escalations, Fleet, Lengths, Policies

ESCALATED = "memory.escalated"


class Landscape(Struct, frozen=True):
    """What can be reached: the facts of each configured tier, the tier behind each name that pins one, and the
    policy of each tenant that has its own."""

    tiers: Mapping[Tier, TierFacts]
    pins: Mapping[str, Tier]
    policy_of_tenant: Mapping[str, str] = {}


class Opening(Struct, frozen=True):
    """What is known of a request before it is decided: the policies assigned, a pin (None: none), the conversation's
    key, and under which keys what matters to it is remembered. `looks_back`: whether that can make a difference."""

    asked: Asked
    assignment: Assignment
    pin: Tier | None
    conversation: str
    keys: Keys
    looks_back: bool


class Considered(Struct, frozen=True):
    """A decision with what it was made from: the question, the policies assigned, the conversation's key, and what was
    remembered of it (None: it begins with this request)."""

    decision: Decision
    question: Question
    assignment: Assignment
    conversation: str
    thread: Thread | None = None


class Inquiry:
    """Decides requests. Holds nothing about any one of them."""

    def __init__(
        self,
        landscape: Landscape,
        fleet: Fleet,
        policies: Policies,
        escalations: Escalations,
        lengths: Lengths,
        measure: Measure,
    ) -> None:
        self._landscape = landscape
        self._owned = owned_parameters(landscape.tiers)
        self._reaches = {by: {tier: reach_up_to(tier, landscape.tiers, by) for tier in TIERS} for by in LIMITERS}
        self._fleet = fleet
        self._policies = policies
        self._escalations = escalations
        self._lengths = lengths
        self._measurements = Measurements(measure)

    def open(self, asked: Asked) -> Opening:
        """What is to be looked up for this request. Raises CallerError."""
        target = self._permitted_target(asked)
        caller = asked.caller
        named = target.policy or caller.grants.policy or self._landscape.policy_of_tenant.get(caller.tenant)
        conversation = conversation_key(caller.tenant, asked.request, asked.hints)
        assignment = self._policies.assign(named, conversation)
        continued = conversation if continues(asked.request, asked.hints) else None
        question = self._question_key(asked) if assignment.mentions(ESCALATED) else None
        looks_back = question is not None or (continued is not None and assignment.looks_back)
        keys = Keys(caller.tenant, continued, question)
        return Opening(asked, assignment, target.pin, conversation, keys, looks_back)

    def consider(self, opening: Opening, recalled: Recalled) -> Considered:
        """What would happen to this request, and why. Raises CallerError, NoTierAvailable, or
        DeadlineExceeded where the answer is not likely in time."""
        view = self._view(opening, recalled)
        question = Question(view, self._reach(opening.asked), opening.pin)
        decision = decide(opening.assignment.policy, view, question.reach, question.pin)
        thread = None if opening.keys.conversation is None else recalled.thread
        return Considered(decision, question, opening.assignment, opening.conversation, thread)

    def _permitted_target(self, asked: Asked) -> Target:
        request, hints, grants = asked.request, asked.hints, asked.caller.grants
        target = resolve_model(request.model, self._landscape.pins, self._policies.names(), hints.policy)
        check_model(grants, request.model, pinned=target.pin is not None)
        check_hints(grants, hints)
        if target.policy is not None:
            check_policy(grants, target.policy)
        if not grants.engine_parameters:
            self._check_owned(asked)
        return target

    def _check_owned(self, asked: Asked) -> None:
        for name in asked.request.parameters:
            if name in self._owned:
                raise Forbidden("engine_parameters", f"this key may not send {name!r}, which steers the engine")

    def _question_key(self, asked: Asked) -> str | None:
        """INVARIANT: what is remembered is a short cut for a climb, and there is none where the climb would be refused:
        one that was granted once could otherwise be asked again for nothing."""
        tenant = asked.caller.tenant
        return question_key(tenant, asked.request) if self._escalations.has_left(tenant) else None

    def _view(self, opening: Opening, recalled: Recalled) -> View:
        asked = opening.asked
        request, hints, caller = asked.request, asked.hints, asked.caller
        signals = self._measured(asked)
        stakes = effective_stakes(caller.grants, signals.stakes, hints.stakes)
        tiers = self._fleet.states(opening.conversation, signals)
        known = recalled.thread.conversation
        return View(request, signals, hints, caller, stakes, tiers, known, recalled.was_escalated)

    def _measured(self, asked: Asked) -> Signals:
        """The signals of the request, its answer as long as earlier ones make likely."""
        signals = self._measurements.of(asked.caller.tenant, asked.request)
        base = signals.answer_base
        adjusted = self._lengths.adjusted(asked.caller.tenant, signals.task, base)
        if adjusted is base:
            return signals
        length = capped(adjusted, asked.request.max_tokens)
        return replace(signals, answer_tokens=length.p50, answer_tokens_p90=length.p90)

    def _reach(self, asked: Asked) -> Reach:
        grants = asked.caller.grants
        max_tier = effective_max_tier(grants, asked.hints.max_tier)
        return self._reaches["key" if max_tier == grants.max_tier else "hint"][max_tier]
