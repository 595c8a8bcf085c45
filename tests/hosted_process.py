"""`tandem hosted` as a process of its own, in the environment that `make hosted` builds, with the real litellm."""

import http.client
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.patience import until
from tests.wire_client import CHAT, Response

PYTHON = Path(".venv-hosted/bin/python")
READY = re.compile(r"tandem hosted is ready: (\S+),")
READY_WITHIN_S = 60.0
PROVIDER_KEY = "sk-canary-of-the-provider-0123456789"
ROOT = Path(__file__).resolve().parent.parent


class HostedProcess:
    """A running one, on a Unix socket."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        found = READY.search((folder / "hosted.log").read_text())
        assert found is not None
        self.url = found[1]
        self._process = process
        self._folder = folder

    @property
    def log(self) -> str:
        """All that it has written."""
        return (self._folder / "hosted.log").read_text()

    def ask_to_stop(self) -> None:
        """Sends it the signal that asks for an orderly end."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends it as a machine that fails does."""
        self._process.kill()
        self._process.wait()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """One request on a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body, {"content-type": "application/json", **(headers or {})})
            with connection.getresponse() as response:
                return Response(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def post(self, headers: Mapping[str, str] | None = None, /, **beside: Any) -> Response:
        """A small legal request, and what stands beside it."""
        return self.ask("POST", CHAT, json.dumps(hosted_fields(**beside)).encode(), headers)

    def spent(self) -> dict[str, Any]:
        """What it says of its money."""
        told: dict[str, Any] = self.ask("GET", "/health").json
        return told

    def connect(self) -> http.client.HTTPConnection:
        """A connection, not yet used."""
        return _UnixConnection(self.url.removeprefix("unix://"))


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("hosted", timeout=30.0)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30.0)
        self.sock.connect(self._path)


def hosted_fields(**beside: Any) -> dict[str, Any]:
    """A small legal request."""
    return {"model": "best", "messages": [{"role": "user", "content": "Say hi."}], "max_tokens": 50, **beside}


def hosted_settings(provider_url: str, **beside: Any) -> dict[str, Any]:
    """Settings of a process whose one provider is at this address."""
    model = {
        "name": "best",
        "model": "openai/gpt-any",
        "key_env": "PROVIDER_KEY",
        "api_base": f"{provider_url}/v1",
        "max_tokens": 100,
        "price": {"input_microusd_per_mtok": 10_000_000, "output_microusd_per_mtok": 100_000_000},
    }
    return {
        "listen": {"socket": "hosted.sock"},
        "models": [model],
        "spending": {"cap_microusd": 100_000_000},
        "timeout_s": 5,
        **beside,
    }


def start(settings: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Starts it, its output in `hosted.log`."""
    config = folder / "hosted.yaml"
    config.write_text(json.dumps(settings))
    command = [str(ROOT / PYTHON), "-m", "router", "hosted", "--config", str(config)]
    said = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{ROOT / 'serving'}",
        "PROVIDER_KEY": PROVIDER_KEY,
        **environment,
    }
    with (folder / "hosted.log").open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=said, cwd=folder)


@contextmanager
def hosting(
    settings: Mapping[str, Any], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[HostedProcess]:
    """Runs one with these settings while the block runs."""
    process, log = start(settings, folder, environment or {}), folder / "hosted.log"
    try:
        until(lambda: process.poll() is not None or READY.search(log.read_text()), READY_WITHIN_S)
        assert process.poll() is None, log.read_text()
        yield HostedProcess(process, folder)
    finally:
        process.terminate()
        process.wait(40)
