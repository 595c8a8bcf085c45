"""What reading saves: latency and engine time per answer of the strong tier alone, of a gate with checks, and of one
that reads and then continues or repairs.

python -m tests.bench.reading_study [--answers N] [--speed X] [--caches] [--page FILE] [--modes MODE ...]

The real router stands before two simulated engines that play one profile; of the fast tier's blocks, one in four holds
a sentence that is fluent and wrong. Each prompt is asked in every mode, one request at a time, so that an engine's
time is one answer's. Prints lines of JSON: every answer, then a summary of each mode with intervals; `--page` draws
them.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice, permutations
from pathlib import Path
from typing import Any

from tandem_serving.simulator.profile_file import SimulatedTier, find_profile
from tandem_serving.simulator.task import read_task
from tandem_serving.simulator.text import compose
from tandem_serving.simulator.tokens import tokens_of
from tests.bench.figure import say
from tests.bench.reading_page import page_of
from tests.bench.reading_rows import ALONE, Taken, summaries, table_of
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.serving.simulated_engine import SimulatedEngine, simulated
from tests.wire.page import Samples
from tests.wire_client import ask, open_stream, payload, request_fields

SCRIPT = "wrong:0.25"
TIERS: tuple[SimulatedTier, ...] = ("fast", "strong")
MODELS: Mapping[SimulatedTier, str] = {"fast": "tier1", "strong": "tier2"}
DIALECTS: Mapping[SimulatedTier, str] = {"fast": "vllm_diffusion", "strong": "vllm"}

GATED: Mapping[str, Any] = {"ladder": ["fast", "strong"], "gate": "block"}
MODES: Mapping[str, Mapping[str, Any]] = {
    ALONE: {"tier": "strong"},
    "gate with checks": GATED,
    "read and continue": {**GATED, "verify": {"read": "always"}, "on_reject": "continue"},
    "read and repair": {**GATED, "verify": {"read": "always"}, "on_reject": "repair"},
}
"""What `otherwise` says in the policy of each."""

PROMPTS: Mapping[str, str] = {
    "long": "Write an essay of 760 words about {}, {} and {}.",
    "short": "Tell me about {}, {} and {}.",
}
"""For answers of four canvases, and of one."""

SUBJECTS = ("canals", "barges", "cranes", "tides", "orchards", "violins", "steam", "lanterns", "clocks", "salt", "wool")
WORKED = ("vllm:time_to_first_token_seconds_sum", "vllm:inter_token_latency_seconds_sum")
WAITED = "vllm:request_queue_time_seconds_sum"
PASSES = "vllm:diffusion_num_denoising_steps_total"
WARM_UP = 3


@dataclass(frozen=True)
class Play:
    """What the engines play: a profile, how many times as fast as that says, and how the strong one is started."""

    profile: str
    speed: float
    strong: Sequence[str]


@dataclass(frozen=True)
class Stage:
    """What runs: the router, and its engines, the fast one of which takes `pass_s` for a pass when it has no other."""

    router: RouterProcess
    engines: Mapping[SimulatedTier, SimulatedEngine]
    speed: float
    pass_s: float

    def samples(self, tier: SimulatedTier) -> Samples:
        """The metrics of an engine that has nothing left to do."""
        return until(lambda: self._idle_samples(tier))

    def _idle_samples(self, tier: SimulatedTier) -> Samples | None:
        samples = Samples(ask(self.engines[tier].address, "GET", "/metrics").body.decode())
        return None if samples.of("vllm:num_requests_running") else samples


@dataclass(frozen=True)
class Seen:
    """What a caller saw of an answer, in seconds by the clock, and what it was told of the attempts."""

    text: str
    first_s: float
    total_s: float
    outcomes: Sequence[str]


def main() -> int:
    """Measures and prints; 0 whatever it finds."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--profile", default="h200-fp8")
    reader.add_argument("--answers", type=int, default=100, help="prompts of each length")
    reader.add_argument("--speed", type=float, default=1.0, help="divides every duration of the engines")
    reader.add_argument("--modes", nargs="+", choices=list(MODES), default=list(MODES))
    reader.add_argument("--caches", action="store_true", help="the strong engine serves prefixes to reads")
    reader.add_argument("--page", type=Path, help="where to draw it, as HTML")
    told = reader.parse_args()
    modes = [ALONE, *(mode for mode in told.modes if mode != ALONE)]
    play = Play(told.profile, told.speed, ("--caches",) if told.caches else ())
    with tempfile.TemporaryDirectory() as folder, staged(Path(folder), play, modes) as stage:
        taken = list(measure(stage, modes, told.answers))
    found = summaries(taken)
    for each in found:
        print(json.dumps(asdict(each)), flush=True)
    say(table_of(found))
    if told.page:
        told.page.write_text(page_of(found, f"{told.profile}, {SCRIPT}"))
    return 0


