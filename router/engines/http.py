"""One backend behind HTTP, spoken to with aiohttp: bytes through, every foreign error translated here."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import aiohttp
import msgspec
from aiohttp.connector import Connection
from msgspec import Struct
from multidict import CIMultiDict
from yarl import URL

from router.core.errors import (
    BackendError,
    EngineFailed,
    Malformed,
    Retry,
    TimedOut,
    Unavailable,
    Untrusted,
    with_retry,
)
from router.core.event_stream import MalformedStream
from router.core.moves import Attempt, Block, Ended
from router.core.stream_reader import StreamError, StreamReader
from router.engines.answers import body_of_events, ended_body, ended_stream, stream_of_body
from router.engines.refusals import refusal
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import Listener, Silence

MAX_ANSWER_BYTES = 64 * 1024 * 1024
READ_BYTES = 64 * 1024
"""How much of a stream is taken at a time: what a caller who does not read has us hold, some times over."""

MAX_ERROR_BYTES = 64 * 1024
"""How much of an engine's error is read: it is a sentence, or it is not ours to hold."""

KEEP_ALIVE_S = 4.0
"""Idle connections are dropped before vLLM's server does it (5 s), so that a request never meets a closing one."""

AT_ONCE_S = 0.05
"""A kept connection that its engine was closing breaks at once, and the request may be sent again. One that lasted
longer was read by an engine, which may have died of what it read."""

_HEALTH_TIMEOUT = aiohttp.ClientTimeout(total=2.0)

EVENT_STREAM = "text/event-stream"


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


@asynccontextmanager
async def open_connections(silence: Silence) -> AsyncGenerator[Connections, None]:
    """The one client session of the process. Keeps no cookies and decompresses nothing."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=10)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        request_class=_BareRequest,
    ) as session:
        yield Connections(session, connector, silence)


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


class HttpBackend:
    """A `Backend` that speaks OpenAI's chat completions over HTTP."""

    def __init__(
        self,
        name: str,
        connections: Connections,
        url: str,
        writer: BodyWriter,
        timeouts: Timeouts,
        api_key: str | None = None,
    ) -> None:
        self.name = name
        self.timeouts = timeouts
        self.silence = connections.silence
        self._session = connections.session
        self._connector = connections.connector
        self._url = URL(url.rstrip("/") + "/v1/chat/completions")
        self._health_url = URL(url.rstrip("/") + "/health")
        self._writer = writer
        self._headers = CIMultiDict({"Content-Type": "application/json"})
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._timeout = aiohttp.ClientTimeout(total=None, connect=timeouts.connect_s)

    async def stream(self, attempt: Attempt, envelope: Envelope) -> AsyncGenerator[Block | Ended, None]:
        """Calls the engine once; see `ports.Backend`. The loop over a stream's reads is the hot path."""
        number, exchange = attempt.number, _Exchange(self, envelope)
        listener = exchange.listener
        async with exchange as response:
            if not _is_relayed(response, envelope):
                for each in await _whole(response, number, envelope, listener):
                    yield each
                return
            reader = StreamReader()
            async for data in response.content.iter_chunked(READ_BYTES):
                listener.heard = True
                try:
                    ready = reader.feed(data)
                except (StreamError, MalformedStream) as fault:
                    if fault.before:
                        yield Block(number, fault.before)
                    raise
                if ready:
                    listener.waiting = False
                    yield Block(number, ready)
                    listener.waiting = True
            for each in ended_stream(reader, number):
                yield each

    async def is_reachable(self) -> bool:
        """See `ports.Backend`: whether the engine calls itself healthy."""
        try:
            async with self._session.get(self._health_url, timeout=_HEALTH_TIMEOUT) as response:
                return response.status == 200
        except _FOREIGN:
            self._connector.clear_dns_cache(self._url.raw_host, self._url.port)
            return False

    async def post(self, envelope: Envelope) -> aiohttp.ClientResponse:
        """Sends the request and waits for the head of the response, however long it takes."""
        body = self._writer.write(envelope)
        headers = self._headers.copy()
        headers["X-Request-Id"] = envelope.request_id
        if envelope.left_s is not None:
            headers["X-Request-Timeout-Ms"] = str(round(envelope.left_s * 1000))
        if envelope.traceparent is not None:
            headers["traceparent"] = envelope.traceparent
        return await self._send(body, headers)

    async def _send(self, body: bytes, headers: CIMultiDict[str]) -> aiohttp.ClientResponse:
        """A redirection is not followed: the address it names is not one we were configured with. An address that
        cannot be reached is looked up again for the next attempt: its name may have moved."""
        try:
            return await self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            self._connector.clear_dns_cache(self._url.raw_host, self._url.port)
            raise


