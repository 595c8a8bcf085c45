"""Those whom Tandem is measured against: tiers and splits fixed beforehand, and an oracle that knows service times."""

import heapq
from bisect import insort
from collections.abc import Iterable

from router.core.values import Tier
from tandem_serving.simulator.scheduler import Job, Pace
from tandem_serving.simulator.work import pace_of
from tests.bench.load_study.stage import Stage
from tests.bench.load_study.workload import TIERS, Asked, Pair

LOOKED_AT = 6
"""Of the held requests, the shortest so many are looked at each time."""


class Split:
    """So large a share of the requests to the strong tier, whichever they are, the others to the fast one. Whatever an
    engine cannot run at once waits in its own queue; who has waited for longer than the budget is gone."""

    def __init__(self, strong_share: float) -> None:
        self._strong_share = strong_share

    def came(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""
        stage.open(asked, "strong" if asked.split < self._strong_share else "fast")

    def ended(self, asked: Asked, tier: Tier, stage: Stage) -> None:
        """See `Contender`."""
        stage.serve(asked, tier)

    def left(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""


class Oracle:
    """Knows how long everything that is there takes, whether answers will be doubted, and nothing of what will come.

    It plays each choice to its end before it makes it. A request is opened where most is gained by it: its own worth,
    if it will be in time, less that of whatever it would make late. While it would cost more than it gains it is held,
    and looked at again when an answer has ended, the shortest first. No bound: where there is time for nearly all, who
    spares an engine for what comes is better by up to 2%.
    """

    def __init__(self, pair: Pair) -> None:
        self._paces = {tier: pace_of(pair.profiles[tier]) for tier in TIERS}
        self._open: dict[Tier, dict[int, Asked]] = {tier: {} for tier in TIERS}
        self._held: list[tuple[int, int, Asked]] = []

    def came(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""
        if not self._placed(asked, stage):
            insort(self._held, (sum(asked.jobs["strong"].passes), asked.number, asked))

    def ended(self, asked: Asked, tier: Tier, stage: Stage) -> None:
        """See `Contender`."""
        del self._open[tier][asked.number]
        stage.serve(asked, tier)
        for held in self._held[:LOOKED_AT]:
            if self._placed(held[2], stage):
                self._held.remove(held)

    def left(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""
        for each in self._open.values():
            each.pop(asked.number, None)
        self._held = [each for each in self._held if each[1] != asked.number]

    def _placed(self, asked: Asked, stage: Stage) -> bool:
        gains = [(self._gain(asked, tier, stage), tier) for tier in TIERS]
        gain, tier = max(gains)
        if gain <= 0.0:
            return False
        self._open[tier][asked.number] = asked
        stage.open(asked, tier)
        return True

    def _gain(self, asked: Asked, tier: Tier, stage: Stage) -> float:
        mine = self._open[tier]
        before = self._value(mine.values(), tier, stage)
        return self._value([*mine.values(), asked], tier, stage) - before

    def _value(self, asked: Iterable[Asked], tier: Tier, stage: Stage) -> float:
        """What these are worth together, those that will not be in time nothing."""
        engine, known = stage.engines[tier], {each.number: each for each in asked}
        running = engine.passes_left()
        waiting = [(number, each.jobs[tier]) for number, each in known.items() if number not in running]
        begins_s = stage.now_s if engine.due_s is None else engine.due_s
        ends = ends_of(self._paces[tier], begins_s, running, waiting)
        return sum([known[number].worth(tier) for number, at_s in ends if at_s <= stage.deadline_s(known[number])])


def ends_of(
    pace: Pace, begins_s: float, running: dict[int, int], waiting: list[tuple[int, Job]]
) -> list[tuple[int, float]]:
    """When each of these jobs of one block ends, if nobody else comes: of those that run the passes left are given, and
    the step under way ends at `begins_s`."""
    at_s, passed = begins_s, 0
    ends = [(number, begins_s) for number, left in running.items() if left == 1]
    active = [(left - 1, number) for number, left in running.items() if left > 1]
    heapq.heapify(active)
    coming = waiting[::-1]
    while active or coming:
        while coming and len(active) < pace.slots:
            number, job = coming.pop()
            at_s += job.prompt_tokens / pace.prefill_tokens_per_s
            heapq.heappush(active, (passed + job.passes[0], number))
        crowd, passes = len(active), active[0][0]
        at_s += (passes - passed) * pace.step_s(crowd)
        passed = passes
        while active and active[0][0] == passed:
            ends.append((heapq.heappop(active)[1], at_s))
    return ends
