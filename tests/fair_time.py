"""How long something takes in an event loop, but for the time in which the machine had others run: what a test of a
bound must not blame on what it tests."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

EVERY_S = 0.001
GRAIN_S = 0.002
"""Timers come so late on an idle machine too: they count in milliseconds."""


class Stopwatch:
    """Its heart beats in the loop. What beats come late without this process having worked meanwhile, is taken off: the
    process was kept from running. A call that blocks the loop by its work is not excused by that; one that blocks it by
    sleeping would be."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lost_s = 0.0
        self._started_s = time.monotonic()
        self._begin_beat()

    def stop(self) -> None:
        """`elapsed_s` is final."""
        self._lost_s += self._late_s()
        self.elapsed_s = max(time.monotonic() - self._started_s - self._lost_s, 0.0)
        self._beating.cancel()

    def _begin_beat(self) -> None:
        self._due_s, self._cpu_s = time.monotonic() + EVERY_S, time.process_time()
        self._beating = self._loop.call_later(EVERY_S, self._beat)

    def _beat(self) -> None:
        self._lost_s += self._late_s()
        self._begin_beat()

    def _late_s(self) -> float:
        worked_s = time.process_time() - self._cpu_s
        return max(time.monotonic() - self._due_s - GRAIN_S - worked_s, 0.0)


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """One that runs while the block does, in the loop that runs; its `elapsed_s` is there when the block has ended."""
    watch = Stopwatch(asyncio.get_running_loop())
    try:
        yield watch
    finally:
        watch.stop()
