"""When a backend is left alone, and when it is tried again: a table of transitions. Pure, the caller says the time.

A breaker opens after `CONSECUTIVE` failures in a row, or when more than `MOST_FAILED` of at least `FEWEST` attempts
within `WINDOW_S` failed. It rests `FIRST_REST_S`, twice as long after every probe that fails, up to `LONGEST_REST_S`.
Then exactly one attempt goes through as a probe, and its outcome decides. Five in a row and a doubling rest are what
Envoy's outlier detection does; half of twenty in ten seconds catches an engine that fails now and then.

A rest is a guess of how long an outage lasts. One that is seen to end, because the backend was found down meanwhile and
then well again, ends the rest. A backend that calls itself well while it fails requests gains nothing by it.

What other replicas have found is hearsay: it alone opens nothing, for it may be they who are cut off. But while one of
them leaves the backend alone, a single failure here is enough, and when none does any more, a rest ends at once.
"""

from collections.abc import Mapping
from typing import Final, Literal

from router.core.rate_window import RateWindow

CONSECUTIVE: Final = 5
FEWEST: Final = 20
MOST_FAILED: Final = 0.5
WINDOW_S: Final = 10.0
FIRST_REST_S: Final = 5.0
LONGEST_REST_S: Final = 60.0

BreakerState = Literal["closed", "open", "down", "probing"]
BreakerEvent = Literal["tripped", "let_through", "passed", "failed", "left", "found_down", "found_well"]

Pass = Literal["usual", "probe"]
"""How an attempt goes through a breaker: as all do while it is closed, or as the one that tries it out."""

TRANSITIONS: Final[Mapping[tuple[BreakerState, BreakerEvent], BreakerState]] = {
    ("closed", "tripped"): "open",
    ("open", "let_through"): "probing",
    ("open", "found_down"): "down",
    ("down", "let_through"): "probing",
    ("down", "found_well"): "open",
    ("probing", "passed"): "closed",
    ("probing", "failed"): "open",
    ("probing", "left"): "open",
}
"""What an event makes of a state; what is not listed leaves it as it is. A probe whose caller left says nothing: the
breaker is open again and has rested long enough, so that the next attempt is the probe."""


class Breaker:
    """The breaker of one backend. Whoever is admitted to the backend says by `ended` or `left` what came of it.
    `is_suspected`: another replica leaves it alone."""

    def __init__(self) -> None:
        self.state: BreakerState = "closed"
        self.failures = 0
        self.is_suspected = False
        self._lately = RateWindow(WINDOW_S)
        self._rest_s = FIRST_REST_S
        self._rested_at_s = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether the backend is left alone, and not even tried out at this moment."""
        return self.state in ("open", "down")

    def retry_after_s(self, now_s: float) -> float:
        """Seconds until the next attempt may be let through; 0 while nothing keeps one back but a probe."""
        return max(self._rested_at_s - now_s, 0.0) if self.is_resting else 0.0

    def admits(self, now_s: float) -> bool:
        """Whether `admit` would let an attempt through."""
        return self.state == "closed" or (self.is_resting and now_s >= self._rested_at_s)

    def admit(self, now_s: float) -> Pass | None:
        """What an attempt goes through with, now; None: it must not be made."""
        if self.is_resting and now_s >= self._rested_at_s:
            self._on("let_through")
            return "probe"
        return "usual" if self.state == "closed" else None

    def trip(self, now_s: float) -> None:
        """The backend has shown outside of attempts that it does not serve."""
        if self.state == "closed":
            self._on("tripped")
            self._rest(now_s, FIRST_REST_S)

    def ended(self, through: Pass, now_s: float, *, failed: bool) -> None:
        """An attempt ended. A usual one that began before the breaker opened changes nothing any more."""
        if through == "probe":
            self._end_probe(now_s, failed=failed)
        elif self.state == "closed":
            self._count(now_s, failed=failed)

    def left(self, through: Pass) -> None:
        """An attempt was given up by its caller, which says nothing about the backend."""
        if through == "probe":
            self._on("left")

    def found(self, now_s: float, *, well: bool) -> None:
        """The backend was asked how it is. One that has come back may be tried out at once, and should it fail, its
        rests begin anew: those it had were for an outage that is over."""
        has_come_back = well and self.state == "down"
        self._on("found_well" if well else "found_down")
        if has_come_back:
            self._rest_s, self._rested_at_s = FIRST_REST_S, now_s

    def heard(self, now_s: float, *, is_left_alone: bool | None) -> None:
        """Whether another replica leaves the backend alone (None: nobody tells any more). Where one did and none does
        now, it is well again."""
        if self.is_suspected and is_left_alone is False and self.state == "open":
            self._rested_at_s = min(self._rested_at_s, now_s)
        self.is_suspected = bool(is_left_alone)

    def _trips(self, attempts: float, failures: float) -> bool:
        enough = 1 if self.is_suspected else CONSECUTIVE
        return self.failures >= enough or (attempts >= FEWEST and failures > MOST_FAILED * attempts)

    def _count(self, now_s: float, *, failed: bool) -> None:
        self.failures = self.failures + 1 if failed else 0
        self._lately.add(1, failed, now_s)
        attempts, failures = self._lately.counts(now_s)
        if self._trips(attempts, failures):
            self.trip(now_s)

    def _end_probe(self, now_s: float, *, failed: bool) -> None:
        if failed:
            self.failures += 1
            self._on("failed")
            self._rest(now_s, min(2 * self._rest_s, LONGEST_REST_S))
        else:
            self.failures = 0
            self._lately.clear()
            self._on("passed")

    def _rest(self, now_s: float, rest_s: float) -> None:
        self._rest_s = rest_s
        self._rested_at_s = now_s + rest_s

    def _on(self, event: BreakerEvent) -> None:
        self.state = TRANSITIONS.get((self.state, event), self.state)


class OpenNever(Breaker):
    """A breaker that counts failures and never opens: of a backend behind which somebody else leaves alone what
    fails."""

    def trip(self, now_s: float) -> None:
        """It does not."""

    def _trips(self, attempts: float, failures: float) -> bool:
        return False
