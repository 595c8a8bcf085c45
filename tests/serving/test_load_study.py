"""What the load study stands on: arrivals as they are said to be, an engine foreseen as it is played, intervals."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem_serving.simulator.scheduler import Job, Pace, Scheduler
from tests.bench.load import Row, contenders, play, summary_of
from tests.bench.load_study.contenders import Split, ends_of
from tests.bench.load_study.rows import FIXED, TANDEM
from tests.bench.load_study.stage import Stage
from tests.bench.load_study.workload import Asked, Scene, bursty, pair_of, poisson, requests_of

PAIR = pair_of("rtx5090-nvfp4")
BUSY_HOUR = Scene("rtx5090-nvfp4", "bursty", 1.3, 3.0)


def counts(times_s: Iterator[float], until_s: float) -> list[int]:
    """Arrivals in each second."""
    found = [0] * int(until_s)
    for each in times_s:
        found[int(each)] += 1
    return found


def test_both_kinds_of_arrivals_come_at_the_rate_asked_for_and_only_bursts_clump() -> None:
    even = counts(poisson(8.0, 4000.0, Random(1)), 4000.0)
    clumped = counts(bursty(8.0, 4000.0, 5.0, Random(1)), 4000.0)

    assert fmean(even) == pytest.approx(8.0, rel=0.05)
    assert fmean(clumped) == pytest.approx(8.0, rel=0.15)
    assert pvariance(even) < 1.2 * 8.0 < 3.0 * 8.0 < pvariance(clumped)


def test_arrivals_are_in_order() -> None:
    times_s = list(bursty(8.0, 500.0, 5.0, Random(2)))

    assert all(earlier <= later for earlier, later in pairwise(times_s))
    assert 0.0 <= times_s[0] <= times_s[-1] < 500.0


@given(
    jobs=st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 60)), min_size=1, max_size=12),
    slots=st.integers(1, 5),
    seen_s=st.floats(0.0, 3.0),
)
def test_the_oracle_foresees_what_the_engine_does(jobs: list[tuple[int, int]], slots: int, seen_s: float) -> None:
    pace = Pace(slots, lambda running: 0.05 + 0.01 * running, 1000)
    scheduler = Scheduler(pace)
    work = {number: Job(prompt, (passes,)) for number, (prompt, passes) in enumerate(jobs)}
    for number, job in work.items():
        scheduler.submit(number, job, 0.0)
    ends = {}
    while scheduler.due_s is not None and scheduler.due_s <= seen_s:
        step = scheduler.advance()
        ends.update({commit.number: step.ended_s for commit in step.commits})
    running = scheduler.passes_left()
    waiting = [(number, job) for number, job in work.items() if number not in running and number not in ends]
    foreseen = ends_of(pace, scheduler.due_s or seen_s, running, waiting)
    while scheduler.due_s is not None:
        step = scheduler.advance()
        ends.update({commit.number: step.ended_s for commit in step.commits})

    assert foreseen == [(number, pytest.approx(ends[number])) for number, _ in foreseen]


class Watched(Split):
    """A split that notes who left."""

    def __init__(self, strong_share: float) -> None:
        super().__init__(strong_share)
        self.gone: list[int] = []

    def left(self, asked: Asked, stage: Stage) -> None:
        """See `Contender`."""
        self.gone.append(asked.number)


def test_everybody_is_served_within_the_budget_or_leaves() -> None:
    requests = requests_of(PAIR, BUSY_HOUR, 4.65, 60.0, Random(3))
    split = Watched(0.5)
    stage = Stage(PAIR, BUSY_HOUR.budget_s)

    served = stage.play(requests, split)

    assert sorted([*split.gone, *(each.number for each in served)]) == [each.number for each in requests]
    assert all(0.0 < each.took_s <= BUSY_HOUR.budget_s + 1e-6 for each in served)
    assert all(engine.running == engine.waiting == 0 for engine in stage.engines.values())


def test_the_worth_of_answers_is_what_difficulty_says() -> None:
    requests = requests_of(PAIR, BUSY_HOUR, 40.0, 60.0, Random(4))

    right = fmean(1.0 - each.difficulty.score for each in requests)

    assert fmean(each.worth("fast") for each in requests) == pytest.approx(right, abs=0.01)
    assert all(each.worth("strong") > 1.0 - each.difficulty.score for each in requests)


@pytest.mark.timeout(120)
def test_all_contenders_play_the_same_requests_and_tandem_beats_every_fixed_one_in_bursts() -> None:
    rows = list(play(BUSY_HOUR, (5,)))
    found = summary_of(BUSY_HOUR, rows)

    assert {row.contender for row in rows} == set(contenders())
    assert len({(row.stretch, row.asked) for row in rows}) == len({row.stretch for row in rows})
    assert found.goodput[TANDEM].value > max(found.goodput[name].value for name in FIXED)
    assert found.holds


def test_the_interval_of_one_who_does_the_same_everywhere_has_no_width() -> None:
    rows = [Row("p", "poisson", 1.0, 1.0, 1, at, name, 10, 5, 4.0) for name in contenders() for at in range(8)]

    found = summary_of(Scene("p", "poisson", 1.0, 1.0), rows)

    assert (found.to_best.low, found.to_best.value, found.to_best.high) == (1.0, 1.0, 1.0)
    assert found.goodput[TANDEM].low == pytest.approx(0.4)
