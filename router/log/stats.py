"""What a log adds up to: requests, tiers, escalations, budgets, latencies, tokens, engines' time, cache."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

import msgspec
from msgspec import Struct

from router.log.database import Rows, open_rows
from router.log.selection import Selection

By = Literal["tier", "rule", "policy", "tenant", "hour", "task", "model"]
"""What requests can be grouped by; `hour`: Unix time at which it began."""

EVERY: Final[tuple[By, ...]] = get_args(By)
USUAL: Final[tuple[By, ...]] = ("tier", "rule", "policy", "tenant", "hour")


class Group(Struct, frozen=True):
    """Requests that have something in common, or all of them. `budgeted`: those that had a latency budget and waited
    for their end, of which `over_budget` got no whole answer within it. Quantiles are of whole answers: from arrival to
    end, and to the first block. Tokens and `engine_s` are those of the engines, all tiers together, and so is money, as
    far as it is known (None: none of it is). `strong_alone_microusd`: what the strong tier alone would have charged for
    requests of which that is known, which cost `compared_microusd` (see `core.cost`)."""

    requests: int
    served: int
    escalated: int
    budgeted: int
    over_budget: int
    cached: int
    p50_s: float | None
    p90_s: float | None
    p99_s: float | None
    first_p50_s: float | None
    first_p90_s: float | None
    prompt_tokens: int
    completion_tokens: int
    wasted_tokens: int
    tokens_read: int
    engine_s: float
    cost_microusd: int | None = None
    wasted_microusd: int | None = None
    compared_microusd: int | None = None
    strong_alone_microusd: int | None = None


class KeyedGroup(Group, frozen=True, kw_only=True):
    """One of several: `key` is what its requests share (empty: nothing that a record names)."""

    key: str


class TierSpent(Struct, frozen=True):
    """What a tier's engines did: the tokens that they wrote, for whomever, the seconds that it took them, and what it
    cost (None: not known)."""

    written_tokens: int
    engine_s: float
    cost_microusd: int | None = None


class Stats(Struct, frozen=True):
    """The whole. `since_s` and `until_s`: when the first and the last request began (None: there is none). `outcomes`,
    `statuses`, `escalations` (from where and why), `checks`, `cache` and `errors` (in a word): requests by each, the
    most frequent first; `other`: lines that are about no request; `groups`: by what was asked for, its most frequent
    keys."""

    source: str
    since_s: float | None
    until_s: float | None
    all: Group
    tiers: Mapping[str, TierSpent]
    outcomes: Mapping[str, int]
    statuses: Mapping[str, int]
    escalations: Mapping[str, int]
    checks: Mapping[str, int]
    cache: Mapping[str, int]
    errors: Mapping[str, int]
    other: Mapping[str, int]
    groups: Mapping[str, tuple[KeyedGroup, ...]]

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


_SUMS: Final = """
    count(*) AS requests,
    count(*) FILTER (is_served) AS served,
    count(*) FILTER (escalated) AS escalated,
    count(over_budget) AS budgeted,
    count(*) FILTER (over_budget) AS over_budget,
    count(*) FILTER (is_cached) AS cached,
    quantile_cont(took_s, [0.5, 0.9, 0.99]) AS took,
    quantile_cont(waited_s, [0.5, 0.9]) AS waited,
    CAST(coalesce(sum(prompt_tokens), 0) AS BIGINT) AS prompt_tokens,
    CAST(coalesce(sum(completion_tokens), 0) AS BIGINT) AS completion_tokens,
    CAST(coalesce(sum(wasted_tokens), 0) AS BIGINT) AS wasted_tokens,
    CAST(coalesce(sum(tokens_read), 0) AS BIGINT) AS tokens_read,
    coalesce(sum(engine_s), 0) AS engine_s,
    CAST(sum(cost_microusd) AS BIGINT) AS cost_microusd,
    CAST(sum(wasted_microusd) AS BIGINT) AS wasted_microusd,
    CAST(sum(cost_microusd) FILTER (strong_alone_microusd IS NOT NULL) AS BIGINT) AS compared_microusd,
    CAST(sum(strong_alone_microusd) AS BIGINT) AS strong_alone_microusd
"""
_COLUMNS: Final = """
    outcome = 'served' AS is_served, escalated, over_budget,
    coalesce(cache IN ('hit', 'semantic', 'shared'), FALSE) AS is_cached,
    if(outcome = 'served', CAST(elapsed_s AS FLOAT), NULL) AS took_s,
    if(outcome = 'served', CAST(first_block_s AS FLOAT), NULL) AS waited_s,
    CAST(prompt_tokens AS INTEGER) AS prompt_tokens,
    CAST(completion_tokens AS INTEGER) AS completion_tokens,
    CAST(wasted_tokens AS INTEGER) AS wasted_tokens,
    CAST(tokens_read AS INTEGER) AS tokens_read,
    engine_s_fast + engine_s_strong + engine_s_hosted AS engine_s,
    cost_microusd, wasted_microusd, strong_alone_microusd
