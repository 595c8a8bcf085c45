"""Stops canaries that do harm: reads the records of their requests and, when a guard is crossed, says so."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from router.core.guard import Canary, GuardWindow
from router.core.record import Record
from router.ports import Clock

_log = logging.getLogger(__name__)


class GuardWatch:
    """A sink of the decision log. Every version of a candidate has a window of its own, which a change of guards or of
    shares leaves as it is; it is forgotten when the canary is stopped or no longer under way, so that one which is
    resumed begins anew.

    `canaries` are those under way now. `stop` is told the policy and why, and answers None when there is nothing to
    stop. Both are called in the thread that calls `take`, and must not raise."""

    def __init__(
        self,
        canaries: Callable[[], Iterable[Canary]],
        stop: Callable[[str, str], object | None],
        clock: Clock,
    ) -> None:
        self._canaries = canaries
        self._stop = stop
        self._clock = clock
        self._windows: Mapping[tuple[str, str], GuardWindow] = {}

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        now_s, decided = self._clock.now_s(), _by_version(records)
        windows: dict[tuple[str, str], GuardWindow] = {}
        for canary in self._canaries():
            key = (canary.policy, canary.version)
            window = self._windows.get(key) or GuardWindow()
            for record in decided[canary.version]:
                window.add(record, canary.guards.window_s, now_s)
            why = window.crossed(canary.guards, now_s)
            if why is None:
                windows[key] = window
            else:
                self._end(canary, why)
        self._windows = windows

    def _end(self, canary: Canary, why: str) -> None:
        if self._stop(canary.policy, why) is not None:
            _log.warning("the canary %s of policy %s is stopped: %s", canary.version, canary.policy, why)


def _by_version(records: Iterable[Record]) -> defaultdict[str, list[Record]]:
    """What canaries decided, by the version of the candidate."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.arm == "canary":
            found[record.policy].append(record)
    return found
