"""The figures of an evaluation, on rows small enough to count by hand, and beside scikit-learn's."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from router.learn.metrics import (
    apgr,
    auc,
    calibration_bins,
    calibration_error,
    chance_error,
    estimate,
    estimate_macro,
    least_score_to_recover,
    recovered_gap,
    strong_calls_to_recover,
    threshold_at,
)

WEAK = np.array([0.0, 0.0, 1.0, 1.0])
STRONG = np.ones(4)
PERFECT = np.array([0.9, 0.8, 0.2, 0.1])
EVEN = np.full(4, 0.5)


def test_a_perfect_score_recovers_the_gap_with_the_calls_that_the_weak_model_fails() -> None:
    curve = recovered_gap(PERFECT, WEAK, STRONG)

    assert curve.strong_calls.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert curve.recovered.tolist() == [0.0, 0.5, 1.0, 1.0, 1.0]


@pytest.mark.parametrize(("score", "expected"), [(PERFECT, 0.75), (EVEN, 0.5), (-PERFECT, 0.25)])
def test_the_mean_recovered_gap_tells_order_from_chance(score: np.ndarray, expected: float) -> None:
    assert apgr(score, WEAK, STRONG) == pytest.approx(expected)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.25), (0.8, 0.5), (1.0, 0.5)])
def test_the_least_share_of_strong_calls_that_recovers_a_share_of_the_gap(share: float, expected: float) -> None:
    assert strong_calls_to_recover(share)(PERFECT, WEAK, STRONG) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.9), (0.8, 0.8), (1.0, 0.8)])
def test_the_least_score_that_must_go_up_to_recover_a_share_of_the_gap(share: float, expected: float) -> None:
    assert least_score_to_recover(share, PERFECT, WEAK, STRONG) == expected


def test_prompts_of_one_score_go_up_together() -> None:
    assert least_score_to_recover(0.5, EVEN, WEAK, STRONG) == 0.5


def test_no_score_recovers_a_gap_that_is_none() -> None:
    assert math.isnan(least_score_to_recover(0.5, PERFECT, WEAK, WEAK))


def test_chance_shows_an_error_that_shrinks_with_rows() -> None:
    few, many = chance_error(np.full(70, 0.4)), chance_error(np.full(7000, 0.4))

    assert 0.1 < few < 0.2
    assert many == pytest.approx(few / 10, rel=0.2)


def test_certain_probabilities_have_no_chance() -> None:
    assert chance_error(np.array([0.0, 1.0, 1.0])) == 0.0


def test_rows_on_which_both_models_are_alike_have_no_gap_to_recover() -> None:
    assert math.isnan(apgr(PERFECT, WEAK, WEAK))
    assert math.isnan(strong_calls_to_recover(0.5)(PERFECT, WEAK, WEAK))


def test_the_area_under_the_curve_is_that_of_scikit_learn_with_ties_too() -> None:
    draw = np.random.default_rng(1)
    score, happened = draw.integers(0, 9, 300) / 9, draw.integers(0, 2, 300).astype(float)

    assert auc(score, happened) == pytest.approx(roc_auc_score(happened, score))


def test_rows_of_one_kind_have_no_area() -> None:
    assert math.isnan(auc(PERFECT, np.ones(4)))


def test_probabilities_that_come_true_are_calibrated() -> None:
    said = np.repeat([0.25, 0.75], 40)
    came = np.tile([1.0, 0.0, 0.0, 0.0], 10).tolist() + np.tile([1.0, 1.0, 1.0, 0.0], 10).tolist()

    assert calibration_error(said, np.array(came)) == pytest.approx(0.0)


def test_a_calibration_error_is_the_mean_distance_of_what_was_said_from_what_came() -> None:
    assert calibration_error(np.full(100, 0.9), np.full(100, 0.5)) == pytest.approx(0.4)


def test_the_bins_hold_every_row_once_and_the_least_likely_first() -> None:
    bins = calibration_bins(np.linspace(1, 0, 25), np.zeros(25))

    assert sum(each.rows for each in bins) == 25
    assert [each.said for each in bins] == sorted(each.said for each in bins)


def test_an_interval_holds_its_figure_and_is_the_same_each_time() -> None:
    draw = np.random.default_rng(2)
    score, happened = draw.random(200), draw.integers(0, 2, 200).astype(float)

    found = estimate(auc, score, happened)

    assert found.low < found.value < found.high
    assert found == estimate(auc, score, happened)


def test_the_mean_over_groups_does_not_count_rows() -> None:
    many, few = (np.repeat(PERFECT, 20), np.repeat(WEAK, 20), np.ones(80)), (-PERFECT, WEAK, STRONG)

    assert estimate_macro(apgr, (many, few)).value == pytest.approx((0.75 + 0.25) / 2)


@pytest.mark.parametrize(("share", "alarms"), [(0.05, 1), (0.5, 10), (0.0, 0), (1.0, 20)])
def test_a_threshold_lets_at_most_the_allowed_share_through(share: float, alarms: int) -> None:
    low = np.arange(20) / 20

    assert int((low > threshold_at(share, low)).sum()) == alarms


def test_low_rows_that_tie_are_not_let_through_together() -> None:
    assert not (np.ones(20) > threshold_at(0.05, np.ones(20))).any()
