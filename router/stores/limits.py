"""What answers teach this replica about how many of its backends' attempts should be open at once."""

from collections.abc import Mapping, Sequence

from router.core.latency import Pace
from router.core.record import Record
from router.core.saturation import Occupancy
from router.core.services import refusals_seen, service_seen


class LearnedLimits:
    """The sink of the decision log that limits learn from. INVARIANT: a thread that serves only ever looks a limit up;
    limiters are replaced, never changed. `occupancies` are those of the backends, by name."""

    def __init__(self, occupancies: Mapping[str, Occupancy], paces: Mapping[str, Pace]) -> None:
        self._occupancies = occupancies
        self._paces = paces

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        for record in records:
            seen = service_seen(record, self._paces)
            if seen is not None and seen.backend in self._occupancies:
                self._occupancies[seen.backend].took(seen.service)
            for name in refusals_seen(record):
                if name in self._occupancies:
                    self._occupancies[name].refused()
