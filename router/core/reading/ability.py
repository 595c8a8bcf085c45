"""Whether an engine is thought to read: nobody says so beforehand, and some that take the request do not do it."""

REST_S = 60.0
"""For how long an engine that cannot read is not asked again: it may have been replaced by one that can."""

MISSES = 3
"""How many readings in a row may come to nothing for a reason that may lie in what was to be read."""


class Ability:
    """What was found of one engine. It is thought able until it is found not to be, and again `REST_S` later: then one
    more miss is enough."""

    __slots__ = ("_misses", "_unable_until_s")

    def __init__(self) -> None:
        self._misses = 0
        self._unable_until_s = 0.0

    def is_thought(self, now_s: float) -> bool:
        """Whether to ask it."""
        return now_s >= self._unable_until_s

    def shown(self) -> None:
        """It has read."""
        self._misses = 0
        self._unable_until_s = 0.0

    def missed(self, now_s: float) -> None:
        """It has not read, and the text or the request may be why."""
        self._misses += 1
        if self._misses >= MISSES:
            self._unable_until_s = now_s + REST_S

    def lacking(self, now_s: float) -> None:
        """It has said, or shown, that it cannot read."""
        self._misses = MISSES
        self._unable_until_s = now_s + REST_S
