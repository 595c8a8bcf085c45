"""The real engines behind the routers under test: started once per session, or run by somebody else meanwhile."""

import json
import os
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tandem_serving.tiny.engines import ensure_checkpoints, ensure_fitted_checkpoint, tiny_engines
from tandem_serving.tiny.specs import FAST, FAST_UNSURE, STRONG, STRONG_FITTED, EngineSpec, Launch
from tests.live.pages import fetch
from tests.live.plugin import ASYNC_SCHEDULER, SCHEDULER, install_plugin

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-live/bin/python"
MODELS = ROOT / ".live/models"
LOGS = ROOT / ".live/logs"
PLUGIN = ROOT / ".live/plugin"
ASYNC_ON_CPU = Path(__file__).with_name("async_on_cpu")


def telling(spec: EngineSpec, scheduler: str, *path: Path) -> EngineSpec:
    """The diffusion engine, with the plug-in that makes it tell its passes."""
    return replace(spec, flags=(*spec.flags, "--scheduler-cls", scheduler), path=(PLUGIN, *path))


READ_FLAGS = ("--prefix-cache-retention-interval", "256", "--enable-prompt-tokens-details")
READS = replace(STRONG, flags=(*STRONG.flags, *READ_FLAGS), path=(PLUGIN,))
"""A strong engine with the plug-in, by which it reads the end of a prompt, and a cache that keeps what reads leave and
tells what it served."""

MUTE = replace(STRONG, flags=(*STRONG.flags, "--max-logprobs", "0"))
"""A strong engine that says nothing of how likely a text is."""

SPEC_OF: Mapping[str, EngineSpec] = {
    "fast": telling(FAST, SCHEDULER),
    "strong": STRONG,
    "slow": telling(FAST_UNSURE, SCHEDULER),
    "async": telling(FAST, ASYNC_SCHEDULER, ASYNC_ON_CPU),
    "bare": FAST,
    "fitted": STRONG_FITTED,
    "mute": MUTE,
    "reads": READS,
    "reads-v2": replace(READS, dialect="vllm_diffusion"),  # for Triton's interpreter: vLLM's newer runner wants Triton
}
"""The engines by the role they play. `slow` stands in for `fast` where an engine must be busy for long: each of its
canvases takes seconds, where one of `fast` takes a fraction of one. `async` schedules as engines do on a GPU. All of
these but `bare` tell how many passes each canvas took."""

_RUNNING = re.compile(r"^vllm:num_requests_running\{[^}]*\} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class LiveEngine:
    """A running engine. `leader` is the process group it was started in, None when it is not ours to kill."""

    launch: Launch
    leader: int | None = None

    @property
    def address(self) -> str:
        """Its base address, without `/v1`."""
        return self.launch.address

    def is_healthy(self) -> bool:
        """Whether it answers and calls itself healthy."""
        return fetch(f"{self.address}/health").status == 200

    def requests_running(self) -> int:
        """The requests it works on: as its server counts them or as its scheduler does, whichever is more."""
        load = json.loads(fetch(f"{self.address}/load").text)["server_load"]
        scheduled = _RUNNING.findall(fetch(f"{self.address}/metrics").text)
        return max(load, *(int(float(count)) for count in scheduled))

    def is_idle(self) -> bool:
        """Whether it works for nobody."""
        return self.requests_running() == 0

    def kill(self) -> None:
        """Ends all its processes at once, without a word to anybody."""
        assert self.leader is not None
        os.killpg(self.leader, signal.SIGKILL)


def ports_given(environment: Mapping[str, str]) -> Mapping[str, int]:
    """The ports of engines that already run, by role: `TANDEM_LIVE_FAST_PORT=8102` and so on."""
    variables = {role: f"TANDEM_LIVE_{role.upper().replace('-', '_')}_PORT" for role in SPEC_OF}
    return {role: int(environment[name]) for role, name in variables.items() if name in environment}


def skip_or_fail(reason: str) -> None:
    """Where nobody is looking, a test that cannot run has failed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def live_engines(roles: list[str], ports: Mapping[str, int]) -> Iterator[Mapping[str, LiveEngine]]:
    """Engines for these roles, those without a port started side by side: a minute or more on two cores.

    Raises EngineError, with the end of its log, when one does not start.
    """
    found = {role: LiveEngine(_launch(role, port)) for role, port in ports.items() if role in roles}
    missing = [role for role in roles if role not in found]
    if missing:
        ensure_checkpoints(PYTHON, MODELS)
        install_plugin(PLUGIN)
    if "fitted" in missing:
        ensure_fitted_checkpoint(PYTHON, MODELS)
    with tiny_engines(*(_launch(role) for role in missing)) as started:
        ours = {role: LiveEngine(each.launch, each.process.pid) for role, each in zip(missing, started, strict=True)}
        yield {**found, **ours}


def _launch(role: str, port: int | None = None) -> Launch:
    log = LOGS / f"tests-{role}.log"
    if port is None:
        return Launch(SPEC_OF[role], PYTHON, MODELS, log)
    return Launch(SPEC_OF[role], PYTHON, MODELS, log, port)
