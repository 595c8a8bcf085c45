"""What is loaded, and when: nothing that serving does not need, nothing once it serves, nothing from a network."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Routers
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine

HEAVY = {
    *("sklearn", "litellm", "torch", "redis", "cryptography", "transformers", "pandas", "openai", "vllm"),
    *("usearch", "model2vec"),
}
OBSERVED = {"opentelemetry.sdk", "opentelemetry.exporter"}
"""Not the whole of opentelemetry: FastAPI looks for its API by itself, which costs next to nothing."""

READY_CPU_S = 5.0

OFFLINE = """
import json, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        raise PermissionError(f"{event} while importing")

sys.addaudithook(refuse)
import %s
print(json.dumps(sorted(sys.modules)))
"""


def run_python(*arguments: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", ["router", "router.server", "router.cli", "router.core.cascade"])
def test_importing_loads_nothing_heavy_and_touches_no_network(module: str) -> None:
    loaded = set(json.loads(run_python("-c", OFFLINE % module)))

    assert not loaded & (HEAVY | OBSERVED)


@pytest.mark.parametrize("module", ["router", "router.cli", "router.story", "router.dispatch"])
def test_only_what_measures_requests_loads_the_arrays(module: str) -> None:
    assert "numpy" not in json.loads(run_python("-c", OFFLINE % module))


def test_deciding_knows_nothing_of_files_and_serving_nothing_of_reviews() -> None:
    deciding, serving = (
        set(json.loads(run_python("-c", OFFLINE % each))) for each in ("router.story", "router.server")
    )

    assert not deciding & {"pydantic", "ruamel.yaml", "cel_expr_python", "aiohttp", "fastapi"}
    assert not serving & {"jinja2", "router.console.app", "router.review", "typer", "rich"}


def test_the_package_itself_loads_nothing_at_all() -> None:
    loaded = set(json.loads(run_python("-c", OFFLINE % "router")))

    assert not loaded & {"aiohttp", "fastapi", "msgspec", "orjson", "pydantic", "uvicorn", "prometheus_client"}


def test_nothing_is_imported_once_requests_are_being_served(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    config = tmp_path / "tandem.yaml"
    config.write_text(json.dumps(running_routers.settings(tmp_path)))

    late = json.loads(run_python("-m", "tests.warm_up", str(config)))

    assert late == []
    assert len(fast.received) > 20


def test_a_router_is_soon_ready(router: RouterProcess) -> None:
    print(f"ready after {router.started_s:.2f} s and {router.ready_cpu_s:.2f} s of processor time")

    assert router.ready_cpu_s < READY_CPU_S


@pytest.mark.parametrize("kind", ["bench", "live", "e2e", "hosted"])
def test_what_this_run_does_not_start_can_be_loaded_all_the_same(kind: str) -> None:
    """Benchmarks and the tests of real engines and collectors: they must not be found broken when they are needed."""
    elsewhere = {"tests.e2e.browser", "tests.e2e.console_browser"}  # run in an environment of its own
    files = [each for each in Path("tests", kind).rglob("*.py") if each.stem != "__main__"]
    modules = {".".join(each.with_suffix("").parts) for each in files} - elsewhere

    run_python("-c", "\n".join(f"import {each}" for each in sorted(modules)))
