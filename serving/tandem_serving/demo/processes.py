"""Processes of the demo: started, waited for and stopped. Each has a log and a path that answers once it is well."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tandem_serving.demo.client import HOST

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0
POLL_INTERVAL_S = 0.02
LINES_SHOWN = 20
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOT_OURS = ("TANDEM_", "VLLM_")
"""Environment variables that somebody has set for a router or an engine of their own."""


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


@dataclass(frozen=True)
class Launch:
    """How a process is started: its command, the port and path at which it says that it is well, its log."""

    name: str
    command: tuple[str, ...]
    port: int
    health: str
    log: Path


@dataclass(frozen=True)
class Running:
    """A process that was started."""

    launch: Launch
    process: subprocess.Popen[bytes]

    def await_health(self) -> None:
        """Returns once it is well. Raises DemoError when it ends, or takes too long."""
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not _is_healthy(self.launch):
            self.raise_if_ended()
            if time.monotonic() > deadline_s:
                raise self._error(f"was not ready after {START_TIMEOUT_S:.0f} s")
            time.sleep(POLL_INTERVAL_S)

    def raise_if_ended(self) -> None:
        """Raises DemoError when it no longer runs."""
        status = self.process.poll()
        if status is not None:
            raise self._error(f"ended with status {status}")

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        self.process.kill()
        self.process.wait()

    def _error(self, what: str) -> DemoError:
        said = self.launch.log.read_text(errors="replace").splitlines()[-LINES_SHOWN:]
        return DemoError("\n".join([f"the {self.launch.name} {what}; the last it said:", *said]))


@contextmanager
def started(launch: Launch) -> Iterator[Running]:
    """Runs a process while the block runs, whatever ends the block. It need not be well yet."""
    process = None
    try:
        with stop_signals_held_back(), launch.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - the command is ours
                launch.command,
                cwd=launch.log.parent,  # `python -m` imports from where it stands: not from the caller's folder
                env=environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the demo, which then stops its processes in order
            )
        yield Running(launch, process)
    finally:
        if process is not None:
            _stop(process)


@contextmanager
def stop_signals_held_back() -> Iterator[None]:
    """A stop that is asked for inside the block comes at its end: a process that is half started when KeyboardInterrupt
    is raised would be nobody's, and go on running. Call it from the main thread."""
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda number, _: came.append(number)) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if came:
        raise KeyboardInterrupt


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """What a process of the demo is to know of its surroundings."""
    return {name: value for name, value in inherited.items() if not name.upper().startswith(NOT_OURS)}


def pick_ports(wanted: Sequence[int]) -> tuple[int, ...]:
    """As many different ports of loopback: the wanted ones where they are free, others where not, or for a 0."""
    sockets = [_bound(port) for port in wanted]
    ports = tuple(each.getsockname()[1] for each in sockets)
    for each in sockets:
        each.close()
    return ports


def _bound(port: int) -> socket.socket:
    with suppress(OSError):
        return socket.create_server((HOST, port))
    return socket.create_server((HOST, 0))


def _is_healthy(launch: Launch) -> bool:
    connection = http.client.HTTPConnection(HOST, launch.port, timeout=2)
    try:
        connection.request("GET", launch.health)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_S)
    finally:
        process.kill()
        process.wait()
