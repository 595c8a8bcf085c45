"""Waiting for what happens elsewhere: polling with a deadline, never a sleep that hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

POLL_S = 0.005


def until(look: Callable[[], Found | None], within_s: float = 5.0) -> Found:
    """What `look` finds, as soon as that is true. Raises AssertionError when it is not in time."""
    deadline_s = time.monotonic() + within_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline_s:
            raise AssertionError(f"not true within {within_s:g} s; last seen: {found!r}")
        time.sleep(POLL_S)
