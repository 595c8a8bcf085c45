"""One measurement: a gateway under one kind of load for a moment, with the CPU time it took."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from time import perf_counter, process_time

import orjson
import psutil

from tests.bench.ask import Ask
from tests.bench.callers import Round, run_round
from tests.bench.gateway import Gateway
from tests.bench.process import cpu_s, fetch


@dataclass(frozen=True)
class Load:
    """A kind of load: what is asked, over how many connections, for how long."""

    ask: Ask
    connections: int
    duration_s: float


@dataclass(frozen=True)
class Sample:
    """What one load cost one gateway.

    `engine_calls` are the completions the engine was asked for meanwhile; `others_cores` is the CPU that
    other programs used meanwhile, in cores.
    """

    answered: int
    failures: tuple[str, ...]
    reads: int
    engine_calls: int
    p50_ms: float
    cpu_s: float
    wall_s: float
    others_cores: float

    @property
    def cpu_us_per_request(self) -> float:
        """CPU of the gateway's process tree per right answer; 0 when there was none."""
        return self.cpu_s / self.answered * 1e6 if self.answered else 0.0

    @property
    def core_use(self) -> float:
        """How much of its core the gateway used: near 1, the gateway was what limited the load."""
        return self.cpu_s / self.wall_s


@dataclass(frozen=True)
class Sampler:
    """Takes samples of gateways in front of one engine. `numbers` never repeat: no two requests are alike."""

    runner: asyncio.Runner
    engine: Gateway
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def sample(self, gateway: Gateway, load: Load) -> Sample:
        """Put `load` on `gateway` and measure."""
        asked = self._engine_asked()
        start_s = perf_counter()
        busy_s, ours_s, gateway_s = _machine_busy_s(), self._ours_s(gateway), cpu_s(gateway.pid)
        round_ = Round(load.ask, gateway.target, self.numbers, start_s + load.duration_s)
        self.runner.run(run_round(round_, load.connections))
        wall_s = perf_counter() - start_s
        strangers_s = (_machine_busy_s() - busy_s) - (self._ours_s(gateway) - ours_s)
        return Sample(
            answered=round_.answered,
            failures=tuple(round_.failures),
            reads=round_.reads,
            engine_calls=self._engine_asked() - asked,
            p50_ms=median(round_.latencies_s or [0.0]) * 1000,
            cpu_s=cpu_s(gateway.pid) - gateway_s,
            wall_s=wall_s,
            others_cores=max(0.0, strangers_s / wall_s),
        )

    def _engine_asked(self) -> int:
        return int(orjson.loads(fetch(self.engine.target.port, "/asked"))["asked"])

    def _ours_s(self, gateway: Gateway) -> float:
        return process_time() + sum(cpu_s(pid) for pid in {gateway.pid, self.engine.pid})


def _machine_busy_s() -> float:
    times = psutil.cpu_times()
    busy: float = sum(times) - times.idle - times.iowait
    return busy
