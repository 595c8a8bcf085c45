"""The figures of an overhead run, worked out from its samples. Nothing here measures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.bench.figure import Figure, Goal, Series, make_figure
from tests.bench.sample import Sample

GATEWAYS = ("nginx", "relay", "router")

REQUEST_GOAL = Goal("ratio", 10)
CHUNK_GOAL = Goal("ratio", 1.3)
LATENCY_GOAL = Goal("value", 0.5)
START_GOAL = Goal("value", 1.0)


@dataclass(frozen=True)
class Measured:
    """All samples of a run, round by round, as `samples[load][gateway]`; `short` and `long` streams, in chunks."""

    samples: Mapping[str, Mapping[str, Sequence[Sample]]]
    short: int
    long: int
    starts_s: Sequence[float]


def figures(measured: Measured) -> Iterator[Figure]:
    """Every figure, those with a goal first."""
    yield from _requests(measured)
    yield from _latencies(measured)
    yield from _chunks(measured)
    yield make_figure("start_to_ready.router", "s", Series(measured.starts_s), None, START_GOAL)
    yield from _circumstances(measured)


def _requests(measured: Measured) -> Iterator[Figure]:
    costs = {name: _series(measured, "plain", name, lambda s: s.cpu_us_per_request) for name in GATEWAYS}
    yield make_figure("cpu_per_request.router", "us", costs["router"], costs["nginx"], REQUEST_GOAL)
    yield make_figure("cpu_per_request.relay", "us", costs["relay"], costs["nginx"], None)
    yield make_figure("cpu_per_request.nginx", "us", costs["nginx"], None, None)


def _latencies(measured: Measured) -> Iterator[Figure]:
    direct = _series(measured, "single", "direct", lambda s: s.p50_ms)
    for name in reversed(GATEWAYS):
        through = _series(measured, "single", name, lambda s: s.p50_ms)
        added = _combine(through, direct, lambda a, b: a - b)
        yield make_figure(f"added_p50.{name}", "ms", added, direct, LATENCY_GOAL if name == "router" else None)


def _chunks(measured: Measured) -> Iterator[Figure]:
    """The slope between two lengths is the cost of a chunk; what is left at length 0, that of a stream. Beside them
    the naive quotient: all CPU of a short stream by its chunks."""
    short, long = measured.short, measured.long
    slopes, quotients, streams = {}, {}, {}
    for name in GATEWAYS:
        few = _series(measured, "short", name, lambda s: s.cpu_us_per_request)
        many = _series(measured, "long", name, lambda s: s.cpu_us_per_request)
        slopes[name] = _combine(many, few, lambda b, a: (b - a) / (long - short))
        quotients[name] = _combine(few, few, lambda a, _: a / short)
        streams[name] = _combine(few, slopes[name], lambda a, slope: a - short * slope)
    yield make_figure("cpu_per_chunk.router", "us", slopes["router"], slopes["relay"], CHUNK_GOAL)
    yield make_figure("cpu_per_chunk.relay", "us", slopes["relay"], None, None)
    yield make_figure("cpu_per_chunk.nginx", "us", slopes["nginx"], slopes["relay"], None)
    for title, costs in (("cpu_per_chunk_with_its_request", quotients), ("cpu_per_stream_without_chunks", streams)):
        yield make_figure(f"{title}.router", "us", costs["router"], costs["relay"], None)
        yield make_figure(f"{title}.relay", "us", costs["relay"], None, None)
        yield make_figure(f"{title}.nginx", "us", costs["nginx"], costs["relay"], None)


def _circumstances(measured: Measured) -> Iterator[Figure]:
    """What tells whether the run can be trusted. A gateway that leaves some of its core unused did not limit the
    load, and its requests cost a little more than they would under a heavier one, for it sleeps between them."""
    for name in reversed(GATEWAYS):
        use = _series(measured, "plain", name, lambda s: s.core_use)
        yield make_figure(f"core_use_when_loaded.{name}", "cores", use, None, None)
    for name in reversed(GATEWAYS):
        reads = _series(measured, "long", name, lambda s: s.reads / max(1, s.answered) / measured.long)
        yield make_figure(f"reads_per_chunk.{name}", "reads", reads, None, None)
    calls = _series(measured, "plain", "router", lambda s: s.engine_calls / max(1, s.answered))
    yield make_figure("engine_calls_per_request.router", "calls", calls, None, None)
    others = [s.others_cores for by in measured.samples.values() for row in by.values() for s in row]
    yield make_figure("cpu_of_other_programs", "cores", Series(others), None, None)


def _series(measured: Measured, load: str, gateway: str, read: Callable[[Sample], float]) -> Series:
    rows = measured.samples[load][gateway]
    return Series([read(row) for row in rows], sum(len(row.failures) for row in rows))


def _combine(a: Series, b: Series, work_out: Callable[[float, float], float]) -> Series:
    """Two series of the same rounds worked into one, round by round."""
    values = [work_out(x, y) for x, y in zip(a.values, b.values, strict=True)]
    return Series(values, a.failures + b.failures)
