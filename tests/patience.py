"""Waiting for what happens elsewhere: polling with a deadline, never a sleep that hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_S = 0.005
PATIENT_S = 15.0
"""After which something has not happened at all, on however busy a machine."""


def until(look: Callable[[], Found | None], within_s: float = PATIENT_S) -> Found:
    """What `look` finds, as soon as that is true. Raises AssertionError when it is not in time."""
    deadline_s = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline_s:
            raise AssertionError(f"not true within {within_s:g} s; last seen: {found!r}")
        time.sleep(POLL_S)
