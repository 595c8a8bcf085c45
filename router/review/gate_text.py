"""What the gate did, as tables for a terminal. Makes renderables and prints nothing."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.core.values import TIERS, Tier
from router.log.words import money_words
from router.review.gate_report import GateReport, Row, Wait
from router.review.judgements import FATES, Fate
from router.review.named import Named
from router.review.readings import Readings
from router.review.text import FAINT, left_out_text
from router.review.words import count_words, share_words

FATE_WORDS: Final[Mapping[Fate, str]] = {
    "accepted": "accepted",
    "afresh": "afresh",
    "continued": "continued",
    "repaired": "repaired",
    "let_out": "let out",
    "failed": "failed",
    "unfinished": "unfinished",
}

LEGEND: Final = (
    "afresh: rejected before anything went out; continued: after some did; repaired: another tier ended the sentence; "
    "let out: rejected, but nobody else could write it; failed: nobody did; unfinished: broken off, not by the gate."
)
COSTS: Final = (
    "discarded: tokens, and their share of all that the judged tier wrote; wasted: engine time; afresh and continued: "
    "how long callers waited for the first block of another tier (p50 / p90), from the opening of the rejected attempt "
    "and, where the rest or the end of a sentence was to be written, from its end."
)
MONEY: Final = "US dollars, by the tier that they were spent at, reading included; for nobody: what nobody got."
READ: Final = (
    "drafts: those that the strong tier was to read; tokens read: prompts included; cut: it would not have written "
    "what came there, which is not to say that it was wrong; unread: part of the draft passed by the checks alone."
)
TIERS_SPENT: Final = (
    "written: tokens, by the engines' count; time: how long engines were kept at it, the strong ones reading included."
)


def gate_text(report: GateReport) -> RenderableType:
    """What became of the judged answers, what rejected them, and what it cost, of a report that has rows."""
    every = report.rows[0]
    head = (
        f"{count_words(every.answers, 'answer')} judged in {count_words(every.blocks, 'block')}, of {report.source}\n"
    )
    parts: list[RenderableType] = [Text(head), _fates_table(report), Text(LEGEND, style=FAINT)]
    if report.rejections:
        parts += [Text(), _rejections_table(report)]
    if every.rejected.count:
        parts += [Text(), _costs_table(report), Text(COSTS, style=FAINT)]
    if every.microusd:
        parts += [Text(), _money_table(report), Text(MONEY, style=FAINT)]
    if report.readings is not None:
        parts += [Text(), *_reading_parts(report, report.readings)]
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


def surprise_words(readings: Readings) -> str:
    """How surprised the reader was by drafts that it accepted, and by those that it cut."""
    kinds = (("accepted", readings.accepted), ("cut", readings.cut))
    told = [
        f"{each.mean:.2f} nats a token in {count_words(each.drafts, 'draft')} {kind}" for kind, each in kinds if each
    ]
    return f"mean surprise: {', '.join(told)}" if told else ""


def tiers_seen(report: GateReport) -> list[Tier]:
    """The tiers that did anything."""
    return [tier for tier in TIERS if tier in report.rows[0].engine_s]


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


def _money_table(report: GateReport) -> Table:
    tiers = [tier for tier in TIERS if tier in report.rows[0].microusd]
    table = _table("", "", *tiers, "for nobody")
    for row in report.rows:
        spent = [money_words(row.microusd.get(tier, 0)) for tier in tiers]
        table.add_row(*_head(row), *spent, money_words(row.wasted_microusd), style=_style(row))
    return table


def _reading_parts(report: GateReport, readings: Readings) -> list[RenderableType]:
    parts: list[RenderableType] = [_reading_table(report), Text(READ, style=FAINT), Text(surprise_words(readings))]
    for first, names in (("cut by", readings.reasons), ("unread because of", readings.unread)):
        if names:
            parts += [Text(), _names_table(first, names, readings.drafts)]
    return [*parts, Text(), _tiers_table(report), Text(TIERS_SPENT, style=FAINT)]


def _reading_table(report: GateReport) -> Table:
    table = _table("", "", "drafts", "reads", "tokens read", "cut", "repairs", "unread")
    for row in report.rows:
        if row.reading is not None:
            costs = row.reading
            counts = (f"{costs.drafts:,}", f"{costs.reads:,}", f"{costs.tokens:,}", _share_text(costs.cut.share))
            table.add_row(
                *_head(row), *counts, f"{costs.repairs:,}", _share_text(costs.unread.share), style=_style(row)
            )
    return table


def _names_table(first: str, names: Sequence[Named], drafts: int) -> Table:
    table = _table(first, "such as request", "drafts", "of drafts")
    for each in names:
        table.add_row(each.name, each.example, f"{each.count:,}", share_words(each.count / drafts))
    return table


def _tiers_table(report: GateReport) -> Table:
    tiers = tiers_seen(report)
    table = _table("", "", *[f"{tier}: written" for tier in tiers], *[f"{tier}: time" for tier in tiers])
    for row in report.rows:
        written = [f"{row.tokens_by_tier.get(tier, 0):,}" for tier in tiers]
        spent = [f"{row.engine_s.get(tier, 0.0):,.1f} s" for tier in tiers]
        table.add_row(*_head(row), *written, *spent, style=_style(row))
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
