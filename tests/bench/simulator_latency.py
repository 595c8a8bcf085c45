"""Whether a simulated engine shows its callers, over HTTP, the latency that its profile states.

`python -m tests.bench.simulator_latency PROFILE...` sends the workload of each profile to both of its tiers, one
request at a time, and prints by how much each percentile differs from the stated one, as lines of JSON. Engines
run at a speed that makes the median answer short.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from router.core.values import Band
from tandem_serving.simulator.profile import Profile, Spread
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile
from tandem_serving.simulator.study import even_shares
from tandem_serving.simulator.task import read_task
from tandem_serving.simulator.tokens import chat_prompt
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.serving.simulated_engine import simulated
from tests.wire_client import open_stream

Request = dict[str, object]

PROMPTS: dict[Band, str] = {
    "low": "Tell me about bridges.",
    "medium": "Write a Python function that parses dates.",
    "high": "Prove that for all integers n the polynomial n^5 - n is divisible by 30, by induction.",
}
FILLER = " ,"
"""One token, and too short for its length to make a prompt look hard."""

FIRST_S = 0.05
TOTAL_S = 0.25
"""What the median is made to take: short enough to wait for, long enough for a caller's own time not to matter."""

WITHIN = 0.1
TIERS: tuple[SimulatedTier, ...] = ("fast", "strong")


def main() -> None:
    """Measures and prints."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("profiles", nargs="+")
    reader.add_argument("--requests", type=int, default=500)
    told = reader.parse_args()
    for name in told.profiles:
        for tier in TIERS:
            compare(find_profile(tier, name), told.requests)


def compare(profile: Profile, requests: int) -> None:
    """The workload of one profile, and a figure for each percentile that it states."""
    first, total = profile.latency.first_block_s, profile.latency.total_s
    say(f"{profile.name}: {requests} requests for their first block, then {requests} to their end")
    whole = list(workload(profile, requests))
    only_first = [{**fields, "max_tokens": 1} for fields in whole]
    compare_one("first_block", profile, first, ask(profile, only_first, first.p50 / FIRST_S))
    compare_one("total", profile, total, ask(profile, whole, total.p50 / TOTAL_S))


def compare_one(name: str, profile: Profile, stated: Spread, seen_s: Sequence[float]) -> None:
    """How far off what was seen is, at both percentiles."""
    for percentile, value in ((50, stated.p50), (90, stated.p90)):
        off = sorted(seen_s)[len(seen_s) * percentile // 100] / value - 1
        title = f"{name}_p{percentile}_off.{profile.name}"
        print_figure(make_figure(title, "share", Series([abs(off)]), None, Goal("value", WITHIN)))


def ask(profile: Profile, requests: Sequence[Request], speed: float) -> Sequence[float]:
    """How long the answer to each request takes, one after the other, in the engine's seconds."""
    arguments = (profile.tier, "--profile", profile.name, "--speed", str(speed), "--max-model-len", "262144")
    taken_s = []
    with tempfile.TemporaryDirectory() as folder, simulated(Path(folder), *arguments) as engine:
        for fields in requests:
            began_s = time.monotonic()
            with open_stream(engine.address, fields) as stream:
                stream.payloads()
                taken_s.append((time.monotonic() - began_s) * speed)
    return taken_s


def workload(profile: Profile, requests: int) -> Iterator[Request]:
    """Requests that ask of the engine what the profile's workload says."""
    for band, prompt in PROMPTS.items():
        assert read_task([{"role": "user", "content": prompt}]).difficulty == band
    chance, told = Random(3), profile.workload
    spread = [even_shares(requests, chance) for _ in range(3)]
    for prompt_share, answer_share, band_share in zip(*spread, strict=True):
        prompt = PROMPTS[told.difficulty.at(band_share)]
        bare = len(chat_prompt([{"role": "user", "content": prompt}], ()))
        padding = FILLER * max(0, round(told.prompt_tokens.at(prompt_share)) - bare)
        tokens = max(1, round(told.answer_tokens.at(answer_share)))
        yield {
            "messages": [{"role": "user", "content": prompt + padding}],
            "max_tokens": tokens,
            "ignore_eos": True,
            "stream": True,
        }


if __name__ == "__main__":
    main()
