"""A pulse on a core: a thread that only wants to wake up on time, and notes the longest it was kept waiting."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_EVERY_S = 0.005


class Pulse:
    """`longest_ms` is how late the latest wake-up was: what the machine, and nobody's code, added to a wait."""

    def __init__(self, core: int) -> None:
        self.longest_ms = 0.0
        self._core = core
        self._over = threading.Event()

    def beat(self) -> None:
        """Beat until stopped."""
        os.sched_setaffinity(0, {self._core})
        asleep_s = time.perf_counter()
        while not self._over.wait(_EVERY_S):
            awake_s = time.perf_counter()
            self.longest_ms = max(self.longest_ms, (awake_s - asleep_s - _EVERY_S) * 1000)
            asleep_s = time.perf_counter()

    def stop(self) -> None:
        """Let the beat end."""
        self._over.set()


@contextmanager
def beating(core: int) -> Iterator[Pulse]:
    """A pulse on a core for as long as the block runs."""
    pulse = Pulse(core)
    thread = threading.Thread(target=pulse.beat, daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        pulse.stop()
        thread.join()
