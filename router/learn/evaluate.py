"""What a classifier reaches on a folder of graded rows, source by source, with the uncertainty of each figure.

`evaluate_difficulty` measures difficulty.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, TypeVar

import numpy as np
from msgspec import Struct, to_builtins

from router.core.features import F64
from router.core.heads import TASKS, length_band
from router.core.scoring import HIGH_FROM
from router.learn.calibrate import FREE_FORM
from router.learn.evaluate_difficulty import (
    ALL_LENGTHS,
    BAND_NAMES,
    MACRO,
    CalibrationOf,
    DifficultyOf,
    ServedBand,
    ServedOf,
    group_by,
    group_by_source,
    heads_columns,
    measure_calibration,
    measure_difficulty,
    measure_served,
    measure_served_bands,
    with_collections,
)
from router.learn.exam import Answered, Exam, Opinions, column
from router.learn.length_trial import tried
from router.learn.metrics import Curve, Estimate, class_f1, estimate, estimate_macro, recovered_gap, threshold_at
from router.learn.rows import Staked, Tasked

FALSE_ALARMS: Final = 0.05
SHIPPED: Final = "shipped"
AT_FALSE_ALARMS: Final = "5% false alarms"
THRESHOLDS: Final = (SHIPPED, AT_FALSE_ALARMS)
"""The start of the high band, and where 5% of all low rows are called high."""

Layer: TypeAlias = Literal["rules", "heads", "both"]
LAYERS: Final[tuple[Layer, ...]] = ("rules", "heads", "both")

Row = TypeVar("Row")


class StakesOf(Struct, frozen=True):
    """The share of rows called high at a threshold: recall where their level is high, false alarms where it is low."""

    threshold: str
    source: str
    level: str
    band: str
    rows: int
    rules: Estimate
    heads: Estimate
    both: Estimate


class TasksOf(Struct, frozen=True):
    """Macro F1 over the learned tasks: of the heads alone, and of the task that is judged; F1 of each task judged."""

    rows_of: str
    rows: int
    heads: Estimate
    both: Estimate
    tasks: dict[str, float]


class LengthOf(Struct, frozen=True):
    """The shares of the answers of a task that are not longer than the quantiles expected: of the prompt alone, and
    after the answers before (see `length_trial`)."""

    task: str
    rows: int
    p50: Estimate
    p90: Estimate
    learned_p50: Estimate
    learned_p90: Estimate


class Evaluation(Struct, frozen=True):
    """Everything that was measured; `curves` are the deferral curves by source."""

    difficulty: tuple[DifficultyOf, ...]
    calibration: tuple[CalibrationOf, ...]
    served: tuple[ServedOf, ...]
    served_bands: tuple[ServedBand, ...]
    stakes: tuple[StakesOf, ...]
    tasks: tuple[TasksOf, ...]
    answer_tokens: tuple[LengthOf, ...]
    curves: dict[str, Curve]

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it; the curves are for pictures."""
        names = ("difficulty", "calibration", "served", "served_bands", "stakes", "tasks", "answer_tokens")
        return {name: to_builtins(getattr(self, name)) for name in names}


def evaluate(exam: Exam, opinions: Opinions) -> Evaluation:
    """Measures opinions on the rows of an exam."""
    by_source = with_collections(group_by_source(exam.pairs))
    curves = {source: recovered_gap(*heads_columns(rows, opinions)) for source, rows in by_source.items()}
    stakes = [each for threshold in THRESHOLDS for each in _measure_stakes(exam.staked, opinions, threshold)]
    return Evaluation(
        difficulty=measure_difficulty(exam.pairs, opinions),
        calibration=measure_calibration(exam.pairs, opinions),
        served=measure_served(exam.pairs, opinions),
        served_bands=measure_served_bands(exam.pairs, opinions),
        stakes=tuple(stakes),
        tasks=_measure_tasks(exam.tasked, opinions),
        answer_tokens=_measure_lengths(exam.answers, opinions),
        curves=curves,
    )


