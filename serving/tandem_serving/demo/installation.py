"""Two simulated engines and a router in front of them, in a folder of their own that is gone afterwards."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from router.core.log_lines import is_record
from router.core.record import Record
from tandem_serving.demo.client import HOST, Client
from tandem_serving.demo.policies import write_policies
from tandem_serving.demo.processes import DemoError, Launch, Running, environment, pick_ports, started
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.profile_file import SimulatedTier, find_profile

PUBLIC_PORT, ADMIN_PORT = 8080, 8081
DIALECTS: Mapping[SimulatedTier, str] = {"fast": "vllm_diffusion", "strong": "vllm"}
NEEDED_TOKENS = 32_768
"""The least window that holds the longest prompt of the showcase and its answer."""

RECORDS_TIMEOUT_S = 5.0
POLL_INTERVAL_S = 0.05

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Layout:
    """Where everything of an installation is. `ports` are of `public`, `admin`, `fast` and `strong`."""

    folder: Path
    profiles: Mapping[SimulatedTier, Profile]
    ports: Mapping[str, int]


class Installation:
    """Everything running. `client` is a caller whose key has the usual grants."""

    def __init__(
        self, layout: Layout, client: Client, engines: Mapping[SimulatedTier, Running], router: Running
    ) -> None:
        self.layout = layout
        self.client = client
        self._engines = dict(engines)
        self._router = router
        self._restarted = ExitStack()

    @property
    def address(self) -> str:
        """The router's base address for OpenAI clients."""
        return f"http://{HOST}:{self.layout.ports['public']}/v1"

    @property
    def admin_address(self) -> str:
        """The router's admin listener."""
        return f"http://{HOST}:{self.layout.ports['admin']}"

    def kill_fast(self) -> None:
        """Ends the fast engine as a crash would."""
        self._engines["fast"].kill()

    def restart_fast(self) -> None:
        """Starts the fast engine again where it was. Raises DemoError."""
        engine = self._restarted.enter_context(started(_engine_launch("fast", self.layout)))
        engine.await_health()
        self._engines["fast"] = engine

    def raise_if_ended(self) -> None:
        """Raises DemoError when an engine or the router no longer runs."""
        for running in (*self._engines.values(), self._router):
            running.raise_if_ended()

    def records_of(self, request_ids: Collection[str]) -> Mapping[str, Record]:
        """The router's records of these requests by id, once all are written. Raises DemoError when some are not."""
        deadline_s = time.monotonic() + RECORDS_TIMEOUT_S
        while missing := set(request_ids) - (records := _read_records(_decision_log(self.layout))).keys():
            if time.monotonic() > deadline_s:
                raise DemoError(f"the router's decision log lacks {len(missing)} of {len(request_ids)} requests")
            time.sleep(POLL_INTERVAL_S)
        return {each: records[each] for each in request_ids}

    def close(self) -> None:
        """Stops what was started since the installation was opened."""
        self._restarted.close()


@contextmanager
def open_installation(profile: str, tell: Tell) -> Iterator[Installation]:
    """Everything up and well on entry, stopped and gone on exit. `tell` hears how far it is.

    Raises DemoError, or FileError for a profile that there is not.
    """
    profiles = _find_profiles(profile)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tandem-demo-")))
        layout = Layout(folder, profiles, _pick_ports())
        began_s = time.monotonic()
        engines = {tier: stack.enter_context(started(_engine_launch(tier, layout))) for tier in profiles}
        client = Client(layout.ports["public"], _create_key(layout))
        for engine in engines.values():
            engine.await_health()
        tell(f"two simulated engines ({profile}) are up after {time.monotonic() - began_s:.2f} s")
        router = stack.enter_context(_started_router(layout, tell))
        installation = Installation(layout, client, engines, router)
        stack.callback(installation.close)
        yield installation


@contextmanager
def _started_router(layout: Layout, tell: Tell) -> Iterator[Running]:
    """Alone, once the engines are up, so that the time told is its own."""
    began_s = time.monotonic()
    with started(_router_launch(layout)) as router:
        router.await_health()
        tell(f"the router is up after {time.monotonic() - began_s:.2f} s")
        yield router


def _pick_ports() -> Mapping[str, int]:
    wanted = {"public": PUBLIC_PORT, "admin": ADMIN_PORT, "fast": 0, "strong": 0}
    return dict(zip(wanted, pick_ports(tuple(wanted.values())), strict=True))


def _find_profiles(name: str) -> Mapping[SimulatedTier, Profile]:
    profiles = {tier: find_profile(tier, name) for tier in DIALECTS}
    for profile in profiles.values():
        if profile.context_tokens.value < NEEDED_TOKENS:
            window = f"a window of {profile.context_tokens.value} tokens"
            raise DemoError(f"the profile {profile.name} has {window}; the demo needs {NEEDED_TOKENS}")
    return profiles


def _engine_launch(tier: SimulatedTier, layout: Layout) -> Launch:
    name, port = layout.profiles[tier].name, layout.ports[tier]
    arguments = ("tandem_serving.simulator", tier, "--profile", name, "--port", str(port), "--tells-passes")
    command = (sys.executable, "-m", *arguments)
    return Launch(f"{tier} engine", command, port, "/health", layout.folder / f"{tier}.log")


def _router_launch(layout: Layout) -> Launch:
    config = layout.folder / "tandem.yaml"
    config.write_text(json.dumps(router_settings(layout, write_policies(layout.folder))))
    command = (sys.executable, "-m", "router", "serve", "--config", str(config))
    return Launch("router", command, layout.ports["public"], "/healthz", layout.folder / "router.log")


def router_settings(layout: Layout, policies: Path) -> dict[str, Any]:
    """The settings file of the router, with the policies of this folder, but for their audits: demos are all alike."""
    return {
        "public": {"host": HOST, "port": layout.ports["public"]},
        "admin": {"host": HOST, "port": layout.ports["admin"]},
        "tiers": {tier: {"backends": [_backend(tier, layout)]} for tier in layout.profiles},
        "policies": str(policies),
        "keys": str(_keys_file(layout)),
        "decision_log": str(_decision_log(layout)),
        "audits": False,
        "stop_grace_s": 1,
    }


def _backend(tier: SimulatedTier, layout: Layout) -> dict[str, Any]:
    profile = layout.profiles[tier]
    return {
        "url": f"http://{HOST}:{layout.ports[tier]}",
        "model": profile.served_model,
        "dialect": DIALECTS[tier],
        "context_tokens": profile.context_tokens.value,
        "accepts": ["image"] if tier == "strong" else [],
    }


def _create_key(layout: Layout) -> str:
    command = (sys.executable, "-m", "router", "keys", "create", "--tenant", "demo", "--keys", _keys_file(layout))
    made = subprocess.run(  # noqa: S603 - the command is ours
        command, cwd=layout.folder, env=environment(os.environ), capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise DemoError(f"no virtual key could be made:\n{made.stderr}")
    return made.stdout.strip()


def _keys_file(layout: Layout) -> Path:
    return layout.folder / "keys.json"


def _decision_log(layout: Layout) -> Path:
    return layout.folder / "decisions.jsonl"


def _read_records(log: Path) -> dict[str, Record]:
    *lines, _ = log.read_bytes().split(b"\n") if log.exists() else (b"",)
    records = (msgspec.json.decode(line, type=Record) for line in lines if is_record(line))
    return {record.request_id: record for record in records}
