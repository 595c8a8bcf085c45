"""`python -m tandem_serving.healthcheck`, asked about a real router."""

import subprocess
import sys
from pathlib import Path

import pytest

from tandem_serving.healthcheck import main
from tests.bench.process import free_port
from tests.conftest import Routers
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Address

NOBODY = "http://127.0.0.1:{port}"


def url(address: Address) -> str:
    """An address as it is written."""
    return f"http://{address.host}:{address.port}"


@pytest.fixture
def router(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router whose engines are well."""
    return routers.serve(cache={"store": "off"})


@pytest.fixture
def lonely(routers: Routers) -> RouterProcess:
    """A router whose only engine is not there."""
    nobody = NOBODY.format(port=free_port())
    spec = {"url": nobody, "model": "m", "dialect": "vllm", "context_tokens": 4096, "warm_up": "off"}
    return routers.serve(tiers={"strong": {"backends": [spec]}}, breakers=False)


def test_a_router_whose_engines_are_well_is_ready(router: RouterProcess, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--engines", "--admin", url(router.admin), "--public", url(router.public)]) == 0
    assert capsys.readouterr().out == "ready\n"


def test_a_router_without_engines_stays_in_use_unless_it_is_asked_for_them(
    lonely: RouterProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (main(["--admin", url(lonely.admin)]), main(["--engines", "--admin", url(lonely.admin)])) == (0, 1)
    assert capsys.readouterr().out == "unavailable\nunavailable\n"


def test_a_public_listener_that_is_not_well_is_told_of(
    router: RouterProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = url(router.admin)
    assert main(["--admin", url(router.admin), "--public", elsewhere]) == 1
    assert "the public listener is not well" in capsys.readouterr().out


def test_who_does_not_answer_is_not_ready_and_it_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = NOBODY.format(port=free_port())
    assert main(["--admin", nobody]) == 1
    assert main(["--admin", nobody, "--key-file", str(tmp_path / "missing")]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert "refused" in first
    assert "No such file" in second


def test_it_imports_next_to_nothing() -> None:
    asked = "import sys, tandem_serving.healthcheck; print(*{each.split('.')[0] for each in sys.modules})"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()

    assert not {"router", "aiohttp", "pydantic", "typer", "asyncio"} & set(found)