class _Exchange:
    """One call: a response of status 200 inside the block. Leaving it closes the response, which closes the
    connection unless everything was read; foreign errors, and a silence that lasted too long, leave it as
    BackendError."""

    def __init__(self, backend: "HttpBackend", envelope: Envelope) -> None:
        self._backend = backend
        self._envelope = envelope
        self._task: asyncio.Task[Any] | None = None
        self._response: aiohttp.ClientResponse | None = None
        self._sent_s = 0.0
        self.listener = Listener(backend.timeouts.idle_s, self._give_up)

    async def __aenter__(self) -> aiohttp.ClientResponse:
        self._task, self._sent_s = asyncio.current_task(), monotonic()
        self._backend.silence.add(self.listener)
        try:
            self._response = response = await self._backend.post(self._envelope)
            if response.status != 200:
                raise await _refusal(response)
        except BaseException as error:
            await self.__aexit__(type(error), error, None)
            raise
        self.listener.heard = True
        return response

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._backend.silence.remove(self.listener)
        if self._response is not None:
            self._response.close()
        if error is None:
            return
        name = self._backend.name
        if self.listener.expired and not self._is_cancelled_besides(error):
            raise TimedOut(f"the backend {name} was silent for too long") from error
        if isinstance(error, _FOREIGN):
            translated = _translated(error, name)
            if translated.retry == "connection" and monotonic() - self._sent_s > AT_ONCE_S:
                translated.retry = None
            raise translated from error

    def _give_up(self) -> None:
        """Closing the response wakes its reader; while there is none yet, only cancelling its task does."""
        if self._response is not None:
            self._response.close()
        elif self._task is not None:
            self._task.cancel()

    def _is_cancelled_besides(self, error: BaseException) -> bool:
        """Whether somebody else cancelled the task too, when we did."""
        if self._task is None or not isinstance(error, asyncio.CancelledError):
            return False
        return self._task.uncancel() > 0


def _is_relayed(response: aiohttp.ClientResponse, envelope: Envelope) -> bool:
    return envelope.streams and response.content_type == EVENT_STREAM


async def _whole(
    response: aiohttp.ClientResponse, number: int, envelope: Envelope, listener: Listener
) -> list[Block | Ended]:
    """An answer that comes in one piece, in the form the caller asked for whichever form the engine chose."""
    if response.content_type == EVENT_STREAM:
        # Read event by event, so that one that never ends is held no further than a stream would hold it.
        reader = StreamReader()
        data = body_of_events(reader, await _read_answer(response, listener, reader.feed))
    else:
        data = await _read_answer(response, listener, bytes)
    if envelope.streams:
        return stream_of_body(data, number)
    return [Block(number, data), ended_body(data, number)]


async def _refusal(response: aiohttp.ClientResponse) -> BackendError:
    return refusal(response.status, response.headers, await response.content.read(MAX_ERROR_BYTES))


async def _read_answer(response: aiohttp.ClientResponse, listener: Listener, take: Callable[[bytes], bytes]) -> bytes:
    """The whole answer, of each piece what `take` makes of it."""
    if (response.content_length or 0) > MAX_ANSWER_BYTES:
        raise MalformedStream("the answer is too large")
    parts, size = [], 0
    async for data in response.content.iter_any():
        listener.heard = True
        parts.append(take(data))
        size += len(data)
        if size > MAX_ANSWER_BYTES:
            raise MalformedStream("the answer is too large")
    return b"".join(parts)


_FOREIGN = (aiohttp.ClientError, TimeoutError, OSError, ValueError, StreamError)
"""What aiohttp and our readers raise (MalformedStream and the JSON readers' errors are ValueErrors)."""


def _translated(error: Exception, name: str) -> BackendError:
    """Foreign errors by class, never by text. The message names the backend and not its address."""
    if isinstance(error, StreamError):
        return refusal(error.code or 500, {}, _error_body(error))
    for classes, kind, said, retry in _TRANSLATIONS:
        if isinstance(error, classes):
            return with_retry(kind(f"the backend {name} {said}"), retry)
    return EngineFailed(f"the backend {name} failed")


def _error_body(error: StreamError) -> bytes:
    return msgspec.json.encode({"error": {"message": error.message, "param": error.param}})


_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[BackendError], str, Retry | None], ...] = (
    ((aiohttp.ConnectionTimeoutError,), Unavailable, "did not take a connection in time", None),
    ((TimeoutError,), TimedOut, "was silent for too long", None),
    ((aiohttp.ClientSSLError,), Untrusted, "has no valid certificate for its address, or speaks no TLS", None),
    ((aiohttp.ClientPayloadError,), EngineFailed, "broke off its answer", None),
    ((aiohttp.ClientResponseError, ValueError), Malformed, "sent something that is not an answer", None),
    ((aiohttp.ClientConnectorError,), Unavailable, "cannot be reached", "status"),
    ((aiohttp.ClientConnectionError, OSError), Unavailable, "cannot be reached", "connection"),
)
