"""What a log adds up to: requests, tiers, escalations, budgets, latencies, tokens, engines' time, cache."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import msgspec
from msgspec import Struct

from router.log.database import open_rows
from router.log.selection import Selection

if TYPE_CHECKING:
    import duckdb

By = Literal["tier", "rule", "policy", "tenant", "hour", "task", "model"]
"""What requests can be grouped by; `hour`: Unix time at which it began."""

EVERY: Final[tuple[By, ...]] = get_args(By)
USUAL: Final[tuple[By, ...]] = ("tier", "rule", "policy", "tenant", "hour")


class Group(Struct, frozen=True):
    """Requests that have something in common, or all of them. `budgeted`: those that had a latency budget and waited
    for their end, of which `over_budget` got no whole answer within it. Quantiles are of whole answers: from arrival to
    end, and to the first block. Tokens and `engine_s` are those of the engines, all tiers together."""

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


class KeyedGroup(Group, frozen=True, kw_only=True):
    """One of several: `key` is what its requests share (empty: nothing that a record names)."""

    key: str


class TierSpent(Struct, frozen=True):
    """What a tier's engines did: the tokens that they wrote, for whomever, and the seconds that it took them."""

    written_tokens: int
    engine_s: float


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
    count(*) FILTER (outcome = 'served') AS served,
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
    coalesce(sum(engine_s_fast + engine_s_strong + engine_s_hosted), 0) AS engine_s
"""
_COLUMNS: Final = """
    kind, time_s, outcome, status, error, cache, escalated, over_budget,
    if(len(escalations) > 0, escalations, NULL) AS escalations,
    if(len(checks) > 0, checks, NULL) AS checks,
    coalesce(cache IN ('hit', 'semantic', 'shared'), FALSE) AS is_cached,
    if(outcome = 'served', CAST(elapsed_s AS FLOAT), NULL) AS took_s,
    if(outcome = 'served', CAST(first_block_s AS FLOAT), NULL) AS waited_s,
    CAST(prompt_tokens AS INTEGER) AS prompt_tokens,
    CAST(completion_tokens AS INTEGER) AS completion_tokens,
    CAST(wasted_tokens AS INTEGER) AS wasted_tokens,
    CAST(tokens_read AS INTEGER) AS tokens_read,
    CAST(written_fast AS INTEGER) AS written_fast,
    CAST(written_strong AS INTEGER) AS written_strong,
    CAST(written_hosted AS INTEGER) AS written_hosted,
    engine_s_fast, engine_s_strong, engine_s_hosted
"""
"""Besides those that requests are grouped by. Seconds of answers need no more than seven digits."""

_HOUR: Final = "CAST(floor(time_s / 3600) AS INTEGER) * 3600 AS hour"
_REQUESTS: Final = "FROM rows WHERE kind = 'request'"
_TIERS: Final = """
    SELECT sum(written_fast), sum(engine_s_fast), sum(written_strong), sum(engine_s_strong),
           sum(written_hosted), sum(engine_s_hosted)
    FROM rows WHERE kind = 'request'
"""


def read_stats(log: Path, selection: Selection, by: Sequence[By], top: int) -> Stats:
    """What the selected lines of a log add up to, in groups of each kind in `by`, of which the `top` largest are kept
    (of hours: the latest). Raises FileError for a log that cannot be read."""
    with open_rows(log, selection, _columns(by)) as rows:
        return _stats(rows, str(log), by, top)


def _columns(by: Sequence[By]) -> str:
    return ", ".join([_COLUMNS, *(_HOUR if each == "hour" else each for each in by)])


def _stats(rows: "duckdb.DuckDBPyConnection", source: str, by: Sequence[By], top: int) -> Stats:
    since_s, until_s = _one(rows, f"SELECT min(time_s), max(time_s) {_REQUESTS}")
    return Stats(
        source=source,
        since_s=since_s,
        until_s=until_s,
        all=_group(_one(rows, f"SELECT {_SUMS} {_REQUESTS}")),
        tiers=_tiers(_one(rows, _TIERS)),
        outcomes=_count(rows, f"SELECT outcome AS what {_REQUESTS}"),
        statuses=_count(rows, f"SELECT CAST(status AS VARCHAR) AS what {_REQUESTS}"),
        escalations=_count(rows, f"SELECT unnest(escalations) AS what {_REQUESTS}"),
        checks=_count(rows, f"SELECT unnest(checks) AS what {_REQUESTS}"),
        cache=_count(rows, f"SELECT cache AS what {_REQUESTS} AND cache IS NOT NULL"),
        errors=_count(rows, f"SELECT split_part(error, ':', 1) AS what {_REQUESTS} AND error IS NOT NULL"),
        other=_count(rows, "SELECT kind AS what FROM rows WHERE kind <> 'request'"),
        groups={each: _groups(rows, each, top) for each in by},
    )


def _groups(rows: "duckdb.DuckDBPyConnection", by: By, top: int) -> tuple[KeyedGroup, ...]:
    order = "key DESC" if by == "hour" else "requests DESC, key"
    sums = f"SELECT {_SUMS}, coalesce(CAST({by} AS VARCHAR), '') AS key {_REQUESTS}"
    found = rows.execute(f"{sums} GROUP BY {by} ORDER BY {order} LIMIT {top}").fetchall()
    return tuple([KeyedGroup(**msgspec.structs.asdict(_group(values[:-1])), key=values[-1]) for values in found])


def _group(values: Sequence[Any]) -> Group:
    *counts, took, waited, prompt, completion, wasted, read, engine_s = values
    times = [*(took or (None, None, None)), *(waited or (None, None))]
    spent = [prompt, completion, wasted, read, engine_s]
    return Group(**dict(zip(Group.__struct_fields__, [*counts, *times, *spent], strict=True)))


def _tiers(values: Sequence[Any]) -> dict[str, TierSpent]:
    pairs = zip(("fast", "strong", "hosted"), zip(values[::2], values[1::2], strict=True), strict=True)
    return {tier: TierSpent(int(tokens or 0), seconds or 0.0) for tier, (tokens, seconds) in pairs if tokens or seconds}


def _count(rows: "duckdb.DuckDBPyConnection", what: str) -> dict[str, int]:
    asked = f"SELECT what, count(*) AS times FROM ({what}) GROUP BY what ORDER BY times DESC, what"  # noqa: S608 (ours)
    return dict(rows.execute(asked).fetchall())


def _one(rows: "duckdb.DuckDBPyConnection", asked: str) -> Sequence[Any]:
    found: Sequence[Any] | None = rows.execute(asked).fetchone()
    assert found is not None
    return found
