"""An evaluation as tables for a screen."""

import math
from collections.abc import Sequence
from typing import Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from router.learn.evaluate import THRESHOLDS, Evaluation, LengthOf, StakesOf, TasksOf
from router.learn.evaluate_difficulty import ALL_LENGTHS, CalibrationOf, DifficultyOf, ServedBand, ServedOf
from router.learn.metrics import Estimate
from router.learn.unseen import UnseenOf

UNSEEN_COLUMNS: Final = ("level", "source", "rows", "rules", "heads", "both")


def evaluation_text(evaluation: Evaluation) -> Group:
    """All tables."""
    stakes = [
        _stakes_table(threshold, [each for each in evaluation.stakes if each.threshold == threshold])
        for threshold in THRESHOLDS
    ]
    tables = [
        _difficulty_table(evaluation.difficulty),
        _calibration_table(evaluation.calibration),
        _served_table(evaluation.served),
        _served_bands_table(evaluation.served_bands),
        *stakes,
        _tasks_table(evaluation.tasks),
        _lengths_table(evaluation.answer_tokens),
    ]
    return Group(*[part for table in tables if table.row_count for part in (table, Text())])


def unseen_text(rows: Sequence[UnseenOf]) -> Table:
    """The table of sources that the heads were not taught by."""
    table = _table("stakes called high, source not learned from", *UNSEEN_COLUMNS)
    for row in rows:
        table.add_row(row.level, row.source, str(row.rows), f"{row.rules:.3f}", f"{row.heads:.3f}", f"{row.both:.3f}")
    return table


def figure(estimate: Estimate) -> str:
    """A figure with its interval, such as "0.56 [0.53, 0.60]"; "-" where it is not defined."""
    if not math.isfinite(estimate.value):
        return "-"
    return f"{estimate.value:.3f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1))
    for name in columns:
        table.add_column(name, justify="right" if name == "rows" else "left")
    return table


def _difficulty_table(rows: tuple[DifficultyOf, ...]) -> Table:
    table = _table("difficulty", "source", "rows", "AUC", "APGR", "CPT50", "CPT80", "ECE", "chance", "abst.")
    for row in rows:
        figures = (row.auc, row.apgr, row.cpt50, row.cpt80, row.calibration_error)
        table.add_row(row.source, str(row.rows), *map(figure, figures), f"{row.by_chance:.3f}", f"{row.abstained:.3f}")
    return table


def _calibration_table(rows: tuple[CalibrationOf, ...]) -> Table:
    table = _table("difficulty, calibration error by length in characters", "length", "rows", "ECE", "chance")
    for row in rows:
        table.add_row(row.band, str(row.rows), figure(row.error), f"{row.by_chance:.3f}")
    return table


def _served_table(rows: tuple[ServedOf, ...]) -> Table:
    table = _table("difficulty as served: heads, cues, priors", "rows of", "rows", "APGR", "ECE", "chance", "by heads")
    for row in rows:
        figures = (figure(row.apgr), figure(row.calibration_error), f"{row.by_chance:.3f}", f"{row.by_heads:.3f}")
        table.add_row(row.rows_of, str(row.rows), *figures)
    return table


def _served_bands_table(rows: tuple[ServedBand, ...]) -> Table:
    table = _table("difficulty as served, by band", "band", "rows", "said", "failed", "strong is better by")
    for row in rows:
        table.add_row(row.band, str(row.rows), *(f"{value:.3f}" for value in (row.said, row.failed, row.gained)))
    return table


def _stakes_table(threshold: str, rows: list[StakesOf]) -> Table:
    title = f"stakes, share called high, threshold: {threshold}"
    table = _table(title, "level", "source", "length", "rows", "rules", "heads", "both")
    for row in rows:
        shares = [f"{share.value:.3f}" for share in (row.rules, row.heads)]
        style = "bold" if row.band == ALL_LENGTHS else "dim"
        table.add_row(row.level, row.source, row.band, str(row.rows), *shares, figure(row.both), style=style)
    return table


def _tasks_table(rows: tuple[TasksOf, ...]) -> Table:
    table = _table("task, macro F1 of the learned classes", "requests", "rows", "heads", "rules and heads")
    for row in rows:
        table.add_row(row.rows_of, str(row.rows), figure(row.heads), figure(row.both))
        for task, value in row.tasks.items():
            table.add_row(f"  {task}", "", "", f"{value:.3f}", style="dim")
    return table


def _lengths_table(rows: tuple[LengthOf, ...]) -> Table:
    title = "answer length, share of answers not longer than expected, by the prompt and after the answers before"
    table = _table(title, "task", "rows", "p50", "p90", "p50 after", "p90 after")
    for row in rows:
        table.add_row(row.task, str(row.rows), *map(figure, (row.p50, row.p90, row.learned_p50, row.learned_p90)))
    return table
