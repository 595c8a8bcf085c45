"""Why one policy decides one request as it does: a value, and how machines are told it. Pure."""

from typing import Any

import msgspec
from msgspec import Struct

from router.config.policies.verify_spec import AUDIT_SHARE
from router.core.decision import Decision, decide
from router.core.errors import CallerError, TandemError
from router.core.model_names import resolve_model
from router.core.policy import Match, Policy, Then, match
from router.core.situation import Question
from router.core.values import TIERS, Score, Tier


class Explanation(Struct, frozen=True):
    """What became of one question. `error`: why the request would be refused instead; there is then no decision."""

    policy: Policy
    question: Question
    match: Match
    decision: Decision | None
    error: TandemError | None

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The ladder; empty when the request would be refused."""
        return () if self.decision is None else self.decision.tiers

    @property
    def condition(self) -> str:
        """The condition that held; empty for `otherwise`."""
        return next((rule.text for rule in self.policy.rules if rule.name == self.match.rule), "")

    @property
    def untried(self) -> tuple[str, ...]:
        """The rules after the match."""
        names = [rule.name for rule in self.policy.rules]
        return tuple(names[names.index(self.match.rule) + 1 :]) if self.match.rule in names else ()

    @property
    def then(self) -> Then:
        """What the rule sets, as the decision has it."""
        return self.match.then if self.decision is None else self.decision.then

    @property
    def unusual_settings(self) -> dict[str, Any]:
        """The settings that are not what a file that leaves them out says."""
        usual = Then(self.then.ladder, audit=AUDIT_SHARE).settings()
        return {name: value for name, value in self.then.settings().items() if value != usual[name]}

    def as_dict(self) -> dict[str, Any]:
        """The explanation for machines."""
        view = self.question.view
        return {
            **self._outcome(),
            "condition": self.condition,
            "untried_rules": self.untried,
            "model": view.request.model,
            "signals": {
                **msgspec.to_builtins(view.signals),
                "abstained": list(view.signals.abstained),
                "stakes": _score(view.stakes),
                "difficulty": _score(view.signals.difficulty),
            },
            "hints": msgspec.to_builtins(view.hints),
            "tenant": view.caller.tenant,
            "tiers": msgspec.to_builtins(view.tiers),
            "conversation": msgspec.to_builtins(view.conversation),
            "escalated": view.escalated,
        }

    def _outcome(self) -> dict[str, Any]:
        if self.decision is not None:
            return {**self.decision.as_dict(), "error": None}
        return {
            "policy": self.policy.version,
            "rule": self.match.rule,
            "ladder": [],
            "skipped_rules": self.match.why_skipped(),
            "facts": dict(self.match.facts),
            "error": None if self.error is None else error_dict(self.error),
        }


def explain(policy: Policy, question: Question) -> Explanation:
    """Asks the policy."""
    try:
        decision = decide(policy, question.view, question.reach, question.pin)
    except TandemError as error:
        return Explanation(policy, question, match(policy, question.view), None, error)
    return Explanation(policy, question, decision.match, decision, None)


def asked_policy(question: Question) -> str | None:
    """The name of the policy that a request asks for, by its model or a hint; None: it leaves that open. Raises
    CallerError when model and hint contradict."""
    request, hints = question.view.request, question.view.hints
    named = request.model.partition(":")[2]
    return resolve_model(request.model, {tier: tier for tier in TIERS}, (named,), hints.policy).policy


def error_dict(error: TandemError) -> dict[str, Any]:
    """An error for machines."""
    param = error.param if isinstance(error, CallerError) else None
    return {"type": type(error).__name__, "message": error.message, "param": param}


def _score(score: Score) -> dict[str, Any]:
    return {"band": score.band, "score": round(score.score, 4), "reasons": list(score.reasons)}