"""
"""Besides those that requests are grouped by. Seconds of answers need no more than seven digits."""

_SORTS: Final = """
    kind, outcome, status, cache, split_part(error, ':', 1) AS error,
    count(*) AS times, min(time_s) AS since_s, max(time_s) AS until_s,
    sum(written_fast) AS written_fast, sum(engine_s_fast) AS engine_s_fast, sum(cost_fast_microusd) AS cost_fast,
    sum(written_strong) AS written_strong, sum(engine_s_strong) AS engine_s_strong,
    sum(cost_strong_microusd) AS cost_strong,
    sum(written_hosted) AS written_hosted, sum(engine_s_hosted) AS engine_s_hosted,
    sum(cost_hosted_microusd) AS cost_hosted
"""
"""Of lines there are few sorts, so that all that is counted of them is counted at once."""

_HOUR: Final = "CAST(floor(time_s / 3600) AS INTEGER) * 3600 AS hour"
_REQUESTS: Final = "kind = 'request'"
_TIERS: Final = """
    SELECT sum(written_fast), sum(engine_s_fast), sum(cost_fast),
           sum(written_strong), sum(engine_s_strong), sum(cost_strong),
           sum(written_hosted), sum(engine_s_hosted), sum(cost_hosted)
    FROM sorts WHERE kind = 'request'
"""


def read_stats(log: Path, selection: Selection, by: Sequence[By], top: int) -> Stats:
    """What the selected lines of a log add up to, in groups of each kind in `by`, of which the `top` largest are kept
    (of hours: the latest). Raises FileError for a log that cannot be read."""
    with open_rows(log, selection) as rows:
        rows.keep("requests", ", ".join([_COLUMNS, *(_HOUR if each == "hour" else each for each in by)]), _REQUESTS)
        rows.keep("sorts", _SORTS, rest="GROUP BY ALL")
        for name in ("escalations", "checks"):
            rows.keep(name, f"{name}, count(*) AS times", f"{_REQUESTS} AND len({name}) > 0", "GROUP BY ALL")
        return _stats(rows, str(log), by, top)


def _stats(rows: Rows, source: str, by: Sequence[By], top: int) -> Stats:
    [(since_s, until_s)] = rows.ask("SELECT min(since_s), max(until_s) FROM sorts WHERE kind = 'request'")
    [every], [spent] = rows.ask(f"SELECT {_SUMS} FROM requests"), rows.ask(_TIERS)  # noqa: S608 (ours, as below)
    return Stats(
        source=source,
        since_s=since_s,
        until_s=until_s,
        all=_group(every),
        tiers=_tiers(spent),
        outcomes=_count(rows, "outcome", "sorts", _REQUESTS),
        statuses=_count(rows, "CAST(status AS VARCHAR)", "sorts", _REQUESTS),
        escalations=_count(rows, "unnest(escalations)", "escalations"),
        checks=_count(rows, "unnest(checks)", "checks"),
        cache=_count(rows, "cache", "sorts", _REQUESTS),
        errors=_count(rows, "error", "sorts", _REQUESTS),
        other=_count(rows, "kind", "sorts", "kind <> 'request'"),
        groups={each: _groups(rows, each, top) for each in by},
    )


def _groups(rows: Rows, by: By, top: int) -> tuple[KeyedGroup, ...]:
    order = "key DESC" if by == "hour" else "requests DESC, key"
    sums = f"SELECT {_SUMS}, coalesce(CAST({by} AS VARCHAR), '') AS key FROM requests"  # noqa: S608
    found = rows.ask(f"{sums} GROUP BY {by} ORDER BY {order} LIMIT {top}")
    return tuple([KeyedGroup(**msgspec.structs.asdict(_group(values[:-1])), key=values[-1]) for values in found])


def _group(values: Sequence[Any]) -> Group:
    counts, (took, waited), spent = values[:6], values[6:8], values[8:]
    times = [*(took or (None, None, None)), *(waited or (None, None))]
    return Group(**dict(zip(Group.__struct_fields__, [*counts, *times, *spent], strict=True)))


def _tiers(values: Sequence[Any]) -> dict[str, TierSpent]:
    spent = {tier: values[at : at + 3] for tier, at in zip(("fast", "strong", "hosted"), (0, 3, 6), strict=True)}
    return {
        tier: TierSpent(int(tokens or 0), seconds or 0.0, None if cost is None else int(cost))
        for tier, (tokens, seconds, cost) in spent.items()
        if tokens or seconds or cost
    }


def _count(rows: Rows, what: str, table: str, condition: str = "TRUE") -> dict[str, int]:
    """How many lines there are of each, the most frequent first."""
    each = f"SELECT {what} AS what, times FROM {table} WHERE {condition}"  # noqa: S608 (ours, as below)
    asked = f"SELECT what, sum(times) AS times FROM ({each}) WHERE what IS NOT NULL"  # noqa: S608
    return {what: int(times) for what, times in rows.ask(f"{asked} GROUP BY what ORDER BY times DESC, what")}
