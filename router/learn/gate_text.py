"""An evaluation of the gate as tables for a screen."""

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text

from router.learn.doubt_unseen import UnseenOf
from router.learn.evaluation_text import figure
from router.learn.gate_evaluate import GateEvaluation


def gate_text(evaluation: GateEvaluation) -> Group:
    """All tables."""
    tables = (
        _orderings(evaluation),
        _table(
            "doubt, calibration error by kind of question",
            ("kind", "rows", "ECE", "chance"),
            ((row.kind, str(row.rows), figure(row.error), f"{row.by_chance:.3f}") for row in evaluation.calibration),
        ),
        _table(
            "share of answers with an opinion, and with a final answer",
            ("source", "rows", "opinion", "final"),
            ((row.source, str(row.rows), f"{row.opinion:.3f}", f"{row.final:.3f}") for row in evaluation.coverage),
        ),
        _table(
            "share of answers that checks reject",
            ("check", "right", "wrong"),
            ((row.check, f"{row.right:.4f}", f"{row.wrong:.4f}") for row in evaluation.rejections),
        ),
        _table(
            "time of doubt, in ms, by length of the answer in characters",
            ("up to", "rows", "p50", "p95", "longest"),
            (
                (f"{row.up_to:,}", str(row.rows), f"{row.p50_ms:.2f}", f"{row.p95_ms:.2f}", f"{row.most_ms:.2f}")
                for row in evaluation.times
            ),
        ),
    )
    return Group(*[part for table in tables if table.row_count for part in (table, Text())])


def _orderings(evaluation: GateEvaluation) -> Table:
    return _table(
        "which answers are wrong: mean over models, 20% go up",
        ("ordering", "source", "rows", "AUROC", "APGR", "wrong caught", "at most"),
        (
            (
                row.ordering,
                row.source,
                str(row.rows),
                *map(figure, (row.auroc, row.apgr, row.caught)),
                f"{row.most_caught:.3f}",
            )
            for row in evaluation.orderings
        ),
    )


def unseen_answers_text(rows: Iterable[UnseenOf]) -> Table:
    """The table of what doubt does on what it was not taught by."""
    return _table(
        "which answers are wrong, by what was not learned from it",
        ("left out", "source", "rows", "AUROC", "APGR", "wrong caught", "AUROC, length"),
        (
            (
                row.left_out,
                row.source,
                str(row.rows),
                *map(figure, (row.auroc, row.apgr, row.caught, row.auroc_of_length)),
            )
            for row in rows
        ),
    )


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1))
    for name in columns:
        table.add_column(name, justify="right" if name == "rows" else "left")
    for row in rows:
        table.add_row(*row)
    return table
