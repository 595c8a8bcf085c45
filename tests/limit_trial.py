"""Where a limit comes to rest that learns from a simulated engine, in virtual time.

There is always somebody who wants to be served, so that as many are open as the limit allows, or as many as there are
callers. The engine moves all that run in lockstep by the curve of its profile; whoever compares what its answers took
knows a line, which may be wrong by a factor, and the usual passes of a canvas, while real ones spread."""

from collections.abc import Iterator
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from router.core.concurrency_limit import learning
from router.core.record import AttemptRecord
from router.core.saturation import Occupancy
from router.core.values import TierState, Usage
from router.stores.limits import LearnedLimits
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.scheduler import Scheduler
from tandem_serving.simulator.work import draw_job, pace_of
from tests.answered import RECORD, SITUATION
from tests.latency_trial import thought_pace


class Opened(Struct, frozen=True):
    """An attempt: when it was opened, how many it found, and what its engine will count of it."""

    at_s: float
    found: int
    usage: Usage


class LimitTrial:
    """One engine, and the occupancy that learns from it. `callers`: how many want to be served at once."""

    def __init__(self, profile: Profile, wrong_by: float = 1.0, callers: int = 1_000, seed: int = 1) -> None:
        self.thought = thought_pace(profile, wrong_by)
        self.profile = profile
        self.callers = callers
        self._occupancy = Occupancy(learning(self.thought))
        self._limits = LearnedLimits({self._name: self._occupancy}, {self._name: self.thought})
        self._scheduler = Scheduler(pace_of(profile))
        self._chance = Random(seed)
        self._open: dict[int, Opened] = {}
        self._number = 0
        self._now_s = 0.0

    def serve(self, answers: int) -> list[int]:
        """Has so many more answers served; the limit after each of them."""
        return [limit for limit, _ in zip(self._play(), range(answers), strict=False)]

    @property
    def _name(self) -> str:
        return f"{self.profile.tier}-1"

    def _play(self) -> Iterator[int]:
        while True:
            while self._occupancy.ours < min(self._occupancy.limit(self._now_s), self.callers):
                self._open_one()
            assert self._scheduler.due_s is not None
            self._now_s = self._scheduler.due_s
            for commit in self._scheduler.advance().commits:
                if commit.last:
                    self._close(commit.number)
                    yield self._occupancy.limit(self._now_s)

    def _open_one(self) -> None:
        workload, chance = self.profile.workload, self._chance
        prompt_tokens = round(workload.prompt_tokens.at(chance.random()))
        answer_tokens = max(1, round(workload.answer_tokens.at(chance.random())))
        job = draw_job(self.profile, prompt_tokens, answer_tokens, workload.difficulty.at(chance.random()), chance)
        self._number += 1
        self._open[self._number] = Opened(self._now_s, self._occupancy.ours, Usage(prompt_tokens, answer_tokens))
        self._occupancy.opened()
        self._scheduler.submit(self._number, job, self._now_s)

    def _close(self, number: int) -> None:
        opened = self._open.pop(number)
        self._occupancy.closed()
        tier = self.profile.tier
        took_s = self._now_s - opened.at_s
        attempt = AttemptRecord(1, tier, self._name, "served", took_s, None, opened.usage)
        situation = replace(SITUATION, tiers={tier: TierState(configured=True, in_flight=opened.found)})
        self._limits.take([replace(RECORD, situation=situation, attempts=(attempt,))])
