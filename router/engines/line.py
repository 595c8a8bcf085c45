"""The way to one engine: its address, its key, and the connections that all engines share. With aiohttp."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection
from msgspec import Struct
from multidict import CIMultiDict
from yarl import URL

from router.core.idiom import SILENT, Pages
from router.core.stream_reader import StreamError
from router.engines.bounded_body import read_at_most
from router.ports import Envelope
from router.silence import Silence

KEEP_ALIVE_S = 4.0
"""Idle connections are dropped before vLLM's server does it (5 s), so that a request never meets a closing one."""

_HEALTH_TIMEOUT = aiohttp.ClientTimeout(total=2.0)

FOREIGN = (aiohttp.ClientError, TimeoutError, OSError, ValueError, StreamError)
"""What aiohttp and our readers raise (MalformedStream and the JSON readers' errors are ValueErrors)."""


class Timeouts(Struct, frozen=True):
    """`connect_s`: to have a connection, from looking up its name to its being secure. `idle_s`: silence, before the
    first byte or between two."""

    connect_s: float = 1.0
    idle_s: float = 120.0


class Connections(Struct, frozen=True):
    """What the backends of a process share: one client session, its connections, and the watch over silent calls."""

    session: aiohttp.ClientSession
    connector: aiohttp.TCPConnector
    silence: Silence

    def look_up_again(self, url: URL) -> None:
        """Forgets where the name in this address was found: it may have moved."""
        self.connector.clear_dns_cache(url.raw_host, url.port)


class SocketConnections(Struct, frozen=True):
    """The same to one Unix socket on this machine."""

    session: aiohttp.ClientSession
    silence: Silence

    def look_up_again(self, url: URL) -> None:
        """A path is no name that is looked up."""


@asynccontextmanager
async def open_resolver() -> AsyncGenerator[AbstractResolver, None]:
    """What looks names up, for all connections of the process."""
    resolver = aiohttp.DefaultResolver()
    try:
        yield resolver
    finally:
        await resolver.close()


@asynccontextmanager
async def open_connections(
    silence: Silence, resolver: AbstractResolver | None = None
) -> AsyncGenerator[Connections, None]:
    """One client session, which looks names up by this resolver (None: one of its own). Keeps no cookies and
    decompresses nothing."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=10, resolver=resolver)
    async with _session(connector) as session:
        yield Connections(session, connector, silence)


@asynccontextmanager
async def open_socket_connections(silence: Silence, path: str) -> AsyncGenerator[SocketConnections, None]:
    """The same for one Unix socket."""
    connector = aiohttp.UnixConnector(path, limit=0, keepalive_timeout=KEEP_ALIVE_S)
    async with _session(connector) as session:
        yield SocketConnections(session, silence)


def _session(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        request_class=_BareRequest,
    )


class _BareRequest(aiohttp.ClientRequest):
    """Sends the headers it is given. The ones that aiohttp adds ask for compressed answers, and leaving them out by
    name costs more than the rest of building a request.

    INVARIANT: what an engine says before it is asked is nobody's answer. It may have come while its connection was
    kept, where aiohttp would take it for the answer to the next request, whoever's that is."""

    def update_auto_headers(self, skip_auto_headers: Iterable[str] | None) -> None:
        """Adds none."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        """Sends on a connection on which nothing waits to be read. Raises ServerDisconnectedError for another."""
        if conn.protocol is None or conn.protocol.should_close:
            raise aiohttp.ServerDisconnectedError
        return await super().send(conn)


class Line:
    """The way to one engine, which goes by `name`."""

    def __init__(
        self,
        name: str,
        connections: Connections | SocketConnections,
        url: str,
        timeouts: Timeouts,
        api_key: str | None = None,
        pages: Pages = SILENT,
    ) -> None:
        self.name = name
        self.timeouts = timeouts
        self.silence = connections.silence
        self._session = connections.session
        self._connections = connections
        self._address = url.rstrip("/")
        self._url = URL(self._address + "/v1/chat/completions")
        self._health_url = URL(self._address + pages.health)
        self._well = pages.well
        self._key = {} if api_key is None else {"Authorization": f"Bearer {api_key}"}
        self._headers = CIMultiDict({"Content-Type": "application/json", **self._key})
        self._timeout = aiohttp.ClientTimeout(total=None, connect=timeouts.connect_s)

    async def is_healthy(self) -> bool:
        """Whether the engine calls itself healthy. Never raises."""
        try:
            async with self._session.get(self._health_url, headers=self._key, timeout=_HEALTH_TIMEOUT) as response:
                return response.status in self._well
        except FOREIGN:
            self._connections.look_up_again(self._url)
            return False

    async def read_page(self, path: str, most_bytes: int) -> bytes:
        """What the engine serves there; nothing when it serves no such page, or a longer one. Raises what is in
        `FOREIGN` when it does not answer."""
        async with self._session.get(URL(self._address + path), headers=self._key, allow_redirects=False) as response:
            page = await read_at_most(response, most_bytes)
            return page if page is not None and response.status == 200 else b""

    async def post(self, envelope: Envelope, body: bytes) -> aiohttp.ClientResponse:
        """Sends a body made for this request and waits for the head of the response, however long it takes."""
        headers = self._headers.copy()
        headers["X-Request-Id"] = envelope.request_id
        if envelope.left_s is not None:
            headers["X-Request-Timeout-Ms"] = str(round(envelope.left_s * 1000))
        if envelope.traceparent is not None:
            headers["traceparent"] = envelope.traceparent
        if envelope.tracestate:
            headers["tracestate"] = envelope.tracestate
        return await self._send(body, headers)

    async def _send(self, body: bytes, headers: CIMultiDict[str]) -> aiohttp.ClientResponse:
        """A redirection is not followed: the address it names is not one we were configured with. An address that
        cannot be reached is looked up again for the next attempt: its name may have moved."""
        try:
            return await self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            self._connections.look_up_again(self._url)
            raise
