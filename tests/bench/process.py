"""A process under measurement: started on one core, waited for, read from outside, stopped whatever happens."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, in which every process runs."""

_READY_WITHIN_S = 20.0
_POLL_S = 0.002


@contextmanager
def started(command: Sequence[str], core: int, log: Path) -> Iterator[int]:
    """Run `command` on one core, its output appended to `log`; yields its pid, and stops its whole tree after.

    The process leads its own session: a Ctrl-C at the terminal reaches us alone, and we stop it in order.
    """
    with log.open("ab") as output, pinned(core):
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
    try:
        yield process.pid
    finally:
        _stop(process)


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Pin this process to `core` for a while: what it starts meanwhile stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_s(pid: int) -> float:
    """CPU seconds, user and system, that a process and its descendants have used so far.

    Read from the processes' CPU clocks: the sum that /proc/PID/stat shows, without its grain of 10 ms.
    """
    tree = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return sum(time.clock_gettime(_cpu_clock(member)) for member in tree)


def free_port() -> int:
    """A loopback port that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class NotReady(Exception):
    """A process ended, or took too long, before it answered. Carries what it logged."""


def await_ready(pid: int, port: int, path: str, log: Path) -> None:
    """Wait until GET `path` answers 200. Raises NotReady."""
    until_s = time.monotonic() + _READY_WITHIN_S
    while not _answers_200(port, path):
        if time.monotonic() > until_s or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            logged = log.read_text(errors="replace")[-4000:]
            raise NotReady(f"nothing answers {path} on port {port}:\n{logged}")
        time.sleep(_POLL_S)


def fetch(port: int, path: str) -> bytes:
    """The body of a GET. Raises OSError, which includes every HTTP error."""
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        body: bytes = answer.read()
        return body


def _answers_200(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET %b HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n" % path.encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop; kill its session when it takes too long, or when somebody interrupts the wait."""
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _cpu_clock(pid: int) -> int:
    clock = ctypes.c_int()
    error = ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock))
    if error:
        raise ProcessLookupError(error, f"no CPU clock of process {pid}")
    return clock.value
