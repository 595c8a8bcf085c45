"""Trains every head of a classifier from a folder of rows and writes it: the same bytes each time on one machine.

`train/` is fitted; `dev/` sets thresholds and yields the metrics. Difficulty is fitted on absolute failure, over many
models where they were graded: what one model has over another does not carry to other sources.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from router.config.classifier_file import Manifest
from router.core.features import F64, SHAPE
from router.core.heads import DOMAINS, SHAPE_LIMIT, TASKS, Calibration, Heads
from router.learn.calibrate import bands_of, calibrate, tune
from router.learn.corpus import (
    Corpus,
    Placed,
    build_corpus,
    build_matrix,
    build_shapes,
    find_common_keys,
    measure_rarity,
    place,
)
from router.learn.export import quantise, standards, write_heads
from router.learn.logistic import Examples, Fitted, fit_logistic, take_rows
from router.learn.measure import measure_heads
from router.learn.rows import Graded, Staked, Tasked, hash_data, read_rows, with_requests, with_subjects

_HALVED = "RouteLLM MMLU"
"""The source of nearly half of the rows: held out by halves of its subjects."""

_LARGE = "MMLU-Pro"
"""Held out on its own; the small sources go together."""


class Recipe(Struct, frozen=True):
    """How a head is fitted: the strength of its n-grams, and the shape features that it may use."""

    strength: float
    shape: frozenset[str]


DIFFICULTY_RECIPE: Final = Recipe(0.3, frozenset(SHAPE) - {"questions", "blanks_to_fill"})
TASK_RECIPE: Final = Recipe(10.0, frozenset(SHAPE) - {"log_bytes", "log_sentences", "long_words"})
STAKES_RECIPE: Final = Recipe(100.0, frozenset())
"""Words only: with shapes, the heads learn that what is long has high stakes."""


class Prepared(Struct, frozen=True):
    """A corpus as numbers: counts weighted by the rarity of columns, and shapes, raw and in standard deviations."""

    corpus: Corpus
    matrix: Any
    rarity: NDArray[np.uint8]
    raw_shapes: F64
    shapes: F64


class Labelled(Struct, frozen=True):
    """Rows of several classes: prompts, labels and what each row counts."""

    prompts: Sequence[str]
    labels: Sequence[str]
    weights: F64


def train(data: Path, out: Path, progress: Callable[[str], None]) -> Manifest:
    """Trains on the rows under `data`, writes the classifier into `out`, and returns its manifest. `progress` is told
    what has been done. Raises FileError when the data cannot be read or the classifier not be written."""
    with threadpool_limits(limits=1):  # INVARIANT: more threads add in another order, and the last digits differ
        return _train(data, out, progress)


def _train(data: Path, out: Path, progress: Callable[[str], None]) -> Manifest:
    hashes, rows, dev = hash_data(data), read_rows(data / "train"), read_rows(data / "dev")
    staked, tasked = with_subjects(rows), with_requests(rows)
    prepared = prepare([row.prompt for each in (rows.graded, staked, tasked) for row in each])
    progress(f"read {len(prepared.corpus.positions)} prompts as {len(prepared.corpus.windows)} windows")
    calibration = _calibrate_difficulty(prepared, rows.graded)
    progress("calibrated difficulty on sources held out")
    fitted = [_fit_difficulty(prepared, rows.graded)]
    progress("fitted difficulty")
    fitted += fit_stakes(prepared, staked)
    progress("fitted stakes")
    fitted += _fit_tasks(prepared, tasked)
    progress("fitted tasks")
    heads = quantise_all(prepared, fitted)
    heads = replace(heads, thresholds=tune(heads, calibration, dev))
    progress("set thresholds")
    return write_heads(out, heads, hashes, measure_heads(heads, dev))


def prepare(prompts: Sequence[str]) -> Prepared:
    """These prompts, ready for heads to be fitted on."""
    corpus = build_corpus(prompts)
    raw_shapes, rarity = build_shapes(corpus.windows), measure_rarity(corpus)
    mean, deviation = standards(raw_shapes)
    shapes = ((raw_shapes - mean) / deviation).clip(-SHAPE_LIMIT, SHAPE_LIMIT)
    return Prepared(corpus, build_matrix(corpus.windows, rarity), rarity, raw_shapes, shapes)


def quantise_all(prepared: Prepared, fitted: Sequence[Fitted]) -> Heads:
    """Heads as they are served, not tuned yet, in the order of HEADS."""
    return quantise(fitted, prepared.raw_shapes, prepared.rarity, find_common_keys(prepared.corpus))


def _fit_difficulty(prepared: Prepared, rows: Sequence[Graded]) -> Fitted:
    placed = place(prepared.corpus, [row.prompt for row in rows])
    targets = np.array([row.target for row in rows])
    return fit_logistic(_examples(prepared, placed, targets, DIFFICULTY_RECIPE), DIFFICULTY_RECIPE.strength)


def _calibrate_difficulty(prepared: Prepared, rows: Sequence[Graded]) -> tuple[Calibration, ...]:
    """Calibrates on margins of sources that the head was not fitted on: those it was fitted on look too sure."""
    placed = place(prepared.corpus, [row.prompt for row in rows])
    examples = _examples(prepared, placed, np.array([row.target for row in rows]), DIFFICULTY_RECIPE)
    folds = np.array(_hold_out(rows))[placed.rows]
    margins = np.zeros(len(placed.rows))
    for fold in np.unique(folds):
        fitted = fit_logistic(take_rows(examples, folds != fold), DIFFICULTY_RECIPE.strength)
        held = take_rows(examples, folds == fold)
        margins[folds == fold] = fitted.margins(held.matrix, held.shapes)
    bands = bands_of([row.prompt for row in rows])[placed.rows]
    return calibrate(margins, np.array([row.failed for row in rows])[placed.rows], bands)


def _hold_out(rows: Sequence[Graded]) -> list[str]:
    """The fold of each row: a source, or half of the subjects of the largest."""
    subjects = sorted({row.subject for row in rows if row.source == _HALVED})
    halves = {subject: f"{_HALVED} {i % 2}" for i, subject in enumerate(subjects)}
    rest = {row.source: _LARGE if row.source.startswith(_LARGE) else "others" for row in rows}
    return [halves[row.subject] if row.source == _HALVED else rest[row.source] for row in rows]


def fit_stakes(prepared: Prepared, rows: Sequence[Staked]) -> list[Fitted]:
    """One head for each domain; what has medium stakes teaches nothing."""
    weights = _balance([f"{row.source} {row.level}" for row in rows])
    weights[[row.level == "medium" for row in rows]] = 0.0
    labels = [row.domain if row.level == "high" else row.level for row in rows]
    return _fit_classes(prepared, Labelled([row.prompt for row in rows], labels, weights), DOMAINS, STAKES_RECIPE)


def _fit_tasks(prepared: Prepared, rows: Sequence[Tasked]) -> list[Fitted]:
    weights = _balance([f"{row.source} {row.task}" for row in rows])
    labelled = Labelled([row.prompt for row in rows], [row.task for row in rows], weights)
    return _fit_classes(prepared, labelled, TASKS, TASK_RECIPE)


def _fit_classes(prepared: Prepared, rows: Labelled, classes: Sequence[str], recipe: Recipe) -> list[Fitted]:
    """One head for each class, against all other labels."""
    placed = place(prepared.corpus, rows.prompts)
    fitted = []
    for name in classes:
        targets = np.array([label == name for label in rows.labels], np.float64)
        examples = _examples(prepared, placed, targets, recipe)
        weighted = replace(examples, weights=examples.weights * rows.weights[placed.rows])
        fitted.append(fit_logistic(weighted, recipe.strength))
    return fitted


def _examples(prepared: Prepared, placed: Placed, targets: F64, recipe: Recipe) -> Examples:
    """The windows of rows; shape features that the recipe leaves out are 0, which keeps their weights at 0."""
    used = np.array([name in recipe.shape for name in SHAPE])
    at = placed.windows
    return Examples(prepared.matrix[at], prepared.shapes[at] * used, targets[placed.rows], prepared.corpus.shares[at])


def _balance(groups: Sequence[str]) -> F64:
    """Weights by which a group counts with the square root of its size."""
    sizes = Counter(groups)
    return np.array([sizes[group] ** -0.5 for group in groups])
