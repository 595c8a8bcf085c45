"""A storm: many requests at once, some of whose callers leave before they are answered."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

from tests.bench.ask import DIGITS, Ask, read_number
from tests.bench.callers import Target, problem_of, request_around_number

LEAVE_WITHIN_S = 1.0
LONG_MS = 3000
"""How long an answer takes that its caller does not wait for: nobody leaves by accident after its end."""

_WITHIN_S = 120.0
_LONG = (Ask(LONG_MS // 5, every_ms=5, streamed=True), Ask(wait_ms=LONG_MS))
_SHORT = (Ask(24, every_ms=2, streamed=True), Ask(), Ask(wait_ms=40))


@dataclass(frozen=True)
class Errand:
    """One request. `leave_after_s` is when its caller leaves; None: it waits for the answer."""

    number: int
    ask: Ask
    leave_after_s: float | None


def plan_errands(first: int, total: int, leavers: int, seed: int) -> list[Errand]:
    """`total` requests numbered from `first`; the callers of `leavers` of them leave, at random moments."""
    chance = random.Random(seed)
    leaving = set(chance.sample(range(total), leavers))
    return [
        Errand(first + i, chance.choice(_LONG), chance.uniform(0, LEAVE_WITHIN_S))
        if i in leaving
        else Errand(first + i, chance.choice(_SHORT), None)
        for i in range(total)
    ]


@dataclass
class Storm:
    """Runs errands against a router, and is the journal of the engine behind it.

    `left_s` is when each caller left and `ended_s` when the engine was last done with each request, both on
    `perf_counter`. `failures` says what was wrong with the answers that were waited for.
    """

    target: Target
    left_s: dict[int, float] = field(default_factory=dict)
    ended_s: dict[int, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def finished(self, body: bytes) -> None:
        """See `engine.Journal`."""
        self.ended_s[read_number(body)] = perf_counter()

    def abandoned(self, body: bytes) -> None:
        """See `engine.Journal`."""
        self.ended_s[read_number(body)] = perf_counter()

    async def run(self, errands: Sequence[Errand], at_once: int) -> None:
        """Run all errands, `at_once` of them at a time. Raises TimeoutError when some are never answered."""
        waiting = iter(errands)

        async def work() -> None:
            for errand in waiting:
                await self._run_errand(errand)

        async with asyncio.timeout(_WITHIN_S), asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())

    def releases_ms(self, errands: Sequence[Errand]) -> list[float]:
        """How long after each caller left the engine was let go, in ms, where the engine had been asked."""
        numbers = [each.number for each in errands if each.number in self.left_s and each.number in self.ended_s]
        return [(self.ended_s[number] - self.left_s[number]) * 1000 for number in numbers]

    async def _run_errand(self, errand: Errand) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target.port, limit=2**20)
        before, after = request_around_number(errand.ask, self.target)
        writer.write(b"%b%0*d%b" % (before, DIGITS, errand.number, after))
        try:
            async with asyncio.timeout(errand.leave_after_s):
                self._judge(await reader.read(), errand.ask)
        except TimeoutError:
            self.left_s[errand.number] = perf_counter()
        finally:
            cast(asyncio.Transport, writer.transport).abort()

    def _judge(self, received: bytes, ask: Ask) -> None:
        problem = problem_of(received, ask)
        if problem:
            self.failures.append(f"{problem}: {received[:600]!r}")
