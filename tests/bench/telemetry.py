"""What metrics and the decision log cost a request, by CPU time: from its finished record to its line in the file.

python -m tests.bench.telemetry

On one core. The request is an ordinary one whose trace is sampled, with a decision, a look into the cache and an
attempt whose blocks were judged; its record is handed on with as many others as come in a batch at 50 requests a
second. A second figure is of requests that climbed. All of them have prices, and what they cost is on their records:
working that out is measured by itself, for it is done where records are made. So is a scrape: it comes four times a
minute.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Final

from msgspec.structs import asdict, replace

from router.core.cost import costs_of
from router.core.price import Price, Prices
from router.core.record import AttemptRecord, Record
from router.core.trace import Trace
from router.core.values import Usage
from router.core.verdict import Finding, Verdict
from router.log.segments import Rotation
from router.telemetry.decision_log import BATCH_S, BatchedLog
from router.telemetry.known import Known
from router.telemetry.log_files import SegmentedLines
from router.telemetry.metrics import Metrics
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.bench.process import pinned
from tests.bench.traces import ANSWERED, GATE, STATIONS

REQUESTS: Final = 2000
A_SECOND: Final = 50
AT_ONCE: Final = int(BATCH_S * A_SECOND)
ROUNDS: Final = 9
GOAL_US: Final = Goal("value", 20.0)

KNOWN: Final = Known(frozenset(("auto",)), STATIONS, frozenset((ANSWERED.tenant,)))
USAGE: Final = Usage(118, 300)
PRICES: Final = Prices(
    {"fast-1": Price(engine_microusd_per_hour=2_500_000), "strong-1": Price(150_000, 600_000)}, Price(150_000, 600_000)
)
REJECTED: Final = replace(GATE, verdict=Verdict((Finding("gibberish", ""),)), discarded_tokens=120)
SERVED_FAST: Final = AttemptRecord(1, "fast", "fast-1", "served", 0.7, 0.4, USAGE, GATE, start_s=0.001)
CLIMBED: Final = (
    AttemptRecord(1, "fast", "fast-1", "rejected", 0.3, 0.2, USAGE, REJECTED, start_s=0.001),
    AttemptRecord(2, "strong", "strong-1", "served", 0.9, 0.3, USAGE, start_s=0.301),
)


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    say(f"{REQUESTS} requests, {AT_ONCE} at a time, {ROUNDS} times")
    usual, climbed = _records(SERVED_FAST), _records(*CLIMBED)
    with pinned(min(os.sched_getaffinity(0))), tempfile.TemporaryDirectory() as folder:
        for name, records in (("a request", usual), ("a request that climbed", climbed)):
            priced = _measured(partial(_price, records), len(records))
            print_figure(make_figure(f"the cost of {name}", "us", priced, None, None))
            counted = _measured(partial(_count, Metrics(KNOWN), records), len(records))
            print_figure(make_figure(f"metrics of {name}", "us", counted, None, None))
            metrics, lines = Metrics(KNOWN), SegmentedLines(Path(folder) / name, Rotation())
            both = _measured(partial(_log, BatchedLog([metrics, lines]), records), len(records))
            print_figure(make_figure(f"metrics and log of {name}", "us", both, None, GOAL_US))
            lines.close()
        print_figure(make_figure("a scrape", "us", _measured(metrics.expose, 1), None, None))
    return 0


def _records(*attempts: AttemptRecord) -> Sequence[Record]:
    written, kept = {"fast": 300}, {"fast": 0.7}
    costs = asdict(costs_of(attempts, PRICES, 118, USAGE))
    record = replace(ANSWERED, tokens_written=written, engine_s=kept, **costs)
    return [replace(record, request_id=f"{at:032x}", trace=_sampled(at + 1)) for at in range(REQUESTS)]


def _sampled(number: int) -> Trace:
    return Trace(f"{number:032x}", f"{number:016x}", is_sampled=True)


def _measured(run: Callable[[], object], times: int) -> Series:
    """CPU time of this process for each of so many, in microseconds."""
    run()
    values = []
    for _ in range(ROUNDS):
        began_s = process_time()
        run()
        values.append((process_time() - began_s) / times * 1e6)
    return Series(values)


def _price(records: Sequence[Record]) -> None:
    for record in records:
        costs_of(record.attempts, PRICES, 118, USAGE)


def _count(metrics: Metrics, records: Sequence[Record]) -> None:
    for at in range(0, len(records), AT_ONCE):
        metrics.take(records[at : at + AT_ONCE])


def _log(log: BatchedLog, records: Sequence[Record]) -> None:
    for at in range(0, len(records), AT_ONCE):
        for record in records[at : at + AT_ONCE]:
            log.write(record)
        log.flush()


if __name__ == "__main__":
    sys.exit(main())
