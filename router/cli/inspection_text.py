"""An inspection as people read it on a screen."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.core.inspection import DrivenHead, Inspection
from router.core.judgement import Judgement


def inspection_text(inspection: Inspection) -> Group:
    """The judgement, the rules, the windows, and what moved the heads."""
    return Group(*_parts(inspection))


def _parts(inspection: Inspection) -> Iterator[RenderableType]:
    yield _judgement_table(inspection.judgement)
    if inspection.findings or inspection.task_rule:
        yield Text("\nrules", style="bold")
    for finding in inspection.findings:
        words = " … ".join(inspection.words.get(finding.name, ()))
        yield Text(f"  {finding.name}  {finding.weight:+.2f} log-odds of high stakes" + (words and f"  in: {words}"))
    if inspection.task_rule:
        yield Text(f"  {inspection.task_rule}  names the task")
    yield Text("\nwindows, log-odds before calibration and thresholds", style="bold")
    yield _windows_table(inspection)
    for head in inspection.heads:
        yield Text(f"\nwhat moved `{head.head}` most, in log-odds", style="bold")
        yield _drivers_table(head)


def _judgement_table(judged: Judgement) -> Table:
    known = f"{judged.difficulty.score:.3f} {judged.difficulty.band}"
    stakes = f"{judged.stakes.score:.3f} {judged.stakes.band} {judged.stakes_domain}"
    length = f"half of such answers within {judged.answer_tokens.p50} tokens, 90% within {judged.answer_tokens.p90}"
    rows = {
        "difficulty": known,
        "stakes": stakes,
        "task": judged.task or "unknown",
        "answer": length,
        "abstained": ", ".join(judged.abstained) or "-",
        "reasons": ", ".join(judged.reasons) or "-",
    }
    table = _plain_table()
    for name, said in rows.items():
        table.add_row(Text(name, style="bold"), said)
    return table


def _windows_table(inspection: Inspection) -> Table:
    table = _plain_table("  turn", "begins", "characters", "known", *inspection.windows[0].margins)
    for window in inspection.windows:
        margins = [f"{margin:+.2f}" for margin in window.margins.values()]
        table.add_row(f"  {window.turn}", window.begins, str(window.characters), f"{window.known:.2f}", *margins)
    return table


def _drivers_table(head: DrivenHead) -> Table:
    table = _plain_table()
    for driver in head.drivers:
        table.add_row(f"  {driver.log_odds:+.3f}", driver.kind, repr(driver.what))
    return table


def _plain_table(*columns: str) -> Table:
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=bool(columns))
    table.header_style = "dim"
    return table
