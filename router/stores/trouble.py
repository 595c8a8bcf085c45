"""Saying in the log, once, that something does not work, and that it works again."""

import logging
from typing import NamedTuple

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
