"""Looks, checks, says what it found, and becomes the engine."""

import json
import os
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.table import Table
from rich.text import Text

from router.core.errors import TandemError
from tandem_serving.launch.engine_key import ensure_key, read_key
from tandem_serving.launch.findings import Finding, Situation, Weight
from tandem_serving.launch.fit import reckoned
from tandem_serving.launch.machine import look_at_machine
from tandem_serving.launch.memory import Line, written_out
from tandem_serving.launch.needs import find_needs
from tandem_serving.launch.plan import (
    KEY_VARIABLE,
    PORTS,
    Plan,
    command,
    environment,
    options_given,
    shell_line,
)
from tandem_serving.launch.preflight import findings
from tandem_serving.launch.router_settings import as_yaml, write_settings
from tandem_serving.launch.weights import find_weights, is_offline
from tandem_serving.simulator.profile_file import SimulatedTier

STYLE: Mapping[Weight, str] = {"never": "bold red", "stops": "bold red", "warns": "yellow", "notes": "dim"}


class NotStarted(TandemError):
    """The engine's command does not run at all."""


@dataclass(frozen=True)
class Asked:
    """A launch in the words of the command line. `port` 0 is that of the tier."""

    tier: SimulatedTier
    profile: str
    model: str | None
    host: str
    port: int
    key_file: Path | None
    python: Path | None
    extra: tuple[str, ...]


def situation(asked: Asked) -> Situation:
    """What there is, on this machine, to the launch that was asked for. Raises FileError."""
    plan = Plan(
        tier=asked.tier,
        needs=find_needs(asked.tier, asked.profile, options_given(asked.extra)),
        host=asked.host,
        port=asked.port or PORTS[asked.tier],
        key_file=asked.key_file.resolve() if asked.key_file else None,
        model=str(Path(asked.model).resolve()) if asked.model and Path(asked.model).is_dir() else asked.model,
        extra=asked.extra,
    )
    return Situation(
        plan=plan,
        machine=look_at_machine(asked.python),
        weights=find_weights(plan.weights),
        port_is_free=_port_is_free(plan),
        offline=is_offline(),
    )


def print_command(of: Situation) -> bool:
    """The command on stdout, and nothing else; what there is to say on stderr. Makes the key that it names.

    Whether it did: a command that opens an engine to others is not given.
    """
    say(of)
    if any(finding.weight == "never" for finding in findings(of)):
        return False
    _make_key(of)
    print(shell_line(of.plan, of.machine.vllm))  # noqa: T201 - to be piped into a shell
    return True


def print_json(of: Situation) -> None:
    """All of it for machines. The key itself is not in it, and is not made."""
    lines = _lines(of)
    print(  # noqa: T201
        json.dumps(
            {
                "profile": of.needs.name,
                "command": command(of.plan, of.machine.vllm),
                "environment": environment(of.plan),
                "key_file": str(of.plan.key_file) if of.plan.key_file else None,
                "findings": [asdict(finding) for finding in findings(of)],
                "memory": [asdict(line) for line in lines],
                "router_settings": as_yaml(of.plan, _key_name(of)),
            }
        )
    )


def may_start(of: Situation, *, anyway: bool) -> bool:
    """Says what was found, and whether the engine is to be started in spite of it."""
    say(of)
    weights = {finding.weight for finding in findings(of)}
    if weights.isdisjoint({"never", "stops"}) or (anyway and "never" not in weights and of.machine.vllm is not None):
        return True
    _stderr().print("Not started. Put right what stops it, or add --anyway.", style=STYLE["stops"])
    return False


def become(of: Situation, settings: Path | None) -> NoReturn:
    """Becomes the engine, which takes over this process; `settings` is where the router is told of it.

    Raises KeyRefused, FileError and NotStarted.
    """
    _make_key(of)
    key = read_key(of.plan.key_file) if of.plan.key_file else ""
    if settings is not None:
        write_settings(settings, of.plan, key or None)
        told = f"  {settings} has the engine as a backend of the {of.plan.tier} tier"
    else:
        told = f"In tandem.yaml, or by itself with --settings tandem.yaml:\n{as_yaml(of.plan, _key_name(of))}"
    _stderr().print(Text(told, style="dim"), soft_wrap=True)
    sys.stderr.flush()
    started = command(of.plan, of.machine.vllm)
    try:
        os.execvpe(started[0], started, {**os.environ, **environment(of.plan), KEY_VARIABLE: key})  # noqa: S606
    except OSError as error:
        raise NotStarted(
            f"{started[0]} cannot be run: {error.strerror}; --python names the one that has vLLM"
        ) from None


def say(of: Situation) -> None:
    """What was found, and the sum of the memory, on stderr."""
    console = _stderr()
    needs = of.needs
    what = f"{needs.name}: {of.plan.weights} for {needs.hardware.card}, at {of.plan.address}"
    console.print(Text(what, style="bold"), soft_wrap=True)
    if lines := _lines(of):
        console.print(_memory_table(lines))
    for finding in findings(of):
        console.print(_sentence(finding), soft_wrap=True)


def _lines(of: Situation) -> Sequence[Line]:
    found = reckoned(of)
    return tuple(written_out(found.budget, found.model, found.serving, found.told)) if found else ()


def _memory_table(lines: Iterable[Line]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    for line in lines:
        table.add_row(f"  {line.label}", line.figure, line.how)
    return table


def _sentence(finding: Finding) -> Text:
    instead = f"\n         → {finding.instead}" if finding.instead else ""
    return Text.assemble((f"  {finding.weight}", STYLE[finding.weight]), f"  {finding.about}: {finding.says}{instead}")


def _make_key(of: Situation) -> None:
    file = of.plan.key_file
    if file is not None and ensure_key(file):
        said = f"  a new key for the engine is in {file}; nobody but you can read it"
        _stderr().print(Text(said, style="dim"), soft_wrap=True)


def _key_name(of: Situation) -> str | None:
    return f"<the line in {of.plan.key_file}>" if of.plan.key_file else None


def _port_is_free(plan: Plan) -> bool:
    host = plan.address.removeprefix("http://").rpartition(":")[0].strip("[]")
    with suppress(OSError), socket.create_connection((host, plan.port), timeout=1):
        return False
    return True


def _stderr() -> Console:
    return Console(stderr=True, highlight=False)
