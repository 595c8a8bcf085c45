"""What the durations of answers teach: a factor on what was expected, which forgets, and which no outlier moves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.denoise import Chosen
from router.core.latency import Duration, Pace
from router.core.latency_history import (
    ENOUGH,
    FRESH_S,
    KEPT,
    PRIOR,
    WARMING_UP,
    LatencyHistory,
    SeenDuration,
    duration_seen,
    was_down,
)
from router.core.record import AttemptRecord
from router.core.values import TierState
from tests.answered import RECORD, SITUATION

EXPECTED = Duration(100.0, 200.0)
SHORT, LONG = ("short", "alone"), ("long", "alone")
PACES = {"fast-1": Pace(prefill_tokens_per_s=1_000, step_ms=5, crowding=0.0, slots=2)}


def took(ms: float, kind=SHORT, was_cut: bool = False) -> SeenDuration:
    """An answer for which `EXPECTED` was expected."""
    return SeenDuration("fast-1", kind, (math.log(ms / EXPECTED.p50_ms), math.log(ms / EXPECTED.p90_ms)), was_cut)


def after(*seen: SeenDuration, history: LatencyHistory = LatencyHistory(unheeded=0)) -> LatencyHistory:  # noqa: B008
    for each in seen:
        history = history.after(each, now_s=0.0)
    return history


def expected_after(*seen: SeenDuration, kind=SHORT) -> Duration:
    return after(*seen).correct(EXPECTED, kind)


def test_before_there_are_answers_the_expectation_stands() -> None:
    expected = expected_after()

    assert (expected.p50_ms, expected.p90_ms) == (pytest.approx(100, rel=0.1), pytest.approx(200, rel=0.1))


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_after_as_many_answers_as_the_prior_stands_for_only_the_answers_count(factor: float) -> None:
    expected = expected_after(*[took(factor * 100)] * PRIOR)

    assert (expected.p50_ms, expected.p90_ms) == (pytest.approx(factor * 100), pytest.approx(factor * 100))


def test_nine_in_ten_of_the_answers_are_below_the_upper_quantile_and_half_below_the_lower() -> None:
    expected = expected_after(*(took(ms) for ms in range(1, 101)))

    assert (expected.p50_ms, expected.p90_ms) == (pytest.approx(50.5, rel=0.01), pytest.approx(91, rel=0.01))


def test_one_outlier_moves_nothing() -> None:
    usual = [took(100 + at % 7) for at in range(KEPT)]

    before, with_outlier = expected_after(*usual), expected_after(*usual, took(1e6))

    assert with_outlier.p50_ms == pytest.approx(before.p50_ms, rel=0.02)
    assert with_outlier.p90_ms == pytest.approx(before.p90_ms, rel=0.02)


def test_a_slow_hour_is_forgotten() -> None:
    assert expected_after(*[took(1_000)] * KEPT, *[took(100)] * KEPT) == expected_after(*[took(100)] * KEPT)


def test_answers_of_one_kind_are_judged_by_themselves_once_there_are_enough() -> None:
    short, long = [took(100)] * ENOUGH, [took(300, LONG)] * ENOUGH

    assert expected_after(*short, *long).p50_ms == pytest.approx(100)
    assert expected_after(*short, *long, kind=LONG).p50_ms == pytest.approx(300)
    assert expected_after(*short, *long[1:], kind=LONG).p50_ms == pytest.approx(100)


def test_the_first_answers_after_a_start_do_not_count_nor_those_after_a_restart() -> None:
    compiling = [took(10_000)] * WARMING_UP
    fresh = after(*compiling, history=LatencyHistory())
    known = after(*[took(100)] * PRIOR)

    assert fresh.whole == LatencyHistory().whole
    assert after(*compiling, history=known.restarted()).whole == known.whole
    assert after(*compiling, took(100), history=known.restarted()).whole != known.whole


def test_an_answer_that_was_cut_counts_as_one_that_took_no_less() -> None:
    usual = [took(ms) for ms in range(1, 101)]

    cut_early = expected_after(*usual, *[took(1, was_cut=True)] * 50)
    cut_late = expected_after(*usual, *[took(80, was_cut=True)] * 50)

    assert cut_early.p50_ms > 30
    assert cut_late.p50_ms >= 80


def test_patience_is_no_answer() -> None:
    history = after(*[took(100, was_cut=True)] * 50)

    assert history.answers(now_s=0.0) == 0


def test_what_is_known_goes_stale() -> None:
    history = after(*[took(100)] * 25)

    assert history.answers(now_s=FRESH_S) == 25
    assert history.answers(now_s=FRESH_S + 1) == 0


@given(st.lists(st.tuples(st.floats(0.01, 1e7), st.sampled_from([SHORT, LONG]), st.booleans()), max_size=150))
def test_whatever_comes_no_more_is_kept_than_counts_and_the_quantiles_stay_in_order(seen) -> None:
    history = after(*(took(*each) for each in seen))

    assert all(len(each.ratios) <= KEPT for each in (history.whole, *history.kinds.values()))
    for kind in (SHORT, LONG):
        expected = history.correct(EXPECTED, kind)
        assert 0.0 < expected.p50_ms <= expected.p90_ms < math.inf


# --- what records tell ------------------------------------------------------------------------------------------


def record(*outcomes: str, elapsed_s: float = 2.0, **situation):
    attempts = tuple(AttemptRecord(at, "fast", "fast-1", each, elapsed_s) for at, each in enumerate(outcomes, 1))
    return replace(RECORD, attempts=attempts, situation=replace(SITUATION, **situation))


def test_a_served_answer_tells_how_long_it_took_beside_what_was_expected() -> None:
    seen = duration_seen(record("served"), PACES)

    assert seen is not None
    assert (seen.backend, seen.kind, seen.was_cut) == ("fast-1", ("short", "alone"), False)
    assert 2_000 / math.exp(seen.ratios[0]) == pytest.approx(200 * 5, rel=0.2)


@pytest.mark.parametrize("outcome", ["abandoned", "deadline_exceeded"])
def test_one_that_was_given_up_tells_that_it_would_have_taken_longer(outcome: str) -> None:
    seen = duration_seen(record(outcome), PACES)

    assert seen is not None
    assert seen.was_cut


@pytest.mark.parametrize("outcome", ["failed", "unavailable", "timed_out", "refused", "malformed"])
def test_a_fault_tells_nothing(outcome: str) -> None:
    assert duration_seen(record(outcome), PACES) is None


def test_only_an_answer_written_from_its_beginning_tells() -> None:
    told = record("failed", "served")
    broke_off, served = told.attempts

    assert duration_seen(told, PACES) is not None
    assert duration_seen(replace(told, attempts=(replace(broke_off, first_block_s=0.1), served)), PACES) is None


def test_nothing_is_told_by_several_choices_by_no_attempt_or_by_a_request_nobody_measured() -> None:
    assert duration_seen(record("served", choices=2), PACES) is None
    assert duration_seen(record(), PACES) is None
    assert duration_seen(replace(record("served"), situation=None), PACES) is None
    assert duration_seen(record("served", elapsed_s=0.0), PACES) is None
    assert duration_seen(record("served"), {}) is None


def test_an_answer_is_judged_by_what_it_found_open_at_its_own_backend() -> None:
    busy = record("served", tiers={"fast": TierState(True, 4_096, in_flight=9)})
    (attempt,) = busy.attempts
    found_alone = replace(busy, attempts=(replace(attempt, others=0),))

    assert [seen.kind[1] for each in (busy, found_alone) if (seen := duration_seen(each, PACES))] == ["queued", "alone"]


def test_a_backend_that_could_not_be_reached_may_have_been_started_anew() -> None:
    assert was_down(record("unavailable", "served")) == {"fast-1"}
    assert was_down(record("not_admitted")) == {"fast-1"}
    assert was_down(record("failed", "served")) == set()


def test_an_answer_that_was_denoised_in_fewer_passes_is_held_against_what_these_take() -> None:
    pace = Pace(1e9, step_ms=10, crowding=0.0, slots=2, canvas_tokens=256, passes=20, passes_p90=40)
    asked = [None, Chosen(9, None, "hurried"), Chosen(9, 64, "narrow")]
    attempts = [AttemptRecord(1, "fast", "fast-1", "served", 0.2, denoise=each) for each in asked]

    seen = [duration_seen(replace(RECORD, attempts=(each,)), {"fast-1": pace}) for each in attempts]

    taken = [None if each is None else round(200 / math.exp(each.ratios[0])) for each in seen]
    assert taken == [200, 100, 200]
