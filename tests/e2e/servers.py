"""The servers that show traces, and a browser that looks at them: test tools, in a virtual environment of their own."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live.pages import fetch
from tests.needed import need
from tests.patience import until

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv-e2e/bin"
SCREENSHOTS = ROOT / ".e2e"
CHROMIUM = Path("/usr/bin/chromium")
BROWSER = Path(__file__).with_name("browser.py")
VISITOR = Path(__file__).with_name("console_browser.py")
START_WITHIN_S = 90.0
QUIET = {"DO_NOT_TRACK": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "PHOENIX_TELEMETRY_ENABLED": "false"}


@contextmanager
def phoenix(folder: Path) -> Iterator[str]:
    """Arize Phoenix, and its address."""
    port = free_port()
    about = {
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
    }
    with _running(folder, about, "phoenix", "serve"):
        yield _await(f"http://127.0.0.1:{port}", "/healthz")


@contextmanager
def mlflow(folder: Path) -> Iterator[str]:
    """MLflow, and its address."""
    port = free_port()
    stores = ("--backend-store-uri", f"sqlite:///{folder}/db.sqlite", "--artifacts-destination", str(folder))
    with _running(
        folder, {}, "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", *stores
    ):
        yield _await(f"http://127.0.0.1:{port}", "/health")


def take_screenshot(url: str, name: str, *awaited: str) -> Path:
    """A picture of a page in a real browser, taken once these words are on it. Raises CalledProcessError where they do
    not come."""
    need(CHROMIUM, "chromium is missing: `apt-get install -y chromium`")
    SCREENSHOTS.mkdir(exist_ok=True)
    picture = SCREENSHOTS / f"{name}.png"
    subprocess.run([BIN / "python", BROWSER, CHROMIUM, url, picture, *awaited], check=True, env=_environment({}))
    return picture


def go_through_console(address: str, key: str) -> Mapping[str, Any]:
    """What a browser saw on its way through a router's console. Its pictures are kept. Raises CalledProcessError where
    something did not come."""
    need(CHROMIUM, "chromium is missing: `apt-get install -y chromium`")
    need(BIN / "python", ".venv-e2e is missing: `make e2e` makes it")
    SCREENSHOTS.mkdir(exist_ok=True)
    command = [BIN / "python", VISITOR, CHROMIUM, address, key, SCREENSHOTS]
    done = subprocess.run(command, check=True, env=_environment({}), stdout=subprocess.PIPE)
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(folder: Path, about: Mapping[str, str], command: str, *options: str) -> Iterator[None]:
    need(BIN / command, ".venv-e2e is missing: `make e2e` makes it")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [BIN / command, *options],
            cwd=folder,
            env=_environment(about),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def _await(address: str, health: str) -> str:
    until(lambda: fetch(address + health).status == 200, START_WITHIN_S)
    return address


def _environment(about: Mapping[str, str]) -> dict[str, str]:
    """Ours, without what would have them find our own modules."""
    return {**{name: value for name, value in os.environ.items() if name != "PYTHONPATH"}, **QUIET, **about}
