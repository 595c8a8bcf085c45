"""Which tiny engines there are and how each is started. Values only: nothing here starts anything."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

HOST = "127.0.0.1"
CONTEXT_TOKENS = 4096
SHIM = Path(__file__).parent / "shim"

EVERY_ENGINE = (
    *("--max-model-len", str(CONTEXT_TOKENS)),
    *("--dtype", "bfloat16"),
    "--enforce-eager",
    "--enable-request-id-headers",
    "--enable-server-load-tracking",
)

SETTINGS = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": str(SHIM),  # also for what runs without being an engine
    "PYTHONSAFEPATH": "1",  # else whatever lies in the working directory could be imported in vLLM's place
    "TORCHDYNAMO_DISABLE": "1",  # vLLM compiles its sampler even when told to be eager: 18 s, on first use
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # else all engines of a machine pin themselves to its first core
    "VLLM_NO_USAGE_STATS": "1",
}


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class EngineSpec:
    """One kind of engine.

    `checkpoint` is the name of its folder of weights, `served_model` what a caller writes in `model`,
    `dialect` how the router must speak to it. `flags` go to vLLM behind those that every engine gets, and `path` holds
    folders whose distributions it finds beside those of its own Python.
    """

    name: str
    checkpoint: str
    served_model: str
    dialect: Literal["vllm", "vllm_diffusion"]
    flags: tuple[str, ...] = ()
    path: tuple[Path, ...] = ()


FAST = EngineSpec("fast", "tiny-diffusiongemma-sure", "tier1", "vllm_diffusion", ("--language-model-only",))
"""A diffusion engine that settles every canvas in two passes."""

FAST_UNSURE = replace(FAST, name="fast-unsure", checkpoint="tiny-diffusiongemma")
"""A diffusion engine that never settles: every canvas runs into the cap of 48 passes."""

FAST_COUNTING = replace(
    FAST, name="fast-counting", flags=(*FAST.flags, "--scheduler-cls", "step_scheduler.StepScheduler")
)
"""FAST, reporting the passes of each request in `metrics.speculative_decoding`."""

STRONG = EngineSpec(
    "strong",
    "tiny-gemma4",
    "tier2",
    "vllm",
    ("--enable-auto-tool-choice", "--tool-call-parser", "gemma4", "--reasoning-parser", "gemma4"),
)
"""An autoregressive engine that can parse tool calls and reasoning."""

STRONG_FITTED = replace(STRONG, name="strong-fitted", checkpoint="tiny-gemma4-fitted")
"""STRONG, with weights that were fitted to the tales of `fitting_text`: what it finds likely means something."""

SPECS = (FAST, FAST_UNSURE, FAST_COUNTING, STRONG)
"""Those with random weights, which are there in seconds."""


@dataclass(frozen=True)
class Launch:
    """One engine to start.

    `python` is that of the virtual environment with vLLM in it, `models` the folder of all checkpoints, `log`
    a file that is replaced. With an `api_key` the engine wants it as a bearer token. A start may take
    `start_timeout_s`: 30 s are usual, several times that on a busy machine.
    """

    spec: EngineSpec
    python: Path
    models: Path
    log: Path
    port: int = field(default_factory=free_port)
    api_key: str = ""
    start_timeout_s: float = 300.0

    @property
    def address(self) -> str:
        """Where the engine answers once it runs."""
        return f"http://{HOST}:{self.port}"


def command_line(launch: Launch) -> tuple[str, ...]:
    """The arguments that start the engine, its Python first."""
    spec = launch.spec
    return (
        # Not `vllm serve`: it looks for a distribution called vllm, and the CPU build is called vllm-cpu.
        *(str(launch.python), "-m", "vllm.entrypoints.openai.api_server"),
        *("--model", str(launch.models.resolve() / spec.checkpoint)),
        *("--served-model-name", spec.served_model),
        *("--host", HOST),
        *("--port", str(launch.port)),
        *EVERY_ENGINE,
        *spec.flags,
    )


def environment(launch: Launch, inherited: Mapping[str, str]) -> dict[str, str]:
    """The engine's environment variables: `inherited`, overruled by its own."""
    interpreted = launch.spec.dialect == "vllm_diffusion"
    return {
        **inherited,
        **SETTINGS,
        "PYTHONPATH": os.pathsep.join(map(str, (SHIM, *launch.spec.path))),
        "TRITON_INTERPRET": "1" if interpreted else "0",
        "VLLM_API_KEY": launch.api_key,  # a command line could be read by every user of the machine
    }


def router_configuration(fast: Launch, strong: Launch) -> str:
    """The router's configuration, in YAML, for these two engines."""
    return f"tiers:\n  fast:\n{_tier(fast)}  strong:\n{_tier(strong)}"


def _tier(launch: Launch) -> str:
    return (
        "    backends:\n"
        f"      - url: {launch.address}\n"
        f"        model: {launch.spec.served_model}\n"
        f"        dialect: {launch.spec.dialect}\n"
        f"        context_tokens: {CONTEXT_TOKENS}\n"
        # An engine on a CPU leaves little of it to whoever calls.
        "        connect_s: 5\n"
    )
