"""How often two things happened lately: a window that slides in slices. Pure, the caller says what time it is."""

from collections import deque
from typing import Final

SLICES: Final = 10
"""A window is cut into so many: what is counted leaves it at most one slice late."""


class RateWindow:
    """Counts of two things, such as attempts and failures among them, over the last `window_s` seconds."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._slices: deque[list[float]] = deque()
        self._first = self._second = 0.0

    def add(self, first: float, second: float, now_s: float) -> None:
        """Counts so many of the one and of the other."""
        self._forget(now_s)
        if not self._slices or now_s - self._slices[-1][0] >= self._window_s / SLICES:
            self._slices.append([now_s, 0.0, 0.0])
        newest = self._slices[-1]
        newest[1] += first
        newest[2] += second
        self._first += first
        self._second += second

    def counts(self, now_s: float) -> tuple[float, float]:
        """How many there were of each within the window."""
        self._forget(now_s)
        return self._first, self._second

    def clear(self) -> None:
        """Forgets everything."""
        self._slices.clear()
        self._first = self._second = 0.0

    def _forget(self, now_s: float) -> None:
        while self._slices and now_s - self._slices[0][0] >= self._window_s:
            _, first, second = self._slices.popleft()
            self._first -= first
            self._second -= second
