"""Steps 3 to 5 of a request's path: measure it, recall what went before, and decide. No engine is called.

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
from router.core.recall import NEW_CONVERSATION, continues, conversation_key, question_key
from router.core.rollout import Assignment
from router.core.situation import Question
from router.core.values import TIERS, Measure, Signals, Tier
from router.measurements import Measurements
from router.ports import Asked, Escalations, Fleet, Lengths, Memory, Policies

ESCALATED = "memory.escalated"


class Landscape(Struct, frozen=True):
    """What can be reached: the facts of each configured tier, the tier behind each name that pins one, and the
    policy of each tenant that has its own."""

    tiers: Mapping[Tier, TierFacts]
    pins: Mapping[str, Tier]
    policy_of_tenant: Mapping[str, str] = {}


class Considered(Struct, frozen=True):
    """A decision with what it was made from: the question, the policies assigned, and the conversation's key."""

    decision: Decision
    question: Question
    assignment: Assignment
    conversation: str


class Inquiry:
    """Decides requests. Holds nothing about any one of them."""

    def __init__(  # noqa: PLR0913 - each port by its name, passed once, in bootstrap
        self,
        landscape: Landscape,
        fleet: Fleet,
        policies: Policies,
        memory: Memory,
        escalations: Escalations,
        lengths: Lengths,
        measure: Measure,
    ) -> None:
        self._landscape = landscape
        self._owned = owned_parameters(landscape.tiers)
        self._reaches = {by: {tier: reach_up_to(tier, landscape.tiers, by) for tier in TIERS} for by in LIMITERS}
        self._fleet = fleet
        self._policies = policies
        self._memory = memory
        self._escalations = escalations
        self._lengths = lengths
        self._measurements = Measurements(measure)

    def consider(self, asked: Asked) -> Considered:
        """What would happen to this request, and why. Raises CallerError, NoTierAvailable, or
        DeadlineExceeded where the answer is not likely in time."""
        target = self._permitted_target(asked)
        caller = asked.caller
        named = target.policy or caller.grants.policy or self._landscape.policy_of_tenant.get(caller.tenant)
        conversation = conversation_key(caller.tenant, asked.request, asked.hints)
        assignment = self._policies.assign(named, conversation)
        view = self._view(asked, assignment, conversation)
        question = Question(view, self._reach(asked), target.pin)
        decision = decide(assignment.policy, view, question.reach, question.pin)
        return Considered(decision, question, assignment, conversation)

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

    def _view(self, asked: Asked, assignment: Assignment, conversation: str) -> View:
        request, hints, caller = asked.request, asked.hints, asked.caller
        signals = self._measured(asked)
        known = self._memory.conversation(conversation) if continues(request, hints) else NEW_CONVERSATION
        escalated = assignment.mentions(ESCALATED) and self._was_escalated(asked)
        stakes = effective_stakes(caller.grants, signals.stakes, hints.stakes)
        tiers = self._fleet.states(conversation, signals)
        return View(request, signals, hints, caller, stakes, tiers, known, escalated)

    def _was_escalated(self, asked: Asked) -> bool:
        """INVARIANT: what is remembered is a short cut for a climb, and there is none where the climb would be refused:
        one that was granted once could otherwise be asked again for nothing."""
        tenant = asked.caller.tenant
        return self._escalations.has_left(tenant) and self._memory.was_escalated(question_key(tenant, asked.request))

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
