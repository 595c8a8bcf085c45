"""The robustness of decisions as tables for a screen."""

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text

from router.learn.robustness import ALL_SOURCES, GOAL, Figures, Robustness, Share

TITLES = {
    "benign": "asked in other words: decisions should stay",
    "language": "in or for another language: going up is allowed, and costs",
    "attack": "attacks: nothing that is hard or costly should go down",
}


def robustness_text(found: Robustness) -> Group:
    """All tables: for each kind its perturbations over all sources, then the sources over all of its perturbations."""
    parts: list[Table | Text] = []
    for kind in found.kinds:
        mine = [each for each in found.figures if each.kind == kind.kind and each.source == ALL_SOURCES]
        parts += [_table(TITLES[kind.kind], (*mine, kind)), Text()]
    parts.append(_sources_table(found.sources))
    return Group(*parts, Text(f"goal: {GOAL:.0%} of decisions unchanged, no row of high stakes sent to the fast tier"))


def _table(title: str, rows: Iterable[Figures]) -> Table:
    table = _columns(title, "perturbation")
    for row in rows:
        style = "bold" if row.perturbation == row.kind else ""
        table.add_row(row.perturbation, *_cells(row), style=style)
    return table


def _sources_table(rows: Iterable[Figures]) -> Table:
    table = _columns("by source", "kind and source")
    for row in rows:
        table.add_row(f"{row.kind}, {row.source}", *_cells(row))
    return table


def _columns(title: str, first: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 1))
    names = (
        "rows",
        "unchanged",
        "up",
        "down",
        "high or hard, now fast",
        "labelled high, now fast",
        "stakes",
        "diff.",
        "task",
    )
    table.add_column(first)
    for name in names:
        table.add_column(name, justify="right" if name == "rows" else "left")
    return table


def _cells(row: Figures) -> list[str]:
    shares = (row.up, row.down)
    bands = (row.same_stakes, row.same_difficulty, row.same_task)
    return [
        f"{row.unchanged.rows:,}",
        _figure(row.unchanged),
        *(f"{each.value:.3f}" for each in shares),
        _figure(row.owed_down),
        _figure(row.labelled_down),
        *(f"{each.value:.3f}" for each in bands),
    ]


def _figure(share: Share) -> str:
    """A share with its interval, such as "0.96 [0.93, 0.98]"; "-" where it is of no rows."""
    return f"{share.value:.3f} [{share.low:.2f}, {share.high:.2f}]" if share.rows else "-"
