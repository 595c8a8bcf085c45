"""Fitted heads as they are served: weights in 16 bits, everything else rounded, and the manifest that vouches."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from router.config.classifier_file import FORMAT, Manifest, pack_heads, write_classifier
from router.core.features import F64, Window, feature_settings
from router.core.heads import HEADS, Heads, lay_out, standardise
from router.learn.calibrate import UNTUNED
from router.learn.corpus import build_matrix, build_shapes
from router.learn.logistic import Fitted

MOST_WEIGHT = 32767
DIGITS = 6


def quantise(fitted: Sequence[Fitted], shapes: F64, rarity: NDArray[np.uint8], seen: NDArray[np.bool_]) -> Heads:
    """The heads, in the order of HEADS. `shapes` are the raw shapes whose mean and deviation standardise."""
    columns = np.stack([head.columns for head in fitted], 1)
    scale = np.abs(columns).max(0) / MOST_WEIGHT
    scale[scale == 0] = 1.0
    mean, deviation = standards(shapes)
    return Heads(
        table=lay_out(np.round(columns / scale).astype(np.int16), rarity),
        scale=scale,
        bias=np.round([head.bias for head in fitted], DIGITS),
        shape_weights=np.array([head.shape for head in fitted]).round(DIGITS),
        shape_mean=mean,
        shape_deviation=deviation,
        seen=seen,
        thresholds=UNTUNED,
    )


def standards(shapes: F64) -> tuple[F64, F64]:
    """Mean and standard deviation of each shape feature; a feature that never varies has the deviation 1."""
    deviation = shapes.std(0).round(DIGITS)
    deviation[deviation == 0] = 1.0
    return shapes.mean(0).round(DIGITS), deviation


def write_heads(out: Path, heads: Heads, data: dict[str, str], metrics: dict[str, float]) -> Manifest:
    """Writes heads into a folder and returns the manifest beside them. Raises FileError when it cannot."""
    weights = pack_heads(heads)
    manifest = Manifest(
        format=FORMAT,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        heads=HEADS,
        features=feature_settings(),
        thresholds=heads.thresholds,
        data=data,
        made_with={name: version(name) for name in ("numpy", "scipy", "scikit-learn", "pyarrow")},
        metrics=metrics,
    )
    write_classifier(out, weights, manifest)
    return manifest


def to_linear_model(heads: Heads, name: str) -> tuple[F64, float]:
    """A head as other libraries take it: one coefficient for each column of `design_matrix`, and the intercept."""
    at = HEADS.index(name)
    coefficients = np.concatenate((heads.weights[:, at] * heads.scale[at], heads.shape_weights[at]))
    return coefficients, float(heads.bias[at])


def design_matrix(heads: Heads, windows: Sequence[Window]) -> Any:
    """The sparse matrix (windows, columns and shape) whose product with a head's coefficients is its margins."""
    shapes = csr_matrix(standardise(heads, build_shapes(windows)))
    return hstack([build_matrix(windows, heads.rarity), shapes]).tocsr()
