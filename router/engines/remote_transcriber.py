"""The port `Transcriber` over HTTP: any server that speaks OpenAI's `/v1/audio/transcriptions`. Speech leaves this
process for it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import msgspec
from msgspec import Struct

from router.core.breaker import Breaker, Pass
from router.core.errors import BackendError, EngineFailed, Malformed, Overloaded, Refused, TimedOut, Unavailable
from router.core.speech import Clip
from router.engines.bounded_body import read_at_most
from router.engines.line import FOREIGN, open_connections
from router.engines.refusals import refusal
from router.ports import Clock
from router.silence import Silence

MOST_CALLS: Final = 16
"""Calls at once. A clip beyond them is refused at once."""

PATIENT_S: Final = 5.0
"""A server that was given so long, and has not answered, has failed."""

MOST_BYTES: Final = 512 * 1024
"""Of an answer: many hours of speech are no more than that."""


class Service(Struct, frozen=True):
    """Where speech becomes text: `url` is without `/v1`. `language`: what is spoken, as ISO 639-1 has it (empty: the
    server finds out)."""

    url: str
    model: str
    api_key: str | None = None
    language: str = ""


class _Answer(Struct):
    text: str


_ANSWER = msgspec.json.Decoder(_Answer)


class RemoteTranscriber:
    """A server that keeps failing is left alone as its breaker has it."""

    def __init__(self, service: Service, session: aiohttp.ClientSession, breaker: Breaker, clock: Clock) -> None:
        self._service = service
        self._session = session
        self._clock = clock
        self._breaker = breaker
        self._url = service.url.rstrip("/") + "/v1/audio/transcriptions"
        self._headers = {} if service.api_key is None else {"Authorization": f"Bearer {service.api_key}"}
        self._calls = 0

    async def transcribe(self, clip: Clip, within_s: float) -> str:
        """See `ports.Transcriber`. That a caller had little time says nothing of the server."""
        if self._calls >= MOST_CALLS:
            raise Overloaded("too many clips of speech at once")
        through = self._breaker.admit(self._clock.now_s())
        if through is None:
            raise Unavailable("what transcribes speech keeps failing and is left alone")
        self._calls += 1
        try:
            async with asyncio.timeout(within_s):
                words = await self._ask(clip)
        except Refused:
            self._breaker.ended(through, self._clock.now_s(), failed=False)
            raise
        except TimeoutError:
            self._timed_out(through, within_s)
            raise TimedOut("what transcribes speech took too long") from None
        except BackendError:
            self._breaker.ended(through, self._clock.now_s(), failed=True)
            raise
        except asyncio.CancelledError:
            self._breaker.left(through)
            raise
        finally:
            self._calls -= 1
        self._breaker.ended(through, self._clock.now_s(), failed=False)
        return words

    def _timed_out(self, through: Pass, within_s: float) -> None:
        if within_s < PATIENT_S:
            self._breaker.left(through)
        else:
            self._breaker.ended(through, self._clock.now_s(), failed=True)

    async def _ask(self, clip: Clip) -> str:
        """Raises BackendError for whatever is no words."""
        try:
            async with self._session.post(
                self._url, data=self._form(clip), headers=self._headers, allow_redirects=False
            ) as response:
                body = await read_at_most(response, MOST_BYTES)
        except TimeoutError:
            raise
        except (*FOREIGN, RuntimeError) as error:
            raise Unavailable("what transcribes speech cannot be reached") from error
        if body is None:
            raise EngineFailed("what transcribes speech sent too much")
        if response.status != 200:
            raise refusal(response.status, response.headers, body)
        try:
            return _ANSWER.decode(body).text.strip()
        except (ValueError, RecursionError) as error:
            raise Malformed("what transcribes speech sent something that is not text") from error

    def _form(self, clip: Clip) -> aiohttp.FormData:
        form = aiohttp.FormData()
        form.add_field("file", clip.data, filename=f"speech.{clip.format}", content_type="application/octet-stream")
        form.add_field("model", self._service.model)
        form.add_field("response_format", "json")
        if self._service.language:
            form.add_field("language", self._service.language)
        return form


@asynccontextmanager
async def open_remote_transcriber(
    service: Service, breaker: Breaker, silence: Silence, clock: Clock
) -> AsyncGenerator[RemoteTranscriber, None]:
    """The transcriber, on connections of its own, while the block runs."""
    async with open_connections(silence) as connections:
        yield RemoteTranscriber(service, connections.session, breaker, clock)
