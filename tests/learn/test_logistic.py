"""Logistic regression on soft targets."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from router.core.features import F64
from router.learn.logistic import Examples, fit_logistic


def examples(targets: F64, weights: F64 | None = None) -> Examples:
    """Two hundred rows of six columns, of which the first follows the targets and the last is never shown."""
    draw = np.random.default_rng(0)
    matrix = draw.random((200, 6))
    matrix[:, 0], matrix[:, 5] = targets, 0.0
    return Examples(csr_matrix(matrix), np.zeros((200, 2)), targets, np.ones(200) if weights is None else weights)


HALF = np.repeat([0.0, 1.0], 100)


def test_the_column_that_tells_the_target_gets_the_weight() -> None:
    fitted = fit_logistic(examples(HALF), 100.0)

    assert np.argmax(fitted.columns) == 0
    assert ((fitted.margins(examples(HALF).matrix, np.zeros((200, 2))) > 0) == (HALF > 0)).all()


def test_what_no_row_shows_weighs_nothing() -> None:
    fitted = fit_logistic(examples(HALF), 100.0)

    assert (fitted.columns[5], fitted.shape.tolist()) == (0.0, [0.0, 0.0])


def test_less_strength_means_smaller_weights() -> None:
    weak, strong = fit_logistic(examples(HALF), 0.1), fit_logistic(examples(HALF), 100.0)

    assert np.abs(weak.columns).sum() < np.abs(strong.columns).sum()


def test_rows_that_weigh_nothing_teach_nothing() -> None:
    weights = np.where(np.arange(200) % 2 == 0, 1.0, 0.0)
    contradicted = np.where(weights > 0, HALF, 1 - HALF)

    one, other = fit_logistic(examples(HALF, weights), 1.0), fit_logistic(examples(contradicted, weights), 1.0)

    assert one.bias == pytest.approx(other.bias)


def test_soft_targets_are_met_on_average() -> None:
    fitted = fit_logistic(examples(np.full(200, 0.3)), 0.01)

    margins = fitted.margins(examples(np.full(200, 0.3)).matrix, np.zeros((200, 2)))

    assert (1 / (1 + np.exp(-margins))).mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_a_class_that_no_row_or_every_row_belongs_to_can_be_fitted(target: float) -> None:
    fitted = fit_logistic(examples(np.full(200, target)), 1.0)

    assert np.isfinite(fitted.bias)
    assert (fitted.bias > 0) is (target > 0)
