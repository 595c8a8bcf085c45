"""What a day of decisions takes to be added up, and one of them to be found: a log of Parquet segments.

python -m tests.bench.log_stats [--rows 4300000]

The segments are made by drawing the values of each column, at the rates and spreads of mixed traffic on two tiers; 50
requests a second make 4.3 million a day, one segment each 100,000. Only the lines beside the columns, which adding up
does not read, repeat: they are those of one real record. Every column is written as `tandem log compact` writes it.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter
from typing import Any, Final, NamedTuple

import msgspec
import numpy
import pyarrow
from pyarrow.parquet import ParquetWriter

from router.core.record import Record, hash_tenant
from router.log.columns import segment_schema
from router.log.compaction import GROUP_ROWS
from router.log.parquet_file import open_parquet
from router.log.segments import new_name
from tests.bench.figure import Goal, Series, make_figure, print_figure, say

ROWS: Final = 4_300_000
SEGMENT_ROWS: Final = 100_000
PER_S: Final = 50.0
BEGAN_S: Final = 1_790_000_000.0
TENANTS: Final = 400
RULES: Final = tuple(f"rule-{number}" for number in range(12))
ROUNDS: Final = 3
GOAL: Final = Goal("value", 10.0)

Values = dict[str, Any]


def drawn_columns(first: int, rows: int, chance: numpy.random.Generator) -> Values:
    """The values of each column, but for those that are the same in all rows."""
    fast = chance.random(rows) < 0.72
    escalated = fast & (chance.random(rows) < 0.06)
    hit = chance.random(rows) < 0.15
    written = numpy.minimum(chance.lognormal(5.2, 1.0, rows), 8_000).astype(numpy.int64)
    elapsed = numpy.where(hit, 0.004, 0.15 + written / numpy.where(fast, 900.0, 95.0) * chance.lognormal(0, 0.3, rows))
    fails = chance.random(rows) < 0.004
    budget = chance.choice([0, 2_000, 5_000, 20_000], rows, p=[0.6, 0.1, 0.2, 0.1])
    engine_s = numpy.where(hit, 0.0, elapsed)
    return {
        "request_id": chance.bytes(16 * rows).hex(),
        "time_s": BEGAN_S + (first + numpy.arange(rows)) / PER_S,
        "elapsed_s": elapsed,
        "status": numpy.where(fails, 502, 200),
        "outcome": numpy.where(fails, "failed", "served"),
        "tenant": chance.zipf(1.3, rows) % TENANTS,
        "rule": chance.zipf(1.6, rows) % len(RULES),
        "tier": numpy.where(fast & ~escalated, "fast", "strong"),
        "latency_budget_ms": budget,
        "over_budget": elapsed * 1000.0 > budget,
        "first_block_s": elapsed * chance.uniform(0.1, 0.6, rows),
        "attempts": numpy.where(hit, 0, 1 + escalated),
        "escalated": escalated,
        "check": chance.integers(0, 6, rows),
        "cache": numpy.where(hit, "hit", "miss"),
        "prompt_tokens": numpy.minimum(chance.lognormal(6.0, 1.2, rows), 60_000).astype(numpy.int64),
        "completion_tokens": written,
        "wasted_tokens": numpy.where(escalated, 128, 0),
        "written_fast": numpy.where(fast & ~hit, written, 0),
        "written_strong": numpy.where((~fast | escalated) & ~hit, written, 0),
        "engine_s_fast": numpy.where(fast, engine_s, 0.0),
        "engine_s_strong": numpy.where(fast, 0.0, engine_s),
        **drawn_costs(fast, numpy.where(hit, 0, written), engine_s),
        "stakes_score": chance.random(rows),
        "difficulty_score": chance.random(rows),
        "prompt_tokens_estimate": chance.integers(10, 4_000, rows),
        "answer_tokens_estimate": chance.integers(10, 2_000, rows),
        "predicted_p50_ms": (elapsed * 900).astype(numpy.int64),
        "predicted_p90_ms": (elapsed * 1_700).astype(numpy.int64),
    }


def drawn_costs(fast: Any, written: Any, engine_s: Any) -> Values:
    """Money: the fast tier's engine by the hour, the strong one's tokens."""
    owned, bought = (engine_s * 700).astype(numpy.int64), written * 600_000 // 1_000_000
    return {
        "cost_microusd": numpy.where(fast, owned, bought),
        "wasted_microusd": numpy.where(fast, owned // 50, 0),
        "cost_fast_microusd": numpy.where(fast, owned, 0),
        "cost_strong_microusd": numpy.where(fast, 0, bought),
        "strong_alone_microusd": bought,
    }


def segment_table(values: Values, rows: int) -> pyarrow.Table:
    """The values as the columns of a segment."""
    ids, checks = values.pop("request_id"), values.pop("check")
    found: Values = {name: pyarrow.array(value) for name, value in values.items()}
    none = values["latency_budget_ms"] == 0
    found |= {
        "request_id": [ids[at : at + 32] for at in range(0, len(ids), 32)],
        "tenant": pyarrow.array([hash_tenant(f"tenant-{n}") for n in range(TENANTS)]).take(found["tenant"]),
        "rule": pyarrow.array(RULES).take(found["rule"]),
        "latency_budget_ms": pyarrow.array(values["latency_budget_ms"], mask=none),
        "over_budget": pyarrow.array(values["over_budget"], mask=none),
        "escalations": [["fast: rejected"] if each else [] for each in values["escalated"]],
        "checks": [[f"check-{n}"] if each else [] for n, each in zip(checks, values["escalated"], strict=True)],
        "line": pyarrow.repeat(msgspec.json.encode(Record("0" * 32, 0.0, 0.0, 200, "served")), rows),
    }
    same: Values = {"kind": "request", "schema": 1, "policy": "default@0123456789ab", "model": "auto", "task": "chat"}
    schema = segment_schema()
    return pyarrow.table([_column(found, same, field, rows) for field in schema], schema=schema)


def write_log(folder: Path, rows: int) -> None:
    """A log of so many requests."""
    chance = numpy.random.default_rng(11)
    for first in range(0, rows, SEGMENT_ROWS):
        count = min(SEGMENT_ROWS, rows - first)
        path = folder / new_name(BEGAN_S + first / PER_S).replace(".jsonl", ".parquet")
        with ParquetWriter(path, segment_schema(), compression="zstd") as writer:
            writer.write_table(segment_table(drawn_columns(first, count, chance), count), GROUP_ROWS)


class Taken(NamedTuple):
    """What a command took from its start as a process to its end: on the clock, and of processors' time."""

    seconds: float
    cpu_s: float


