"""Steps 3 to 7 of a request's path behind one call: measure, decide, climb, and write the record.

Serving, `explain` and whatever else asks "what would happen" share `decide`, so that they cannot disagree.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from router.climb import Climb
from router.core.capabilities import TierFacts, owned_parameters
from router.core.cascade import Plan
from router.core.decision import Decision, decide
from router.core.errors import BackendError, CallerError, Forbidden, InvalidRequest, Refused, TandemError
from router.core.facts import View
from router.core.grants import check_hints, check_model, check_policy, effective_max_tier, effective_stakes
from router.core.ladder import LIMITERS, reach_up_to
from router.core.model_names import resolve_model
from router.core.record import Outcome, Record, wasted_tokens
from router.core.signals import measure
from router.core.values import TIERS, Tier
from router.ports import Answer, Asked, Clock, DecisionLog, Fleet, Policies

CALLER_LEFT_STATUS = 499
"""What the record says of a caller who left: no status was sent. The number is nginx's."""

BUG_STATUS = 500


class Landscape(Struct, frozen=True):
    """What can be reached: the facts of each configured tier, and the tier behind each name that pins one."""

    tiers: Mapping[Tier, TierFacts]
    pins: Mapping[str, Tier]


class Dispatch:
    """Serves requests. Holds nothing about any one of them."""

    def __init__(  # noqa: PLR0913 - each port by its name, passed once, in bootstrap
        self,
        landscape: Landscape,
        fleet: Fleet,
        policies: Policies,
        log: DecisionLog,
        clock: Clock,
        status_of: Callable[[TandemError], int],
        keep_alive_s: float = 15.0,
    ) -> None:
        self._landscape = landscape
        self._owned = owned_parameters(landscape.tiers)
        self._reaches = {by: {tier: reach_up_to(tier, landscape.tiers, by) for tier in TIERS} for by in LIMITERS}
        self._fleet = fleet
        self._policies = policies
        self._log = log
        self._clock = clock
        self._status_of = status_of
        self._keep_alive_s = keep_alive_s

    def decide(self, asked: Asked) -> Decision:
        """What would happen to this request, and why. No engine is called. Raises CallerError or NoTierAvailable."""
        request, hints, grants = asked.request, asked.hints, asked.caller.grants
        target = resolve_model(request.model, self._landscape.pins, self._policies.names(), hints.policy)
        check_model(grants, request.model, pinned=target.pin is not None)
        check_hints(grants, hints)
        if target.policy is not None:
            check_policy(grants, target.policy)
        self._check_owned(asked)
        signals = measure(request)
        stakes = effective_stakes(grants, signals.stakes, hints.stakes)
        view = View(request, signals, hints, asked.caller, stakes)
        max_tier = effective_max_tier(grants, hints.max_tier)
        reach = self._reaches["key" if max_tier == grants.max_tier else "hint"][max_tier]
        return decide(self._policies.get(target.policy), view, reach, target.pin)

    async def serve(self, asked: Asked, answer: Answer) -> None:
        """Serves the request into `answer`, errors included, and writes its record. Raises only what is a bug."""
        story = _Story(asked, self._clock.now_s(), self._clock.unix_s())
        try:
            story.decision = self.decide(asked)
            story.climb = Climb(asked, story.decision, self._fleet, answer, self._clock)
            finish = await story.climb.run(self._plan(story.decision, asked))
            if finish.error is None:
                self._write(story, "served", 200)
            elif story.climb.begun:
                self._write(story, "broken", 200, finish.error)
            else:
                raise finish.error
        except TandemError as error:
            outcome: Outcome = "refused" if isinstance(error, CallerError | Refused) else "failed"
            self._write(story, outcome, self._status_of(error), error)
            await answer.fail(error, None if story.climb is None else story.climb.head(None))
        except asyncio.CancelledError:
            self._write(story, "caller_left", CALLER_LEFT_STATUS)
            raise
        except Exception:
            self._write(story, "failed", BUG_STATUS)
            raise

    def _check_owned(self, asked: Asked) -> None:
        if asked.caller.grants.engine_parameters:
            return
        for name in asked.request.parameters:
            if name in self._owned:
                raise Forbidden("engine_parameters", f"this key may not send {name!r}, which steers the engine")

    def _plan(self, decision: Decision, asked: Asked) -> Plan:
        commit_at_s = None
        if asked.request.streamed:
            commit_at_s = self._clock.now_s() + decision.then.commit_after_s
        fallback = tuple(fit.tier for fit in decision.ladder.fallback)
        return Plan(decision.tiers, fallback, commit_at_s, self._keep_alive_s)

    def _write(self, story: "_Story", outcome: Outcome, status: int, error: TandemError | None = None) -> None:
        elapsed_s = self._clock.now_s() - story.started_s
        self._log.write(story.record(outcome, status, elapsed_s, error))


