"""How many retries a backend is spared: a share of what it is asked, and a few a second. Pure.

Retries help against a hiccup and turn an overload into an outage. With a budget they add at most `SHARE` to what a
backend is asked anyway, or `LEAST_A_S` a second where that is more: the shape of Finagle's budgets.
"""

from typing import Final

from router.core.rate_window import RateWindow

SHARE: Final = 0.2
LEAST_A_S: Final = 3.0
WINDOW_S: Final = 10.0


class RetryBudget:
    """The budget of one backend."""

    def __init__(self) -> None:
        self._lately = RateWindow(WINDOW_S)

    def asked(self, now_s: float) -> None:
        """A first attempt was made."""
        self._lately.add(1, 0, now_s)

    def take(self, now_s: float) -> bool:
        """Whether a retry may be made now; it is then counted."""
        first, retries = self._lately.counts(now_s)
        if retries + 1 > max(SHARE * first, LEAST_A_S * WINDOW_S):
            return False
        self._lately.add(0, 1, now_s)
        return True
