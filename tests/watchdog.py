"""Processes that tests start end with the tests, also when those are killed: then nothing of theirs runs any more that
would end them."""

import subprocess
from typing import Final

_WAIT_AND_KILL: Final = 'read -r _; kill -KILL "$0"'


class Watchdog:
    """Kills a process once this one is gone. It is one itself, with a pipe to us that breaks when we end; the kernel's
    signal at a parent's death would be sent when the thread ends that started the process."""

    def __init__(self, pid: int) -> None:
        command = ["sh", "-c", _WAIT_AND_KILL, str(pid)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def call_off(self) -> None:
        """Leaves the process alone. To be done before it is waited for: its number may then be another's."""
        self._process.kill()
        self._process.communicate()
