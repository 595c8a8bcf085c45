"""What an answer from the cache costs over HTTP, beside a round trip of the same router to an instant mock engine.

python -m tests.bench.cache_hits

The router runs on one core, the mock engine and the load generator on another. Both kinds of request differ by their
virtual key alone: the policy of the one keeps nothing; that of the other has kept the answer to the one question that
is asked. Rounds are interleaved; a figure is the median over rounds. Needs two cores.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvloop

from tests.bench.ask import Ask
from tests.bench.callers import Target
from tests.bench.cores import Cores, choose_cores
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.gateway import (
    Gateway,
    MissingProgram,
    create_key,
    open_engine,
    open_router,
    write_keeping_policy,
    write_router_setup,
)
from tests.bench.process import NotReady, pinned
from tests.bench.sample import Load, Sample, Sampler

ROUNDS: Final = 10
CHUNKS: Final = 64
LOADS: Final[Mapping[str, Load]] = {
    "plain": Load(Ask(), connections=32, duration_s=0.6),
    "plain alone": Load(Ask(), connections=1, duration_s=0.4),
    "streamed": Load(Ask(CHUNKS, streamed=True), connections=32, duration_s=0.6),
    "streamed alone": Load(Ask(CHUNKS, streamed=True), connections=1, duration_s=0.4),
}
"""With many callers at once the router's CPU is what counts, with one alone how long it waits."""

A_THIRD: Final = Goal("ratio", 0.3333)


@dataclass(frozen=True)
class Sides:
    """What is compared: each takes samples of the router with a key of its own."""

    hits: Callable[[Load], Sample]
    trips: Callable[[Load], Sample]


@dataclass(frozen=True)
class Round:
    """A sample of both sides under one load."""

    hit: Sample
    trip: Sample


def main() -> int:
    """Runs the benchmark: 0 when it ran, whatever it found; 1 when something did not start; 2 when it is missing."""
    try:
        for figure in measure(choose_cores()):
            print_figure(figure)
    except MissingProgram as missing:
        say(str(missing))
        return 2
    except NotReady as error:
        say(str(error))
        return 1
    return 0


def measure(cores: Cores) -> Sequence[Figure]:
    """Starts everything, takes all samples, stops everything."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="tandem-bench-")))
        stack.enter_context(pinned(cores.load))
        engine = stack.enter_context(open_engine(cores.load, scratch))
        setup = write_router_setup(scratch, engine.target.port)
        key = create_key(scratch, write_keeping_policy(scratch))
        router = stack.enter_context(open_router(cores.gateway, setup))
        runner = stack.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        sides = _sides(runner, engine, router, key)
        return [figure for name, load in LOADS.items() for figure in _figures(name, _rounds(name, load, sides))]


def _sides(runner: asyncio.Runner, engine: Gateway, router: Gateway, key: str) -> Sides:
    """No two requests that make a trip are alike; all that are hits are the same one."""
    keeping = replace(router, target=Target(router.target.port, {"authorization": f"Bearer {key}"}))
    same, unlike = Sampler(runner, engine, repeat(1)), Sampler(runner, engine)
    return Sides(lambda load: same.sample(keeping, load), lambda load: unlike.sample(router, load))


def _rounds(name: str, load: Load, sides: Sides) -> Sequence[Round]:
    sides.hits(replace(load, duration_s=0.2))
    sides.trips(replace(load, duration_s=0.2))
    say(f"{name}: {ROUNDS} rounds")
    return [Round(sides.hits(load), sides.trips(load)) for _ in range(ROUNDS)]


def _figures(name: str, rounds: Sequence[Round]) -> Iterator[Figure]:
    is_alone = name.endswith("alone")
    read = (lambda sample: sample.p50_ms * 1000) if is_alone else (lambda sample: sample.cpu_us_per_request)
    said = f"a hit, {name}: until its answer is there" if is_alone else f"a hit, {name}: CPU of the router"
    yield make_figure(
        said, "us", _series([each.hit for each in rounds], read), _series([each.trip for each in rounds], read), A_THIRD
    )
    calls = [each.hit.engine_calls for each in rounds]
    yield make_figure(f"engine calls of hits, {name}", "calls", Series(calls), None, Goal("value", 0))


def _series(samples: Sequence[Sample], read: Callable[[Sample], float]) -> Series:
    return Series([read(each) for each in samples], sum(len(each.failures) for each in samples))


if __name__ == "__main__":
    sys.exit(main())
