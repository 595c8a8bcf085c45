"""How well scores order and how well they are calibrated. Pure functions over arrays; ties are averaged.

APGR and CPT are RouteLLM's (Ong et al., 2024): prompts go to the strong model from the highest score down, and what
counts is the share of the gap between always-weak and always-strong that is recovered by then.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
from msgspec import Struct

from router.core.features import F64

RESAMPLES: Final = 500
CONFIDENCE: Final = (0.025, 0.975)
BINS: Final = 10
CHANCE_DRAWS: Final = 200
_ROUNDING = 1e-12

Measure: TypeAlias = Callable[..., float]
"""A figure from columns of equal length."""


class Curve(Struct, frozen=True):
    """Shares of strong calls, from 0 to 1, and the share of the gap that each recovers."""

    strong_calls: F64
    recovered: F64


class Estimate(Struct, frozen=True):
    """A figure with its 95% bootstrap interval; all are NaN where the rows do not define it."""

    value: float
    low: float
    high: float


class Bin(Struct, frozen=True):
    """Rows with scores next to each other: how many, their mean score and the mean of what came."""

    rows: int
    said: float
    came: float


def recovered_gap(score: F64, weak: F64, strong: F64) -> Curve:
    """The deferral curve of a score; the grades of both models are in 0..1. NaN where there is no gap."""
    _, tied = np.unique(-score, return_inverse=True)
    rows, gained = np.bincount(tied), np.bincount(tied, strong - weak)
    gap = gained.sum()
    recovered = np.cumsum(gained) / gap if abs(gap) > _ROUNDING else np.full(len(rows), np.nan)
    return Curve(np.append(0.0, np.cumsum(rows) / len(score)), np.append(0.0, recovered))


def apgr(score: F64, weak: F64, strong: F64) -> float:
    """The mean share of the gap recovered over all shares of strong calls: 0.5 for a score that tells nothing."""
    curve = recovered_gap(score, weak, strong)
    return float(((curve.recovered[1:] + curve.recovered[:-1]) / 2 * np.diff(curve.strong_calls)).sum())


def strong_calls_to_recover(share: float) -> Measure:
    """The measure of the least share of strong calls that recovers this share of the gap (CPT50 for 0.5)."""

    def measure(score: F64, weak: F64, strong: F64) -> float:
        curve = recovered_gap(score, weak, strong)
        enough = curve.recovered >= share - _ROUNDING
        return float(curve.strong_calls[int(np.argmax(enough))]) if enough.any() else float("nan")

    return measure


def least_score_to_recover(share: float, score: F64, weak: F64, strong: F64) -> float:
    """The score of the last prompt that must go to the strong model to recover this share of the gap. NaN where no
    share of calls does."""
    curve = recovered_gap(score, weak, strong)
    enough = curve.recovered >= share - _ROUNDING
    if not enough.any():
        return float("nan")
    return float(np.unique(score)[::-1][max(int(np.argmax(enough)) - 1, 0)])


def auc(score: F64, happened: F64) -> float:
    """The chance that a row where it happened (above 0.5) scores above one where it did not. NaN without both."""
    positive = happened > 0.5
    rest = len(score) - int(positive.sum())
    if not positive.any() or not rest:
        return float("nan")
    values, tied = np.unique(score, return_inverse=True)
    its, all_rows = np.bincount(tied, positive, len(values)), np.bincount(tied)
    others = all_rows - its
    below = np.cumsum(others) - others
    return float((its * (below + others / 2)).sum() / (positive.sum() * rest))


def weak_failure_auc(score: F64, weak: F64, _strong: F64) -> float:
    """The AUC of a score for the failures of the weak model."""
    return auc(score, 1.0 - weak)


def calibration_bins(probability: F64, happened: F64, bins: int = BINS) -> tuple[Bin, ...]:
    """Bins of equal size, in the order of the probability."""
    parts = np.array_split(np.argsort(probability, kind="stable"), bins)
    return tuple(Bin(len(at), float(probability[at].mean()), float(happened[at].mean())) for at in parts if len(at))


def calibration_error(probability: F64, happened: F64) -> float:
    """Expected calibration error: the mean distance of what was said from what came. NaN without rows.

    Resampling can only add noise to it, so that its interval lies high and may not hold the value.
    """
    bins = calibration_bins(probability, happened)
    return sum(each.rows * abs(each.said - each.came) for each in bins) / len(happened) if bins else float("nan")


def chance_error(probability: F64, draws: int = CHANCE_DRAWS) -> float:
    """The calibration error that as many rows show by chance when every probability is right. NaN without rows."""
    draw = np.random.default_rng(0)
    come = ((draw.random(len(probability)) < probability).astype(np.float64) for _ in range(draws))
    return float(np.mean([calibration_error(probability, happened) for happened in come]))


def resample(measure: Measure, columns: Sequence[F64], resamples: int = RESAMPLES) -> F64:
    """The figure on resamples of the rows, drawn alike each time."""
    draw, rows = np.random.default_rng(0), len(columns[0])
    drawn = (draw.integers(0, rows, rows) for _ in range(resamples))
    return np.array([measure(*(column[at] for column in columns)) for at in drawn])


def interval(value: float, values: F64) -> Estimate:
    """A figure with the interval that its resamples span. A resample that does not define it does not count."""
    kept = values[np.isfinite(values)]
    if not len(kept):
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.quantile(kept, CONFIDENCE).tolist()
    return Estimate(value, low, high)


def estimate(measure: Measure, *columns: F64) -> Estimate:
    """The figure on all rows, with its interval."""
    return interval(measure(*columns), resample(measure, columns))


def estimate_macro(measure: Measure, groups: Sequence[Sequence[F64]]) -> Estimate:
    """The unweighted mean of a figure over groups of rows, each resampled on its own. Groups for which there is no such
    figure do not count; NaN where there is none for any."""
    known = [columns for columns in groups if not np.isnan(measure(*columns))]
    if not known:
        return Estimate(np.nan, np.nan, np.nan)
    value = float(np.mean([measure(*columns) for columns in known]))
    return interval(value, np.mean([resample(measure, columns) for columns in known], axis=0))


def threshold_at(false_alarms: float, low: F64) -> float:
    """The lowest threshold, to be exceeded, at which at most this share of the low rows is a false alarm."""
    ordered = np.sort(low)[::-1]
    allowed = int(false_alarms * len(ordered) + _ROUNDING)
    return float(ordered[allowed]) if allowed < len(ordered) else -np.inf


def class_f1(truth: F64, guess: F64, classes: int) -> F64:
    """The F1 of each class, of rows whose classes are numbered from 0; a guess of `classes` or more is none of them."""
    hit = np.bincount(truth[truth == guess].astype(int), minlength=classes)[:classes]
    true, guessed = (np.bincount(each.astype(int), minlength=classes)[:classes] for each in (truth, guess))
    return np.asarray(2 * hit / np.maximum(true + guessed, 1))
