"""What traces cost: a request whose trace is dropped, and one whose trace is sent, export included; by CPU time.

python -m tests.bench.traces

On one core. The request is an ordinary one, with a decision, a look into the cache and an attempt whose blocks were
judged. What a dropped trace costs is what tracing adds on a request's path and in the log; a kept one costs that,
making its spans, and sending them to a collector in another process, so many at a time as wait after a second of 50
requests.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import getrandbits
from time import process_time
from typing import Final

from msgspec.structs import replace

from router.core.asked_numbers import asked_numbers
from router.core.gate import Assessment, BlockNote
from router.core.record import AttemptRecord, LookUp, Record
from router.core.trace import RANDOM_BITS, Sampling, Trace
from router.core.values import Usage, imprint_of
from router.core.verdict import ACCEPTED
from router.telemetry.otlp_senders import HttpSender
from router.telemetry.otlp_wire import encode_resource, encode_scope
from router.telemetry.spans import Station
from router.telemetry.traces import Keeping, Kept, Origin, TraceSink, encode_batch
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.bench.process import pinned

REQUESTS: Final = 2000
AT_ONCE: Final = 50
ROUNDS: Final = 9
DROPPED_GOAL_US: Final = Goal("value", 15.0)
KEPT_GOAL_US: Final = Goal("value", 150.0)

STATIONS: Final = {"fast-1": Station("diffusiongemma", "10.0.0.1", 8000)}
ORIGIN: Final = Origin(encode_resource([("service.name", "tandem")]), encode_scope("tandem", "0"), STATIONS)
PARAMETERS: Final = {"stream": True, "max_tokens": 512, "temperature": 0.7, "top_p": 0.95, "seed": 7}
HEADERS: Final = [
    (b"host", b"router.example"),
    (b"accept", b"application/json"),
    (b"content-type", b"application/json"),
    (b"authorization", b"Bearer sk-0123456789"),
    (b"user-agent", b"OpenAI/Python"),
    (b"content-length", b"512"),
]
GATE: Final = Assessment("block", 2, ACCEPTED, 300, 0, 1200, (BlockNote(900, None, 0.4), BlockNote(300, None, 0.6)))
ANSWERED: Final = Record(
    request_id="0" * 32,
    time_s=1_800_000_000.0,
    elapsed_s=0.71,
    status=200,
    outcome="served",
    tenant="0123456789abcdef",
    key_id="key-1",
    model="auto",
    streamed=True,
    policy="default@0123456789ab",
    rule="everyday",
    reason="rule",
    tier="fast",
    ladder=("fast", "strong"),
    stakes="low",
    stakes_score=0.12,
    stakes_reasons=("calm",),
    difficulty="low",
    difficulty_score=0.2,
    difficulty_reasons=("short", "edit"),
    task="rewrite",
    prompt_tokens_estimate=120,
    answer_tokens_estimate=300,
    latency_budget_ms=2000,
    predicted_p50_ms=600,
    predicted_p90_ms=900,
    first_block_s=0.4,
    usage=Usage(118, 300),
    cache="miss",
    conversation="0123456789abcdef",
    parameters=asked_numbers(PARAMETERS),
    decided_s=0.0007,
    look_up=LookUp(0.0007, 0.0003),
)

COLLECTOR: Final = """
import sys
from tests.collector import collecting

with collecting() as it:
    print(it.endpoint, flush=True)
    sys.stdin.read()
"""


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    say(f"{REQUESTS} requests, {AT_ONCE} at a time, {ROUNDS} times")
    with pinned(min(os.sched_getaffinity(0))), a_collector() as endpoint:
        sender = HttpSender(endpoint, {}, 10.0)
        dropped, kept = _measured(_drop), _measured(lambda: _keep(sender))
        making = _measured(_make)
    print_figure(make_figure("a trace that is dropped", "us", dropped, None, DROPPED_GOAL_US))
    print_figure(make_figure("a trace that is sent", "us", kept, None, KEPT_GOAL_US))
    print_figure(make_figure("a trace that is sent, its spans made and encoded", "us", making, None, None))
    return 0


@contextmanager
def a_collector() -> Iterator[str]:
    """A collector in a process of its own: what it costs is not counted."""
    with subprocess.Popen(
        [sys.executable, "-c", COLLECTOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def _measured(run: Callable[[], None]) -> Series:
    """CPU time of this process for each request, in microseconds, all of its threads together."""
    run()
    values = []
    for _ in range(ROUNDS):
        began_s = process_time()
        run()
        values.append((process_time() - began_s) / REQUESTS * 1e6)
    return Series(values)


def _drop() -> None:
    sink = TraceSink(Keeping(slow_s=30.0), _nowhere)
    for _ in range(REQUESTS // AT_ONCE):
        sink.take([_request(Sampling(0.0)) for _ in range(AT_ONCE)])


def _keep(sender: HttpSender) -> None:
    for _ in range(REQUESTS // AT_ONCE):
        sender.send(encode_batch(ORIGIN, _kept()))


def _make() -> None:
    for _ in range(REQUESTS // AT_ONCE):
        encode_batch(ORIGIN, _kept())


def _kept() -> list[Kept]:
    batch: list[Kept] = []
    TraceSink(Keeping(slow_s=30.0), batch.append).take([_request(Sampling(1.0)) for _ in range(AT_ONCE)])
    return batch


def _request(sampling: Sampling) -> Record:
    """What tracing does on the path of a request, and its record."""
    trace = sampling.begin(dict(HEADERS), getrandbits(RANDOM_BITS))
    assert trace is not None
    parameters = asked_numbers(PARAMETERS)
    imprint = imprint_of(f"chatcmpl-{trace.span_id}", "diffusiongemma", ["stop"])
    _hand_on(trace)
    usage = Usage(118, 300)
    attempt = AttemptRecord(1, "fast", "fast-1", "served", 0.7, 0.4, usage, GATE, start_s=0.001, imprint=imprint)
    return replace(ANSWERED, request_id=trace.trace_id, trace=trace, parameters=parameters, attempts=(attempt,))


def _hand_on(trace: Trace) -> tuple[str, bytes]:
    return trace.traceparent(1), trace.trace_id.encode()


def _nowhere(_kept: Kept) -> None:
    """Nothing is kept here."""


if __name__ == "__main__":
    sys.exit(main())
