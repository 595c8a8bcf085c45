"""`transformers serve` with the tiny Gemma 4: another server, which speaks another dialect."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tandem_serving.tiny.engines import ensure_checkpoints
from tandem_serving.tiny.specs import CONTEXT_TOKENS, HOST, SETTINGS, STRONG, free_port
from tests.live.engines import LOGS, MODELS, PYTHON
from tests.live.pages import fetch
from tests.patience import until

START_WITHIN_S = 120.0
SERVE = "import sys; from transformers.cli.transformers import main; sys.exit(main())"


@dataclass(frozen=True)
class TransformersServer:
    """A running server. `model` is what it serves: a path."""

    address: str
    model: str

    def tiers(self) -> str:
        """The part of a router's configuration in which it is the strong tier, and the only one."""
        return (
            "tiers:\n  strong:\n    backends:\n"
            f"      - {{url: {self.address}, model: {self.model}, dialect: transformers, "
            f"context_tokens: {CONTEXT_TOKENS}, connect_s: 5}}\n"
        )


@contextmanager
def transformers_server() -> Iterator[TransformersServer]:
    """Runs it: healthy on entry, gone on exit."""
    ensure_checkpoints(PYTHON, MODELS)
    model, port, log = MODELS / STRONG.checkpoint, free_port(), LOGS / "transformers.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    options = ("--host", HOST, "--port", str(port), "--device", "cpu", "--dtype", "float32")
    with log.open("wb") as writing:
        process = subprocess.Popen(
            [PYTHON, "-c", SERVE, "serve", model, *options],
            env=os.environ | SETTINGS,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.STDOUT,
        )
    server = TransformersServer(f"http://{HOST}:{port}", str(model))
    try:
        until(lambda: _is_healthy(process, server, log), START_WITHIN_S)
        yield server
    finally:
        process.kill()
        process.wait()


def _is_healthy(process: "subprocess.Popen[bytes]", server: TransformersServer, log: Path) -> bool:
    assert process.poll() is None, f"transformers serve did not start:\n{log.read_text()[-2000:]}"
    return fetch(f"{server.address}/health").status == 200
