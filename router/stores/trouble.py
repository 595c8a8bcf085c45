"""Saying in the log, once, that something does not work, and that it works again."""

import logging
from collections.abc import Callable
from typing import Final, NamedTuple

SETTLED_S: Final = 1.0
"""How long nothing has failed when something that is done all the time works again."""

_log = logging.getLogger(__name__)


class Trouble(NamedTuple):
    """Why something does not work: the kind of reason, and what the system said of it."""

    why: str
    detail: str = ""


class State:
    """Whether something works, said in the log once whenever that, or the kind of reason, changes."""

    def __init__(self, about: str) -> None:
        self._about = about
        self._why: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether it worked the last time."""
        return self._why is None

    def works(self) -> None:
        """It has worked."""
        if self._why is not None:
            _log.warning("no longer so: %s", self._about)
        self._why = None

    def fails(self, trouble: Trouble) -> None:
        """It has not worked."""
        if self._why != trouble.why:
            _log.warning("%s: %s%s", self._about, trouble.why, trouble.detail)
        self._why = trouble.why


class SteadyState(State):
    """The same of what is done all the time, and may fail for some and work for others: it works again when nothing
    has failed for `SETTLED_S`."""

    def __init__(self, about: str, now_s: Callable[[], float]) -> None:
        super().__init__(about)
        self._now_s = now_s
        self._failed_s = 0.0

    def works(self) -> None:
        """See `State`."""
        if not self.is_well and self._now_s() >= self._failed_s + SETTLED_S:
            super().works()

    def fails(self, trouble: Trouble) -> None:
        """See `State`."""
        self._failed_s = self._now_s()
        super().fails(trouble)
