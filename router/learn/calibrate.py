"""Where margins become judgements: calibration of difficulty, thresholds of stakes, floors of the rest."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from router.core.features import F64, I64, cut_windows, read_window
from router.core.heads import (
    DOMAINS,
    LENGTH_BANDS,
    TASKS,
    Calibration,
    Heads,
    Thresholds,
    highest_margins,
    length_band,
    seen_share,
)
from router.core.learned import DifficultyBands
from router.core.scoring import BY_HAND
from router.learn.metrics import least_score_to_recover
from router.learn.rows import Graded, Rows, Staked

FOREIGN_CEILING: Final = 0.3
SEEN_QUANTILE: Final = 0.005
"""The share of dev prompts that fall below the floor of n-grams seen."""

TASK_QUANTILE: Final = 0.02
"""The share of dev prompts with a learned task that fall below the floor of tasks."""

FREE_FORM: Final = "Self-Instruct"
"""A source whose tasks are not those of training; the floor of tasks is set without it."""

SMALLEST_CELL: Final = 10
_BANDS = len(LENGTH_BANDS) + 1
_BAND_ENDS = (0.01, 0.99)
_LIGHT_PULL = 0.001
"""How strongly the slope of all rows is drawn to 1, which keeps it finite."""

ALIKE: Final = 10_000
"""As many windows as a band must show before its own calibration counts as much as that of all bands together. What a
band shows is mostly which sources lie in it: calibrated by its own few, it was further off on sources held out."""

RECOVERED: Final = (0.8, 0.5)
"""Difficulty is medium from where calls to the strong model recover four fifths of the gap between the two models, and
high from where they recover half of it: the thresholds that cost CPT80 and CPT50 of the calls."""

UNTUNED: Final = Thresholds(LENGTH_BANDS, (Calibration(1.0, 0.0),) * _BANDS, (0.0,) * _BANDS, 0.0, 1.0, -1e9, BY_HAND)
"""Leaves margins as they are and abstains on nothing: what heads have before they are tuned."""


def tune(heads: Heads, difficulty: tuple[Calibration, ...], dev: Rows) -> Thresholds:
    """The thresholds for heads, set on rows they were not fitted on; `difficulty` is taken as it is."""
    top = score_prompts(heads, [row.prompt for row in dev.staked])[:, 1 : 1 + len(DOMAINS)].max(1)
    bands = bands_of([row.prompt for row in dev.staked])
    stakes = [least_worst_threshold(top[bands == band], _in_band(dev.staked, bands, band)) for band in range(_BANDS)]
    shares = [_least_share(heads.seen, row.prompt) for row in dev.staked]
    known = [row.prompt for row in dev.tasked if not row.source.startswith(FREE_FORM)]
    best = score_prompts(heads, known)[:, -len(TASKS) :].max(1)
    return Thresholds(
        length_bands=LENGTH_BANDS,
        difficulty=difficulty,
        stakes=tuple(round(threshold, 4) for threshold in stakes),
        seen_floor=round(float(np.quantile(shares, SEEN_QUANTILE)), 4),
        foreign_ceiling=FOREIGN_CEILING,
        task_floor=round(float(np.quantile(best, TASK_QUANTILE)), 4),
        difficulty_bands=band_difficulty(heads, difficulty, dev.graded),
    )


def calibrate(margins: F64, failed: F64, bands: I64) -> tuple[Calibration, ...]:
    """What turns margins into probabilities in each length band, from margins of rows that were held out."""
    whole = _fit_platt(margins, failed, Calibration(1.0, 0.0), (_LIGHT_PULL, 0.0))
    found = []
    for band in range(_BANDS):
        its = bands == band
        pull = ALIKE / max(int(its.sum()), 1)
        found.append(_fit_platt(margins[its], failed[its], whole, (pull, pull)) if its.any() else whole)
    return tuple(Calibration(round(each.slope, 6), round(each.offset, 6)) for each in found)


def band_difficulty(heads: Heads, difficulty: Sequence[Calibration], rows: Sequence[Graded]) -> DifficultyBands:
    """The bands of difficulty, from where calls to the strong model recover RECOVERED of the gap on these rows. Rows
    without a gap leave them as they are set by hand."""
    tasks = tuple(task for task in TASKS if any(row.task == task for row in rows))
    margins = score_prompts(heads, [row.prompt for row in rows])[:, 0]
    at = [difficulty[band] for band in bands_of([row.prompt for row in rows]).tolist()]
    likely = expit(np.array([each.slope for each in at]) * margins + np.array([each.offset for each in at]))
    weak = np.array([1.0 - row.failed for row in rows])
    strong = np.array([row.strong for row in rows])
    ends = [least_score_to_recover(share, likely, weak, strong) for share in RECOVERED]
    if not np.isfinite(ends).all():
        return replace(BY_HAND, tasks=tasks)
    medium_from, high_from = np.clip(ends, *_BAND_ENDS).round(4).tolist()
    return DifficultyBands(medium_from, high_from, tasks)


def least_worst_threshold(margins: F64, rows: Sequence[Staked]) -> float:
    """The threshold whose worst error is least: of the high rows missed and the low rows called high, each source on
    its own; rows of sources with fewer than SMALLEST_CELL do not count. 0 when there are none."""
    cells = _cells(margins, rows)
    ordered = np.unique(margins)
    if not cells or len(ordered) == 1:
        return 0.0

    def worst(threshold: float) -> float:
        errors = [float((cell <= threshold).mean() if high else (cell > threshold).mean()) for cell, high in cells]
        return max(errors) + sum(errors) / len(errors) / 1000

    return float(min((ordered[1:] + ordered[:-1]) / 2, key=worst))


def score_prompts(heads: Heads, prompts: Sequence[str]) -> F64:
    """The highest margin of every head over each prompt's windows."""
    cut = ([read_window(piece) for piece in cut_windows(prompt)] for prompt in prompts)
    return np.array([highest_margins(heads, windows) for windows in cut])


def bands_of(prompts: Sequence[str]) -> I64:
    """The length band of each prompt."""
    return np.array([length_band(len(prompt)) for prompt in prompts])


def _cells(margins: F64, rows: Sequence[Staked]) -> list[tuple[F64, bool]]:
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for margin, row in zip(margins.tolist(), rows, strict=True):
        if row.level != "medium":
            found[row.source, row.level].append(margin)
    return [(np.array(cell), level == "high") for (_, level), cell in found.items() if len(cell) >= SMALLEST_CELL]


def _in_band(rows: Sequence[Staked], bands: I64, band: int) -> list[Staked]:
    return [row for row, its in zip(rows, bands.tolist(), strict=True) if its == band]


def _least_share(seen: NDArray[np.bool_], prompt: str) -> float:
    return min(seen_share(seen, read_window(piece)) for piece in cut_windows(prompt))


def _fit_platt(margins: F64, failed: F64, usual: Calibration, pulls: tuple[float, float]) -> Calibration:
    """The calibration of least cross-entropy; slope and offset are drawn to the usual ones, each so strongly."""
    start = np.array([usual.slope, usual.offset])

    def loss(point: F64) -> float:
        log_odds = point[0] * margins + point[1]
        return float((np.logaddexp(0, log_odds) - failed * log_odds).mean() + (pulls * (point - start) ** 2).sum())

    point: F64 = minimize(loss, start, method="L-BFGS-B", bounds=[(0.1, 3.0), (-5.0, 5.0)]).x
    return Calibration(float(point[0]), float(point[1]))
