"""Two engines and the callers before them, in virtual time: what a contender opens is played, and what it serves in
time counts."""

import heapq
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from router.core.values import Tier
from tandem_serving.simulator.scheduler import Scheduler
from tandem_serving.simulator.work import pace_of
from tests.bench.load_study.workload import TIERS, Asked, Pair

_MOMENT_S = 1e-9
"""What sums of floats may be off by."""


class Served(Struct, frozen=True, gc=False):
    """An answer that its caller got in time, and how likely it is right."""

    number: int
    tier: Tier
    took_s: float
    worth: float


class Contender(Protocol):
    """Decides what becomes of requests. All of it happens at `stage.now_s`."""

    def came(self, asked: Asked, stage: "Stage") -> None:
        """A request is there."""

    def ended(self, asked: Asked, tier: Tier, stage: "Stage") -> None:
        """An engine has written its whole answer."""

    def left(self, asked: Asked, stage: "Stage") -> None:
        """The budget of a request is spent and its caller gone; what it had open is closed already."""


class Stage:
    """One run. INVARIANT: after its budget a request has nothing open."""

    def __init__(self, pair: Pair, budget_s: float) -> None:
        self.now_s = 0.0
        self.budget_s = budget_s
        self.pair = pair
        self.engines = {tier: Scheduler(pace_of(pair.profiles[tier])) for tier in TIERS}
        self.served: list[Served] = []
        self._asked: dict[int, Asked] = {}
        self._at: dict[int, Tier] = {}
        self._deadlines: list[tuple[float, int]] = []

    def play(self, requests: Sequence[Asked], contender: Contender) -> Sequence[Served]:
        """All of them, to the end."""
        coming = iter(requests)
        after = next(coming, None)
        while after is not None or self._deadlines:
            arrival_s = after.at_s if after is not None else float("inf")
            deadline_s = self._deadlines[0][0] if self._deadlines else float("inf")
            if self._play_engines(min(arrival_s, deadline_s), contender):
                continue
            if after is not None and arrival_s <= deadline_s:
                self._come(after, contender)
                after = next(coming, None)
            else:
                self._leave(contender)
        return self.served

    def open(self, asked: Asked, tier: Tier) -> None:
        """An attempt of this request begins."""
        self._at[asked.number] = tier
        self.engines[tier].submit(asked.number, asked.jobs[tier], self.now_s)

    def serve(self, asked: Asked, tier: Tier) -> None:
        """The caller has its answer."""
        took_s = self.now_s - asked.at_s
        self.served.append(Served(asked.number, tier, took_s, asked.worth(tier)))
        del self._asked[asked.number]

    def refuse(self, asked: Asked) -> None:
        """The caller is told that there will be none."""
        del self._asked[asked.number]

    def deadline_s(self, asked: Asked) -> float:
        """When the budget of a request is spent."""
        return asked.at_s + self.budget_s

    def _play_engines(self, until_s: float, contender: Contender) -> bool:
        """Plays the engines to the next end of an answer, if that is by then, else to then. Says whether it was."""
        due = [(each.eventful_s, tier) for tier, each in self.engines.items() if each.eventful_s is not None]
        first = min([(at_s, tier) for at_s, tier in due if at_s is not None], default=None)
        happens = first is not None and first[0] <= until_s
        now_s = first[0] if first is not None and happens else until_s
        for engine in self.engines.values():
            engine.skip(now_s)
        self.now_s = now_s
        if first is None or not happens:
            return False
        for commit in self.engines[first[1]].advance().commits:
            asked = self._asked[commit.number]
            del self._at[commit.number]
            contender.ended(asked, first[1], self)
        return True

    def _come(self, asked: Asked, contender: Contender) -> None:
        self._asked[asked.number] = asked
        heapq.heappush(self._deadlines, (self.deadline_s(asked) + _MOMENT_S, asked.number))
        contender.came(asked, self)

    def _leave(self, contender: Contender) -> None:
        _, number = heapq.heappop(self._deadlines)
        asked = self._asked.pop(number, None)
        if asked is None:
            return
        tier = self._at.pop(number, None)
        if tier is not None:
            self.engines[tier].leave(number)
        contender.left(asked, self)
