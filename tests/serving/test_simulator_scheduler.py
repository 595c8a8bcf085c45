"""The pure scheduler: slots, the queue, steps in lockstep, and callers who leave."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem_serving.simulator.profile_file import find_profile
from tandem_serving.simulator.scheduler import NEVER, Job, Pace, Scheduler, Step
from tandem_serving.simulator.study import Arrival, play
from tandem_serving.simulator.work import Dials, draw_job

PACE = Pace(slots=2, step_s=lambda running: 0.1 * running, prefill_tokens_per_s=1000)


def run(scheduler: Scheduler, until_s: float = 1e9) -> list[Step]:
    """Every step that ends by then."""
    steps = []
    while scheduler.due_s is not None and scheduler.due_s <= until_s:
        steps.append(scheduler.advance())
    return steps


def run_in_leaps(scheduler: Scheduler, until_s: float = 1e9) -> list[Step]:
    """The same without the steps that nobody would miss."""
    steps = []
    while (happens_s := scheduler.eventful_s) is not None and happens_s <= until_s:
        scheduler.skip(happens_s)
        steps.append(scheduler.advance())
    scheduler.skip(until_s)
    return steps


def commits(steps: Sequence[Step]) -> list[tuple[float, int, int]]:
    return [(round(step.ended_s, 6), commit.number, commit.block) for step in steps for commit in step.commits]


def test_one_job_takes_its_prefill_and_then_its_passes_block_by_block() -> None:
    scheduler = Scheduler(PACE)
    scheduler.submit(1, Job(500, (3, 2)), now_s=10.0)

    assert commits(run(scheduler)) == [(10.8, 1, 0), (11.0, 1, 1)]


def test_two_at_once_slow_each_other_down() -> None:
    scheduler = Scheduler(PACE)
    scheduler.submit(1, Job(0, (2,)), 0.0)
    scheduler.submit(2, Job(0, (2,)), 0.0)

    assert commits(run(scheduler)) == [(0.3, 1, 0), (0.4, 2, 0)]


def test_the_third_waits_until_a_slot_is_free() -> None:
    scheduler = Scheduler(PACE)
    for number in (1, 2, 3):
        scheduler.submit(number, Job(0, (2,)), 0.0)

    assert scheduler.waiting == 2
    run(scheduler, until_s=0.15)
    assert (scheduler.running, scheduler.waiting) == (2, 1)
    assert [number for _, number, _ in commits(run(scheduler))] == [1, 2, 3]


def test_who_leaves_frees_the_slot_and_is_never_heard_of_again() -> None:
    scheduler = Scheduler(PACE)
    for number in (1, 2, 3):
        scheduler.submit(number, Job(0, (50,)), 0.0)
    run(scheduler, until_s=0.15)

    scheduler.leave(1)
    scheduler.advance()

    assert (scheduler.running, scheduler.waiting) == (2, 0)
    assert {number for _, number, _ in commits(run(scheduler))} == {2, 3}


def test_who_leaves_the_queue_is_never_admitted() -> None:
    scheduler = Scheduler(PACE)
    for number in (1, 2, 3):
        scheduler.submit(number, Job(0, (5,)), 0.0)

    scheduler.leave(3)

    assert {number for _, number, _ in commits(run(scheduler))} == {1, 2}


def test_a_job_that_never_commits_holds_its_slot() -> None:
    scheduler = Scheduler(PACE)
    scheduler.submit(1, Job(0, (1, NEVER)), 0.0)
    run(scheduler, until_s=20.0)

    assert scheduler.runs(1)


def test_a_slow_pass_slows_everyone_who_runs_beside_it() -> None:
    scheduler = Scheduler(PACE)
    scheduler.submit(1, Job(0, (1,), slowness=5.0), 0.0)

    assert commits(run(scheduler)) == [(0.5, 1, 0)]


def test_an_engine_that_has_just_started_is_slow_at_first() -> None:
    scheduler = Scheduler(Pace(1, lambda _: 0.1, 1000, cold_steps=2, cold_factor=4.0))
    scheduler.submit(1, Job(0, (1, 1, 1)), 0.0)

    assert [at for at, _, _ in commits(run(scheduler))] == [0.4, 0.8, 0.9]


def test_an_idle_engine_has_nothing_due() -> None:
    scheduler = Scheduler(PACE)
    scheduler.submit(1, Job(0, (1,)), 0.0)
    run(scheduler)

    assert scheduler.due_s is None
    scheduler.submit(2, Job(0, (1,)), 5.0)
    assert scheduler.due_s == pytest.approx(5.1)


def test_a_job_that_came_earlier_than_it_is_told_begins_then_but_never_before_the_engine_was_idle() -> None:
    scheduler = Scheduler(PACE)
    scheduler.submit(1, Job(0, (1,)), 10.0)
    run(scheduler)

    scheduler.submit(2, Job(0, (1,)), 9.0)

    assert scheduler.due_s == pytest.approx(10.2)


JOBS = st.lists(
    st.builds(
        Job,
        st.integers(0, 4000),
        st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=12,
)


@given(jobs=JOBS, gaps=st.lists(st.floats(0, 2), min_size=12, max_size=12), slots=st.integers(1, 5))
def test_every_block_of_every_job_is_committed_once_in_order_and_no_slot_is_oversold(
    jobs: list[Job], gaps: list[float], slots: int
) -> None:
    scheduler = Scheduler(Pace(slots, lambda running: 0.05 + 0.01 * running, 1000))
    steps, now_s = [], 0.0
    for number, (job, gap) in enumerate(zip(jobs, gaps, strict=False)):
        now_s += gap
        steps += run(scheduler, now_s)
        scheduler.submit(number, job, now_s)
        assert scheduler.running <= slots
    steps += run(scheduler)

    assert all(len(step.took_part) <= slots for step in steps)
    assert all(later.ended_s > earlier.ended_s for earlier, later in pairwise(steps))
    for number, job in enumerate(jobs):
        seen = [commit for step in steps for commit in step.commits if commit.number == number]
        assert [commit.block for commit in seen] == list(range(len(job.passes)))
        assert [commit.last for commit in seen] == [False] * (len(seen) - 1) + [True]


@given(
    jobs=JOBS,
    gaps=st.lists(st.floats(0, 2), min_size=12, max_size=12),
    leaves=st.lists(st.integers(0, 11), max_size=4),
    slots=st.integers(1, 5),
)
def test_skipping_to_where_something_happens_commits_the_same_as_every_step(
    jobs: list[Job], gaps: list[float], leaves: list[int], slots: int
) -> None:
    pace = Pace(slots, lambda running: 0.05 + 0.01 * running, 1000)
    ways = (run, run_in_leaps)
    schedulers = [Scheduler(pace) for _ in ways]
    seen: list[list[Step]] = [[] for _ in ways]
    now_s = 0.0
    for number, (job, gap) in enumerate(zip(jobs, gaps, strict=False)):
        now_s += gap
        for way, scheduler, steps in zip(ways, schedulers, seen, strict=True):
            steps.extend(way(scheduler, now_s))
            scheduler.submit(number, job, now_s)
            if number in leaves:
                scheduler.leave(number // 2)
    for way, scheduler, steps in zip(ways, schedulers, seen, strict=True):
        steps.extend(way(scheduler))

    one_by_one, leaping = map(commits, seen)
    assert [each[1:] for each in one_by_one] == [each[1:] for each in leaping]
    assert [each[0] for each in one_by_one] == pytest.approx([each[0] for each in leaping])


def test_cost_is_per_started_canvas() -> None:
    profile = find_profile("fast", "cpu-tiny")

    few, many = (len(draw_job(profile, 10, tokens, "low", Random(1)).passes) for tokens in (1, 257))

    assert (few, many) == (1, 2)


def test_a_step_cap_bounds_every_canvas_and_a_narrow_canvas_makes_more_of_them() -> None:
    profile = find_profile("fast", "h200-fp8")

    job = draw_job(profile, 10, 256, "high", Random(1), Dials(max_steps=4, canvas_tokens=64))

    assert len(job.passes) == 4
    assert max(job.passes) <= 5
    assert 0.6 < job.share < 1


def test_a_study_of_a_busy_hour_takes_no_time_and_shows_the_queue() -> None:
    profile = find_profile("fast", "spark-nvfp4")
    job = Job(100, (17,))

    alone = play(profile, [Arrival(0.0, job)])[0]
    crowd = play(profile, [Arrival(0.01 * number, job) for number in range(32)])

    assert max(seen.total_s for seen in crowd) > 10 * alone.total_s
    assert crowd[0].total_s < crowd[-1].total_s