def _measure_stakes(rows: Sequence[Staked], opinions: Opinions, threshold: str) -> list[StakesOf]:
    low = [row for row in rows if row.level == "low"]
    flagged: dict[Layer, dict[str, float]] = {}
    for layer in LAYERS:
        scores = {row.prompt: float(getattr(opinions[row.prompt], layer)) for row in rows}
        limit = math.nextafter(HIGH_FROM, 0.0)
        if threshold == AT_FALSE_ALARMS:
            limit = threshold_at(FALSE_ALARMS, np.array([scores[row.prompt] for row in low]))
        flagged[layer] = {prompt: float(score > limit) for prompt, score in scores.items()}
    cells = group_by(rows, lambda row: (row.level, row.source))
    found = [each for (level, source), its in sorted(cells.items()) for each in _cells_of(its, flagged, threshold)]
    return [*found, *(_macro_of(level, cells, flagged, threshold) for level in sorted({level for level, _ in cells}))]


def _cells_of(
    rows: Sequence[Staked], flagged: Mapping[Layer, Mapping[str, float]], threshold: str
) -> Iterable[StakesOf]:
    """One source and level, as a whole and by length band."""
    bands = _by_band(rows, lambda row: row.prompt)
    for band, its in [(ALL_LENGTHS, list(rows)), *bands]:
        shares = {layer: estimate(_mean, _flags(its, flagged[layer])) for layer in LAYERS}
        yield StakesOf(threshold, rows[0].source, rows[0].level, band, len(its), **shares)


def _macro_of(
    level: str,
    cells: Mapping[tuple[str, str], Sequence[Staked]],
    flagged: Mapping[Layer, Mapping[str, float]],
    threshold: str,
) -> StakesOf:
    mine = [rows for (its, _), rows in cells.items() if its == level]
    shares = {layer: estimate_macro(_mean, [(_flags(rows, flagged[layer]),) for rows in mine]) for layer in LAYERS}
    return StakesOf(threshold, MACRO, level, ALL_LENGTHS, sum(map(len, mine)), **shares)


def _flags(rows: Iterable[Staked], flagged: Mapping[str, float]) -> F64:
    return column(rows, lambda row: flagged[row.prompt])


def _measure_tasks(rows: Sequence[Tasked], opinions: Opinions) -> tuple[TasksOf, ...]:
    templates = [row for row in rows if not row.source.startswith(FREE_FORM)]
    parts = (("templates", templates), ("all, free-form requests too", rows))
    return tuple(_tasks_of(name, part, opinions) for name, part in parts if part)


def _tasks_of(name: str, rows: Sequence[Tasked], opinions: Opinions) -> TasksOf:
    number = {task: i for i, task in enumerate(TASKS)}
    truth = column(rows, lambda row: number[row.task])
    head = column(rows, lambda row: number.get(opinions[row.prompt].learned_task, len(TASKS)))
    both = column(rows, lambda row: number.get(opinions[row.prompt].task, len(TASKS)))
    present = np.unique(truth).astype(int)

    def macro_f1(truth: F64, guess: F64) -> float:
        return float(class_f1(truth, guess, len(TASKS))[present].mean())

    each = class_f1(truth, both, len(TASKS))
    tasks = {TASKS[i]: float(each[i]) for i in present.tolist()}
    return TasksOf(name, len(rows), estimate(macro_f1, truth, head), estimate(macro_f1, truth, both), tasks)


def _measure_lengths(rows: Sequence[Answered], opinions: Opinions) -> tuple[LengthOf, ...]:
    found = []
    for task, its in group_by(tried(rows, opinions), lambda trial: trial.answer.task).items():
        shares = [
            estimate(_mean, column(its, within))
            for within in (
                lambda trial: trial.answer.tokens <= trial.base.p50,
                lambda trial: trial.answer.tokens <= trial.base.p90,
                lambda trial: trial.answer.tokens <= trial.learned.p50,
                lambda trial: trial.answer.tokens <= trial.learned.p90,
            )
        ]
        found.append(LengthOf(task, len(its), *shares))
    return tuple(found)


def _mean(values: F64) -> float:
    return float(values.mean())


def _by_band(rows: Iterable[Row], prompt_of: Callable[[Row], str]) -> list[tuple[str, list[Row]]]:
    """The length bands that have rows, from the shortest."""
    groups = group_by(rows, lambda row: length_band(len(prompt_of(row))))
    return [(BAND_NAMES[band], groups[band]) for band in sorted(groups)]
