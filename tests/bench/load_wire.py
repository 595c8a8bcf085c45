"""Whether the load study plays what happens: a minute of it over the wire, beside the same minute in virtual time.

    python -m tests.bench.load_wire [--seconds 60]

The real router stands before two simulated engines that play one profile at its own pace, its policy and its limits
those of the study. Callers ask for essays of so many words, in bursts, at the load that both engines can serve; who has
no answer within its budget hangs up. Because the length is asked for, the router knows it, and so does the Tandem of
the virtual minute. What is compared is the share of answers in time, whether right or wrong: the engines' texts are
neither. Both draw how many passes their canvases take, each by itself.
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, Final

import aiohttp
from msgspec.structs import replace

from router.config.policies.policy_file import compile_policy
from router.config.yaml_file import parse_yaml
from router.core.latency import Pace
from router.core.values import Score
from tandem_serving.simulator.profile_file import SimulatedTier
from tandem_serving.simulator.work import draw_job
from tests.bench.figure import Series, make_figure, print_figure, say
from tests.bench.load import IN_TIME
from tests.bench.load_study.stage import Stage
from tests.bench.load_study.tandem import Tandem
from tests.bench.load_study.workload import BAND_ENDS, TIERS, Asked, Pair, Scene, capacity_of, in_one_block, pair_of
from tests.bench.load_study.workload import requests_of as drawn_requests
from tests.latency_trial import thought_pace
from tests.router_process import serving
from tests.serving.simulated_engine import simulated
from tests.wire_client import CHAT, Address, request_fields

SCENE: Final = Scene("rtx5090-nvfp4", "bursty", 1.0, 3.0)
SEED: Final = 1
MODELS: Final[Mapping[SimulatedTier, str]] = {"fast": "tier1", "strong": "tier2"}
DIALECTS: Final[Mapping[SimulatedTier, str]] = {"fast": "vllm_diffusion", "strong": "vllm"}
TOKENS_PER_WORD: Final = 4 / 3
"""As the router and the simulated engines have it."""


def main() -> None:
    """Measures and prints."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=float, default=60.0)
    seconds = reader.parse_args().seconds
    pair = pair_of(SCENE.profile)
    requests = requests_of(pair, seconds)
    virtual = [in_virtual_time(pair, requests)]
    say(f"{len(requests)} requests in {seconds:g} s")
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as scratch:
        real = over_the_wire(Path(scratch), pair, requests)
    spread = sqrt(real * (1.0 - real) / len(requests))
    say(f"in time over the wire {real:.3f} (one deviation of so many requests: {spread:.3f})")
    print_figure(make_figure("load.in_time over the wire", "share", Series([real]), Series(virtual), None))


def requests_of(pair: Pair, seconds: float) -> Sequence[Asked]:
    """The study's requests, as easy as essays are, and as long as was asked for."""
    chance = Random(SEED)
    asked = drawn_requests(pair, SCENE, capacity_of(pair), seconds, chance)
    return [_as_essay(pair, each, chance) for each in asked]


def in_virtual_time(pair: Pair, requests: Sequence[Asked]) -> float:
    """The share in time of the study's Tandem."""
    policy = compile_policy(parse_yaml(Path("in-time.yaml"), IN_TIME))
    return len(Stage(pair, SCENE.budget_s).play(requests, Tandem(pair, policy))) / len(requests)


def over_the_wire(folder: Path, pair: Pair, requests: Sequence[Asked]) -> float:
    """The share in time of the router's callers."""
    for tier in TIERS:
        (folder / tier).mkdir()
    play = ("--profile", pair.name, "--seed", str(SEED))
    with simulated(folder / "fast", "fast", *play) as fast, simulated(folder / "strong", "strong", *play) as strong:
        engines: Mapping[SimulatedTier, Address] = {"fast": fast.address, "strong": strong.address}
        with serving(_settings(folder, pair, engines), folder) as router:
            return fmean(asyncio.run(_asking(router.public, requests)))


def words_of(tokens: int) -> int:
    """The words of an essay of so many tokens."""
    return max(round(tokens / TOKENS_PER_WORD), 1)


def _as_essay(pair: Pair, asked: Asked, chance: Random) -> Asked:
    (tokens,) = asked.jobs["strong"].passes
    tokens = round(words_of(tokens) * TOKENS_PER_WORD)
    jobs = {
        tier: in_one_block(draw_job(profile, asked.prompt_tokens, tokens, "low", chance))
        for tier, profile in pair.profiles.items()
    }
    easy = Score(fmean(BAND_ENDS["low"]), "low")
    return replace(
        asked, difficulty=easy, thought=replace(asked.thought, p50=tokens, p90=tokens), jobs=jobs, doubted=False
    )


async def _asking(to: Address, requests: Sequence[Asked]) -> Sequence[bool]:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began_s = asyncio.get_running_loop().time()
        return await asyncio.gather(*(_ask(session, to, each, began_s) for each in requests))


async def _ask(session: aiohttp.ClientSession, to: Address, asked: Asked, began_s: float) -> bool:
    """Whether there was an answer in time."""
    loop = asyncio.get_running_loop()
    (tokens,) = asked.jobs["strong"].passes
    beside = "tide " * max(asked.prompt_tokens - 20, 0)
    prompt = f"{beside}\n\nWrite an essay of {words_of(tokens)} words about canal {asked.number}."
    body = request_fields(prompt, router={"latency_budget_ms": round(1000 * SCENE.budget_s)})
    await asyncio.sleep(max(began_s + asked.at_s - loop.time(), 0.0))
    try:
        async with (
            asyncio.timeout(SCENE.budget_s),
            session.post(f"http://{to.host}:{to.port}{CHAT}", json=body) as answer,
        ):
            await answer.read()
            return answer.status == 200
    except (TimeoutError, aiohttp.ClientError):
        return False


def _settings(folder: Path, pair: Pair, engines: Mapping[SimulatedTier, Address]) -> Mapping[str, Any]:
    (folder / "policies").mkdir()
    otherwise = {"ladder": list(TIERS), "begin": "in_time", "gate": "off"}
    policy = {"name": "default", "rules": [], "otherwise": otherwise}
    (folder / "policies" / "default.yaml").write_text(json.dumps(policy))
    return {
        "public": {"port": 0},
        "admin": {"port": 0},
        "tiers": {tier: {"backends": [_backend(pair, tier, address)]} for tier, address in engines.items()},
        "policies": str(folder / "policies"),
        "decision_log": str(folder / "decisions.jsonl"),
        "audits": False,
    }


def _backend(pair: Pair, tier: SimulatedTier, address: Address) -> Mapping[str, Any]:
    profile = pair.profiles[tier]
    pace: Pace = thought_pace(profile, wrong_by=1.0)
    return {
        "url": f"http://{address.host}:{address.port}",
        "model": MODELS[tier],
        "dialect": DIALECTS[tier],
        "context_tokens": 32_768,
        "concurrency": profile.knee.value,
        "latency": {name: getattr(pace, name) for name in Pace.__struct_fields__},
    }


if __name__ == "__main__":
    main()
