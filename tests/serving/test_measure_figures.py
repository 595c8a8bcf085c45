"""What follows from what was measured: pace, knee, reading and where one engine overtakes another."""

from collections.abc import Mapping

import pytest

from tandem_serving.measure.figures import (
    LONGEST,
    Crossover,
    Measured,
    Point,
    Reading,
    Track,
    crossing,
    crossover,
    pace_of,
    reading_of,
)
from tandem_serving.measure.text import latency_lines


def measured(step_s: Mapping[int, float], **known) -> Measured:
    usual = {"tier": "fast", "context_tokens": 4096, "block_tokens": 256, "slots": 8, "most": 16}
    return Measured("http://e", "m", step_s=step_s, **{**usual, **known})


def track(began_s: float, *points: tuple[float, int]) -> Track:
    return Track(40, began_s, tuple([Point(*each) for each in points]))


def test_pace_is_told_by_the_time_in_which_all_ran() -> None:
    slow_start = track(0.0, (1.0, 10), (2.0, 20), (4.0, 30), (6.0, 40))
    late = track(0.0, (2.0, 10), (4.0, 20), (6.0, 30), (7.0, 40))
    assert pace_of([slow_start, late]) == pytest.approx(0.2)


def test_answers_that_were_never_written_at_once_tell_no_pace() -> None:
    assert pace_of([track(0.0, (1.0, 10), (2.0, 20)), track(0.0, (3.0, 10), (4.0, 20))]) is None
    assert pace_of([track(0.0, (1.0, 10))]) is None
    assert pace_of([]) is None


def test_what_comes_before_the_first_step_is_reading() -> None:
    found = reading_of(track(10.0, (11.5, 10), (12.5, 20)))
    assert found == Reading(40, pytest.approx(0.5), pytest.approx(0.1))


def test_the_knee_is_where_a_step_takes_twice_as_long() -> None:
    assert measured({1: 0.0117, 2: 0.017, 4: 0.024, 8: 0.0382}).knee == 4
    assert measured({1: 0.1, 2: 0.19, 4: 0.311}).knee == 2


def test_an_engine_that_runs_all_it_has_slots_for_without_losing_pace_has_its_knee_there() -> None:
    assert measured({1: 0.01, 4: 0.011}, slots=4).knee == 4


def test_a_knee_beyond_what_was_sent_is_not_known() -> None:
    assert measured({1: 0.01, 16: 0.011}, slots=None).knee is None


def test_reading_goes_at_the_rate_by_which_longer_prompts_take_longer() -> None:
    readings = (Reading(100, 0.02, 0.01), Reading(1100, 0.12, 0.01), Reading(2100, 0.22, 0.01))
    assert measured({1: 0.01}, readings=readings).prefill_tokens_per_s == pytest.approx(10_000)
    assert measured({1: 0.01}, readings=readings[:1]).prefill_tokens_per_s is None


def test_between_two_loads_a_step_takes_something_between() -> None:
    found = measured({1: 0.01, 3: 0.03})
    assert [found.at(running) for running in (1, 2, 3, 9)] == pytest.approx([0.01, 0.02, 0.03, 0.03])
    assert crossing({1: 1.0, 3: 3.0}, 2.0) == pytest.approx(2.0)
    assert crossing({1: 1.0, 3: 3.0}, 4.0) is None


def test_a_diffusion_engine_overtakes_where_a_canvas_is_written_sooner_than_as_many_tokens() -> None:
    fast = measured({1: 0.02}, passes={"low": (10, 10, 10)})
    strong = measured({1: 0.005}, tier="strong", block_tokens=1)
    assert crossover(fast, strong, 1) == Crossover(1, first=41, always=41)


def test_a_new_canvas_may_lose_what_the_first_one_won() -> None:
    fast = measured({1: 0.1}, passes={"low": (10,)})
    strong = measured({1: 0.005}, tier="strong", block_tokens=1)
    found = crossover(fast, strong, 1)
    assert found.first == 201
    assert found.always == 801


def test_an_engine_that_is_never_the_quicker_one_overtakes_nowhere() -> None:
    fast = measured({1: 1.0}, passes={"low": (10,)})
    strong = measured({1: 0.005}, tier="strong", block_tokens=1)
    assert crossover(fast, strong, 1) == Crossover(1, None, None)
    assert fast.takes(LONGEST, 1) > strong.takes(LONGEST, 1)


def test_what_was_measured_is_told_as_the_router_is_told_of_it() -> None:
    passes = {"low": (5, 6, 7), "high": (20, 30, 40)}
    assert list(latency_lines(measured({1: 0.01, 4: 0.025}, slots=4, passes=passes))) == [
        "step_ms: 10",
        "crowding: 0.5",
        "slots: 4",
        "passes: 13.5",
        "passes_p90: 40",
    ]


def test_a_disturbance_that_made_few_slower_than_many_counts_for_nothing() -> None:
    disturbed = measured({1: 0.01, 2: 0.03, 4: 0.014, 8: 0.02}, slots=8)
    assert disturbed.curve == {1: 0.01, 2: 0.014, 4: 0.014, 8: 0.02}
    assert disturbed.knee == 8
