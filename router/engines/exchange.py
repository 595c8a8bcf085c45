"""One call of an engine: a response inside a block, whatever breaks translated here, once."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

import aiohttp
import msgspec

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
from router.core.stream_reader import StreamError
from router.engines.line import FOREIGN, Line
from router.engines.refusals import refusal
from router.ports import Envelope
from router.silence import Listener

MAX_ANSWER_BYTES = 64 * 1024 * 1024

MAX_ERROR_BYTES = 64 * 1024
"""How much of an engine's error is read: it is a sentence, or it is not ours to hold."""

AT_ONCE_S = 0.05
"""A kept connection that its engine was closing breaks at once, and the request may be sent again. One that lasted
longer was read by an engine, which may have died of what it read."""


class Exchange:
    """One call: a response of status 200 inside the block. Leaving it closes the response, which closes the
    connection unless everything was read; foreign errors, and a silence that lasted too long, leave it as
    BackendError."""

    def __init__(self, line: Line, envelope: Envelope, body: bytes) -> None:
        self._line = line
        self._envelope = envelope
        self._body = body
        self._task: asyncio.Task[Any] | None = None
        self._response: aiohttp.ClientResponse | None = None
        self._sent_s = 0.0
        self.listener = Listener(line.timeouts.idle_s, self._give_up)

    async def __aenter__(self) -> aiohttp.ClientResponse:
        self._task, self._sent_s = asyncio.current_task(), monotonic()
        self._line.silence.add(self.listener)
        try:
            self._response = response = await self._line.post(self._envelope, self._body)
            if response.status != 200:
                raise await _refusal(response)
        except BaseException as error:
            await self.__aexit__(type(error), error, None)
            raise
        self.listener.heard = True
        return response

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._line.silence.remove(self.listener)
        if self._response is not None:
            self._response.close()
        if error is None:
            return
        name = self._line.name
        if self.listener.expired and not self._is_cancelled_besides(error):
            raise TimedOut(f"the backend {name} was silent for too long") from error
        if isinstance(error, FOREIGN):
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


async def read_answer(response: aiohttp.ClientResponse, listener: Listener, take: Callable[[bytes], bytes]) -> bytes:
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


async def _refusal(response: aiohttp.ClientResponse) -> BackendError:
    return refusal(response.status, response.headers, await response.content.read(MAX_ERROR_BYTES))


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
