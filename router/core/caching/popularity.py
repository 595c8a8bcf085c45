"""How often kept answers were given, by their places: bounded, forgetting what was not given for longest. Pure."""

from collections import OrderedDict
from typing import Final

from msgspec import Struct

from router.core.caching.entry import Place

MOST_PLACES: Final = 10_000
"""Places that are known at once: some 5 MB. One that was forgotten is counted from the beginning."""


class _Tally(Struct):
    """`made_s` tells an entry from others at its place; it is not asked for again before `rests_until_s`."""

    made_s: float
    times: int = 0
    rests_until_s: float = 0.0


class Popularity:
    """Counts for one process. `now_s` is of a clock that never goes back."""

    def __init__(self, most_places: int = MOST_PLACES) -> None:
        self._most_places = most_places
        self._tallies: OrderedDict[Place, _Tally] = OrderedDict()

    def count(self, place: Place, made_s: float) -> None:
        """The entry that was made then was given. Of another entry at the same place the count begins anew."""
        tally = self._tallies.get(place)
        if tally is None:
            tally = self._tallies[place] = _Tally(made_s)
            if len(self._tallies) > self._most_places:
                self._tallies.popitem(last=False)
        elif tally.made_s != made_s:
            tally.made_s, tally.times = made_s, 0
        self._tallies.move_to_end(place)
        tally.times += 1

    def is_due(self, place: Place, after: int, now_s: float) -> bool:
        """Whether it was given so often, and is not at rest."""
        tally = self._tallies.get(place)
        return tally is not None and tally.times >= after and now_s >= tally.rests_until_s

    def rest(self, place: Place, until_s: float) -> None:
        """Until then nothing at this place is due, whatever entry is there."""
        tally = self._tallies.get(place)
        if tally is not None:
            tally.rests_until_s = until_s
