"""What callers notice of traces: how long the slowest requests take while the collector is well, dead, slow or failing.

python -m tests.bench.traces_trouble

Six routers, each a process, are asked in turn, every time in another order, so that what else the machine does meets
them alike. A figure is the median of the rounds' 99th percentiles, and its ratio to that of a router which does not
trace at all; what comes out for another such router says how far these figures can be trusted.
"""

import http.client
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import shuffle
from statistics import quantiles
from time import perf_counter
from typing import Final

from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.collector import collecting, slowly
from tests.conftest import FAST_TEXT, Routers
from tests.faults import answers
from tests.router_process import RouterProcess
from tests.scripted_engine import EngineRoom
from tests.wire_client import CHAT, request_fields

ROUNDS: Final = 7
REQUESTS: Final = 500
"""Of a round, to each router."""

UNTRACED, CONTROL = "no traces", "no traces either"
P99_GOAL: Final = Goal("ratio", 1.05)
MEMORY_GOAL_MB: Final = Goal("value", 64.0)


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    say(f"{ROUNDS} rounds of {REQUESTS} requests to each of six routers")
    with _routers() as routers:
        before = {name: router.memory_bytes() for name, router in routers.items()}
        rounds = [_round(routers) for _ in range(ROUNDS + 1)][1:]
        grown = {name: (router.memory_bytes() - before[name]) / 1e6 for name, router in routers.items()}
    untraced = Series([each[UNTRACED] for each in rounds])
    for name in routers:
        if name != UNTRACED:
            p99 = Series([each[name] for each in rounds])
            print_figure(make_figure(f"99th percentile, {name}", "ms", p99, untraced, _goal(name, P99_GOAL)))
            memory, usual = Series([grown[name]]), Series([grown[UNTRACED]])
            print_figure(make_figure(f"memory grown, {name}", "MB", memory, usual, _goal(name, MEMORY_GOAL_MB)))
    return 0


def _goal(name: str, goal: Goal) -> Goal | None:
    return None if name == CONTROL else goal


@contextmanager
def _routers() -> Iterator[Mapping[str, RouterProcess]]:
    with EngineRoom() as room, ExitStack() as stack:
        fast, strong = room.open_engine(), room.open_engine()
        fast.does(answers(FAST_TEXT))
        tiers = {
            "fast": {"url": fast.url, "model": "tier1", "dialect": "vllm_diffusion", "context_tokens": 8192},
            "strong": {"url": strong.url, "model": "tier2", "dialect": "vllm", "context_tokens": 8192},
        }
        well, slow, failing = (stack.enter_context(collecting()) for _ in range(3))
        slow.answer, failing.answer = slowly(10.0), lambda: 500
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        routers = Routers(folder, tiers, stack)
        endpoints = {
            "a collector that is well": well.endpoint,
            "a collector that is dead": "http://127.0.0.1:9",
            "a collector that takes 10 s": slow.endpoint,
            "a collector that fails": failing.endpoint,
        }
        traced = {name: routers.serve(tracing={"endpoint": each}) for name, each in endpoints.items()}
        yield {UNTRACED: routers.serve(), **traced, CONTROL: routers.serve(keep_alive_s=0.2)}


def _round(routers: Mapping[str, RouterProcess]) -> Mapping[str, float]:
    """The 99th percentile of each router, in milliseconds."""
    body, headers = json.dumps(request_fields()).encode(), {"content-type": "application/json"}
    lines = {name: http.client.HTTPConnection(*router.public) for name, router in routers.items()}
    took: dict[str, list[float]] = {name: [] for name in routers}
    order = list(lines.items())
    for _ in range(REQUESTS):
        shuffle(order)
        for name, line in order:
            began_s = perf_counter()
            line.request("POST", CHAT, body, headers)
            line.getresponse().read()
            took[name].append((perf_counter() - began_s) * 1000)
    for line in lines.values():
        line.close()
    return {name: quantiles(times, n=100)[98] for name, times in took.items()}


if __name__ == "__main__":
    sys.exit(main())
