"""The tiny engines, without vLLM: a stand-in of a few lines plays the Python that would run it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psutil
import pytest
from ruamel.yaml import YAML

from tandem_serving.tiny.engines import EngineError, ensure_checkpoints, tiny_engine, tiny_engines
from tandem_serving.tiny.specs import (
    FAST,
    FAST_COUNTING,
    SHIM,
    SPECS,
    STRONG,
    EngineSpec,
    Launch,
    command_line,
    environment,
    router_configuration,
)

SERVES = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
port = int(sys.argv[sys.argv.index("--port") + 1])
http.server.HTTPServer(("127.0.0.1", port), Health).serve_forever()
"""
LEAVES_A_STUBBORN_CHILD = """
import pathlib, signal, subprocess, sys
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(9)"
process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
process.stdout.readline()
pathlib.Path(__file__).with_name("child").write_text(str(process.pid))
"""
DIES = """
import sys
lines = ["reading weights", "no such kernel", "nanobind: leaked 64 types!", " - leaked type: builder"]
sys.stderr.write("\\n".join(lines))
sys.exit(3)
"""
WRITES_ITS_PROCESS_ID = """
import os, pathlib
pathlib.Path(__file__).with_name("pid").write_text(str(os.getpid()))
"""
WAITS_A_SECOND = """
import time
time.sleep(1)
"""
HANGS = """
import time
print("still loading", flush=True)
time.sleep(60)
"""
WRITES_CHECKPOINTS = """
import pathlib, sys
for name in ("tiny-gemma4", "tiny-diffusiongemma", "tiny-diffusiongemma-sure"):
    (pathlib.Path(sys.argv[2]) / name).mkdir(parents=True)
"""

StandIn = Callable[[str], Path]


@pytest.fixture
def stand_in(tmp_path: Path) -> StandIn:
    """Writes an executable that runs the given source, whatever its arguments say."""
    number = count()

    def write(source: str) -> Path:
        program = tmp_path / f"python-{next(number)}"
        program.write_text(f"#!{sys.executable}\n{source}")
        program.chmod(0o755)
        return program

    return write


def launch(python: Path, spec: EngineSpec = FAST, **changes: object) -> Launch:
    return Launch(spec, python, python.parent, python.parent / f"{spec.name}.log", **changes)


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def becomes_gone(pid: int, within_s: float = 5.0) -> bool:
    until_s = time.monotonic() + within_s
    while not is_gone(pid) and time.monotonic() < until_s:
        time.sleep(0.02)
    return is_gone(pid)


def value_of(flag: str, command: tuple[str, ...]) -> str:
    return command[command.index(flag) + 1]


def test_an_engine_serves_its_checkpoint_under_its_name_on_the_loopback_address(tmp_path: Path) -> None:
    command = command_line(Launch(STRONG, tmp_path / "python", tmp_path / "models", tmp_path / "log", port=8101))
    assert command[0] == str(tmp_path / "python")
    assert value_of("--model", command) == str(tmp_path / "models" / "tiny-gemma4")
    assert value_of("--served-model-name", command) == "tier2"
    assert value_of("--host", command) == "127.0.0.1"
    assert value_of("--port", command) == "8101"
    assert value_of("--max-model-len", command) == "4096"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_engine_echoes_request_ids_and_counts_its_load(spec: EngineSpec, tmp_path: Path) -> None:
    command = command_line(launch(tmp_path / "python", spec))
    assert {"--enable-request-id-headers", "--enable-server-load-tracking"} < set(command)


def test_only_the_strong_engine_parses_tool_calls(tmp_path: Path) -> None:
    assert "--tool-call-parser" in command_line(launch(tmp_path / "python", STRONG))
    assert "--tool-call-parser" not in command_line(launch(tmp_path / "python", FAST))


@pytest.mark.parametrize(("spec", "interpreted"), [(FAST, "1"), (FAST_COUNTING, "1"), (STRONG, "0")])
def test_only_a_diffusion_engine_interprets_its_kernels(spec: EngineSpec, interpreted: str, tmp_path: Path) -> None:
    inherited = {"TRITON_INTERPRET": "whatever was there"}
    assert environment(launch(tmp_path / "python", spec), inherited)["TRITON_INTERPRET"] == interpreted


def test_an_engine_inherits_the_environment_but_not_the_python_path(tmp_path: Path) -> None:
    settings = environment(launch(tmp_path / "python"), {"HOME": "/home/me", "PYTHONPATH": "/elsewhere"})
    assert settings["HOME"] == "/home/me"
    assert settings["PYTHONPATH"] == str(SHIM)


def test_an_api_key_reaches_the_engine_but_not_its_command_line(tmp_path: Path) -> None:
    keyed = launch(tmp_path / "python", api_key="a-secret")
    assert environment(keyed, {})["VLLM_API_KEY"] == "a-secret"
    assert not [argument for argument in command_line(keyed) if "a-secret" in argument]


