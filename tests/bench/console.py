"""What callers notice of people at the console: how long their requests take while five look at every page of it.

python -m tests.bench.console

Three routers, each a process, are asked in turn, every time in another order. One of them is watched, by a process of
its own (`tests.bench.viewers`): each viewer keeps *Now* open, which renews itself, and does something else every two
seconds. Rounds with viewers and without take turns. A figure is the median of the
rounds' quantiles, and its ratio to the same quantile of a router that nobody watches, in the same rounds; what comes
out for the third, which nobody watches either, says how far such a ratio can be trusted. `on one machine`: the same
quantile of the watched router beside that of its own quiet rounds, which has what the viewers themselves cost in it.
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
from tests.bench.viewers import viewing
from tests.conftest import FAST_TEXT, Routers
from tests.faults import answers
from tests.router_process import RouterProcess
from tests.scripted_engine import EngineRoom
from tests.wire_client import CHAT, request_fields

VIEWERS: Final = 5
ROUNDS: Final = 7
REQUESTS: Final = 1500
"""Of a round, to each router."""

WATCHED, CONTROL, UNWATCHED = "watched", "nobody watches it either", "unwatched"
SHARES: Final[Mapping[str, int]] = {"median": 49, "99th percentile": 98}
GOAL: Final = Goal("ratio", 1.05)

Round = Mapping[str, list[float]]
"""By router, how long its requests took, in milliseconds."""


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    say(f"{ROUNDS} rounds of {REQUESTS} requests to each of three routers, with {VIEWERS} viewers and without")
    with _routers() as routers:
        _round(routers)
        quiet, watched = [], []
        for _ in range(ROUNDS):
            quiet.append(_round(routers))
            with viewing(routers[WATCHED].admin, VIEWERS) as opened:
                watched.append(_round(routers))
                pages = opened()
            say(f"{pages} pages opened")
    for name, at in SHARES.items():
        base = _series(watched, UNWATCHED, at)
        for router in (WATCHED, CONTROL):
            goal = GOAL if router == WATCHED else None
            print_figure(make_figure(f"{name}, {router}", "ms", _series(watched, router, at), base, goal))
        alone = _series(quiet, WATCHED, at)
        print_figure(make_figure(f"{name}, watched, on one machine", "ms", _series(watched, WATCHED, at), alone, None))
    return 0


def _series(rounds: list[Round], router: str, at: int) -> Series:
    return Series([quantiles(each[router], n=100)[at] for each in rounds])


@contextmanager
def _routers() -> Iterator[Mapping[str, RouterProcess]]:
    with EngineRoom() as room, ExitStack() as stack:
        fast, strong = room.open_engine(), room.open_engine()
        fast.does(answers(FAST_TEXT))
        tiers = {
            "fast": {"url": fast.url, "model": "tier1", "dialect": "vllm_diffusion", "context_tokens": 8192},
            "strong": {"url": strong.url, "model": "tier2", "dialect": "vllm", "context_tokens": 8192},
        }
        routers = Routers(Path(stack.enter_context(tempfile.TemporaryDirectory())), tiers, stack)
        names = (WATCHED, CONTROL, UNWATCHED)
        yield {name: routers.serve(keep_alive_s=0.1 + at) for at, name in enumerate(names)}


def _round(routers: Mapping[str, RouterProcess]) -> Round:
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
    return took


if __name__ == "__main__":
    sys.exit(main())
