"""`tandem serve` as a process of its own, as it runs in production, and what it lets be seen from outside."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.patience import until
from tests.wire_client import Address, Response, ask, post

READY_WITHIN_S = 40.0
READY = re.compile(r"is ready: (http://\S+)/v1 \(admin: (http://\S+)/docs\)")
IN_FLIGHT = "router_requests_in_flight"
NO_HTTP = "WARNING:  Invalid HTTP request received.\n"
NO_VARIABLES: Mapping[str, str] = {}
WARNINGS = ("-W", "default", "-W", "ignore:Sending a large body:ResourceWarning")
"""All of them, so that a test sees them in the log, but for aiohttp's advice on bodies of more than a megabyte."""


class RouterProcess:
    """A running router. `started_s` is how long it took from its start to its being ready, `ready_cpu_s` how much of
    a processor's time."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path, started_s: float, admin_key: str | None) -> None:
        found = READY.search((folder / "stdout").read_text())
        assert found is not None
        self.public, self.admin = _address(found[1]), _address(found[2])
        self.base_url = f"{found[1]}/v1"
        self.started_s = started_s
        self.ready_cpu_s = sum(psutil.Process(process.pid).cpu_times()[:2])
        self._process = process
        self._folder = folder
        self._log_read = 0
        self._admin_headers = {} if admin_key is None else {"authorization": f"Bearer {admin_key}"}

    def read_log(self) -> str:
        """What the router has written to its standard error since this was last called, but for its one line on
        what was no HTTP."""
        log = (self._folder / "stderr").read_text()
        fresh, self._log_read = log[self._log_read :], len(log)
        return fresh.replace(NO_HTTP, "")

    def decision_log(self) -> bytes:
        """Its decision log, as far as it has been written."""
        log = self._folder / "decisions.jsonl"
        return log.read_bytes() if log.exists() else b""

    def decisions(self) -> list[dict[str, Any]]:
        """The records in its decision log."""
        *lines, _ = self.decision_log().split(b"\n")
        return [json.loads(line) for line in lines]

    def await_record(self, request_id: str | None) -> dict[str, Any]:
        """The record of this request, which the router writes behind the request's back."""
        found = until(lambda: [each for each in self.decisions() if each["request_id"] == request_id])
        assert len(found) == 1
        return found[0]

    def settled(self) -> int:
        """How many records there are, once those of all requests so far have been written."""
        marker = self.await_record(post(self.public, b"").header("x-request-id"))
        return self.decisions().index(marker) + 1

    def await_next_record(self, known: int) -> dict[str, Any]:
        """The record after the first `known` ones: of a caller who left before it was told its request's id."""
        return until(lambda: self.decisions()[known:])[0]

    def metrics_text(self) -> str:
        """What a scrape gets."""
        return ask(self.admin, "GET", "/metrics", headers=self._admin_headers).body.decode()

    def metrics(self) -> Mapping[str, float]:
        """Every sample of a scrape, by name and labels as they stand in the text."""
        lines = [line for line in self.metrics_text().splitlines() if not line.startswith("#")]
        return {sample: float(value) for sample, _, value in (line.rpartition(" ") for line in lines)}

    def readiness(self) -> Response:
        """What an orchestrator is told."""
        return ask(self.admin, "GET", "/readyz", headers=self._admin_headers)

    def policies(self) -> dict[str, Any]:
        """What is told of its policies."""
        told: dict[str, Any] = ask(self.admin, "GET", "/policies", headers=self._admin_headers).json
        return told

    def order(self, path: str, fields: Mapping[str, Any] | None = None) -> Response:
        """The answer to an order about its policies."""
        body = None if fields is None else json.dumps(fields).encode()
        return ask(self.admin, "POST", f"/policies/{path}", body, self._admin_headers)

    def await_idle(self) -> None:
        """Returns once no request is in flight."""
        until(lambda: self.metrics()[IN_FLIGHT] == 0)

    def memory_bytes(self) -> int:
        """What it holds of physical memory."""
        return psutil.Process(self._process.pid).memory_info().rss

    def open_files(self) -> int:
        """How many files and connections it has open."""
        return psutil.Process(self._process.pid).num_fds()

    def tasks(self) -> float:
        """How many tasks its event loop has."""
        return self.metrics()["router_asyncio_tasks"]

    def ask_to_stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Sends it the signal that asks for an orderly end."""
        self._process.send_signal(by)

    def ask_to_reload(self) -> None:
        """Sends it the signal that asks for its policies to be read again."""
        self._process.send_signal(signal.SIGHUP)

    def await_exit(self, within_s: float = 20.0) -> int:
        """The exit code."""
        return self._process.wait(within_s)


@contextmanager
def serving(
    settings: Mapping[str, Any], folder: Path, module: str = "router", environment: Mapping[str, str] = NO_VARIABLES
) -> Iterator[RouterProcess]:
    """Runs a router with these settings while the block runs. Its files are in `folder`. `module` is what Python runs
    as the command, `environment` is added to the variables it sees."""
    config = folder / "tandem.yaml"
    config.write_text(json.dumps(settings))
    command = [sys.executable, *WARNINGS, "-m", module, "serve", "--config", str(config)]
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        began_s = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=_environment() | dict(environment))
    try:
        until(lambda: process.poll() is not None or READY.search((folder / "stdout").read_text()), READY_WITHIN_S)
        assert process.poll() is None, (folder / "stderr").read_text()
        yield RouterProcess(process, folder, time.monotonic() - began_s, settings["admin"].get("key"))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Nothing a developer has set for a router of their own, and no proxy on the way to loopback."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith(("TANDEM_", "HTTP"))}


def _address(url: str) -> Address:
    split = urlsplit(url)
    assert split.hostname is not None
    assert split.port is not None
    return Address(split.hostname, split.port)