class _Story:
    """What is known of one request so far; at its end, its record."""

    def __init__(self, asked: Asked, started_s: float, time_s: float) -> None:
        self.started_s = started_s
        self.decision: Decision | None = None
        self.climb: Climb | None = None
        self._asked = asked
        self._time_s = time_s

    def record(self, outcome: Outcome, status: int, elapsed_s: float, error: TandemError | None) -> Record:
        asked, decision, climb = self._asked, self.decision, self.climb
        about: dict[str, Any] = {
            "tenant": hash_tenant(asked.caller.tenant),
            "key_id": asked.caller.key_id,
            "model": asked.request.model[:100],
            "streamed": asked.request.streamed,
            "latency_budget_ms": asked.hints.latency_budget_ms,
            "error": None if error is None else describe(error),
        }
        if decision is not None:
            about |= _about_decision(decision)
        if climb is not None:
            about |= _about_climb(climb, decision)
        return Record(asked.request_id, self._time_s, elapsed_s, status, outcome, **about)


@lru_cache(4096)
def hash_tenant(tenant: str) -> str:
    """The tenant as it appears in records: enough to group by, not a name."""
    return hashlib.sha256(tenant.encode()).hexdigest()[:16]


def describe(error: TandemError) -> str:
    """An error as records hold it. INVARIANT: no text of a prompt; what an engine or a parser says may quote one,
    so of those only the kind and the parameter at fault are kept."""
    if isinstance(error, Refused):
        return f"refused: status {error.status}, param {error.param}"
    if isinstance(error, InvalidRequest):
        return f"{type(error).__name__}: param {error.param}"
    word = error.outcome if isinstance(error, BackendError) else type(error).__name__
    return f"{word}: {error.message}"


def _about_decision(decision: Decision) -> dict[str, Any]:
    signals, difficulty = decision.signals, decision.signals.difficulty
    return {
        "policy": decision.policy,
        "rule": decision.rule,
        "reason": decision.reason,
        "ladder": decision.tiers,
        "stakes": decision.stakes.band,
        "stakes_score": decision.stakes.score,
        "stakes_reasons": decision.stakes.reasons,
        "difficulty": difficulty.band,
        "difficulty_score": difficulty.score,
        "difficulty_reasons": difficulty.reasons,
        "prompt_tokens_estimate": signals.prompt_tokens,
        "answer_tokens_estimate": signals.answer_tokens,
        "excluded": decision.excluded,
    }


def _about_climb(climb: Climb, decision: Decision | None) -> dict[str, Any]:
    served = climb.finish.served if climb.finish is not None else None
    attempts = tuple(climb.attempts)
    about: dict[str, Any] = {
        "attempts": attempts,
        "usage": climb.usage,
        "wasted_tokens": wasted_tokens(attempts),
    }
    if served is not None and decision is not None:
        about |= {
            "tier": served.tier,
            "dropped": decision.dropped_by(served.tier),
            "first_block_s": attempts[-1].first_block_s,
        }
    return about
