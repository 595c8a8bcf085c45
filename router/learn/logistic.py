"""Logistic regression on soft targets. Nothing is drawn at random: the same rows give the same weights."""

from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from router.core.features import F64

SHAPE_PENALTY = 10.0
ITERATIONS = 60
CORRECTIONS = 8
LEAST_SHARE = 1e-4
"""Where the bias starts for a class that no row, or every row, belongs to."""


class Fitted(Struct, frozen=True):
    """A head's weights: of the columns, of the shape features it may use, and its bias."""

    columns: F64
    shape: F64
    bias: float

    def margins(self, matrix: Any, shapes: F64) -> F64:
        """Its log-odds for each row."""
        found: F64 = matrix @ self.columns + shapes @ self.shape + self.bias
        return found


class Examples(Struct, frozen=True):
    """What a head is fitted on: rows of n-grams and of standardised shapes, targets in 0..1, and weights."""

    matrix: Any
    shapes: F64
    targets: F64
    weights: F64


def take_rows(examples: Examples, kept: NDArray[np.bool_]) -> Examples:
    """Some of the rows."""
    chosen = examples.matrix[kept], examples.shapes[kept], examples.targets[kept], examples.weights[kept]
    return Examples(*chosen)


def fit_logistic(examples: Examples, strength: float) -> Fitted:
    """Least cross-entropy with an L2 penalty of 1 / strength on columns and SHAPE_PENALTY on shapes. A column that no
    row shows weighs 0."""
    used = take_rows(examples, examples.weights > 0)
    shown = np.unique(used.matrix.indices)
    point = _minimise(replace(used, matrix=_keep_columns(used.matrix, shown)), strength)
    columns = np.zeros(examples.matrix.shape[1])
    columns[shown] = point[: len(shown)]
    return Fitted(columns, point[len(shown) : -1], float(point[-1]))


def _minimise(examples: Examples, strength: float) -> F64:
    """The weights of columns and of shapes, and the bias. The long products are in float32, which halves the time."""
    matrix, shapes, targets = examples.matrix.astype(np.float32), examples.shapes, examples.targets
    weights = examples.weights / examples.weights.mean()
    across, columns = matrix.T.tocsr(), matrix.shape[1]

    def loss(point: F64) -> tuple[float, F64]:
        of_columns, of_shapes = point[:columns], point[columns:-1]
        log_odds = matrix @ of_columns.astype(np.float32) + shapes @ of_shapes + point[-1]
        residuals = weights * (expit(log_odds) - targets)
        slope_columns = across @ residuals.astype(np.float32) + of_columns / strength
        slope_shapes = shapes.T @ residuals + SHAPE_PENALTY * of_shapes
        penalty = of_columns @ of_columns / strength + SHAPE_PENALTY * (of_shapes @ of_shapes)
        value = weights @ (np.logaddexp(0, log_odds) - targets * log_odds) + penalty / 2
        return float(value), np.concatenate((slope_columns, slope_shapes, [residuals.sum()]))

    start = np.zeros(columns + shapes.shape[1] + 1)
    mean = float(np.average(targets, weights=weights).clip(LEAST_SHARE, 1 - LEAST_SHARE))
    start[-1] = np.log(mean / (1 - mean))
    options = {"maxiter": ITERATIONS, "maxcor": CORRECTIONS}
    point: F64 = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return point


def _keep_columns(matrix: Any, columns: NDArray[np.int32]) -> Any:
    """The matrix with these columns alone, which must be all that it has entries in."""
    numbers = np.zeros(matrix.shape[1], np.int32)
    numbers[columns] = np.arange(len(columns))
    return csr_matrix((matrix.data, numbers[matrix.indices], matrix.indptr), shape=(matrix.shape[0], len(columns)))
