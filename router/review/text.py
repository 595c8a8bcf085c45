"""Reviews as tables and lines for a terminal. Makes renderables and prints nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from router.review.comparison import Comparison, DiffReport, Fate
from router.review.comparison import Group as Changed
from router.review.coverage import Coverage
from router.review.intake import LeftOut
from router.review.survey import Survey
from router.review.words import count_words, ladder_words, setting_words, share_words

TIER_STYLES: Mapping[str | None, str] = {"fast": "green", "strong": "blue", "hosted": "magenta", None: "red"}
FAINT = "dim"
EXAMPLES_SHOWN = 3


def comparison_text(comparison: Comparison) -> RenderableType:
    """A report for each pair of versions, then what was left out."""
    return Group(*[_report_text(report) for report in comparison.reports], left_out_text(comparison.left_out))


def survey_text(survey: Survey) -> RenderableType:
    """How many requests went to which tier by which rule."""
    table = _table("tier", "rule")
    table.add_column("requests", justify="right")
    table.add_column("share", justify="right")
    for part in survey.parts:
        tier = Text(part.tier or "refused", style=TIER_STYLES[part.tier])
        table.add_row(tier, part.rule, f"{part.count:,}", share_words(part.count / survey.asked))
    head = Text(f"{count_words(survey.asked, 'request')} of {survey.source}, decided by {survey.policy}\n")
    return Group(head, table, left_out_text(survey.left_out))


def coverage_text(coverage: Coverage) -> RenderableType:
    """How often each rule was hit."""
    table = _table("policy", "rule")
    table.add_column("cases", justify="right")
    table.add_column("requests", justify="right")
    policy = ""
    for each in coverage.rules:
        style = "" if each.is_hit else "bold red"
        named = each.policy if each.policy != policy else ""
        table.add_row(named, Text(each.rule, style=style), f"{each.cases:,}", f"{each.requests:,}")
        policy = each.policy
    return Group(table, left_out_text(coverage.left_out))


def left_out_text(left_out: Iterable[LeftOut]) -> RenderableType:
    """The requests that could not be asked; nothing when there are none."""
    return Group(*[Text(f"left out: {each.which} ({each.count:,})", style="yellow") for each in left_out])


def name_value_table(rows: Iterable[tuple[str, RenderableType]]) -> Table:
    """Names with their values, without a head."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style=FAINT, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table


def setting_rows(settings: Mapping[str, Any]) -> list[tuple[str, RenderableType]]:
    """Settings, ready for a table of names and values."""
    return [(name, Text(setting_words(value))) for name, value in settings.items()]


def ladder_text(ladder: Sequence[str], error: str = "") -> Text:
    """A ladder in the colour of the tier tried first."""
    return Text(ladder_words(ladder, error), style=TIER_STYLES[ladder[0] if ladder else None])


def indented(body: RenderableType) -> Padding:
    """What belongs under a heading."""
    return Padding(body, (0, 0, 0, 2), expand=False)


def _report_text(report: DiffReport) -> RenderableType:
    counts = (
        (report.moved, "go another way"),
        (report.adjusted, "get other settings only"),
        (report.unchanged, "as before"),
    )
    said = ", ".join([f"{count:,} ({share_words(report.share(count))}) {what}" for count, what in counts])
    head = Text.assemble(f"{report.before} → {report.after}\n", f"{count_words(report.asked, 'request')}: {said}\n")
    if not report.groups:
        return head
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, leading=1)
    table.add_column("requests", justify="right")
    table.add_column("share", justify="right")
    table.add_column("what changes", overflow="fold")
    for group in report.groups:
        table.add_row(f"{group.count:,}", share_words(report.share(group.count)), _change_text(group))
    return Group(head, table, Text())


def _change_text(group: Changed) -> Text:
    fate = group.fate
    said = Text(f"{fate.before.rule or 'no rule'} → {fate.after.rule or 'no rule'}\n", style="bold")
    said.append_text(_ladder_change(fate))
    for change in fate.settings:
        values = f" {change.before} → {change.after}" if change.before or change.after else " changes"
        said.append(f"\n{change.name}{values}")
    for example in group.examples[:EXAMPLES_SHOWN]:
        said.append(f"\nline {example.number}: {example.label}", style=FAINT)
    return said


def _ladder_change(fate: Fate) -> Text:
    before, after = fate.before, fate.after
    if not fate.moves:
        return ladder_text(before.ladder, before.error)
    return Text.assemble(ladder_text(before.ladder, before.error), " → ", ladder_text(after.ladder, after.error))


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
