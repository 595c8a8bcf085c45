"""Where margins become judgements."""

import numpy as np
import pytest

from router.learn.calibrate import SMALLEST_CELL, calibrate, least_worst_threshold
from router.learn.rows import Staked


def staked(source: str, level: str, count: int) -> list[Staked]:
    return [Staked(f"{source} {level} {i}", source, "medical", level) for i in range(count)]


# --- difficulty -------------------------------------------------------------------------------------------------


def test_calibrated_probabilities_are_as_frequent_as_they_say() -> None:
    draw = np.random.default_rng(0)
    margins = draw.normal(size=4000)
    failed = (draw.random(4000) < 1 / (1 + np.exp(-(0.8 * margins + 0.5)))).astype(float)

    found = calibrate(margins, failed, np.arange(4000) % 4)

    assert [each.slope for each in found] == pytest.approx([0.8] * 4, abs=0.1)
    assert [each.offset for each in found] == pytest.approx([0.5] * 4, abs=0.2)


def test_a_band_without_signal_is_not_judged_by_its_length_alone() -> None:
    draw = np.random.default_rng(1)
    margins, bands = draw.normal(size=4000), np.arange(4000) % 4
    told = 1 / (1 + np.exp(-1.2 * margins))
    failed = (draw.random(4000) < np.where(bands == 3, 0.5, told)).astype(float)

    assert calibrate(margins, failed, bands)[3].slope > 0.4


def test_a_few_rows_of_a_band_do_not_outweigh_those_of_all_others() -> None:
    draw = np.random.default_rng(2)
    margins, bands = draw.normal(size=20_100), np.where(np.arange(20_100) < 100, 0, 1)
    failed = (draw.random(20_100) < np.where(bands == 0, 0.9, 1 / (1 + np.exp(-margins)))).astype(float)

    few, many, *_ = calibrate(margins, failed, bands)

    assert few.offset == pytest.approx(many.offset, abs=0.1)


def test_a_band_without_rows_is_judged_as_all_rows_are() -> None:
    margins = np.linspace(-2, 2, 200)
    failed = (margins + np.tile([0.5, -0.5], 100) > 0).astype(float)

    first, *others = calibrate(margins, failed, np.zeros(200, int))

    assert others[0] == others[1] == others[2]
    assert first.slope == pytest.approx(others[0].slope, rel=0.05)


# --- stakes -----------------------------------------------------------------------------------------------------


def test_the_threshold_lies_between_high_and_low_rows_that_can_be_told_apart() -> None:
    rows = staked("a", "high", 20) + staked("b", "low", 20)

    assert 1.0 < least_worst_threshold(np.array([2.0] * 20 + [1.0] * 20), rows) < 2.0


def test_the_worst_source_decides_however_small_it_is_beside_the_others() -> None:
    rows = staked("large", "high", 500) + staked("small", "high", SMALLEST_CELL) + staked("low", "low", 500)
    margins = np.array([5.0] * 500 + [1.0] * SMALLEST_CELL + [0.0] * 500)

    assert 0.0 < least_worst_threshold(margins, rows) < 1.0


def test_rows_of_medium_stakes_and_of_tiny_sources_do_not_count() -> None:
    rows = staked("a", "high", 20) + staked("b", "low", 20)
    odd = staked("c", "medium", 50) + staked("d", "low", SMALLEST_CELL - 1)
    margins = np.array([2.0] * 20 + [1.0] * 20)

    with_odd = least_worst_threshold(np.concatenate((margins, np.full(len(odd), 9.0))), rows + odd)

    assert with_odd == least_worst_threshold(margins, rows)


def test_without_rows_the_threshold_is_none_at_all() -> None:
    assert least_worst_threshold(np.array([]), []) == 0.0
