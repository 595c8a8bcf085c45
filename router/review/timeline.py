"""What happened when, in as many spans of equal length as a picture has room for, however long it went on. Pure."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

MOST_SPANS: Final = 60

HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S

LENGTHS_S: Final = (60, 300, 900, HOUR_S, 6 * HOUR_S, DAY_S, 7 * DAY_S, 28 * DAY_S, 364 * DAY_S)
"""How long a span is: the first of these with which there are no more than `MOST_SPANS`. Each divides the next."""


class Span(Struct, frozen=True):
    """A span of time in which something happened. `start_s` is Unix time."""

    start_s: int
    counts: Mapping[str, int]


class Timeline:
    """Counts by time, in one pass and in memory that does not grow with how much is counted."""

    def __init__(self) -> None:
        self._at = 0
        self._spans: dict[int, Counter[str]] = {}

    @property
    def length_s(self) -> int:
        """How long each span is."""
        return LENGTHS_S[self._at]

    def count(self, time_s: float, **counts: int) -> None:
        """This much happened at this Unix time."""
        start_s = int(time_s // self.length_s) * self.length_s
        if start_s in self._spans:
            self._spans[start_s].update(counts)
            return
        self._spans[start_s] = Counter(counts)
        while self._at + 1 < len(LENGTHS_S) and self._reach_s() > MOST_SPANS * self.length_s:
            self._lengthen()

    def spans(self) -> tuple[Span, ...]:
        """The spans in which something was counted, the earliest first."""
        return tuple([Span(start_s, dict(counts)) for start_s, counts in sorted(self._spans.items())])

    def _reach_s(self) -> int:
        return max(self._spans) - min(self._spans) + self.length_s

    def _lengthen(self) -> None:
        self._at += 1
        short, self._spans = self._spans, {}
        for start_s, counts in short.items():
            self._spans.setdefault(start_s // self.length_s * self.length_s, Counter()).update(counts)
