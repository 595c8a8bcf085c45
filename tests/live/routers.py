"""Routers as people run them: the `tandem` command in a process of its own, with a file of settings."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from router.core.log_lines import is_record
from tandem_serving.tiny.specs import router_configuration
from tests.live.engines import ROOT, LiveEngine
from tests.live.pages import fetch
from tests.patience import until

COMMAND = Path(sys.executable).with_name("tandem")
START_WITHIN_S = 30.0
WARM_WITHIN_S = 40.0
STOP_WITHIN_S = 15.0
RECORD_WITHIN_S = 5.0

ABOUT_READING = ("verify", "on_reject", "max_repairs")
"""Settings that no policy may have whose gate is open."""

_READY = re.compile(r"is ready: (http://\S+)/v1 \(admin: (http://\S+)/docs\)")


@dataclass(frozen=True)
class Router:
    """A running router: its process, its two addresses, its decision log, and the file that has all it printed."""

    process: subprocess.Popen[bytes]
    address: str
    admin: str
    decision_log: Path
    output: Path

    def is_settled(self) -> bool:
        """Whether it is done with asking engines for their first answers, which they count as anybody's."""
        page = fetch(f"{self.admin}/readyz")
        return page.status != 0 and json.loads(page.text)["status"] != "warming"

    def ask_to_stop(self) -> None:
        """Tells it to stop, as an operator or an orchestrator does."""
        self.process.send_signal(signal.SIGTERM)

    def exit_status(self) -> int:
        """Its exit status, which is waited for."""
        return self.process.wait(STOP_WITHIN_S)

    def records(self) -> list[dict[str, Any]]:
        """The records written so far."""
        if not self.decision_log.exists():
            return []
        lines = self.decision_log.read_bytes().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith(b"\n") and is_record(line)]

    def record_of(self, request_id: str) -> dict[str, Any]:
        """The one record of a request. Records are written a moment after the answer, so this waits."""
        return self.records_of({request_id})[0]

    def records_of(self, request_ids: set[str]) -> list[dict[str, Any]]:
        """The records of these requests, exactly one each."""
        found = until(lambda: self._all_of(request_ids), RECORD_WITHIN_S)
        assert len(found) == len(request_ids)
        return found

    def _all_of(self, request_ids: set[str]) -> list[dict[str, Any]]:
        found = [record for record in self.records() if record["request_id"] in request_ids]
        return found if {record["request_id"] for record in found} == request_ids else []


def shipped_policies(folder: Path) -> Path:
    """The policies that ship, copied into a folder, their gates open, and nothing read: models of random weights write
    gibberish, which no check would let pass."""
    copies = folder / "policies"
    copies.mkdir()
    for file in (ROOT / "policies").glob("*.yaml"):
        policy = YAML(typ="safe").load(file)
        for then in (policy["otherwise"], *(rule["then"] for rule in policy["rules"])):
            then["gate"] = "off"
            for setting in ABOUT_READING:
                then.pop(setting, None)
        (copies / file.name).write_text(json.dumps(policy))
    return copies


@contextmanager
def running_router(folder: Path, fast: LiveEngine, strong: LiveEngine, **settings: Any) -> Iterator[Router]:
    """A router in front of two engines, on free ports, with these further settings; unless they name policies, with
    those that ship, their gates open. It has warmed them up. Stopped as people stop it."""
    if "policies" not in settings:
        settings["policies"] = str(shipped_policies(folder))
    with router_of(folder, router_configuration(fast.launch, strong.launch), **settings) as router:
        yield router


@contextmanager
def router_of(folder: Path, tiers: str, **settings: Any) -> Iterator[Router]:
    """A router of these tiers, in YAML, on free ports, with these further settings. It has warmed its engines up.
    Stopped as people stop it."""
    config, output = folder / "tandem.yaml", folder / "output.txt"
    config.write_text(tiers + _yaml(settings))
    with output.open("wb") as writing:
        process = subprocess.Popen(
            [COMMAND, "serve", "--config", config], env=_environment(), stdout=writing, stderr=subprocess.STDOUT
        )
    try:
        ready = until(lambda: _ready_line(process, output), START_WITHIN_S)
        router = Router(process, ready[1], ready[2], folder / "decisions.jsonl", output)
        until(router.is_settled, WARM_WITHIN_S)
        yield router
        router.ask_to_stop()
        assert router.exit_status() == 0, output.read_text()
    finally:
        process.kill()
        process.wait()


def create_key(keys: Path, *options: str) -> str:
    """A new virtual key, made as people make one."""
    command = [COMMAND, "keys", "create", "--keys", keys, *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _ready_line(process: subprocess.Popen[bytes], output: Path) -> re.Match[str] | None:
    said = output.read_text()
    assert process.poll() is None, f"the router did not start:\n{said}"
    return _READY.search(said)


def _yaml(settings: Mapping[str, Any]) -> str:
    """The settings as YAML, one line each: every value in JSON, which YAML includes."""
    usual = {
        "public": {"port": 0},
        "admin": {"port": 0},
        "decision_log": "decisions.jsonl",
        "audits": False,
        "stop_grace_s": 5,
    }
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in {**usual, **settings}.items())


def _environment() -> dict[str, str]:
    """Ours, without what would overrule the file of settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