@contextmanager
def staged(folder: Path, play: Play, modes: Sequence[str]) -> Iterator[Stage]:
    """The engines and the router with a policy for each mode. Nothing keeps an engine from being asked, or the router
    from climbing, but what the policies say."""
    (folder / "policies").mkdir()
    for mode in modes:
        policy = {"name": policy_of(mode), "rules": [], "otherwise": MODES[mode]}
        (folder / "policies" / f"{policy_of(mode)}.yaml").write_text(json.dumps(policy))
    default = {"name": "default", "rules": [], "otherwise": MODES[ALONE]}
    (folder / "policies" / "default.yaml").write_text(json.dumps(default))
    with ExitStack() as stack:
        engines = {tier: stack.enter_context(_engine(folder, tier, play)) for tier in TIERS}
        router = stack.enter_context(serving(_settings(folder, engines), folder))
        yield Stage(router, engines, play.speed, find_profile("fast", play.profile).step_s.at(1))


def policy_of(mode: str) -> str:
    """The name of a mode's policy."""
    return mode.replace(" ", "-")


def measure(stage: Stage, modes: Sequence[str], answers: int) -> Iterator[Taken]:
    """Every prompt in every mode, the modes of a prompt one after the other."""
    for _ in range(WARM_UP):
        for mode in modes:
            answer(stage, mode, "short", 0)
    for kind in PROMPTS:
        say(f"asking {answers} {kind} prompts in {len(modes)} modes")
        for prompt in range(answers):
            for mode in modes:
                taken = answer(stage, mode, kind, prompt)
                print(json.dumps(asdict(taken)), flush=True)
                yield taken


def answer(stage: Stage, mode: str, kind: str, prompt: int) -> Taken:
    """One answer: what its caller saw, and what it took of the engines."""
    asked = PROMPTS[kind].format(*next(islice(permutations(SUBJECTS, 3), prompt * 7, None)))
    before = {tier: stage.samples(tier) for tier in TIERS}
    seen = _stream(stage.router, policy_of(mode), asked)
    after = {tier: stage.samples(tier) for tier in TIERS}
    passes = after["fast"].of(PASSES) - before["fast"].of(PASSES)
    return Taken(
        mode=mode,
        kind=kind,
        prompt=prompt,
        tokens=len(tokens_of(seen.text)),
        first_s=seen.first_s * stage.speed,
        total_s=seen.total_s * stage.speed,
        strong_s=(worked_s(after["strong"]) - worked_s(before["strong"])) * stage.speed,
        fast_s=passes * stage.pass_s,
        wrong=seen.text != compose(read_task([{"role": "user", "content": asked}])),
        outcomes=seen.outcomes,
    )


def worked_s(samples: Samples) -> float:
    """How long an engine has worked so far, answers that nobody waited for included, where no two ran at once: from
    request to first token, from token to token. vLLM tells the same."""
    return sum(samples.of(name) for name in WORKED) - samples.of(WAITED)


def _stream(router: RouterProcess, policy: str, prompt: str) -> Seen:
    parts, attempts, first_s = [], [], 0.0
    began_s = time.monotonic()
    fields = request_fields(prompt, model=f"auto:{policy}", stream_options={"include_usage": True})
    with open_stream(router.public, fields) as stream:
        while (data := payload(stream.next_event())) != "[DONE]":
            chunk = json.loads(data or "{}")
            said = [each["delta"].get("content") or "" for each in chunk.get("choices", ())]
            parts += said
            first_s = first_s or (time.monotonic() - began_s if any(said) else 0.0)
            attempts = chunk.get("router", {}).get("attempts", attempts)
    outcomes = [f"{each['tier']} {each['outcome']}" for each in attempts]
    return Seen("".join(parts), first_s, time.monotonic() - began_s, outcomes)


def _engine(folder: Path, tier: SimulatedTier, play: Play) -> Any:
    (folder / tier).mkdir()
    beside = ("--script", SCRIPT, "--tells-passes") if tier == "fast" else play.strong
    usual = ("--profile", play.profile, "--speed", str(play.speed), "--seed", "1")
    return simulated(folder / tier, tier, *usual, *beside)


def _settings(folder: Path, engines: Mapping[SimulatedTier, SimulatedEngine]) -> Mapping[str, Any]:
    return {
        "public": {"port": 0},
        "admin": {"port": 0},
        "tiers": {tier: {"backends": [_backend(tier, engine)]} for tier, engine in engines.items()},
        "policies": str(folder / "policies"),
        "decision_log": str(folder / "decisions.jsonl"),
        "cache_salt_secret": "pepper",
        "breakers": False,
        "escalations": {"limited": False},
    }


def _backend(tier: SimulatedTier, engine: SimulatedEngine) -> Mapping[str, Any]:
    url = f"http://{engine.address.host}:{engine.address.port}"
    return {"url": url, "model": MODELS[tier], "dialect": DIALECTS[tier], "context_tokens": 8192}


if __name__ == "__main__":
    sys.exit(main())
