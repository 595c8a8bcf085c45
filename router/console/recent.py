"""The last records, in memory: what pages show of requests that have just ended. Light, because every router has it."""

from collections import deque
from collections.abc import Sequence
from threading import Lock
from typing import Final

from router.core.record import Record

KEPT: Final = 1_000
"""Records are some kilobytes each."""


class Recent:
    """A `Sink` that keeps the last records. Its methods may be called in any thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._records: deque[Record] = deque(maxlen=kept)
        self._lock = Lock()

    def take(self, records: Sequence[Record]) -> None:
        """See `Sink`."""
        with self._lock:
            self._records.extend(records)

    def newest_first(self) -> Sequence[Record]:
        """All that is kept."""
        with self._lock:
            return tuple(reversed(self._records))

    def find(self, request_id: str) -> Record | None:
        """The record of this request; None: it is not among them."""
        return next((each for each in self.newest_first() if each.request_id == request_id), None)
