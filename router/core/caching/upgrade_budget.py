"""How many kept answers may be written again by the strong tier. Pure.

So many in any minute, and no more than a share of the answers that were given from the cache in it: what is saved pays
for what is spent. Where little is given, one a minute is allowed all the same. No tenant gets more than half, of an odd
number the larger half, so that whoever makes most of the hits does not take it all.
"""

from collections import deque
from typing import Final

from msgspec import Struct

from router.core.rate_window import RateWindow

A_MINUTE: Final = 6
SHARE: Final = 0.1
WINDOW_S: Final = 60.0


class _Spent(Struct, frozen=True, gc=False):
    tenant: str
    at_s: float


class UpgradeBudget:
    """The budget of one process: at most `a_minute`, and at most a `share` of what is given from the cache."""

    def __init__(self, a_minute: int = A_MINUTE, share: float = SHARE) -> None:
        self._a_minute = a_minute
        self._share = share
        self._given = RateWindow(WINDOW_S)
        self._spent: deque[_Spent] = deque()

    def given(self, now_s: float) -> None:
        """An answer was given from the cache."""
        self._given.add(1, 0, now_s)

    def has_left(self, tenant: str, now_s: float) -> bool:
        """Whether an answer of this tenant may be written again now."""
        while self._spent and now_s - self._spent[0].at_s >= WINDOW_S:
            self._spent.popleft()
        given, _ = self._given.counts(now_s)
        most = min(self._a_minute, max(int(self._share * given), 1))
        own = sum(each.tenant == tenant for each in self._spent)
        return len(self._spent) < most and own < most - most // 2

    def take(self, tenant: str, now_s: float) -> None:
        """One is written again."""
        self._spent.append(_Spent(tenant, now_s))
