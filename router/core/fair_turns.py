"""Whose turn it is, so that everybody gets what is due to them of the work that is done. Pure.

Deficit round robin (Shreedhar and Varghese, 1995) with a quantum that is infinitely small: the rounds are not walked,
it is computed who of those that wait has the credit for what it wants first.
"""

from collections.abc import Mapping
from typing import Generic, TypeVar

from msgspec import Struct

Key = TypeVar("Key", bound=str)


class Claim(Struct, frozen=True, gc=False):
    """What one wants next takes so much work, and so much is due to it beside others."""

    work_s: float
    weight: float

    def rounds(self, credit_s: float) -> float:
        """After how many rounds of a second for each unit of weight it has credit enough."""
        return max(self.work_s - credit_s, 0.0) / self.weight


class FairTurns(Generic[Key]):
    """The credit of those who wait, in seconds of work. INVARIANT: nobody's credit exceeds what it wanted last."""

    def __init__(self) -> None:
        self._credit_s: dict[Key, float] = {}

    def next(self, claims: Mapping[Key, Claim]) -> Key:
        """Who of these is next; of equals, who has not been it for longest. Nothing changes."""
        known = [key for key in self._credit_s if key in claims]
        known += [key for key in claims if key not in self._credit_s]
        return min(known, key=lambda key: claims[key].rounds(self._credit_s.get(key, 0.0)))

    def took(self, key: Key, claims: Mapping[Key, Claim]) -> None:
        """It was this one's turn among these."""
        rounds = claims[key].rounds(self._credit_s.get(key, 0.0))
        for each, claim in claims.items():
            self._credit_s[each] = self._credit_s.get(each, 0.0) + rounds * claim.weight
        self._credit_s[key] = self._credit_s.pop(key) - claims[key].work_s

    def gone(self, key: Key) -> None:
        """This one waits no more; what it has not used is lost."""
        self._credit_s.pop(key, None)
