"""`tandem` with a heart that beats in its event loop, by `python -m tests.watched_loop`. The variable `BEATS` names a
file that gets a line for every beat: when it was due, how late it was, and how much CPU the process used meanwhile."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from router import server
from router.cli import app
from router.config.settings import Settings

EVERY_S = 0.005

_serve = server.serve


class Beat(NamedTuple):
    """One beat, by the machine's monotonic clock."""

    due_s: float
    late_s: float
    cpu_s: float

    @property
    def lag_s(self) -> float:
        """How long the process itself kept its loop: no longer than it was busy. The rest is the machine's doing."""
        return max(min(self.late_s, self.cpu_s), 0.0)


def lag_p99_s(beats: Path, since_s: float, until_s: float) -> float:
    """The lag that 99% of the instants between these two met at most: a loop that is kept for long delays whatever
    would have come meanwhile, so that long waits count as often as short ones would have in their place."""
    *lines, _ = beats.read_text().split("\n")
    found = [Beat(*map(float, line.split())) for line in lines]
    lags_s = [each.lag_s for each in found if since_s <= each.due_s <= until_s]
    met_s = sorted(lag_s - n * EVERY_S for lag_s in lags_s for n in range(1 + int(lag_s / EVERY_S)))
    return met_s[int(0.99 * len(met_s))]


async def _watched(settings: Settings, announce: Callable[[str, str], None]) -> None:
    beating = asyncio.create_task(_beat(Path(os.environ["BEATS"])))
    try:
        await _serve(settings, announce)
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(path: Path) -> None:
    with path.open("w", buffering=1) as beats:
        while True:
            due_s, cpu_s = time.monotonic() + EVERY_S, time.process_time()
            await asyncio.sleep(EVERY_S)
            beats.write(f"{due_s} {time.monotonic() - due_s} {time.process_time() - cpu_s}\n")


if __name__ == "__main__":
    server.serve = _watched
    app()
