"""What is known of a request that wants a seat at a tier, how many may wait for one, and why one may not. Plain."""

import math
from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from router.core.values import Priority, Tier, TierState

Reason = Literal["tenant", "all", "waited", "hopeless"]
"""Why a request gets no seat: its tenant has enough waiting; there are enough in all; it has waited for as long as it
may; its answer would be too late even if it began now."""

REASONS: Final[tuple[Reason, ...]] = ("tenant", "all", "waited", "hopeless")


class Ticket(Struct, frozen=True):
    """One request that wants a seat. `lasts_s`: at which tiers it may begin, the one it wants first, and for how long
    it is thought to keep a seat there. `weight`: what is due to its tenant beside others. `deadline_s`: when its
    answer must be complete. `key`: what it is known by should it come again (empty: it is not)."""

    number: int
    tenant: str
    lasts_s: Mapping[Tier, float]
    came_s: float = 0.0
    priority: Priority = "default"
    weight: float = 1.0
    deadline_s: float = math.inf
    key: str = ""

    @property
    def first(self) -> Tier:
        """The tier that it wants."""
        return next(iter(self.lasts_s))

    @property
    def work_s(self) -> float:
        """The engine time that it is thought to take where it wants to begin."""
        return self.lasts_s[self.first]

    def is_hopeless(self, now_s: float) -> bool:
        """Whether it would be too late at every tier, even if it began now."""
        return now_s + min(self.lasts_s.values()) > self.deadline_s


def lasts_s_of(state: TierState) -> float:
    """How long an answer is thought to keep a seat at a tier in this state, once it has one (0.0: nothing is known).
    What is predicted includes the queue, in which each that must end first adds one part in `limit`; see
    `latency.expect_course`."""
    must_end_first = max(state.in_flight + state.waiting + 1 - state.limit, 0) if state.limit else 0
    return state.predicted_p50_ms / 1000.0 / (1.0 + must_end_first / max(state.limit, 1))


class Seats(Struct, frozen=True, gc=False):
    """How many of a tier's seats are `taken`; `limit`: how many there are (0: nobody knows, there is always one)."""

    limit: int
    taken: int

    @property
    def has_free(self) -> bool:
        """Whether one more may sit down."""
        return self.limit == 0 or self.taken < self.limit


class Bounds(Struct, frozen=True, gc=False):
    """How many may wait at each priority: `in_all`, and `per_tenant`. `longest_s`: for how long."""

    in_all: int = 256
    per_tenant: int = 64
    longest_s: float = 30.0


class Refusal(Struct, frozen=True, gc=False):
    """Why a request gets no seat, and after how many seconds it will (0: never, as it stands)."""

    reason: Reason
    retry_after_s: int = 0


class Turn(Struct, frozen=True):
    """It is this one's turn to sit down at this tier."""

    ticket: Ticket
    tier: Tier
