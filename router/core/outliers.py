"""Which backend of a tier does so much worse than its peers that it is left out for a while. Pure.

A breaker looks at one backend alone, and opens when that fails. This compares the backends of a tier: one that fails
more often than the others, or that takes longer over its answers than the others beside what each was expected to take,
is ejected. The shape is Envoy's outlier detection, and so are the times of ejections (`base_ejection_time` 30 s, times
the number of ejections, up to `max_ejection_time` 300 s). Three things differ, because pools of engines are small and
their answers few. The comparison is with the median of the peers rather than with mean and standard deviation, which
two backends do not have. `FEWEST` answers are enough, where Envoy wants 50 to 100 in 10 s. And up to half of a pool is
ejected (Envoy: 10%), though never the last.
"""

import math
from collections import deque
from collections.abc import Mapping
from statistics import median
from typing import Final

from router.core.rate_window import RateWindow

WINDOW_S: Final = 30.0
"""Attempts of so long ago no longer count."""

FEWEST: Final = 20
"""Attempts, and answers, from which a backend is judged."""

KEPT: Final = 50
"""The latest answers whose durations count."""

FAILS_MORE: Final = 0.25
"""A backend is an outlier when it fails this share of its attempts more than its peers."""

SLOWER: Final = 3.0
"""A backend is an outlier when it takes so many times as long as its peers, beside what was expected of each."""

FIRST_EJECTION_S: Final = 30.0
LONGEST_EJECTION_S: Final = 300.0
MOST_EJECTED: Final = 0.5
"""The share of a pool that may be ejected."""

JUDGED_EVERY_S: Final = 1.0


class Conduct:
    """How one backend has done lately, and whether it is ejected."""

    def __init__(self) -> None:
        self._lately = RateWindow(WINDOW_S)
        self._took: deque[float] = deque(maxlen=KEPT)
        self._ejections = 0
        self._until_s = -math.inf

    def ended(self, now_s: float, *, failed: bool) -> None:
        """An attempt ended, and it was or was not the backend's fault if it failed."""
        self._lately.add(1, failed, now_s)

    def took(self, ratio: float) -> None:
        """An answer took so many times as long as was expected of it."""
        self._took.append(math.log(ratio))

    def is_ejected(self, now_s: float) -> bool:
        """Whether it is to be left out now."""
        return now_s < self._until_s

    def ejected_for_s(self, now_s: float) -> float:
        """Seconds for which it is yet to be left out; 0: it is not."""
        return max(self._until_s - now_s, 0.0)

    def eject(self, now_s: float) -> float:
        """It is left out from now on, until when. What it did before is forgotten, and its ejections are once it has
        stayed for as long as the longest of them."""
        if now_s - self._until_s > LONGEST_EJECTION_S:
            self._ejections = 0
        self._ejections += 1
        self._until_s = now_s + min(FIRST_EJECTION_S * self._ejections, LONGEST_EJECTION_S)
        self._forget()
        return self._until_s

    def pardon(self) -> None:
        """What it did before no longer counts, and it is not left out any more: its breaker has opened, and tries it
        out as soon as it seems well."""
        self._until_s = -math.inf
        self._forget()

    def failing(self, now_s: float) -> float | None:
        """The share of its attempts that failed; None: there were too few."""
        attempts, failed = self._lately.counts(now_s)
        return failed / attempts if attempts >= FEWEST else None

    def slowness(self) -> float | None:
        """The logarithm of how many times as long as expected its answers take; None: there were too few."""
        return median(self._took) if len(self._took) >= FEWEST else None

    def _forget(self) -> None:
        self._lately.clear()
        self._took.clear()


def find_outlier(pool: Mapping[str, Conduct], now_s: float) -> str | None:
    """The backend to eject now, the one that is furthest off; None: none is, or no more may be."""
    ejected = sum([each.is_ejected(now_s) for each in pool.values()])
    if ejected + 1 > MOST_EJECTED * len(pool):
        return None
    active = {name: each for name, each in pool.items() if not each.is_ejected(now_s)}
    failing = _above_peers({name: each.failing(now_s) for name, each in active.items()})
    slow = _above_peers({name: each.slowness() for name, each in active.items()})
    off = {name: max(failing.get(name, 0.0) / FAILS_MORE, slow.get(name, 0.0) / math.log(SLOWER)) for name in active}
    worst = max(off, key=off.__getitem__)
    return worst if off[worst] > 1.0 else None


def _above_peers(figures: Mapping[str, float | None]) -> dict[str, float]:
    """By how much each is above the median of the others. Only those count of which enough is known."""
    known = {name: figure for name, figure in figures.items() if figure is not None}
    if len(known) < 2:
        return {}
    return {name: known[name] - median([other for each, other in known.items() if each != name]) for name in known}
