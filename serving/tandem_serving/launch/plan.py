"""One launch as it was asked for, the command it comes to, and how that is written down."""

import ipaddress
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tandem_serving.launch.machine import Vllm
from tandem_serving.launch.needs import Needs
from tandem_serving.simulator.profile_file import SimulatedTier
from tandem_serving.tiny.specs import SHIM

PORTS: Mapping[SimulatedTier, int] = {"fast": 8102, "strong": 8101}
KEY_VARIABLE = "VLLM_API_KEY"
"""vLLM reads the key from here too; on a command line every user of the machine could read it."""

Reach = Literal["loopback", "private", "all", "public", "name"]


@dataclass(frozen=True)
class Plan:
    """What to start: `model` overrules that of the profile, `extra` are further arguments for vLLM. Without a
    `key_file` the engine asks for no key."""

    tier: SimulatedTier
    needs: Needs
    host: str
    port: int
    key_file: Path | None
    model: str | None = None
    extra: tuple[str, ...] = ()

    @property
    def weights(self) -> str:
        """The name or the folder of the weights."""
        return self.model or self.needs.options.model

    @property
    def address(self) -> str:
        """Where it answers once it runs."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def reach_of(host: str) -> Reach:
    """Who can reach a server that listens there. A name that is no address may lead anywhere."""
    if host == "localhost":
        return "loopback"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "name"
    if address.is_unspecified:
        return "all"
    if address.is_loopback:
        return "loopback"
    return "private" if address.is_private else "public"


def options_given(extra: Sequence[str]) -> dict[str, Any]:
    """The options among arguments for vLLM: `--max-num-seqs 2` and `--max-num-seqs=2` are both one."""
    given: dict[str, Any] = {}
    for place, argument in enumerate(extra):
        if not argument.startswith("--"):
            continue
        name, joined, value = argument.removeprefix("--").partition("=")
        following = extra[place + 1] if place + 1 < len(extra) else ""
        if joined or (following and not following.startswith("-")):
            given[name.replace("_", "-")] = _read(value if joined else following)
    return given


def _read(text: str) -> Any:
    """The value of an option: vLLM takes JSON where it wants more than a word or a number."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def command(plan: Plan, vllm: Vllm | None) -> tuple[str, ...]:
    """The arguments that start the engine."""
    file = ("--config", str(plan.needs.file))
    where = ("--host", plan.host, "--port", str(plan.port))
    if vllm is not None and vllm.distribution != "vllm":
        # Its `vllm serve` looks for a distribution called vllm.
        named = ("--model", plan.model) if plan.model else ()
        return (str(vllm.python), "-m", "vllm.entrypoints.openai.api_server", *file, *named, *where, *plan.extra)
    model = (plan.model,) if plan.model else ()
    return (_vllm_command(vllm), "serve", *model, *file, *where, *plan.extra)


def _vllm_command(vllm: Vllm | None) -> str:
    beside = vllm.python.with_name("vllm") if vllm is not None else None
    return str(beside) if beside is not None and beside.exists() else "vllm"


def environment(plan: Plan) -> dict[str, str]:
    """The variables that the profile sets."""
    return {name: each.value.format(shim=SHIM) for name, each in plan.needs.profile.environment.items()}


def shell_line(plan: Plan, vllm: Vllm | None) -> str:
    """The launch as a line for a shell. The key is read when the line runs, so that the line does not tell it."""
    settings = [f"{name}={shlex.quote(value)}" for name, value in environment(plan).items()]
    if plan.key_file is not None:
        settings.append(f'{KEY_VARIABLE}="$(cat {shlex.quote(str(plan.key_file))})"')
    return " ".join([*settings, shlex.join(command(plan, vllm))])
