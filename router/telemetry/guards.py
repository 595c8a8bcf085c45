"""Stops canaries that do harm: reads the records of their requests and, when a guard is crossed, says so."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from router.core.guard import Canary, GuardWindow
from router.core.record import Record
from router.ports import Clock

_log = logging.getLogger(__name__)

Note = TypeVar("Note")


class GuardWatch(Generic[Note]):
    """A sink of the decision log. Every version of a candidate has a window of its own, which a change of guards or of
    shares leaves as it is; it is forgotten when the canary is no longer under way.

    `canaries` are those under way now. `stop` is told the policy and why, once for each version as long as that is
    under way; what it answers, unless it is None, goes on to `announce`. All three are called in the thread that calls
    `take`, and must not raise."""

    def __init__(
        self,
        canaries: Callable[[], Iterable[Canary]],
        stop: Callable[[str, str], Note | None],
        announce: Callable[[Note], None],
        clock: Clock,
    ) -> None:
        self._canaries = canaries
        self._stop = stop
        self._announce = announce
        self._clock = clock
        self._watched: Mapping[tuple[str, str], _Watched] = {}

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        now_s, decided = self._clock.now_s(), _by_version(records)
        watched: dict[tuple[str, str], _Watched] = {}
        for canary in self._canaries():
            key = (canary.policy, canary.version)
            watched[key] = self._watched.get(key) or _Watched()
            self._judge(watched[key], canary, decided[canary.version], now_s)
        self._watched = watched

    def _judge(self, watched: "_Watched", canary: Canary, records: Iterable[Record], now_s: float) -> None:
        for record in records:
            watched.window.add(record, canary.guards.window_s, now_s)
        why = watched.window.crossed(canary.guards, now_s)
        if why is None or watched.stopped:
            return
        watched.stopped = True
        note = self._stop(canary.policy, why)
        if note is not None:
            _log.warning("the canary %s of policy %s is stopped: %s", canary.version, canary.policy, why)
            self._announce(note)


class _Watched:
    """A canary under way, and whether it has been told to stop."""

    def __init__(self) -> None:
        self.window = GuardWindow()
        self.stopped = False


def _by_version(records: Iterable[Record]) -> defaultdict[str, list[Record]]:
    """What canaries decided, by the version of the candidate."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.arm == "canary":
            found[record.policy].append(record)
    return found
