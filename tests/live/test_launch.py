"""`tandem engine launch` starts the real vLLM: the tiny model answers who has the key, and nobody else."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from openai import AuthenticationError, OpenAI

from tandem_serving.tiny.engines import ensure_checkpoints
from tandem_serving.tiny.specs import FAST, free_port
from tests.live.engines import LOGS, MODELS, PYTHON, skip_or_fail
from tests.live.pages import fetch
from tests.live.routers import COMMAND
from tests.patience import until

START_WITHIN_S = 300.0
STOP_WITHIN_S = 20.0


@dataclass(frozen=True)
class Launched:
    """An engine that the command became: where it answers, the key it asks for, and its process."""

    address: str
    key: str
    process: subprocess.Popen[bytes]
    log: Path

    def client(self, key: str) -> OpenAI:
        """A client that has to be closed."""
        return OpenAI(base_url=f"{self.address}/v1", api_key=key, max_retries=0)


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """The tiny DiffusionGemma, by its profile."""
    if not PYTHON.exists():
        skip_or_fail(".venv-live is missing, which holds vLLM: `make live` makes it")
    ensure_checkpoints(PYTHON, MODELS)
    folder, port = tmp_path_factory.mktemp("launched"), free_port()
    log = LOGS / "tests-launched.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    asked = ("--profile", "cpu-tiny", "--model", str(MODELS / FAST.checkpoint), "--port", str(port))
    with log.open("wb") as written:
        process = subprocess.Popen(
            (COMMAND, "engine", "launch", "fast", *asked, "--python", str(PYTHON)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until(lambda: process.poll() is not None or fetch(f"{address}/health").status == 200, START_WITHIN_S)
        assert process.poll() is None, log.read_text()[-4000:]
        yield Launched(address, (folder / ".tandem/engine.key").read_text().strip(), process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_WITHIN_S)


def test_an_engine_that_was_launched_answers(launched: Launched) -> None:
    with launched.client(launched.key) as client:
        answer = client.chat.completions.create(
            model="tier1", messages=[{"role": "user", "content": "Hello"}], max_tokens=20
        )

    assert answer.usage is not None
    assert answer.usage.completion_tokens == 20


def test_it_answers_nobody_without_the_key(launched: Launched) -> None:
    with launched.client("another") as client, pytest.raises(AuthenticationError):
        client.models.list()


def test_it_serves_what_the_profile_says(launched: Launched) -> None:
    with launched.client(launched.key) as client:
        (model,) = client.models.list().data

    assert model.id == "tier1"
    assert model.model_dump()["max_model_len"] == 4096


def test_the_settings_for_the_router_were_said_before_it_started(launched: Launched) -> None:
    said = launched.log.read_text()

    assert f"- url: {launched.address}\n" in said
    assert launched.key not in said
