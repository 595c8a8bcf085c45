"""What the gate did, as tables for a terminal. Makes renderables and prints nothing."""

from collections.abc import Mapping
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.review.gate_report import GateReport, Row, Wait
from router.review.judgements import FATES, Fate
from router.review.text import FAINT, left_out_text
from router.review.words import count_words, share_words

FATE_WORDS: Final[Mapping[Fate, str]] = {
    "accepted": "accepted",
    "afresh": "afresh",
    "continued": "continued",
    "let_out": "let out",
    "failed": "failed",
    "unfinished": "unfinished",
}

LEGEND: Final = (
    "afresh: rejected before anything went out; continued: after some did; let out: rejected, but nobody else could "
    "write it; failed: nobody did; unfinished: broken off, not by the gate."
)
COSTS: Final = (
    "discarded: tokens, and their share of all that the judged tier wrote; wasted: engine time; afresh and continued: "
    "how long callers waited for the first block of another tier (p50 / p90), from the opening of the rejected attempt "
    "and from its end."
)


def gate_text(report: GateReport) -> RenderableType:
    """What became of the judged answers, what rejected them, and what it cost, of a report that has rows."""
    every = report.rows[0]
    head = (
        f"{count_words(every.answers, 'answer')} judged in {count_words(every.blocks, 'block')}, of {report.source}\n"
    )
    parts: list[RenderableType] = [Text(head), _fates_table(report), Text(LEGEND, style=FAINT)]
    if report.rejections:
        parts += [Text(), _rejections_table(report), Text(), _costs_table(report), Text(COSTS, style=FAINT)]
    return Group(*parts, left_out_text(report.left_out))


def row_name(row: Row) -> str:
    """What a row is about."""
    return row.by if row.by == "all" else f"{row.by} {row.name}"


def wait_words(wait: Wait | None) -> str:
    """Both quantiles of a wait."""
    return "" if wait is None else f"{wait.p50_s:.2f} / {wait.p90_s:.2f} s"


def judging_words(row: Row) -> str:
    """How long an answer was judged."""
    return "" if row.judging_ms is None else f"{row.judging_ms:.2f} ms"


def _fates_table(report: GateReport) -> Table:
    seen = [fate for fate in FATES if report.rows[0].fates[fate].count]
    table = _table("", "", "answers", *[FATE_WORDS[fate] for fate in seen], "went up")
    for row in report.rows:
        shares = [_share_text(row.fates[fate].share) for fate in seen]
        table.add_row(*_head(row), f"{row.answers:,}", *shares, _share_text(row.went_up.share), style=_style(row))
    return table


def _rejections_table(report: GateReport) -> Table:
    table = _table("check", "such as request", "rejected", "of judged")
    for each in report.rejections:
        table.add_row(each.check, each.example, f"{each.answers.count:,}", share_words(each.answers.share))
    return table


def _costs_table(report: GateReport) -> Table:
    table = _table("", "", "discarded", "of written", "wasted", "afresh", "continued", "judging")
    for row in report.rows:
        table.add_row(
            *_head(row),
            f"{row.discarded.count:,}",
            _share_text(row.discarded.share),
            f"{row.wasted_s:,.1f} s",
            wait_words(row.afresh_wait),
            wait_words(row.continued_wait),
            judging_words(row),
            style=_style(row),
        )
    return table


def _table(first: str, second: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column(Text(first), no_wrap=True)
    table.add_column(Text(second), overflow="fold")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _head(row: Row) -> tuple[Text, Text]:
    return Text(row.by, style=FAINT if row.name else ""), Text(row.name)


def _share_text(share: float) -> Text:
    return Text(share_words(share)) if share else Text("0", style=FAINT)


def _style(row: Row) -> str:
    return "bold" if row.by == "all" else ""
