"""A simulated engine as a process of its own, for as long as a test needs it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import until
from tests.wire_client import Address

READY_WITHIN_S = 20.0
READY = re.compile(r"http://(\S+):(\d+)/v1")


class SimulatedEngine:
    """A running one."""

    def __init__(self, process: subprocess.Popen[bytes], address: Address) -> None:
        self.process = process
        self.address = address

    def await_exit(self, within_s: float = 10.0) -> int:
        """The exit code."""
        return self.process.wait(within_s)


@contextmanager
def simulated(folder: Path, *arguments: str) -> Iterator[SimulatedEngine]:
    """Runs `python -m tandem_serving.simulator` with these arguments while the block runs."""
    command = [sys.executable, "-m", "tandem_serving.simulator", *arguments]
    log = folder / "simulator.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        until(lambda: process.poll() is not None or READY.search(log.read_text()), READY_WITHIN_S)
        found = READY.search(log.read_text())
        assert found is not None, log.read_text()
        yield SimulatedEngine(process, Address(found[1], int(found[2])))
    finally:
        process.terminate()
        process.wait(10)
