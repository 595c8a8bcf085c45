"""Follows names. An engine's name may come to stand for another address while connections to the old one are open, and
while the old one still answers: a rollout ends so, and a failover. Connections that are kept, or always busy, would
stay with it for ever, so names are looked up again and again, off the requests' path.

What a name stands for no longer is given up gently: idle connections to it are closed, busy ones when their answer is
over. A look that fails changes nothing: a dead name service must not take from us what works. An address counts as gone
when two looks in a row did not have it, because some name services answer with a few of many, by turns.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from yarl import URL

LOOK_S: Final = 2.0
"""From the end of one look to the next, so that a move is known after four seconds. What the system's own resolver
remembers comes on top."""

GONE_AFTER: Final = 2
"""Looks in a row without an address, after which it is given up."""

FORGOTTEN_AFTER: Final = 5
"""Looks after which nobody can be about to connect to it any more."""


class Name:
    """One host and port, and where it is found."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.addresses: frozenset[str] = frozenset()
        self._looks_without: dict[str, int] = {}

    def found(self, addresses: frozenset[str]) -> None:
        """A look has found these."""
        former = self._looks_without.keys() | self.addresses
        without = {each: self._looks_without.get(each, 0) + 1 for each in former - addresses}
        self._looks_without = {each: looks for each, looks in without.items() if looks <= FORGOTTEN_AFTER}
        self.addresses = addresses

    def gone(self) -> frozenset[str]:
        """Where it was and is no more."""
        return frozenset(each for each, looks in self._looks_without.items() if looks >= GONE_AFTER)


class Names:
    """The names in some URLs, and the connectors whose connections follow them."""

    def __init__(
        self, resolver: AbstractResolver, connectors: Sequence[aiohttp.TCPConnector], urls: Iterable[str]
    ) -> None:
        places = {(str(url.raw_host), int(url.port or 0)) for url in map(URL, urls)}
        self._resolver = resolver
        self._connectors = connectors
        self._fixed = {place for place in places if _is_address(place[0])}
        self._names = [Name(*place) for place in places - self._fixed]

    @asynccontextmanager
    async def followed(self) -> AsyncGenerator[None, None]:
        """Follows them while the block runs."""
        following = [asyncio.create_task(self._follow(each)) for each in self._names]
        try:
            yield
        finally:
            for each in following:
                each.cancel()
            if following:
                await asyncio.wait(following)

    async def _follow(self, name: Name) -> None:
        """However long a look takes, the next begins after it: a dead name service holds one thread, not all."""
        while True:
            await self._look(name)
            await asyncio.sleep(LOOK_S)

    async def _look(self, name: Name) -> None:
        try:
            found = await self._resolver.resolve(name.host, name.port, socket.AF_UNSPEC)
        except OSError:
            return
        before = name.addresses
        name.found(frozenset(each["host"] for each in found) or before)
        if name.addresses != before:
            for each in self._connectors:
                each.clear_dns_cache(name.host, name.port)
        gone = {(address, name.port) for address in name.gone()} - self._in_use()
        if gone:
            for each in self._connectors:
                _give_up(each, gone)

    def _in_use(self) -> set[tuple[str, int]]:
        """Where some name, or address, of ours is found."""
        return self._fixed | {(address, name.port) for name in self._names for address in name.addresses}


def _give_up(connector: aiohttp.TCPConnector, gone: set[tuple[str, int]]) -> None:
    """INVARIANT: no answer is cut off. aiohttp offers no other way to its connections than these two of its fields."""
    idle = [protocol for kept in connector._conns.values() for protocol, _ in kept]
    for protocol in _connected_to(gone, idle):
        protocol.close()
    for protocol in _connected_to(gone, connector._acquired):
        protocol.force_close()


def _connected_to(gone: set[tuple[str, int]], protocols: Iterable[ResponseHandler]) -> Iterator[ResponseHandler]:
    for protocol in list(protocols):
        # A connection that is only being made has a placeholder here, without the methods of one.
        transport: asyncio.BaseTransport | None = getattr(protocol, "transport", None)
        peer: Any = (
            transport.get_extra_info("peername") if isinstance(protocol, ResponseHandler) and transport else None
        )
        if peer and (peer[0], peer[1]) in gone:
            yield protocol


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
