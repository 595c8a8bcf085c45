"""What the simulator itself costs, and whether it keeps its own time with many streams at once.

`python -m tests.bench.simulator` starts one engine of each tier, opens all streams at once and prints figures as
lines of JSON. `stretch` is how much longer the last stream took than on a virtual clock: what a bottleneck adds.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import uvloop

from tandem_serving.simulator.profile import FastProfile
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile
from tandem_serving.simulator.study import Arrival, play
from tandem_serving.simulator.tokens import chat_prompt
from tandem_serving.simulator.work import draw_job
from tests.bench.figure import Figure, Goal, Series, make_figure, print_figure, say
from tests.bench.process import cpu_s, pinned
from tests.serving.simulated_engine import SimulatedEngine, simulated
from tests.wire_client import CHAT, Address

MESSAGES = [{"role": "user", "content": "Explain how bridges are built, step by step."}]
DIFFICULTY = "low"
ENGINE_CORE = 0
CORE_GOAL = Goal("value", 0.5)
STRETCH_GOAL = Goal("value", 1.1)


@dataclass(frozen=True)
class Load:
    """All streams at once, each of so many tokens, on an engine that runs `speed` times as fast as it should."""

    tier: SimulatedTier
    profile: str
    tokens: int
    speed: float


@dataclass(frozen=True)
class Round:
    """What one round cost."""

    chunks: int
    cpu_s: float
    wall_s: float
    expected_s: float
    failures: int


LOADS = (Load("strong", "h200-fp8", 400, 1.0), Load("fast", "h200-fp8", 700, 10.0))
"""The strong tier at its own speed, where 200 streams run at once; the fast tier, where most of them wait, at ten
times its own."""


def main() -> None:
    """Measures and prints."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--streams", type=int, default=200)
    reader.add_argument("--rounds", type=int, default=3)
    told = reader.parse_args()
    for load in LOADS:
        say(f"{load.tier}: {told.streams} streams of {load.tokens} tokens, {told.rounds} rounds")
        with tempfile.TemporaryDirectory() as folder:
            for figure in figures(load, measure(load, told.streams, told.rounds, Path(folder)), told.streams):
                print_figure(figure)


def measure(load: Load, streams: int, rounds: int, folder: Path) -> Sequence[Round]:
    """So many rounds against an engine of its own."""
    arguments = (load.tier, "--profile", load.profile, "--speed", str(load.speed), "--seed", "1")
    with ExitStack() as stack:
        with pinned(ENGINE_CORE):
            engine = stack.enter_context(simulated(folder, *arguments))
        uvloop.run(run_round(engine, load, streams=2))  # the first requests also pay for imports
        return [uvloop.run(run_round(engine, load, streams)) for _ in range(rounds)]


def figures(load: Load, rounds: Sequence[Round], streams: int) -> Sequence[Figure]:
    """The figures of one load."""
    failures = sum(each.failures for each in rounds)

    def series(values: Sequence[float]) -> Series:
        return Series(values, failures)

    costs = {
        "cpu_per_chunk": ("us", [each.cpu_s / each.chunks * 1e6 for each in rounds], None),
        "cpu_per_stream": ("us", [each.cpu_s / streams * 1e6 for each in rounds], None),
        "chunks_per_second": ("1/s", [each.chunks / each.wall_s for each in rounds], None),
        "core_use": ("cores", [each.cpu_s / each.wall_s for each in rounds], CORE_GOAL),
        "stretch": ("times", [each.wall_s / each.expected_s for each in rounds], STRETCH_GOAL),
    }
    return [
        make_figure(f"{name}.{load.tier}", unit, series(values), None, goal)
        for name, (unit, values, goal) in costs.items()
    ]


async def run_round(engine: SimulatedEngine, load: Load, streams: int) -> Round:
    """All streams at once, to their ends."""
    before_s, began_s = cpu_s(engine.process.pid), time.monotonic()
    counts = await asyncio.gather(*(read_stream(engine.address, load.tokens) for _ in range(streams)))
    wall_s, used_s = time.monotonic() - began_s, cpu_s(engine.process.pid) - before_s
    failures = sum(count < least_chunks(load) for count in counts)
    return Round(sum(counts), used_s, wall_s, expected_s(load, streams), failures)


async def read_stream(address: Address, tokens: int) -> int:
    """The chunks of one stream; 0 when it did not come to its end."""
    body = json.dumps({"messages": MESSAGES, "max_tokens": tokens, "ignore_eos": True, "stream": True}).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    reader, writer = await asyncio.open_connection(*address)
    writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
    received = await reader.read()
    writer.close()
    return received.count(b"\ndata: {") if b"\ndata: [DONE]" in received else 0


def least_chunks(load: Load) -> int:
    """The chunks of one whole stream: its blocks, and the role before them."""
    profile = find_profile(load.tier, load.profile)
    width = profile.canvas_tokens.value if isinstance(profile, FastProfile) else 1
    return -(-load.tokens // width) + 1


def expected_s(load: Load, streams: int) -> float:
    """How long all of it takes on a virtual clock; the passes are drawn anew, so the fast tier's vary a little."""
    profile = find_profile(load.tier, load.profile)
    prompt_tokens = len(chat_prompt(MESSAGES, ()))
    chance = Random(2)
    jobs = [draw_job(profile, prompt_tokens, load.tokens, DIFFICULTY, chance) for _ in range(streams)]
    return max(seen.total_s for seen in play(profile, [Arrival(0.0, job) for job in jobs])) / load.speed


if __name__ == "__main__":
    main()
