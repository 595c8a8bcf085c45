"""How fast the seats of a tier come free, as it was seen. Never reads a clock."""

from collections import deque
from typing import Final

SEEN: Final = 32
"""So many of the latest departures count."""

ENOUGH: Final = 4
"""From so many on they count for more than what was predicted."""


class SeatRate:
    """The departures from one tier since somebody waits for it."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._at_s: deque[float] = deque(maxlen=SEEN)

    def wanted(self, now_s: float) -> None:
        """Somebody waits for a seat."""
        if self._since_s is None:
            self._since_s = now_s

    def freed(self, now_s: float) -> None:
        """A seat has come free."""
        self._at_s.append(now_s)

    def forget(self) -> None:
        """Nobody waits: how fast seats come free now is how fast they are asked for."""
        self._since_s = None
        self._at_s.clear()

    def per_s(self, now_s: float, otherwise: float) -> float:
        """Seats a second, fewer if none has come free for long. Where too little was seen, what is expected `otherwise`
        counts like one more departure, and the time that it would take."""
        if len(self._at_s) < ENOUGH or self._at_s[-1] <= self._at_s[0]:
            waited_s = 0.0 if self._since_s is None else now_s - self._since_s
            return otherwise if waited_s <= 0.0 else (1 + len(self._at_s)) / (1.0 / otherwise + waited_s)
        seen = (len(self._at_s) - 1) / (self._at_s[-1] - self._at_s[0])
        return min(seen, len(self._at_s) / (now_s - self._at_s[0]))
