"""Who writes an answer on that somebody else has begun: one attempt after the other. Pure."""

from collections.abc import Iterator

from router.core.continuation import Begun
from router.core.errors import BackendError, Cut, DeadlineExceeded, EngineFailed, Mended, Refused, Rejected, Unavailable
from router.core.moves import Attempt
from router.core.plan import Plan
from router.core.values import Tier


class Succession:
    """The attempts of one climb. `retries`: how often a backend may yet be asked again.

    INVARIANT: a draft is mended at most as often as the plan says, so that going to and fro between two tiers ends."""

    def __init__(self, plan: Plan) -> None:
        self.retries = plan.retries
        self._plan = plan
        self._number = 0
        self._repairs = 0 if plan.reads is None else plan.reads.repairs
        self._drafting: Tier | None = None

    def next_attempt(self, tier: Tier, *, is_retry: bool = False) -> Attempt:
        """Another attempt on a tier."""
        self._number += 1
        return Attempt(self._number, tier, is_retry)

    def above(self, tier: Tier) -> tuple[Tier, ...]:
        """The tiers of the ladder that come after this one; none where it is not of the ladder."""
        ladder = self._plan.ladder
        return ladder[ladder.index(tier) + 1 :] if tier in ladder else ()

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
        """Those that may go on, one after the other: the tier whose draft was mended, or else the tiers above. Where
        there is none of those the same backend, once, if some text is out and it did not just fall silent. What an
        engine refuses another one would, too."""
        if isinstance(error, Refused | DeadlineExceeded):
            return
        if self._plan.on_break == "error" and not isinstance(error, Rejected | Mended):
            return
        below = broken.tier
        if isinstance(error, Mended) and self._drafting is not None:
            below, self._drafting = self._drafting, None
            yield self.next_attempt(below)
        tiers = [tier for tier in self.above(below) if tier in self._plan.continuing]
        for tier in tiers:
            yield self.next_attempt(tier)
        if not tiers and begun is not None and begun.prefix and self._may_retry(broken, error):
            self.retries -= 1
            yield self.next_attempt(broken.tier, is_retry=True)

    def once_more(self, attempt: Attempt, error: BackendError) -> Attempt | None:
        """The same backend again, where it was just the connection that broke: one that was kept may be closed."""
        if error.retry != "connection" or self.retries == 0:
            return None
        self.retries -= 1
        return self.next_attempt(attempt.tier, is_retry=True)

    def _may_retry(self, broken: Attempt, error: BackendError) -> bool:
        is_able = broken.tier in self._plan.continuing and isinstance(error, EngineFailed | Unavailable)
        return is_able and self.retries > 0
