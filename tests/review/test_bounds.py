"""What a sample proves of a rate: as textbooks say it, and as often as it says."""

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.review.bounds import Evidence, at_most, evidence_of, exceeds, fewest, highest, lowest

HEAVY, LIGHT = 100.0, 25.0


def even(rows: int, worse: int) -> Evidence:
    return evidence_of([1.0] * rows, [1.0] * worse, 1.0)


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0.001, 0.999))
def test_the_binomial_tail_is_the_sum_of_its_terms(of: int, count: int, rate: float) -> None:
    terms = [comb(of, each) * rate**each * (1.0 - rate) ** (of - each) for each in range(min(count, of) + 1)]

    assert at_most(count, of, rate) == pytest.approx(sum(terms), abs=1e-9)


@pytest.mark.parametrize(("count", "of", "rate"), [(20_000, 1_000_000, 0.02), (980_000, 1_000_000, 0.98)])
def test_the_binomial_tail_of_a_large_sample_is_half_at_its_mean(count: int, of: int, rate: float) -> None:
    assert at_most(count, of, rate) == pytest.approx(0.5, abs=0.002)


def test_intervals_of_rows_that_weigh_the_same_are_those_of_clopper_and_pearson() -> None:
    assert highest(even(100, 5), 0.975) == pytest.approx(0.1128, abs=1e-4)
    assert lowest(even(100, 5), 0.975) == pytest.approx(0.0164, abs=1e-4)


def test_without_a_worse_row_the_rule_of_three_holds() -> None:
    assert highest(even(300, 0), 0.95) == pytest.approx(3 / 300, rel=0.01)
    assert lowest(even(300, 0), 0.95) == 0.0
    assert highest(even(7, 7), 0.95) == 1.0


@given(st.floats(0.005, 0.2), st.floats(0.8, 0.99))
def test_so_many_rows_without_a_worse_one_are_just_enough(target: float, sure: float) -> None:
    rows = fewest(target, sure)

    assert exceeds(even(rows, 0), target) <= 1.0 - sure < exceeds(even(rows - 1, 0), target)


def test_nothing_proves_nothing() -> None:
    assert exceeds(even(0, 0), 0.02) == 1.0


def drawn(rng: random.Random, rows: int, rate: float) -> Evidence:
    """Light rows are seven in ten and twice as often worse as heavy ones; the rate counts by weight."""
    of_light = rate * (0.3 * HEAVY + 0.7 * LIGHT) / (0.3 * HEAVY / 2 + 0.7 * LIGHT)
    weights = [HEAVY if rng.random() < 0.3 else LIGHT for _ in range(rows)]
    worse = [each for each in weights if rng.random() < (of_light / 2 if each == HEAVY else of_light)]
    return evidence_of(weights, worse, HEAVY)


def test_a_rate_that_is_true_is_seldom_denied_where_rows_weigh_differently() -> None:
    rng = random.Random(5)

    denied = sum(exceeds(drawn(rng, 800, 0.0201), 0.02) <= 0.05 for _ in range(400))

    assert denied <= 32  # 5% of 400, and three standard deviations


def test_a_low_rate_is_proved_low_where_rows_weigh_differently() -> None:
    rng = random.Random(6)

    proved = sum(exceeds(drawn(rng, 2_000, 0.005), 0.02) <= 0.05 for _ in range(50))

    assert proved >= 45


def test_an_interval_of_rows_that_weigh_differently_lies_around_the_rate() -> None:
    found = drawn(random.Random(7), 2_000, 0.05)

    assert 0.02 < lowest(found, 0.95) < found.rate < highest(found, 0.95) < 0.09
