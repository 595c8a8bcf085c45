"""How many attempts a backend should have open at once: a figure that somebody gave, or one that its answers teach.
Pure.

What is taught follows Netflix' concurrency-limits (Gradient and Gradient2): the limit shrinks by the gradient, which is
what an answer takes alone divided by what it takes now, and grows by a small queue, the root of the limit, which probes
for room. Two things differ, because answers of language models differ by orders of magnitude and come few. Times are
compared with what the same answer was expected to take alone, so that long answers do not look like congestion. And
what one takes alone is not a long average, which would get used to any load, but what was expected, corrected by the
answers that were alone, and never more than answers take now. So a backend that is slower than was thought has too low
a limit until its first quiet moment.
"""

import math
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.latency import Pace

TOLERANCE: Final = 1.5
"""Answers may take so many times as long as alone before the limit shrinks. The default of Gradient2."""

SMOOTHING: Final = 0.2
"""The share of the way to its new place that a limit goes at once. The default of both."""

SHARPEST: Final = 0.5
"""A gradient is at least this, as in both: one bad window halves a limit at most, before smoothing. Against the queue
that probes, answers alone bring no limit below four."""

WINDOW: Final = 8
"""Answers that are judged together. Few, because a busy diffusion engine ends about two in a second."""

NEW_SHARE: Final = 0.3
"""The weight of the latest window beside those before it."""

ALONE_PRIOR: Final = 4
"""Answers that were alone which the expectation stands for before there are any."""

ALONE_KEPT: Final = 20
"""About so many of the latest answers that were alone count."""

BACKOFF: Final = 0.9
"""What is left of a limit when the backend says that it is overloaded. AIMDLimit's default."""


class Service(Struct, frozen=True, gc=False):
    """One answer that was served whole: how long it took, how long it was expected to take alone, and how many other
    attempts it found open."""

    elapsed_ms: float
    alone_ms: float
    found: int


class Window(Struct, frozen=True, gc=False):
    """Some answers together: what they took and were expected to take alone, how many, and the most that were open."""

    elapsed_ms: float = 0.0
    alone_ms: float = 0.0
    answers: int = 0
    most: int = 0

    def after(self, service: Service) -> "Window":
        """With one more."""
        return Window(
            self.elapsed_ms + service.elapsed_ms,
            self.alone_ms + service.alone_ms,
            self.answers + 1,
            max(self.most, service.found + 1),
        )


class Limiter(Struct, frozen=True, gc=False):
    """`alone`: what answers take alone, and `lately`: what they take now, as multiples of what was expected of them
    alone (`lately` is 0 while nothing is known); `alone_known`: how many answers the former rests on, the expectation
    included. INVARIANT: `floor <= limit <= ceiling`, and `floor` is at least 1."""

    limit: float
    floor: int
    ceiling: int
    alone: float = 1.0
    alone_known: int = ALONE_PRIOR
    lately: float = 0.0
    window: Window = Window()

    def after(self, service: Service) -> "Limiter":
        """With what one more answer teaches. One that took, or was expected to take, no time teaches nothing."""
        if self.floor == self.ceiling or service.elapsed_ms <= 0.0 or service.alone_ms <= 0.0:
            return self
        known = replace(self, window=self.window.after(service))
        if service.found == 0:
            known = known._after_alone(service.elapsed_ms / service.alone_ms)
        return known if known.window.answers < WINDOW else known._after_window()

    def refused(self) -> "Limiter":
        """After the backend has called itself overloaded."""
        return replace(self, limit=self._within(self.limit * BACKOFF))

    def _after_alone(self, ratio: float) -> "Limiter":
        known = min(self.alone_known + 1, ALONE_KEPT)
        return replace(self, alone=self.alone + (ratio - self.alone) / known, alone_known=known)

    def _after_window(self) -> "Limiter":
        ratio = self.window.elapsed_ms / self.window.alone_ms
        lately = ratio if self.lately == 0.0 else self.lately + NEW_SHARE * (ratio - self.lately)
        alone = min(self.alone, lately)
        limit = self._moved(alone / lately, self.window.most)
        return replace(self, limit=limit, alone=alone, lately=lately, window=Window())

    def _moved(self, gradient: float, most: int) -> float:
        """A limit that was not half used stays: what was seen says nothing about it."""
        if most < self.limit / 2:
            return self.limit
        kept = self.limit * min(max(TOLERANCE * gradient, SHARPEST), 1.0)
        return self._within(self.limit + SMOOTHING * (kept + math.sqrt(self.limit) - self.limit))

    def _within(self, limit: float) -> float:
        return min(max(limit, float(self.floor)), float(self.ceiling))


def fixed(limit: int) -> Limiter:
    """One that stays as it is."""
    return Limiter(limit, limit, limit)


def learning(pace: Pace) -> Limiter:
    """One that learns, and begins where it would come to rest if the backend were as it is thought to be. It is never
    more than the slots: what has none waits where nobody can move it."""
    return Limiter(_resting_place(pace), 1, pace.slots)


def _resting_place(pace: Pace) -> int:
    """The most at which the queue that probes still outweighs the gradient."""
    for limit in range(pace.slots, 1, -1):
        slower = 1.0 + pace.crowding * (limit - 1)
        if TOLERANCE / slower + 1.0 / math.sqrt(limit) >= 1.0:
            return limit
    return 1
