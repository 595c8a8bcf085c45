"""What a tier is asked for that no caller waits for."""

from collections.abc import Iterator
from contextlib import aclosing, contextmanager

from msgspec import Struct

from router.core.capabilities import Fit, fit
from router.core.errors import BackendError
from router.core.moves import Attempt, Block
from router.core.values import Tier, Usage
from router.inquiry import Considered
from router.overhearing import Heard
from router.ports import Envelope, Errand, Fleet, Seat


class Said(Struct, frozen=True):
    """A whole answer, and what it took as far as its engine says."""

    heard: Heard
    usage: Usage | None


def fit_for(considered: Considered, tier: Tier) -> Fit | None:
    """How a request fits a tier, be it one that its decision does not name. None: it cannot be served there, or may not
    go there."""
    view, reach = considered.question.view, considered.question.reach
    facts = reach.tiers.get(tier)
    if facts is None:
        return None
    found = next((each for each in considered.decision.ladder.fits if each.tier == tier), None)
    found = found or fit(facts, view.request, view.signals)
    return found if found.exclusion is None else None


@contextmanager
def admitted(fleet: Fleet, errand: Errand) -> Iterator[Seat]:
    """One call to a backend, as the fleet sees it. Raises what `Fleet.admit` raises."""
    seat, outcome = fleet.admit(errand), "abandoned"
    try:
        yield seat
        outcome = "served"
    except BackendError as error:
        outcome = error.outcome
        raise
    finally:
        fleet.closed(seat, outcome)


async def ask(fleet: Fleet, errand: Errand, envelope: Envelope) -> Said:
    """The answer of a backend. Raises BackendError."""
    heard, usage = Heard(), None
    with admitted(fleet, errand) as seat:
        async with aclosing(seat.backend.stream(Attempt(1, errand.tier), envelope)) as stream:
            async for event in stream:
                if isinstance(event, Block):
                    heard.hear(event.data)
                else:
                    heard.end(event)
                    usage = event.usage
    return Said(heard, usage)
