"""Lines of a log, and what they add up to, for a terminal. Makes renderables and prints nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from router.log.rows import Row
from router.log.stats import Group as Sums
from router.log.stats import KeyedGroup, Stats
from router.log.words import money_words
from router.review.requests_file import harmless
from router.review.text import FAINT
from router.review.words import count_words

TIER_STYLES: Final[Mapping[str, str]] = {"fast": "cyan", "strong": "magenta", "hosted": "yellow"}
OUTCOME_STYLES: Final[Mapping[str, str]] = {"served": "green", "caller_left": "yellow"}
BAD: Final = "red"

LEGEND: Final = (
    "served, up and late: shares of the requests that were served, that had to go up a tier, and that got no whole "
    "answer within their latency budget, of those that had one; p50, p90, p99: from arrival to the end of whole "
    "answers; tokens: of answers; engines: their time, all tiers together."
)
SHOWN: Final = 12
"""So many of a kind are shown, the most frequent first."""


def row_text(row: Row) -> Text:
    """One request on a line."""
    when = datetime.fromtimestamp(row.time_s, UTC).astimezone().strftime("%H:%M:%S")
    tier = row.tier or "-"
    text = Text.assemble(
        (when, FAINT),
        f" {harmless(row.request_id)} ",
        (f"{row.outcome:<11}", OUTCOME_STYLES.get(row.outcome, BAD)),
        f" {row.status} ",
        (f"{tier:<6}", TIER_STYLES.get(tier, FAINT)),
        f" {row.elapsed_s:8.3f} s {row.completion_tokens:6} tokens ",
        harmless(f"{row.policy.partition('@')[0]}/{row.rule}"),
    )
    for remark, style in _remarks(row):
        text.append(f" · {harmless(remark)}", style)
    return text


def stats_text(stats: Stats) -> RenderableType:
    """What a log adds up to."""
    if not stats.all.requests:
        return Text(f"{stats.source}: no requests that are meant")
    parts: list[RenderableType] = [Text(_head(stats)), _counts_table(stats), *_spent_parts(stats)]
    for by, groups in stats.groups.items():
        parts += [Text(), _groups_table(by, stats.all, groups)]
    return Group(*parts, Text(LEGEND, style=FAINT))


def when_words(unix_s: float) -> str:
    """An instant, in the time of this place."""
    return datetime.fromtimestamp(unix_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _remarks(row: Row) -> Iterator[tuple[str, str]]:
    if row.escalations:
        yield f"up from {', '.join(row.escalations)}", "yellow"
    if row.checks:
        yield f"found: {', '.join(row.checks)}", "yellow"
    if row.cache in ("hit", "semantic", "shared"):
        yield f"cache {row.cache}", "green"
    if row.over_budget:
        yield f"over its {row.latency_budget_ms} ms", BAD
    if row.error:
        yield row.error.partition(":")[0], BAD


def _head(stats: Stats) -> str:
    others = "".join(f", {count_words(count, f'line of {kind}')}" for kind, count in stats.other.items())
    between = f"{when_words(stats.since_s or 0.0)} to {when_words(stats.until_s or 0.0)}"
    return f"{count_words(stats.all.requests, 'request')} from {between}{others}, of {stats.source}\n"


def _counts_table(stats: Stats) -> RenderableType:
    kinds = {
        "outcomes": stats.outcomes,
        "status": stats.statuses,
        "went up from": stats.escalations,
        "checks that found": stats.checks,
        "cache": stats.cache,
        "errors": stats.errors,
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, counts in kinds.items():
        if counts:
            shown = [f"{harmless(what)} {count:,}" for what, count in list(counts.items())[:SHOWN]]
            table.add_row(Text(name, style=FAINT), Text(", ".join(shown)))
    return table


def _spent_parts(stats: Stats) -> list[RenderableType]:
    every = stats.all
    table = Table(box=None, show_header=False, pad_edge=False)
    for tier, spent in stats.tiers.items():
        cost = "" if spent.cost_microusd is None else f", for {money_words(spent.cost_microusd)}"
        words = f"wrote {spent.written_tokens:,} tokens in {spent.engine_s:,.0f} s{cost}"
        table.add_row(Text(tier, style=TIER_STYLES.get(tier, "")), words)
    read = f", {every.tokens_read:,} read by the strong tier" if every.tokens_read else ""
    told = f"{every.prompt_tokens:,} of prompts, {every.completion_tokens:,} of answers"
    table.add_row(Text("tokens", style=FAINT), f"{told}, {every.wasted_tokens:,} wasted{read}")
    if every.cost_microusd is not None:
        table.add_row(Text("money", style=FAINT), _money(every))
    first = f"{_seconds(every.first_p50_s)} / {_seconds(every.first_p90_s)}"
    table.add_row(Text("first block", style=FAINT), f"p50 / p90: {first} s")
    return [Text(), table]


def _money(sums: Sums) -> str:
    told = f"{money_words(sums.cost_microusd or 0)}, {money_words(sums.wasted_microusd or 0)} of it for nobody"
    if not sums.strong_alone_microusd or sums.compared_microusd is None:
        return told
    saved = 1.0 - sums.compared_microusd / sums.strong_alone_microusd
    alone = f"{money_words(sums.strong_alone_microusd)} at the strong tier alone, for as many tokens"
    return f"{told}; {money_words(sums.compared_microusd)} for what would have cost {alone}: {saved:.1%} saved"


def _groups_table(by: str, every: Sums, groups: Sequence[KeyedGroup]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column(by, no_wrap=True, min_width=19)
    for heading in ("requests", "served", "up", "late", "cached", "p50 s", "p90 s", "p99 s", "tokens", "engines s"):
        table.add_column(heading, justify="right")
    if every.cost_microusd is not None:
        table.add_column("money", justify="right")
    for group in groups:
        key = when_words(float(group.key)) if by == "hour" and group.key else harmless(group.key)
        table.add_row(key or "-", *_cells(group))
    table.add_row("all", *_cells(every), style="bold")
    return table


def _cells(sums: Sums) -> list[str]:
    shares = [_share(count, sums.requests) for count in (sums.served, sums.escalated)]
    late, cached = _share(sums.over_budget, sums.budgeted), _share(sums.cached, sums.requests)
    times = [_seconds(each) for each in (sums.p50_s, sums.p90_s, sums.p99_s)]
    spent = [_short(sums.completion_tokens), _short(sums.engine_s)]
    money = [] if sums.cost_microusd is None else [money_words(sums.cost_microusd)]
    return [f"{sums.requests:,}", *shares, late, cached, *times, *spent, *money]


def _short(value: float) -> str:
    for unit, one in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= one:
            return f"{value / one:.3g}{unit}"
    return f"{value:.3g}"


def _share(count: int, of: int) -> str:
    return f"{100.0 * count / of:.1f}%" if of else "-"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
