"""A process that another thread starts and waits for. Starting one on uvloop holds up the event loop for 12 to 30 ms
(libuv forks, and this process is large); `subprocess` in a thread does not fork."""

import os
import subprocess
from collections.abc import Sequence
from threading import Lock
from typing import Final

from msgspec import Struct

LEAST_URGENT: Final = 19
"""Its niceness: it has what of the processors nobody else wants."""

_PIPE: Final = subprocess.PIPE
_NEVER_BEGUN: Final = -9


class Told(Struct, frozen=True):
    """What a process said, on its standard output and its standard error, and how it ended."""

    code: int
    out: bytes = b""
    error: bytes = b""


class Child:
    """One process, which may be ended from any thread, also before it has begun."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._lock = Lock()

    def run(self) -> Told:
        """What it told, once it has ended."""
        with self._lock:
            if self._is_over:
                return Told(_NEVER_BEGUN)
            process = subprocess.Popen(  # noqa: S603 - no shell reads it
                self._command, stdin=subprocess.DEVNULL, stdout=_PIPE, stderr=_PIPE
            )
            self._process = process
        os.setpriority(os.PRIO_PROCESS, process.pid, LEAST_URGENT)
        out, error = process.communicate()
        return Told(process.returncode, out, error)

    def end(self) -> None:
        """Ends it, if it has not."""
        with self._lock:
            self._is_over = True
            if self._process is not None:
                self._process.kill()
