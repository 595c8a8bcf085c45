"""How many requests of a tenant may climb because of what they are: a share of all of them, and a few a second. Pure.

A caller can write requests that the fast tier will not serve, and would with nothing but such be served by the dear
tier alone. What counts is the move up after a tier's answer to the request itself:

- A check rejected what the tier wrote.
- The engine refused it. Not where it says that the prompt is too long: that is what the tier cannot do, found out late.
- The attempt failed, timed out or came back malformed on a tier that had served the attempt before it. An engine that
  dies takes everything with it that it was asked, and that is no tenant's doing: of failures in a row only the first
  counts. Of a tier that fails at random with probability p no more than p(1 - p) of the requests count, at most a
  quarter of them, which is why `SHARE` is a quarter.

Everything else is the operator's: a tier that cannot be reached, has too much to do or is left alone by its breaker. It
never counts and is never held against anybody, not even where it was a tenant whose requests made the breaker open.

Where a decision begins does not count either (a rule, a pin, a capability, the tier that a conversation has reached):
`max_tier` of a key and `sticky` of a rule are the limits there. But `memory.escalated` does, being a short cut for a
climb: it is spent from the budget as the climb was, and is false once that is empty.
"""

from typing import Final

from router.core.errors import BackendError, EngineFailed, Malformed, Refused, Rejected, TimedOut
from router.core.rate_window import RateWindow

SHARE: Final = 0.25
LEAST_A_S: Final = 1.0
WINDOW_S: Final = 60.0


class EscalationBudget:
    """The budget of one tenant: `share` of the requests of the last minute, and `least_a_s` a second besides."""

    def __init__(self, share: float = SHARE, least_a_s: float = LEAST_A_S) -> None:
        self._share = share
        self._least = least_a_s * WINDOW_S
        self._lately = RateWindow(WINDOW_S)

    def asked(self, now_s: float) -> None:
        """The tenant has sent a request."""
        self._lately.add(1, 0, now_s)

    def has_left(self, now_s: float) -> bool:
        """Whether a request may climb now."""
        requests, escalations = self._lately.counts(now_s)
        return escalations + 1 <= self._share * requests + self._least

    def take(self, now_s: float) -> bool:
        """Whether a request may climb now; it is then counted."""
        if not self.has_left(now_s):
            return False
        self._lately.add(0, 1, now_s)
        return True


def is_of_the_request(error: BackendError, failures_before: int) -> bool:
    """Whether an attempt ended so because of what the request is. `failures_before`: how many attempts on its tier had
    failed in a row when it did."""
    if isinstance(error, Refused):
        return not error.is_too_long
    if isinstance(error, Rejected):
        return True
    return isinstance(error, EngineFailed | TimedOut | Malformed) and failures_before == 0
