"""A limit that learns: within its bounds whatever happens, near the knee of an engine it was never told of."""

from collections.abc import Iterable
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.concurrency_limit import BACKOFF, WINDOW, Limiter, Service, fixed, learning
from router.core.latency import Pace
from tandem_serving.simulator.profile_file import find_profile
from tests.limit_trial import LimitTrial

PACE = Pace(prefill_tokens_per_s=28_000, step_ms=15, crowding=0.35, slots=8, canvas_tokens=256, passes=12)
BEGUN = Limiter(4.0, 1, 8)

times = st.floats(0.0, 1e9) | st.sampled_from((0.0, 5e-324, 1e-9, 1.0, 1e300))
services = st.builds(Service, times, times, st.integers(0, 10_000))


def took(times_as_long: float, found: int = 3) -> Service:
    """An answer that took so many times what was expected of it alone, beside so many others."""
    return Service(100.0 * times_as_long, 100.0, found)


def after(limiter: Limiter, answers: Iterable[Service]) -> Limiter:
    for each in answers:
        limiter = limiter.after(each)
    return limiter


@given(
    slots=st.integers(1, 300),
    crowding=st.floats(0.0, 10.0),
    told=st.lists(services | st.none(), max_size=100),
)
def test_whatever_answers_take_a_limit_is_at_least_one_and_at_most_the_slots(
    slots: int, crowding: float, told: list[Service | None]
) -> None:
    limiter = learning(replace(PACE, slots=slots, crowding=crowding))
    for each in told:
        assert 1 <= limiter.limit <= slots
        limiter = limiter.refused() if each is None else limiter.after(each)
    assert 1 <= limiter.limit <= slots


@given(told=st.lists(services | st.none(), max_size=50))
def test_a_limit_that_was_given_stays_as_it_is(told: list[Service | None]) -> None:
    limiter = fixed(5)
    for each in told:
        limiter = limiter.refused() if each is None else limiter.after(each)

    assert limiter == fixed(5)


def test_it_begins_where_the_backend_it_is_thought_to_be_would_leave_it() -> None:
    assert learning(PACE).limit == 5
    assert learning(replace(PACE, crowding=0.0)).limit == PACE.slots
    assert learning(replace(PACE, crowding=100.0)).limit == 1


def test_answers_that_take_no_longer_than_alone_raise_it_one_window_at_a_time() -> None:
    almost = after(BEGUN, [took(1.0)] * (WINDOW - 1))

    assert almost.limit == BEGUN.limit < almost.after(took(1.0)).limit


def test_answers_that_take_much_longer_than_alone_lower_it() -> None:
    slow = [took(10.0, found=7)] * WINDOW

    limits = [after(Limiter(8.0, 1, 8), slow * windows).limit for windows in (0, 1, 10, 100)]

    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == pytest.approx(4.0, rel=0.01), "below four the probing queue outweighs the sharpest gradient"


def test_a_limit_that_is_not_half_used_says_nothing() -> None:
    assert after(Limiter(8.0, 1, 20), [took(1.0, found=2)] * 20 * WINDOW).limit == 8.0
    assert after(Limiter(8.0, 1, 20), [took(1.0, found=3)] * 20 * WINDOW).limit > 8.0


def test_long_answers_are_no_congestion() -> None:
    short, long = Service(150.0, 100.0, 3), Service(15_000.0, 10_000.0, 3)

    assert after(BEGUN, [long] * 10 * WINDOW).limit == after(BEGUN, [short] * 10 * WINDOW).limit


@pytest.mark.parametrize("speed", [0.3, 3.0])
def test_what_answers_take_alone_is_learned_from_those_that_were_alone(speed: float) -> None:
    calm = after(BEGUN, [took(speed, found=0)] * 40)

    assert calm.alone == pytest.approx(speed, rel=0.2)


def test_a_limit_gets_used_to_no_load() -> None:
    """A long average would: after an hour of it, what is slow counts as usual, and more is let in."""
    loaded = after(Limiter(8.0, 1, 8), [took(4.0, found=7)] * 100 * WINDOW)
    for_an_hour = after(loaded, [took(4.0, found=7)] * 500 * WINDOW)

    assert for_an_hour.limit == pytest.approx(loaded.limit, rel=0.05)


def test_a_backend_that_calls_itself_overloaded_gets_less_at_once() -> None:
    assert BEGUN.refused().limit == BACKOFF * BEGUN.limit


PROFILES = ("h200-fp8", "rtx5090-nvfp4", "spark-nvfp4")
STRONG_PROFILES = tuple(f"{name}-strong" for name in PROFILES)


@pytest.mark.parametrize("wrong_by", [1 / 3, 1.0, 3.0])
@pytest.mark.parametrize("name", PROFILES + STRONG_PROFILES)
def test_after_one_quiet_hour_it_comes_to_rest_near_the_knee_however_fast_the_engine_was_thought_to_be(
    name: str, wrong_by: float
) -> None:
    profile = find_profile("strong" if name in STRONG_PROFILES else "fast", name)
    trial = LimitTrial(profile, wrong_by)
    trial.serve(1_000)
    trial.callers = 1
    trial.serve(40)
    trial.callers = 1_000
    limits = trial.serve(2_000)[-1_000:]

    knee = profile.knee.value
    assert knee / 2 <= median(limits) <= 1.5 * knee
    assert max(limits) - min(limits) <= max(2, knee / 3)


@pytest.mark.parametrize("name", PROFILES)
def test_at_rest_an_engine_gives_most_of_what_all_of_its_slots_would(name: str) -> None:
    profile = find_profile("fast", name)
    limit = median(LimitTrial(profile).serve(2_000)[-1_000:])

    def throughput(at_once: float) -> float:
        return at_once / profile.step_s.at(round(at_once))

    assert throughput(limit) >= 0.8 * throughput(profile.slots.value)
