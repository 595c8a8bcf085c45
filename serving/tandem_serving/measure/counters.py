"""What an engine's metrics say while it writes: how many requests run, and passes, where blocks do not tell theirs."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Final

from tandem_serving.engine_client import EngineClient, Streamed, sum_of
from tandem_serving.measure.figures import Point, Track, pace_of

RUNNING: Final = "vllm:num_requests_running"
STEPS: Final = "vllm:diffusion_num_denoising_steps_total"
LOOK_S: Final = 0.05
SETTLED_WITHIN_S: Final = 2.0


class Watch:
    """Looks at the metrics of a server that writes for nobody else. `ran`: the most requests that ran; `points`:
    passes of all of them since it began to look."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._before: int | None = None
        self.ran: int | None = None
        self.points: list[Point] = []

    async def look(self) -> None:
        """Looks once; the first time, at what there was before."""
        page = await self._client.get("/metrics")
        if not page.is_ok:
            return
        running, steps = sum_of(RUNNING, page.text), sum_of(STEPS, page.text)
        if running is not None:
            self.ran = max(self.ran or 0, running)
        if steps is not None:
            self._before = steps if self._before is None else self._before
            self.points.append(Point(perf_counter(), steps - self._before))

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def settle(self) -> None:
        """Looks until the counters stand still: they may come after the answers."""
        until_s = perf_counter() + SETTLED_WITHIN_S
        while self.points and perf_counter() < until_s:
            before = self.points[-1].steps
            await asyncio.sleep(2 * LOOK_S)
            await self.look()
            if self.points[-1].steps == before > 0:
                return


def by_counters(streamed: Streamed, prompt_tokens: int, counted: Sequence[Point], running: int) -> Track:
    """One of so many answers that run at once: each step is a pass of every one of them, while all of them run."""
    blocks = _blocks(streamed)
    begin_s, end_s = (blocks[0], blocks[-1]) if blocks else (0.0, 0.0)
    within = [Point(each.at_s, each.steps // running) for each in counted if begin_s <= each.at_s <= end_s]
    return Track(prompt_tokens, streamed.began_s, tuple(within))


def alone_by_counters(streamed: Streamed, prompt_tokens: int, counted: Sequence[Point], step_s: float | None) -> Track:
    """An answer that nobody ran beside. How many passes it took is counted; how many at each block follows from the
    time from there to the end, by that of a step (None: by what was counted meanwhile)."""
    rough = by_counters(streamed, prompt_tokens, counted, 1)
    pace_s, blocks = step_s or pace_of([rough]), _blocks(streamed)
    if pace_s is None or not blocks:
        return rough
    total = counted[-1].steps
    points = [Point(at_s, max(total - round((blocks[-1] - at_s) / pace_s), 1)) for at_s in blocks]
    return Track(prompt_tokens, streamed.began_s, tuple(points))


def _blocks(streamed: Streamed) -> list[float]:
    return [streamed.began_s + each.at_s for each in streamed.blocks]
