"""The backends of one tier: which of them gets an attempt, and what is made of how it went."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from router.core.errors import CannotRead, NotAdmitted
from router.core.outliers import JUDGED_EVERY_S, Conduct, find_outlier
from router.core.pool_choice import Candidate, choose
from router.core.retry_budget import RetryBudget
from router.core.values import Signals, Tier, TierState
from router.core.waiting import Seats
from router.engines.member import FAULTS, SAYS_NOTHING, Member
from router.ports import Errand, Latencies, Seat

TOOK_LONG: Final = frozenset(("abandoned", "deadline_exceeded", "timed_out"))
"""Outcomes of attempts that would have taken longer still."""


class Load(Struct, frozen=True):
    """What may be imagined of backends: how many attempts each has open, by its name, and how many requests wait at a
    tier. What is left out is as it is."""

    in_flight: Mapping[str, int] = {}
    waiting: Mapping[Tier, int] = {}


class Pool:
    """The backends of one tier, at least one, and the retries that they are spared. `window`: prompt and answer
    together, of the smallest."""

    def __init__(self, tier: Tier, members: Sequence[Member], window: int, latencies: Latencies) -> None:
        self.tier = tier
        self.members = members
        self._window = window
        self._latencies = latencies
        self._only = members[0] if len(members) == 1 else None
        self._by_name = {each.name: each for each in members}
        self._budget = RetryBudget()
        self._judged_s = 0.0

    @property
    def reads(self) -> bool:
        """Whether any of them can be asked to read."""
        return any(each.reads for each in self.members)

    def member(self, name: str) -> Member | None:
        """The backend of this name."""
        return self._by_name.get(name)

    def is_last(self, member: Member) -> bool:
        """Whether all others of the tier are drained, and it is not."""
        return [each for each in self.members if not each.is_drained] == [member]

    def foresee(self, conversation: str, signals: Signals, now_s: float) -> tuple[Member, TierState]:
        """The backend that an attempt would get now, and how that is doing. Where none may be asked, the one that would
        get it otherwise."""
        member = self._only
        if member is None:
            errand = Errand(self.tier, conversation, signals)
            member = self._choose(errand, self._askable(errand, now_s) or self.members, now_s)
        return member, self.state(member, now_s)

    def state(self, member: Member, now_s: float) -> TierState:
        """How one of its backends is doing."""
        return member.state(self._window, now_s)

    def summed(self, state: TierState, now_s: float) -> TierState:
        """The state of the tier, whose chosen backend is in this one."""
        if self._only is not None:
            return state
        members = self.members
        limits = [each.occupancy.limit(now_s) for each in members]
        return replace(
            state,
            in_flight=sum([each.occupancy.in_flight(now_s) for each in members]),
            failures=min([each.breaker.failures for each in members]),
            limit=sum(limits) if all(limits) else 0,
            waiting=sum([each.occupancy.waiting for each in members]),
            spare=max(sum([each.breaker.admits(now_s) for each in members]) - 1, 0),
        )

    def imagined(self, load: Load, now_s: float) -> "Pool":
        """The same under another load, to be looked at."""
        members = [each.imagined(load.in_flight.get(each.name), now_s) for each in self.members]
        pool = Pool(self.tier, members, self._window, self._latencies)
        if self.tier in load.waiting:
            pool.waits(load.waiting[self.tier])
        return pool

    def admit(self, errand: Errand, now_s: float) -> Seat:
        """See `ports.Fleet`."""
        if errand.reads and not self.reads:
            raise CannotRead(f"no engine of the tier {self.tier} reads")
        member = self._only or self._choose(errand, self._askable(errand, now_s) or self._able(errand), now_s)
        if member.is_drained:
            said = "is drained" if self._only is not None else "are drained"
            raise NotAdmitted(f"{self._named(member)} {said}", None, member.name)
        if errand.is_retry and not self._budget.take(now_s):
            raise NotAdmitted(f"{self._named(member)} failed, and has been retried often enough", None, member.name)
        through = member.breaker.admit(now_s)
        if through is None:
            raise self._left_alone(member, now_s)
        if not errand.is_retry:
            self._budget.asked(now_s)
        others = member.occupancy.in_flight(now_s)
        expected_ms = self._expected_ms(errand, member, others)
        member.occupancy.opened()
        reader = member.reader if errand.reads else None
        return Seat(self.tier, member.backend, through, reader, others, now_s, expected_ms)

    def closed(self, seat: Seat, outcome: str, now_s: float) -> None:
        """See `ports.Fleet`."""
        member = self._by_name[seat.backend.name]
        member.closed(seat.through, outcome, now_s)
        if self._only is not None:
            return
        if member.breaker.state == "closed":
            self._note(member.conduct, seat, outcome, now_s)
        else:
            member.pardon()
        self._judge(now_s)

    def seats(self, now_s: float) -> Seats:
        """See `ports.Fleet`. Where no backend may be asked there is nothing to wait for: that is found out at once."""
        if self._only is not None:
            return self._only.seats(now_s)
        found = [each for each in self.members if each.takes_more(now_s)]
        found = [each for each in found if not each.is_cold] or found
        found = [each for each in found if not each.conduct.is_ejected(now_s)] or found
        seats = [each.seats(now_s) for each in found]
        limits = [each.limit for each in seats]
        return Seats(sum(limits) if all(limits) else 0, sum([each.taken for each in seats]))

    def waits(self, waiting: int) -> None:
        """See `ports.Fleet`. Nobody knows at which backend there will be room."""
        each, more = divmod(waiting, len(self.members))
        for at, member in enumerate(self.members):
            member.occupancy.waiting = each + (at < more)

    def _askable(self, errand: Errand, now_s: float) -> Sequence[Member]:
        """Those that may be asked; of these not the cold, nor those that have failed this request, nor the ejected,
        each unless there would be nobody left."""
        found = [each for each in self.members if each.takes_more(now_s)]
        if errand.reads:
            found = [each for each in found if each.reads]
        if len(found) < 2:
            return found
        found = [each for each in found if not each.is_cold] or found
        found = [each for each in found if each.name not in errand.failed] or found
        return [each for each in found if not each.conduct.is_ejected(now_s)] or found

    def _able(self, errand: Errand) -> Sequence[Member]:
        """Those that could be asked, were they not left alone; the drained where there are no others."""
        able = [each for each in self.members if each.reads] if errand.reads else self.members
        return [each for each in able if not each.is_drained] or able

    def _choose(self, errand: Errand, among: Sequence[Member], now_s: float) -> Member:
        if len(among) == 1:
            return among[0]
        candidates = [each.candidate(now_s) for each in among]
        return self._by_name[choose(errand.conversation, candidates, self._predicting(errand.signals, now_s)).name]

    def _predicting(self, signals: Signals | None, now_s: float) -> Callable[[Candidate], float]:
        if signals is None:
            return _busy

        def predicted_ms(candidate: Candidate) -> float:
            state = self.state(self._by_name[candidate.name], now_s)
            return self._latencies.foreseen({candidate.name: state}, signals)[candidate.name].predicted_p50_ms

        return predicted_ms

    def _expected_ms(self, errand: Errand, member: Member, others: int) -> float:
        if errand.signals is None or self._only is not None:
            return 0.0
        return self._latencies.expected_ms(member.name, others, errand.signals)

    def _note(self, conduct: Conduct, seat: Seat, outcome: str, now_s: float) -> None:
        if outcome not in SAYS_NOTHING:
            conduct.ended(now_s, failed=outcome in FAULTS)
        elapsed_ms = (now_s - seat.opened_s) * 1000.0
        is_whole = outcome == "served" and elapsed_ms > 0.0
        if seat.expected_ms > 0.0 and (is_whole or (outcome in TOOK_LONG and elapsed_ms > seat.expected_ms)):
            conduct.took(elapsed_ms / seat.expected_ms)

    def _judge(self, now_s: float) -> None:
        if now_s - self._judged_s < JUDGED_EVERY_S:
            return
        self._judged_s = now_s
        outlier = find_outlier({each.name: each.conduct for each in self.members if not each.is_drained}, now_s)
        if outlier is not None:
            self._by_name[outlier].eject(now_s)

    def _left_alone(self, member: Member, now_s: float) -> NotAdmitted:
        retry_after_s = min([each.breaker.retry_after_s(now_s) for each in self.members if not each.is_drained])
        said = "keeps failing and is left alone" if self._only is not None else "keep failing and are left alone"
        return NotAdmitted(f"{self._named(member)} {said}", retry_after_s, member.name)

    def _named(self, member: Member) -> str:
        return f"the backend {member.name}" if self._only is not None else f"the backends of the tier {self.tier}"


def _busy(candidate: Candidate) -> float:
    """Stands for how long it takes where nothing foretells that."""
    return candidate.in_flight / candidate.weight
