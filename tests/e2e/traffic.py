"""Requests of every kind that dashboards tell of, so that no panel has an excuse for being empty."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from router.core.caching.terms import POPULAR
from tests import vllm_wire
from tests.conftest import POLICIES
from tests.e2e.outcomes import ALIKE, KEPT, SPOILED
from tests.engine_http import STREAM_HEAD, end_stream
from tests.faults import answers, fails
from tests.router_process import RouterProcess
from tests.scripted_engine import Exchange, Reply, ScriptedEngine
from tests.wire_client import NO_HEADERS, Headers, Response, post, request_fields

SEATS = 4
"""Requests at once that each engine may get."""

WAITING = 2
"""Of one tenant's, so many may wait."""

RUSH = 12
PASSES = 12
CANVAS_S = 0.02
GOOD = answers("A short answer", " that is good.")
SLOW = answers("An answer that takes its time.", after_s=0.4)
FIRST_CANVAS = (
    "A garden needs light, water and somebody who looks after it. In spring the soil is turned over and seeds are sown "
    "in rows, the tall plants behind the small ones. Beans climb up poles, while lettuce likes the shade of a wall. "
    "Through the summer most of the work is weeding, which is best done early, before the ground dries out. Rain from "
    "the roof is kept in a barrel. When autumn comes, apples are picked and stored in a cool room, leaves go on the "
    "compost, and tools are cleaned and oiled. Winter is for plans: what grew well, what should move to another bed, "
    "and which paths need new gravel before visitors return."
)
ROLLOUTS = (
    {"policy": "default", "candidate": "strong-only", "mode": "canary", "share": "50%"},
    {"policy": "fast-only", "candidate": "default", "mode": "shadow"},
    {"policy": "remembers", "candidate": "default", "mode": "shadow"},
)


def write_policies(folder: Path) -> Path:
    """Policies of every kind, of which some are tried beside others."""
    folder.mkdir()
    for name, policy in POLICIES.items():
        (folder / f"{name}.yaml").write_text(json.dumps({"name": name, **policy}))
    (folder / "rollouts.yaml").write_text(json.dumps({"rollouts": ROLLOUTS}))
    return folder


def counts_passes(*texts: str) -> Reply:
    """A streamed answer, each of whose texts is a canvas whose passes the engine counts."""

    async def reply(exchange: Exchange) -> None:
        if not exchange.request.fields.get("stream"):
            await GOOD(exchange)
            return
        await exchange.send(STREAM_HEAD)
        steps: list[int] = []
        for write in vllm_wire.stream(exchange.request.fields["model"], texts, 1, "stop"):
            steps += [*[0] * PASSES, 256]
            *earlier, last = write.strip().split(b"\n\n")
            counted = json.loads(last.removeprefix(b"data: "))
            counted["metrics"] = {"speculative_decoding": {"per_step_accepted": steps}}
            await exchange.send_chunk(b"\n\n".join([*earlier, b"data: " + json.dumps(counted).encode(), b""]) + b"\n")
            await asyncio.sleep(CANVAS_S)
        await end_stream(exchange, len(texts))

    return reply


class Callers:
    """Those who send requests to a router, with one key."""

    def __init__(self, router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, key: str) -> None:
        self._router = router
        self._fast = fast
        self._strong = strong
        self._key = key

    def play(self, number: int) -> None:
        """One round of everything."""
        self._strong.does(GOOD)
        self._ask(GOOD, f"One {number}?", "fast-only", {"x-router-latency-budget-ms": "5000"})
        self._ask(GOOD, f"Two {number}?", "remembers")
        self._ask(GOOD, f"Three {number}?", "audited")
        self._ask(GOOD, f"Four {number}?", "read")
        self._ask(GOOD, KEPT, "kept-alike")
        self._ask(GOOD, ALIKE[number % len(ALIKE)], "kept-alike")
        for _ in range(POPULAR + 1):
            self._ask(GOOD, f"What is popular in round {number}?", "popular")
        self._ask(SPOILED, f"Five {number}?", "gated")
        self._ask(counts_passes(FIRST_CANVAS, " Bees come when the sun is out."), f"Six {number}?", "gated")
        self._ask(fails(500), f"Seven {number}?", "fast-only")
        for each in range(2):
            self._ask(GOOD, f"Eight {number} {each}?", "default")
        self._rush(number)

    def _ask(self, does: Reply, said: str, policy: str, headers: Headers = NO_HEADERS) -> Response:
        self._fast.does(does)
        return post(self._router.public, request_fields(said, model=f"auto:{policy}"), self._key, headers)

    def _rush(self, number: int) -> Sequence[Response]:
        """More at once than there are seats: some spill, some wait, some are refused."""
        self._fast.does(SLOW)
        policies = ("fast-only", "fast-only", "hasty")
        asked = [request_fields(f"Rush {number} {at}?", model=f"auto:{policies[at % 3]}") for at in range(RUSH)]
        with ThreadPoolExecutor(RUSH) as callers:
            return list(callers.map(lambda each: post(self._router.public, each, self._key), asked))
