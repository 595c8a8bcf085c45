"""Tandem itself in virtual time: the shipped functions decide, predict, count and queue; only sockets are missing.

It knows of a request what the router would: the length that was thought, the score of difficulty. How fast engines are
it learns from its own answers, beginning with what the profile has of one that is as it should be. Answers of the fast
tier that are doubted the strong one writes, in what is left of the budget, as it does what a gate rejects; the answer
doubted is lost. Left out: the dials of denoising, for what fewer passes cost in quality nobody has measured. All who
ask are one tenant, and the counts of what engines have are never late.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.concurrency_limit import fixed
from router.core.decision import Decision, decide
from router.core.errors import DeadlineExceeded
from router.core.ladder import Reach, reach_up_to
from router.core.latency import Pace
from router.core.policy import Policy
from router.core.queueing import Queue
from router.core.record import AttemptRecord
from router.core.saturation import Occupancy
from router.core.values import Hints, Signals, Tier, TierState, Usage
from router.core.waiting import Bounds, Seats, Ticket
from router.engines.dialects import USUAL_TIERS
from router.stores.latencies import LocalLatencies
from tests.answered import RECORD, SITUATION
from tests.bench.load_study.stage import Stage
from tests.bench.load_study.workload import TIERS, Asked, Pair
from tests.doubles import HandClock
from tests.examples import a_view, chat_request, signals
from tests.latency_trial import thought_pace

TENANT: Final = "everyone"
REACH: Final[Reach] = reach_up_to("strong", USUAL_TIERS)
REQUEST: Final = chat_request()
SERVED: Final = Usage()


class _Sitting(Struct, frozen=True):
    """An attempt that is open: what was known when it began, and when that was."""

    signals: Signals
    states: Mapping[Tier, TierState]
    since_s: float


class Tandem:
    """The router by one policy. The limits of its tiers are configured: where the profiles have their knees."""

    def __init__(self, pair: Pair, policy: Policy) -> None:
        self._policy = policy
        self._clock = HandClock()
        paces: dict[str, Pace] = {tier: thought_pace(pair.profiles[tier], wrong_by=1.0) for tier in TIERS}
        self._latencies = LocalLatencies(paces, self._clock)
        self._occupancies = {tier: Occupancy(fixed(pair.profiles[tier].knee.value)) for tier in TIERS}
        self._queue = Queue(Bounds())
        self._waiting: dict[int, tuple[Asked, Ticket]] = {}
        self._sitting: dict[tuple[Tier, int], _Sitting] = {}

    def came(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""
        self._clock.pass_s(stage.now_s - self._clock.now_s())
        measured = self.measured(asked)
        hints = Hints(latency_budget_ms=round(1000.0 * stage.budget_s))
        view = a_view(REQUEST, measured, hints, tiers=self._states(measured))
        try:
            decision = decide(self._policy, view, REACH, None)
        except DeadlineExceeded:
            stage.refuse(asked)
            return
        self._admit(asked, self._ticket(asked, decision, stage), stage)

    def ended(self, asked: Asked, tier: Tier, stage: Stage) -> None:
        """See `Contender`."""
        self._clock.pass_s(stage.now_s - self._clock.now_s())
        self._get_up(asked, tier, "served", stage)
        if tier == "fast" and asked.doubted:
            self._sit_down(asked, "strong", stage)
        else:
            stage.serve(asked, tier)
        self._call(stage)

    def left(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""
        self._clock.pass_s(stage.now_s - self._clock.now_s())
        if (waiting := self._waiting.pop(asked.number, None)) is not None:
            self._queue.leave(waiting[1])
        for tier in TIERS:
            if (tier, asked.number) in self._sitting:
                self._get_up(asked, tier, "deadline_exceeded", stage)
        self._call(stage)

    def measured(self, asked: Asked) -> Signals:
        """What the router makes of a request."""
        thought = asked.thought
        return signals(
            prompt_tokens=asked.prompt_tokens,
            answer_tokens=thought.p50,
            answer_tokens_p90=thought.p90,
            difficulty=asked.difficulty,
        )

    def _ticket(self, asked: Asked, decision: Decision, stage: Stage) -> Ticket:
        states = {tier: decision.foreseen(tier, self._states(decision.signals)[tier]) for tier in decision.starts}
        return Ticket(
            asked.number,
            TENANT,
            {tier: state.predicted_p50_ms / 1000.0 for tier, state in states.items()},
            stage.now_s,
            deadline_s=stage.deadline_s(asked),
        )

    def _admit(self, asked: Asked, ticket: Ticket, stage: Stage) -> None:
        """To its first tier, if that has a seat for one that has not waited; else it waits, if only for this moment."""
        seats = self._seats(stage)
        if self._queue.may_sit_down(ticket.first, seats[ticket.first]):
            self._sit_down(asked, ticket.first, stage)
        elif self._queue.join(ticket, seats, stage.now_s) is None:
            self._waiting[asked.number] = asked, ticket
            self._call(stage)
        else:
            stage.refuse(asked)

    def _call(self, stage: Stage) -> None:
        for ticket, _ in self._queue.drop(self._seats(stage), stage.now_s):
            stage.refuse(self._waiting.pop(ticket.number)[0])
        while (turn := self._queue.call(self._seats(stage), stage.now_s)) is not None:
            self._sit_down(self._waiting.pop(turn.ticket.number)[0], turn.tier, stage)

    def _sit_down(self, asked: Asked, tier: Tier, stage: Stage) -> None:
        measured = self.measured(asked)
        self._sitting[tier, asked.number] = _Sitting(measured, self._states(measured), stage.now_s)
        self._occupancies[tier].opened()
        self._queue.sat_down(TENANT, tier)
        stage.open(asked, tier)

    def _get_up(self, asked: Asked, tier: Tier, outcome: str, stage: Stage) -> None:
        sitting = self._sitting.pop((tier, asked.number))
        self._occupancies[tier].closed()
        self._queue.got_up(TENANT, tier)
        took_s = stage.now_s - sitting.since_s
        attempt = AttemptRecord(1, tier, tier, outcome, took_s, None, SERVED)
        situation = replace(SITUATION, signals=sitting.signals, tiers=sitting.states)
        self._latencies.take([replace(RECORD, situation=situation, attempts=(attempt,))])

    def _states(self, measured: Signals) -> Mapping[Tier, TierState]:
        now_s = self._clock.now_s()
        states: dict[str, TierState] = {
            tier: TierState(
                configured=True,
                context_tokens=USUAL_TIERS[tier].context_tokens,
                in_flight=each.in_flight(now_s),
                limit=each.limit(now_s),
            )
            for tier, each in self._occupancies.items()
        }
        foreseen = self._latencies.foreseen(states, measured)
        return {tier: foreseen[tier] for tier in TIERS}

    def _seats(self, stage: Stage) -> Mapping[Tier, Seats]:
        now_s = stage.now_s
        return {tier: Seats(each.limit(now_s), each.in_flight(now_s)) for tier, each in self._occupancies.items()}


class ToldLengths(Tandem):
    """The same, had it known beforehand how long each answer will be: what it loses by not knowing."""

    def measured(self, asked: Asked) -> Signals:
        """What the router makes of a request."""
        (tokens,) = asked.jobs["strong"].passes
        return replace(super().measured(asked), answer_tokens=tokens, answer_tokens_p90=tokens)
