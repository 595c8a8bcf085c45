"""What the router adds to a request, beside nginx and a bare relay, in one run on one machine.

    python -m tests.bench.overhead [--quick]

The gateways run on one core, the mock engine and the load generator on another. Rounds are interleaved, so
that a noisy moment hits all gateways alike; a figure is the median over rounds. Streams have two lengths: the
slope between them is the cost of a chunk, with the cost of a request left out. Needs nginx and two cores.
"""

import argparse
import asyncio
import signal
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import uvloop

from tests.bench.ask import Ask
from tests.bench.cores import Cores, choose_cores
from tests.bench.figure import print_figure, say
from tests.bench.gateway import (
    Gateway,
    MissingProgram,
    RouterSetup,
    find_nginx,
    find_tandem,
    open_engine,
    open_nginx,
    open_relay,
    open_router,
    write_router_setup,
)
from tests.bench.process import NotReady, pinned
from tests.bench.report import Measured, figures
from tests.bench.sample import Load, Sample, Sampler

SHORT, LONG = 64, 512
CHUNK_EVERY_MS = 2

Samples = dict[str, dict[str, list[Sample]]]
"""The samples of all rounds, by load and gateway."""


@dataclass(frozen=True)
class Plan:
    """How long a run is: starts of the router, rounds, and seconds of load per sample. No round begins after
    `within_s`, so that a busy machine costs rounds and not minutes."""

    starts: int
    rounds: int
    load_s: float
    within_s: float

    @property
    def loads(self) -> Mapping[str, Load]:
        """Every kind of load. 32 streams with a chunk each 2 ms are 16,000 chunks a second: nothing saturates."""
        short, long = (Ask(chunks, CHUNK_EVERY_MS, streamed=True) for chunks in (SHORT, LONG))
        return {
            "plain": Load(Ask(), connections=32, duration_s=self.load_s),
            "single": Load(Ask(), connections=1, duration_s=self.load_s / 2),
            "short": Load(short, connections=32, duration_s=self.load_s),
            "long": Load(long, connections=32, duration_s=self.load_s / 2),
        }


FULL = Plan(starts=9, rounds=12, load_s=0.6, within_s=160.0)
QUICK = Plan(starts=3, rounds=3, load_s=0.4, within_s=30.0)


def main() -> int:
    """Run the benchmark: 0 when it ran, whatever it found; 1 when a gateway did not start; 2 when one is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.overhead")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    plan = QUICK if parser.parse_args().quick else FULL
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        find_nginx()
        find_tandem()
        cores = choose_cores()
    except MissingProgram as missing:
        say(str(missing))
        return 2
    try:
        measured = measure(plan, cores)
    except NotReady as error:
        say(str(error))
        return 1
    for figure in figures(measured):
        print_figure(figure)
    return 0


def measure(plan: Plan, cores: Cores) -> Measured:
    """Start everything, take all samples, stop everything."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="tandem-bench-")))
        stack.enter_context(pinned(cores.load))
        engine = stack.enter_context(open_engine(cores.load, scratch))
        setup = write_router_setup(scratch, engine.target.port)
        starts_s = [time_start(setup, cores) for _ in range(plan.starts)]
        gateways = [
            engine,
            stack.enter_context(open_nginx(cores.gateway, scratch, engine.target.port)),
            stack.enter_context(open_relay(cores.gateway, scratch, engine.target.port)),
            stack.enter_context(open_router(cores.gateway, setup)),
        ]
        sampler = Sampler(stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop)), engine)
        return Measured(take_rounds(sampler, gateways, plan), SHORT, LONG, starts_s)


def time_start(setup: RouterSetup, cores: Cores) -> float:
    """Seconds from starting `tandem serve` to its first 200 on /healthz."""
    start_s = perf_counter()
    with open_router(cores.gateway, setup):
        ready_s = perf_counter()
    say(f"ready after {ready_s - start_s:.3f} s")
    return ready_s - start_s


def take_rounds(sampler: Sampler, gateways: Sequence[Gateway], plan: Plan) -> Samples:
    """The samples of every load and gateway, one per round, after a warm-up. Every other round runs backwards."""
    for gateway, load in product(gateways, plan.loads.values()):
        sampler.sample(gateway, replace(load, duration_s=0.2))
    samples: Samples = defaultdict(lambda: defaultdict(list))
    until_s = perf_counter() + plan.within_s
    for number in range(plan.rounds):
        if number and perf_counter() > until_s:
            break
        for (name, load), gateway in product(plan.loads.items(), gateways[:: 1 if number % 2 else -1]):
            sample = sampler.sample(gateway, load)
            samples[name][gateway.name].append(sample)
            say(f"round {number + 1}/{plan.rounds} {name:6} {gateway.name:6} {describe(sample)}")
    return samples


def describe(sample: Sample) -> str:
    """A sample in words, with the first wrong answer if there was one."""
    text = f"{sample.answered} answers, {sample.cpu_us_per_request:.1f} us each, p50 {sample.p50_ms:.3f} ms"
    return f"{text}, {len(sample.failures)} WRONG: {sample.failures[0]}" if sample.failures else text


if __name__ == "__main__":
    sys.exit(main())
