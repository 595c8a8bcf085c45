"""Whether anything stays behind in the router when callers leave, and how soon their engines are let go.

    python -m tests.bench.leaks

2,000 requests, 500 of them left at random moments of a stream or of the wait for a plain answer; before and
after, the router's open files, memory, tasks and requests in flight. The mock engine runs in this process, so
that one clock says when a caller left and when the engine saw its connection closed.
"""

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import psutil
import uvloop
from prometheus_client.parser import text_string_to_metric_families

from tests.bench.callers import Target
from tests.bench.cores import Cores, choose_cores
from tests.bench.engine import Engine
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.gateway import MissingProgram, RouterSetup, find_tandem, open_router, write_router_setup
from tests.bench.process import NotReady, fetch, free_port, pinned
from tests.bench.pulse import beating
from tests.bench.storm import LONG_MS, Errand, Storm, plan_errands

WARM_UP = plan_errands(first=1, total=1000, leavers=250, seed=1)
MEASURED = plan_errands(first=1001, total=2000, leavers=500, seed=2)
AT_ONCE = 32

SOON = Goal("value", 100)
NONE = Goal("value", 0)
AS_BEFORE = Goal("ratio", 1)


@dataclass(frozen=True)
class Snapshot:
    """What a router holds at one moment."""

    open_files: float
    memory_mb: float
    tasks: float
    in_flight: float


@dataclass(frozen=True)
class Measured:
    """A storm that is over, what the router held before and after, and how long each core stalled meanwhile."""

    storm: Storm
    before: Snapshot
    after: Snapshot
    stalls_ms: dict[str, float]


def main() -> int:
    """Run the benchmark: 0 when it ran, whatever it found; 1 when the router did not start; 2 when it is missing."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        find_tandem()
        cores = choose_cores()
    except MissingProgram as missing:
        say(str(missing))
        return 2
    try:
        with TemporaryDirectory(prefix="tandem-bench-") as scratch, pinned(cores.load):
            measured = uvloop.run(measure(Path(scratch), cores))
    except NotReady as error:
        say(str(error))
        return 1
    for figure in figures(measured):
        print_figure(figure)
    return 0


async def measure(scratch: Path, cores: Cores) -> Measured:
    """Start a router, warm it up, put it through the storm and stop it."""
    engine_port = free_port()
    setup = write_router_setup(scratch, engine_port)
    headers = {"authorization": f"Bearer {setup.key}", "connection": "close"}
    storm = Storm(Target(setup.public_port, headers))
    engine = Engine(storm)
    with ExitStack() as stack:
        async with await engine.listen(engine_port):
            router = await asyncio.to_thread(stack.enter_context, open_router(cores.gateway, setup))
            await weather(storm, engine, WARM_UP)
            before = take_snapshot(router.pid, setup)
            with beating(cores.gateway) as gateway, beating(cores.load) as load:
                await weather(storm, engine, MEASURED)
            stalls_ms = {"gateway": gateway.longest_ms, "load": load.longest_ms}
            return Measured(storm, before, take_snapshot(router.pid, setup), stalls_ms)


async def weather(storm: Storm, engine: Engine, errands: Sequence[Errand]) -> None:
    """Run a storm, and wait until nothing of it is left but what leaks: no answer runs, no connection is pooled."""
    say(f"{len(errands)} requests, {sum(each.leave_after_s is not None for each in errands)} of them left")
    await storm.run(errands, AT_ONCE)
    await asyncio.sleep(LONG_MS / 1000 + 1)
    engine.hang_up()
    await asyncio.sleep(1)


def take_snapshot(pid: int, setup: RouterSetup) -> Snapshot:
    """What the router with this pid holds now, as the kernel and its own gauges say."""
    process = psutil.Process(pid)
    gauges = read_gauges(setup.admin_port)
    return Snapshot(
        open_files=process.num_fds(),
        memory_mb=process.memory_info().rss / 1e6,
        tasks=gauges["router_asyncio_tasks"],
        in_flight=gauges["router_requests_in_flight"],
    )


def read_gauges(admin_port: int) -> dict[str, float]:
    """Every gauge of the router by name; where one has labels, the sum."""
    text = fetch(admin_port, "/metrics").decode()
    families = [family for family in text_string_to_metric_families(text) if family.type == "gauge"]
    return {family.name: sum(sample.value for sample in family.samples) for family in families}


def figures(measured: Measured) -> Iterator[Figure]:
    """Every figure of the run."""
    storm, before, after = measured.storm, measured.before, measured.after
    wrong = len(storm.failures)
    if wrong:
        say(f"{wrong} WRONG answers: {storm.failures[0]}")

    def held(name: str, unit: str, now: float, then: float, goal: Goal | None) -> Figure:
        return make_figure(name, unit, Series([now], wrong), Series([then]), goal)

    yield held("open_files", "descriptors", after.open_files, before.open_files, AS_BEFORE)
    yield held("asyncio_tasks", "tasks", after.tasks, before.tasks, AS_BEFORE)
    yield held("requests_in_flight", "requests", after.in_flight, before.in_flight, NONE)
    yield held("memory", "MB", after.memory_mb, before.memory_mb, None)
    for kind, streamed in (("streamed", True), ("plain", False)):
        errands = [each for each in MEASURED if each.leave_after_s is not None and each.ask.streamed == streamed]
        yield from releases(kind, storm.releases_ms(errands), wrong)
    for core, stall_ms in measured.stalls_ms.items():
        yield make_figure(f"longest_stall_of_core.{core}", "ms", Series([stall_ms]), None, None)
    unasked = sum(number not in storm.ended_s for number in storm.left_s)
    yield make_figure("left_before_the_engine_was_asked", "requests", Series([unasked], wrong), None, None)


def releases(kind: str, waits_ms: Sequence[float], wrong: int) -> Iterator[Figure]:
    """How long after callers left the engine was let go."""
    slowest = quantiles(waits_ms, n=100)[-1]
    yield make_figure(f"release_p50.{kind}", "ms", Series(waits_ms, wrong), None, None)
    yield make_figure(f"release_p99.{kind}", "ms", Series([slowest], wrong), None, SOON)
    yield make_figure(f"release_max.{kind}", "ms", Series([max(waits_ms)], wrong), None, SOON)


if __name__ == "__main__":
    sys.exit(main())
