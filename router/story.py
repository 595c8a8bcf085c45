"""What is known of one request so far; at its end, its record."""

from typing import Any

from msgspec.structs import asdict

from router.auditing.audits import Drawn
from router.climb import Climb
from router.core.asked_numbers import asked_numbers
from router.core.caching.terms import Outcome as CacheOutcome
from router.core.comparison import changed
from router.core.cost import costs_of
from router.core.decision import Decision, decide
from router.core.errors import BackendError, InvalidRequest, Refused, TandemError
from router.core.facts import NOT_CONFIGURED
from router.core.price import UNKNOWN, Prices
from router.core.record import (
    LookUp,
    Outcome,
    Record,
    ShadowDecision,
    engine_s,
    hash_tenant,
    left_house,
    repairs,
    tokens_read,
    tokens_written,
    wasted_tokens,
)
from router.core.situation import MAX_MODEL_CHARS, note
from router.inquiry import Considered
from router.ports import Asked


class Story:
    """Gathers what happens to one request. `prices`: by which it is worked out what that cost."""

    def __init__(self, asked: Asked, started_s: float, time_s: float, prices: Prices = UNKNOWN) -> None:
        self.asked = asked
        self.started_s = started_s
        self.considered: Considered | None = None
        self.climb: Climb | None = None
        self.drawn: Drawn | None = None
        self.cache: CacheOutcome | None = None
        self.decided_s: float | None = None
        self.look_up: LookUp | None = None
        self.is_elsewhere = False
        self._time_s = time_s
        self._prices = prices

    def handed_over(self) -> "Story":
        """The same story for whoever goes on with the request: its record is written there."""
        self.is_elsewhere = True
        theirs = Story(self.asked, self.started_s, self._time_s, self._prices)
        theirs.considered, theirs.decided_s, theirs.look_up = self.considered, self.decided_s, self.look_up
        return theirs

    def record(self, outcome: Outcome, status: int, elapsed_s: float, error: TandemError | None) -> Record:
        """The record, as of now."""
        asked, considered, climb = self.asked, self.considered, self.climb
        about: dict[str, Any] = {
            "tenant": hash_tenant(asked.caller.tenant),
            "key_id": asked.caller.key_id,
            "model": asked.request.model[:MAX_MODEL_CHARS],
            "streamed": asked.request.streamed,
            "latency_budget_ms": asked.hints.latency_budget_ms,
            "error": None if error is None else describe(error),
            "cache": self.cache,
            "trace": asked.trace,
            "parameters": asked_numbers(asked.request.parameters),
            "decided_s": self.decided_s,
            "look_up": self.look_up,
            "heard": asked.heard,
        }
        if considered is not None:
            about |= _about_decision(considered)
        if climb is not None:
            about |= _about_climb(climb, considered)
            about |= self._about_money(climb, considered, outcome)
        if self.drawn is not None:
            about |= {"audit": self.drawn.propensity, "audited": self.drawn.is_audited}
        return Record(asked.request_id, self._time_s, elapsed_s, status, outcome, **about)

    def _about_money(self, climb: Climb, considered: Considered | None, outcome: Outcome) -> dict[str, Any]:
        prompt_tokens = 0 if considered is None else considered.decision.signals.prompt_tokens
        served = climb.usage if outcome == "served" else None
        return asdict(costs_of(climb.attempts, self._prices, prompt_tokens, served))


def describe(error: TandemError) -> str:
    """An error as records hold it. INVARIANT: no text of a prompt; what an engine or a parser says may quote one,
    so of those only the kind and the parameter at fault are kept."""
    if isinstance(error, Refused):
        return f"refused: status {error.status}, param {error.param}"
    if isinstance(error, InvalidRequest):
        return f"{type(error).__name__}: param {error.param}"
    word = error.outcome if isinstance(error, BackendError) else type(error).__name__
    return f"{word}: {error.message}"


def _about_decision(considered: Considered) -> dict[str, Any]:
    decision = considered.decision
    signals, difficulty = decision.signals, decision.signals.difficulty
    first = decision.tiers[0]
    foreseen = decision.foreseen(first, considered.question.view.tiers.get(first, NOT_CONFIGURED))
    return {
        "policy": decision.policy,
        "rule": decision.rule,
        "reason": decision.reason,
        "arm": considered.assignment.arm,
        "failed_rules": tuple(decision.match.failures),
        "annotations": decision.then.annotate,
        "ladder": decision.tiers,
        "stakes": decision.stakes.band,
        "stakes_score": decision.stakes.score,
        "stakes_reasons": decision.stakes.reasons,
        "difficulty": difficulty.band,
        "difficulty_score": difficulty.score,
        "difficulty_reasons": difficulty.reasons,
        "stakes_domain": signals.stakes_domain,
        "task": signals.task,
        "abstained": signals.abstained,
        "prompt_tokens_estimate": signals.prompt_tokens,
        "answer_tokens_estimate": signals.answer_tokens,
        "predicted_p50_ms": foreseen.predicted_p50_ms,
        "predicted_p90_ms": foreseen.predicted_p90_ms,
        "excluded": decision.excluded,
        "conversation": considered.conversation,
        "situation": note(considered.question),
        "shadow": _shadow(considered),
    }


def _shadow(considered: Considered) -> ShadowDecision | None:
    """What the candidate would have done. It is asked at the end, so that nobody waits for it, and about the same
    view, so that nothing but the policy differs."""
    candidate, question = considered.assignment.shadow, considered.question
    if candidate is None:
        return None
    try:
        decision = decide(candidate, question.view, question.reach, question.pin)
    except TandemError as error:
        return ShadowDecision(candidate.version, changed=("ladder",), error=describe(error))
    differs = changed(considered.decision, decision)
    return ShadowDecision(candidate.version, decision.rule, decision.reason, decision.tiers, differs)


def _about_climb(climb: Climb, considered: Considered | None) -> dict[str, Any]:
    served = climb.finish.served if climb.finish is not None else None
    attempts = tuple(climb.attempts)
    about: dict[str, Any] = {
        "attempts": attempts,
        "usage": climb.usage,
        "wasted_tokens": wasted_tokens(attempts),
        "tokens_written": tokens_written(attempts),
        "tokens_read": tokens_read(attempts),
        "repairs": repairs(attempts),
        "engine_s": engine_s(attempts),
        "left_house": left_house(attempts),
        "spilled_from": climb.seating.spilled_from,
        "waited_s": climb.seating.waited_s,
        "priority": climb.seating.priority,
    }
    if served is not None and considered is not None:
        decision: Decision = considered.decision
        about |= {
            "tier": served.tier,
            "dropped": decision.dropped_by(served.tier),
            "first_block_s": attempts[served.number - 1].first_block_s,
        }
    return about
