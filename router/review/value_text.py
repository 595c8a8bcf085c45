"""The worth of the fast tier in words and figures for a terminal. Makes renderables and prints nothing."""

from collections.abc import Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from router.review.text import left_out_text, name_value_table
from router.review.value import Interval, ValueReport, Verdict
from router.review.words import count_words, share_words

STYLES: Final[Mapping[Verdict, str]] = {"worth": "bold green", "not_worth": "bold yellow", "open": "bold"}


def value_text(report: ValueReport) -> RenderableType:
    """What is compared with what, the figures, and the verdict."""
    share = share_words(report.ended_fast / report.begun_fast)
    rows: list[tuple[str, RenderableType]] = [
        ("requests", Text(f"{report.requests:,} in {report.span_s / 3600:,.2f} hours")),
        ("begun on fast", Text(f"{report.begun_fast:,}, of which {share} needed no other tier")),
        ("fast tier busy", Text(f"{report.busy:,.2f} answers at once, in the mean")),
        ("an answer sooner by", Text(_of(report.sooner_s, " s"))),
        ("strong GPUs saved", Text(_of(report.saved_gpus, ""))),
        ("less what fast costs", Text(_of(report.net_gpus, ""))),
        ("breaks even at", Text(_of(report.break_even_seats, " seats of a strong GPU"))),
    ]
    head = Text(f"Is the fast tier worth its GPU on the traffic of {report.source}?\n")
    verdict = Text(f"\n{verdict_words(report)}", style=STYLES[report.verdict])
    return Group(head, name_value_table(rows), Text(), _baseline(report), verdict, left_out_text(report.left_out))


def verdict_words(report: ValueReport) -> str:
    """Yes, no, or that it cannot be told; and what it buys besides."""
    sooner = report.sooner_s
    if sooner.low > 0.0:
        time = f"Answers come {sooner.value:.2f} s sooner."
    elif sooner.high < 0.0:
        time = f"Answers come {-sooner.value:.2f} s later."
    else:
        time = "That answers come sooner does not show."
    said: Mapping[Verdict, str] = {
        "worth": "Yes: it saves more of the strong tier's GPUs than its own cost.",
        "not_worth": "Not by what it saves: the strong tier alone would take less than its GPU costs.",
        "open": "It cannot be told: the interval holds both. A longer log, or one with more traffic, would tell.",
    }
    return f"{said[report.verdict]} {time}"


def _baseline(report: ValueReport) -> Text:
    line, terms = report.baseline, report.terms
    took = f"{line.fixed_s:.2f} s and {1000 * line.token_s:.2f} ms a token"
    drawn = f"a line through {count_words(line.answers, 'answer')} that it gave alone in this log"
    by_what = drawn if line.answers else "its priors, of a request alone, its prompt read in no time"
    return Text(
        f"Against the strong tier alone, thought to take {took}: {by_what}. Assumed: one of its GPUs writes "
        f"{terms.seats:g} answers at once (--seats), the fast tier holds {terms.fast_gpus:g} GPUs (--fast-gpus) at "
        f"{terms.price:g} times the price of one of them (--price). Intervals are at 95%.",
        style="dim",
    )


def _of(interval: Interval, unit: str) -> str:
    return f"{interval.value:,.3g}{unit} ({interval.low:,.3g} to {interval.high:,.3g})"
