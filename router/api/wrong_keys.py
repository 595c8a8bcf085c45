"""How many wrong keys are looked at before those who send them have to wait. Pure.

A guess that is refused unseen is not counted: one who goes on guessing waits no longer for it, nor do others.
"""

import ipaddress
from collections import deque
from math import ceil
from typing import Final

from msgspec import Struct
from starlette.requests import Request

WITHIN_S: Final = 60.0
FROM_ONE: Final = 10
IN_ALL: Final = 100
"""INVARIANT: no more wrong keys than this are remembered, whatever is sent."""


class Wait(Struct, frozen=True):
    """How long no key is looked at, and why: wrong ones came from this address (`alone`), or from many."""

    left_s: float
    alone: bool

    @property
    def said(self) -> str:
        """It in words."""
        whence = "this address" if self.alone else "many addresses"
        left = f"try again in {self.whole_s} s"
        return f"too many wrong keys came from {whence}; this one was not looked at: {left}"

    @property
    def whole_s(self) -> int:
        """When it is over, in whole seconds."""
        return max(1, ceil(self.left_s))


class WrongKeys:
    """The wrong keys of the last `WITHIN_S`: when each came, and from where."""

    def __init__(self) -> None:
        self._times_s: deque[tuple[float, str]] = deque()

    def wait(self, address: str, now_s: float) -> Wait | None:
        """Why a key from this address is not looked at now; None: it is."""
        self._forget(now_s)
        place = _place(address)
        here = [time_s for time_s, sender in self._times_s if sender == place]
        if len(here) >= FROM_ONE:
            return Wait(here[-FROM_ONE] + WITHIN_S - now_s, alone=True)
        if len(self._times_s) >= IN_ALL:
            return Wait(self._times_s[-IN_ALL][0] + WITHIN_S - now_s, alone=False)
        return None

    def note(self, address: str, now_s: float) -> None:
        """A key that was looked at was wrong."""
        self._times_s.append((now_s, _place(address)))

    def _forget(self, now_s: float) -> None:
        while self._times_s and self._times_s[0][0] <= now_s - WITHIN_S:
            self._times_s.popleft()


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy that is the proxy's."""
    return "" if request.client is None else request.client.host


def _place(address: str) -> str:
    """Who is meant by an address: with IPv6 the network, because one machine has all addresses of its /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))
