"""Those who wait at one priority: tenant by tenant, each tenant's by deadline. Never reads a clock."""

from bisect import insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Final

from router.core.fair_turns import Claim, FairTurns
from router.core.values import Tier
from router.core.waiting import Ticket, Turn

_Place = tuple[float, int, Ticket]

FindSeat = Callable[[Ticket], Tier | None]
"""The free seat that a request would take now; None: none of them."""

LEAST_WORK_S: Final = 0.001
"""So much work is counted at least: of what is predicted to take no time, a tenant could otherwise have any number."""


class WaitingLine:
    """The requests that wait at one priority. Within a tenant the earliest deadline comes first, then who came first;
    between tenants it goes in fair turns."""

    def __init__(self) -> None:
        self._places: dict[str, list[_Place]] = {}
        self._turns: FairTurns[str] = FairTurns()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Ticket]:
        return (ticket for places in self._places.values() for _, _, ticket in places)

    def of(self, tenant: str) -> int:
        """How many of a tenant's requests wait here."""
        return len(self._places.get(tenant, ()))

    @property
    def tenants(self) -> Collection[str]:
        """Those who have somebody here."""
        return self._places.keys()

    @property
    def weights(self) -> Mapping[str, float]:
        """What is due to each tenant that has somebody here."""
        return {tenant: places[0][2].weight for tenant, places in self._places.items()}

    def join(self, ticket: Ticket) -> None:
        """One more waits."""
        places = self._places.setdefault(ticket.tenant, [])
        insort(places, (ticket.deadline_s, ticket.number, ticket), key=itemgetter(0, 1))
        self._count += 1

    def leave(self, ticket: Ticket) -> bool:
        """This one waits no more; whether it did."""
        places = self._places.get(ticket.tenant, [])
        at = next((at for at, (_, number, _) in enumerate(places) if number == ticket.number), None)
        if at is None:
            return False
        del places[at]
        self._count -= 1
        if not places:
            del self._places[ticket.tenant]
            self._turns.gone(ticket.tenant)
        return True

    def candidates(self, find_seat: FindSeat) -> dict[str, Turn]:
        """Of each tenant the first who would take a free seat."""
        found = ((tenant, self._first(tenant, find_seat)) for tenant in self._places)
        return {tenant: turn for tenant, turn in found if turn is not None}

    def next(self, among: Mapping[str, Turn]) -> Turn:
        """Which of these tenants' turns comes first. Nothing changes."""
        return among[self._turns.next(_claims(among.values()))]

    def took(self, turn: Turn, among: Mapping[str, Turn]) -> None:
        """This one of them has its seat, and waits no more."""
        self._turns.took(turn.ticket.tenant, _claims(among.values()))
        self.leave(turn.ticket)

    def _first(self, tenant: str, find_seat: FindSeat) -> Turn | None:
        for _, _, ticket in self._places[tenant]:
            tier = find_seat(ticket)
            if tier is not None:
                return Turn(ticket, tier)
        return None


def _claims(turns: Iterable[Turn]) -> dict[str, Claim]:
    return {each.ticket.tenant: Claim(work_s_of(each), each.ticket.weight) for each in turns}


def work_s_of(turn: Turn) -> float:
    """The work that somebody's turn is thought to bring."""
    return max(turn.ticket.lasts_s[turn.tier], LEAST_WORK_S)