def run_command(*arguments: str) -> Taken:
    """Runs `tandem log`."""
    began, before = perf_counter(), getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "router", "log", *arguments], check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(perf_counter() - began, cpu_s)


def main() -> None:
    """Makes the log, measures, and removes it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    with _log_of(rows) as folder:
        log = ["--log", str(folder)]
        with open_parquet(min(folder.iterdir())) as file:
            oldest = str(file.read_row_group(0, columns=["request_id"]).column(0)[0])
        for name, goal, arguments in (
            (f"tandem log stats over {rows:,} records", GOAL, ["stats", *log]),
            ("the same, of one rule, as JSON", GOAL, ["stats", *log, "--rule", RULES[1], "--json"]),
            ("tandem log show, of the oldest", None, ["show", oldest, *log]),
        ):
            _measure(name, goal, arguments)


def _measure(name: str, goal: Goal | None, arguments: Sequence[str]) -> None:
    taken = [run_command(*arguments) for _ in range(ROUNDS)]
    print_figure(make_figure(name, "s", Series([each.seconds for each in taken]), None, goal))
    print_figure(make_figure(f"{name}: of processors", "s", Series([each.cpu_s for each in taken]), None, None))


@contextmanager
def _log_of(rows: int) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        began = perf_counter()
        write_log(Path(scratch), rows)
        size = sum(each.stat().st_size for each in Path(scratch).iterdir())
        say(f"{rows:,} records made in {perf_counter() - began:.0f} s, {size / 2**20:.0f} MiB")
        yield Path(scratch)


def _column(found: Values, same: Values, field: pyarrow.Field, rows: int) -> Any:
    if field.name in found:
        return pyarrow.array(found[field.name]).cast(field.type)
    if field.name in same:
        return pyarrow.repeat(pyarrow.scalar(same[field.name], field.type), rows)
    usual: Values = {"string": "", "int64": 0, "double": 0.0, "bool": False}
    return pyarrow.repeat(pyarrow.scalar(usual[str(field.type)], field.type), rows)


if __name__ == "__main__":
    main()
