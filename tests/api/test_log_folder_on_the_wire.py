"""A router whose decision log is a folder: its segments, what commands say of them, and what none of it shows."""

import gzip
import json
from pathlib import Path

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from router.log.reader import record_lines
from tests.cli.commands import succeeded, tandem
from tests.conftest import Routers
from tests.faults import answers, fails
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import open_stream, post, request_fields

CANARY = "c4n4ry-3v1d3nc3"


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A file of keys and the key in it, whose tenant is the canary."""
    file = tmp_path_factory.mktemp("canary") / "keys.json"
    return file, create_key(file, CANARY, Grants())


@pytest.fixture
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "shared-log"


@pytest.fixture
def replicas(
    routers: Routers, log: Path, secret: tuple[Path, str], fast: ScriptedEngine, strong: ScriptedEngine
) -> list[RouterProcess]:
    """Two routers that write into the same folder, each segment of which is old at once."""
    place = {"folder": str(log), "segment_s": 0.001, "max_gb": 1.0}
    return [routers.serve(decision_log=place, keys=str(secret[0]), keep_alive_s=0.1 + n) for n in range(2)]


def ids_in(log: Path) -> set[str | None]:
    """The requests that are in the log, each once."""
    found = [json.loads(line.text)["request_id"] for line in record_lines(log)] if log.exists() else []
    assert len(found) == len(set(found))
    return set(found)


def everything_in(log: Path) -> bytes:
    """All files of a log, what is compressed as it was before."""
    files = [each.read_bytes() for each in log.iterdir()]
    return b"".join(gzip.decompress(each) if each.startswith(b"\x1f\x8b") else each for each in files)


def test_replicas_share_a_folder_and_nothing_in_it_or_said_of_it_shows_a_prompt_a_key_or_a_tenant(
    replicas: list[RouterProcess], log: Path, secret: tuple[Path, str], fast: ScriptedEngine
) -> None:
    _, key = secret
    asked = request_fields(
        messages=[{"role": "user", "content": f"user {CANARY}", "name": CANARY}], user=CANARY, stop=[CANARY]
    )
    ids: list[str | None] = []
    for router in (*replicas, *replicas):
        fast.does(answers(f"the answer {CANARY}"), fails(500, f"sorry, {CANARY}"), answers(f"the answer {CANARY}"))
        for _ in range(2):
            reply = post(router.public, asked, key, {"x-router-conversation": CANARY})
            ids.append(reply.header("x-request-id"))
        with open_stream(router.public, asked, key) as stream:
            stream.payloads()
        ids.append(stream.headers["x-request-id"])
        until(lambda: ids_in(log) == set(ids))

    said = [succeeded(tandem("log", "show", ids[0], "--log", log, *way)) for way in ((), ("--json",))]
    said += [succeeded(tandem("log", "tail", "--log", log, "--no-follow", *way)) for way in ((), ("--json",))]
    said += [succeeded(tandem("log", "stats", "--log", log, *way)) for way in ((), ("--json",))]
    plain = everything_in(log)
    said.append(succeeded(tandem("log", "compact", "--log", log)))
    assert ids_in(log) == set(ids)
    said += [line.text.decode() for line in record_lines(log)]
    told = "".join(said)

    for hidden in (CANARY, key):
        assert hidden not in told
        assert hidden.encode() not in plain
        assert hidden.encode() not in everything_in(log)
    assert {each.suffix for each in log.iterdir()} == {".jsonl", ".parquet"}
