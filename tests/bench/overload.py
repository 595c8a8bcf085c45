"""Three greedy tenants ask for twice what an engine can serve, for a minute, over the wire.

    python -m tests.bench.overload [--seconds 60]

A simulated engine of four seats, the router, and this process. What each tenant got, how soon it was told where it got
nothing, whether anybody failed who was let in, whether the router's memory grew, and for how long its event loop was
busy with something else: that is at most what a request to `/healthz` takes, which is sent again and again.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from router.config.keys_file import create_key
from router.core.grants import Grants
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.overload import Met, at_share, fairness, overload, refusals_s
from tests.router_process import RouterProcess, serving
from tests.serving.simulated_engine import simulated
from tests.wire_client import Address

TENANTS = ("a", "b", "c")
SLOTS = 4
CAPACITY_PER_S = 14.0
"""About what the engine ends in a second of answers of one canvas, when four run at once."""

PROBE_EVERY_S = 0.02
WARM_S = 10.0


@dataclass(frozen=True)
class Minute:
    """What was met and seen. `memory_mb`: what the router held once it was warm, and at the end."""

    met: Sequence[Met]
    probes_s: Sequence[float]
    memory_mb: tuple[float, float]


def main() -> None:
    """Measures and prints."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=float, default=60.0)
    seconds = reader.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as scratch:
        folder = Path(scratch)
        secrets = {tenant: create_key(folder / "keys.json", tenant, Grants()) for tenant in TENANTS}
        say(f"{len(TENANTS)} tenants, {2 * CAPACITY_PER_S:g} requests a second, {seconds:g} s")
        with (
            simulated(folder, "fast", "--seed", "1") as engine,
            serving(settings(folder, engine.address), folder) as it,
        ):
            minute = asyncio.run(endure(it, secrets, seconds))
    for figure in figures(minute):
        print_figure(figure)


def settings(folder: Path, engine: Address) -> dict[str, object]:
    """A router with that engine for its only tier, which judges nothing."""
    (folder / "policies").mkdir()
    policy = {"name": "default", "rules": [], "otherwise": {"tier": "fast", "gate": "off"}}
    (folder / "policies" / "default.yaml").write_text(json.dumps(policy))
    backend = {"url": f"http://{engine.host}:{engine.port}", "model": "tier1", "dialect": "vllm_diffusion"}
    return {
        "public": {"port": 0},
        "admin": {"port": 0},
        "tiers": {"fast": {"backends": [{**backend, "context_tokens": 8192, "concurrency": SLOTS}]}},
        "policies": str(folder / "policies"),
        "keys": str(folder / "keys.json"),
        "audits": False,
        "queue": {"waiting": 64, "waiting_per_tenant": 8},
    }


async def endure(router: RouterProcess, secrets: dict[str, str], seconds: float) -> Minute:
    """Puts the router through it."""
    each_per_s = 2 * CAPACITY_PER_S / len(secrets)
    await overload(router.public, secrets, each_per_s, WARM_S, max_tokens=256)
    before_mb = router.memory_bytes() / 1e6
    probing = asyncio.ensure_future(probe(router.public))
    met = await overload(router.public, secrets, each_per_s, seconds, seed=2, max_tokens=256)
    probing.cancel()
    return Minute(met, await probing, (before_mb, router.memory_bytes() / 1e6))


async def probe(to: Address) -> Sequence[float]:
    """How long the router took to say that it lives, from the shortest on, each time until this is cancelled."""
    took_s: list[float] = []
    async with aiohttp.ClientSession() as session:
        try:
            while True:
                began_s = time.perf_counter()
                async with session.get(f"http://{to.host}:{to.port}/healthz") as response:
                    await response.read()
                took_s.append(time.perf_counter() - began_s)
                await asyncio.sleep(PROBE_EVERY_S)
        except asyncio.CancelledError:
            return sorted(took_s)


def figures(minute: Minute) -> Sequence[Figure]:
    """What is reported, and what it should come to."""
    met, refused_s = minute.met, refusals_s(minute.met)
    served = sum(each.status == 200 for each in met)
    failures = sum(each.status not in (200, 429, 503) for each in met)
    before_mb, after_mb = minute.memory_mb
    milliseconds = [1000.0 * at_share(each, 0.99) for each in (refused_s, minute.probes_s)]
    at_most = [Goal("value", each) for each in (0.05, 50.0, 20.0)]
    return [
        make_figure("overload.asked", "requests", Series([len(met)], failures), None, None),
        make_figure("overload.served", "requests", Series([served], failures), None, None),
        make_figure("overload.unfairness (1 - Jain)", "", Series([1.0 - fairness(met, TENANTS)]), None, at_most[0]),
        make_figure("overload.refusal p99", "ms", Series([milliseconds[0]]), None, at_most[1]),
        make_figure("overload.event-loop lag p99", "ms", Series([milliseconds[1]]), None, at_most[2]),
        make_figure("overload.memory", "MB", Series([after_mb]), Series([before_mb]), Goal("ratio", 1.1)),
    ]


if __name__ == "__main__":
    main()
