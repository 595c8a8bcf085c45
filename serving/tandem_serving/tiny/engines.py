"""Starts tiny engines, waits for them and stops them. Only the engines' own Python needs vLLM."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tandem_serving.tiny.fitting_text import conversations
from tandem_serving.tiny.specs import HOST, SETTINGS, SPECS, STRONG_FITTED, Launch, command_line, environment

STOP_TIMEOUT_S = 15.0
POLL_INTERVAL_S = 0.25
LINES_SHOWN = 50
# Triton leaves this behind its last words, enough of it to push the reason out of sight.
LEAK_REPORT = ("nanobind: ", " - leaked ", " - ... skipped")


class EngineError(Exception):
    """An engine did not start, or ended by itself. The message ends with the last lines it wrote."""


@dataclass(frozen=True)
class Engine:
    """A running engine; `process` leads a process group of its own."""

    launch: Launch
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Its base address, without `/v1`."""
        return self.launch.address

    def raise_if_ended(self) -> None:
        """Raises EngineError when the engine no longer runs."""
        status = self.process.poll()
        if status is not None:
            raise _engine_error(self.launch, f"ended with status {status}")


def ensure_checkpoints(python: Path, models: Path) -> None:
    """Writes the checkpoints of SPECS into `models` unless all are there: 5 s. Raises EngineError when that fails."""
    if not all((models / spec.checkpoint).is_dir() for spec in SPECS):
        _write_checkpoints(python, models, "checkpoints.py")


def ensure_fitted_checkpoint(python: Path, models: Path) -> None:
    """Writes that of STRONG_FITTED unless it is there, and first those it starts from: a minute of one core. Raises
    EngineError when that fails."""
    ensure_checkpoints(python, models)
    if not (models / STRONG_FITTED.checkpoint).is_dir():
        _write_checkpoints(python, models, "fitting.py", json.dumps(conversations()))


def _write_checkpoints(python: Path, models: Path, script: str, given: str = "") -> None:
    written = subprocess.run(  # noqa: S603 - our own script
        (python, Path(__file__).with_name(script), models),
        env=os.environ | SETTINGS,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if written.returncode != 0:
        raise EngineError(f"the checkpoints could not be written:\n{_last_lines(written.stderr)}")


@contextmanager
def tiny_engine(launch: Launch) -> Iterator[Engine]:
    """Runs one engine: healthy on entry, gone on exit. Raises EngineError when it does not start."""
    with tiny_engines(launch) as (engine,):
        yield engine


@contextmanager
def tiny_engines(*launches: Launch) -> Iterator[Sequence[Engine]]:
    """Runs several engines, started side by side: all healthy on entry, all gone on exit.

    Raises EngineError as soon as one of them cannot start.
    """
    with ExitStack() as stack:
        engines = [stack.enter_context(_started(launch)) for launch in launches]
        _wait_until_healthy(engines)
        yield engines


@contextmanager
def _started(launch: Launch) -> Iterator[Engine]:
    _refuse_a_taken_port(launch)
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    with launch.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the command is ours
            command_line(launch),
            env=environment(launch, os.environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Engine(launch, process)
    finally:
        _stop(process)


def _refuse_a_taken_port(launch: Launch) -> None:
    # vLLM binds with SO_REUSEPORT: a second engine would start without complaint and share the port.
    with suppress(OSError), socket.create_connection((HOST, launch.port), timeout=1):
        raise EngineError(f"engine {launch.spec.name}: port {launch.port} is taken")


def _wait_until_healthy(engines: Sequence[Engine]) -> None:
    began_s = time.monotonic()
    while waiting := [engine for engine in engines if not _is_healthy(engine)]:
        waited_s = time.monotonic() - began_s
        for engine in waiting:
            engine.raise_if_ended()
            if waited_s > engine.launch.start_timeout_s:
                raise _engine_error(engine.launch, f"not healthy after {waited_s:.0f} s")
        time.sleep(POLL_INTERVAL_S)


def _is_healthy(engine: Engine) -> bool:
    connection = http.client.HTTPConnection(HOST, engine.launch.port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    _signal_group(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_TIMEOUT_S)
    # Also when the server is gone: its workers may have outlived it.
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _engine_error(launch: Launch, what: str) -> EngineError:
    tail = _last_lines(launch.log.read_text(errors="replace"))
    return EngineError(f"engine {launch.spec.name}: {what}; the end of {launch.log}:\n{tail}")


def _last_lines(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith(LEAK_REPORT)]
    return "\n".join(lines[-LINES_SHOWN:])
