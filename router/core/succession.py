"""Who writes an answer on that somebody else has begun: one attempt after the other. Pure."""

from collections.abc import Iterator
from typing import Final

from router.core.continuation import Begun
from router.core.errors import (
    BackendError,
    Cut,
    DeadlineExceeded,
    EngineFailed,
    Mended,
    NotAdmitted,
    Refused,
    Rejected,
    TimedOut,
    Unavailable,
)
from router.core.moves import Attempt
from router.core.plan import Plan
from router.core.values import Tier

MOST_FALLBACKS: Final = 2
"""Other backends of a tier that one request asks. What fails on three of them would fail on all, and should a request
be what brings engines down, it is not to go through a whole pool."""

OF_THE_REQUEST: Final = (Refused, Rejected, Mended, DeadlineExceeded, NotAdmitted)
"""What no other backend of a tier would change."""


class Succession:
    """The attempts of one climb. `retries`: how often a backend may yet be asked again.

    INVARIANT: a draft is mended at most as often as the plan says, so that going to and fro between two tiers ends."""

    def __init__(self, plan: Plan) -> None:
        self.retries = plan.retries
        self._plan = plan
        self._number = 0
        self._repairs = 0 if plan.reads is None else plan.reads.repairs
        self._drafting: Tier | None = None
        self._fallbacks = {tier: min(spare, MOST_FALLBACKS) for tier, spare in plan.spares.items()}

    def next_attempt(self, tier: Tier, *, is_retry: bool = False) -> Attempt:
        """Another attempt on a tier."""
        self._number += 1
        return Attempt(self._number, tier, is_retry)

    def above(self, tier: Tier) -> tuple[Tier, ...]:
        """The tiers of the ladder that come after this one; none where it is not of the ladder."""
        ladder = self._plan.ladder
        return ladder[ladder.index(tier) + 1 :] if tier in ladder else ()

    def elsewhere(self, tier: Tier, error: BackendError) -> Attempt | None:
        """An attempt on another backend of the tier, where there is one and it may do better. It needs no pause. It
        counts as a retry unless the connection broke: who never heard of the request does no work for it twice."""
        left = self._fallbacks.get(tier, 0)
        if left == 0 or isinstance(error, OF_THE_REQUEST):
            return None
        self._fallbacks[tier] = left - 1
        return self.next_attempt(tier, is_retry=error.retry != "connection")

    def note(self, attempt: Attempt, error: BackendError) -> None:
        """The attempt ended so. A draft that was cut waits to be mended, once that is wanted and its tier can go on."""
        if isinstance(error, Mended):
            self._repairs -= 1
        elif isinstance(error, Cut):
            can_mend = self._repairs > 0 and attempt.tier in self._plan.continuing
            self._drafting = attempt.tier if can_mend else None

    def mends(self, tier: Tier) -> bool:
        """Whether an attempt on this tier is to mend a draft, and no more."""
        return self._drafting is not None and tier in self.above(self._drafting)

    def turns(self, error: BackendError) -> bool:
        """Whether the answer goes on with others than were to come after the attempt that ended so."""
        return isinstance(error, Mended | Cut)

    def after(self, broken: Attempt, error: BackendError, begun: Begun | None) -> Iterator[Attempt]:
        """Those that may go on, one after the other: the tier whose draft was mended, or else another backend of the
        same tier, if some text is out, and then the tiers above. Where there is none of those the same backend, once,
        if it did not just fall silent. What an engine refuses another one would, too."""
        if isinstance(error, Refused | DeadlineExceeded):
            return
        if self._plan.on_break == "error" and not isinstance(error, Rejected | Mended):
            return
        below = broken.tier
        if isinstance(error, Mended) and self._drafting is not None:
            below, self._drafting = self._drafting, None
            yield self.next_attempt(below)
        has_text = begun is not None and bool(begun.prefix)
        elsewhere = self._broken_off(broken, error) if has_text else None
        if elsewhere is not None:
            yield elsewhere
        tiers = [tier for tier in self.above(below) if tier in self._plan.continuing]
        for tier in tiers:
            yield self.next_attempt(tier)
        if not tiers and has_text and elsewhere is None and self._may_retry(broken, error):
            self.retries -= 1
            yield self.next_attempt(broken.tier, is_retry=True)

    def once_more(self, attempt: Attempt, error: BackendError) -> Attempt | None:
        """The same tier again, where it was just the connection that broke: one that was kept may be closed."""
        if error.retry != "connection" or self.retries == 0:
            return None
        self.retries -= 1
        return self.next_attempt(attempt.tier, is_retry=True)

    def _broken_off(self, broken: Attempt, error: BackendError) -> Attempt | None:
        is_able = broken.tier in self._plan.continuing and isinstance(error, EngineFailed | Unavailable | TimedOut)
        return self.elsewhere(broken.tier, error) if is_able else None

    def _may_retry(self, broken: Attempt, error: BackendError) -> bool:
        is_able = broken.tier in self._plan.continuing and isinstance(error, EngineFailed | Unavailable)
        return is_able and self.retries > 0