def test_an_engine_without_an_api_key_does_not_inherit_one(tmp_path: Path) -> None:
    assert environment(launch(tmp_path / "python"), {"VLLM_API_KEY": "of the caller"})["VLLM_API_KEY"] == ""


def test_the_configuration_sends_each_tier_to_its_engine(tmp_path: Path) -> None:
    fast, strong = launch(tmp_path / "python", FAST, port=1), launch(tmp_path / "python", STRONG, port=2)
    assert YAML(typ="safe").load(router_configuration(fast, strong)) == {
        "tiers": {
            "fast": {"backends": [backend("http://127.0.0.1:1", "tier1", "vllm_diffusion")]},
            "strong": {"backends": [backend("http://127.0.0.1:2", "tier2", "vllm")]},
        }
    }


def backend(url: str, model: str, dialect: str) -> dict[str, object]:
    return {"url": url, "model": model, "dialect": dialect, "context_tokens": 4096, "connect_s": 5}


def test_an_engine_runs_inside_the_block_and_not_after_it(stand_in: StandIn) -> None:
    with tiny_engine(launch(stand_in(SERVES))) as engine:
        engine.raise_if_ended()
        socket.create_connection(("127.0.0.1", engine.launch.port), timeout=1).close()
    assert is_gone(engine.process.pid)


def test_processes_that_an_engine_leaves_behind_are_killed(stand_in: StandIn) -> None:
    python = stand_in(LEAVES_A_STUBBORN_CHILD + SERVES)
    with tiny_engine(launch(python)):
        child = int(python.with_name("child").read_text())
        assert not is_gone(child)
    assert becomes_gone(child)


def test_engines_run_side_by_side(stand_in: StandIn) -> None:
    python = stand_in(SERVES)
    with tiny_engines(launch(python, FAST), launch(python, STRONG)) as (fast, strong):
        assert fast.address != strong.address
        assert fast.process.pid != strong.process.pid
    assert is_gone(fast.process.pid)
    assert is_gone(strong.process.pid)


def test_an_engine_that_dies_is_reported_with_the_end_of_its_log(stand_in: StandIn) -> None:
    with pytest.raises(EngineError) as caught, tiny_engine(launch(stand_in(DIES))):
        pass
    assert "engine fast: ended with status 3" in str(caught.value)
    assert str(caught.value).endswith("reading weights\nno such kernel")


def test_an_engine_that_is_not_healthy_in_time_is_stopped_and_reported(stand_in: StandIn) -> None:
    with pytest.raises(EngineError) as caught, tiny_engine(launch(stand_in(HANGS), start_timeout_s=0.5)):
        pass
    assert "not healthy after" in str(caught.value)
    assert str(caught.value).endswith("still loading")


def test_an_engine_that_dies_takes_the_one_beside_it_down(stand_in: StandIn, tmp_path: Path) -> None:
    healthy = launch(stand_in(WRITES_ITS_PROCESS_ID + SERVES), FAST)
    dying = launch(stand_in(WAITS_A_SECOND + DIES), STRONG)
    with pytest.raises(EngineError, match="engine strong"), tiny_engines(healthy, dying):
        pass
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_an_engine_that_ends_later_is_noticed(stand_in: StandIn) -> None:
    with tiny_engine(launch(stand_in(SERVES))) as engine:
        os.kill(engine.process.pid, signal.SIGKILL)
        engine.process.wait(5)
        with pytest.raises(EngineError, match="ended with status -9"):
            engine.raise_if_ended()


def test_a_port_that_somebody_listens_on_is_refused(stand_in: StandIn) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(EngineError, match=f"port {port} is taken"),
            tiny_engine(launch(stand_in(SERVES), port=port)),
        ):
            pass


def test_checkpoints_are_written_once(stand_in: StandIn, tmp_path: Path) -> None:
    models = tmp_path / "models"
    ensure_checkpoints(stand_in(WRITES_CHECKPOINTS), models)
    ensure_checkpoints(stand_in(DIES), models)
    assert all((models / spec.checkpoint).is_dir() for spec in SPECS)


def test_checkpoints_that_cannot_be_written_are_an_error_that_says_why(stand_in: StandIn, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no such kernel"):
        ensure_checkpoints(stand_in(DIES), tmp_path / "models")


@pytest.mark.parametrize(("interpret", "found"), [("1", "cpu=triton_interpreter"), ("0", "")])
def test_the_triton_backend_shows_only_when_kernels_are_interpreted(interpret: str, found: str) -> None:
    listing = (
        "from importlib.metadata import entry_points\n"
        "print(*(f'{e.name}={e.value}' for e in entry_points(group='triton.backends')), end='')"
    )
    settings = {**os.environ, "PYTHONPATH": str(SHIM), "TRITON_INTERPRET": interpret}
    listed = subprocess.run([sys.executable, "-c", listing], env=settings, capture_output=True, text=True, check=True)
    assert listed.stdout == found
