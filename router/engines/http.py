"""One backend behind HTTP, spoken to with aiohttp: bytes through."""

from collections.abc import AsyncGenerator

import aiohttp

from router.core.event_stream import MalformedStream
from router.core.moves import Attempt, Block, Ended
from router.core.stream_reader import StreamError, StreamReader
from router.engines.answers import body_of_events, ended_body, ended_stream, stream_of_body
from router.engines.exchange import Exchange, read_answer
from router.engines.line import Line
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from router.silence import Listener

READ_BYTES = 64 * 1024
"""How much of a stream is taken at a time: what a caller who does not read has us hold, some times over."""

EVENT_STREAM = "text/event-stream"


class HttpBackend:
    """A `Backend` that speaks OpenAI's chat completions over HTTP."""

    def __init__(self, line: Line, writer: BodyWriter) -> None:
        self.name = line.name
        self._line = line
        self._writer = writer

    async def stream(self, attempt: Attempt, envelope: Envelope) -> AsyncGenerator[Block | Ended, None]:
        """Calls the engine once; see `ports.Backend`. The loop over a stream's reads is the hot path."""
        number = attempt.number
        exchange = Exchange(self._line, envelope, self._writer.write(envelope))
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
        return await self._line.is_healthy()


def _is_relayed(response: aiohttp.ClientResponse, envelope: Envelope) -> bool:
    return envelope.streams and response.content_type == EVENT_STREAM


async def _whole(
    response: aiohttp.ClientResponse, number: int, envelope: Envelope, listener: Listener
) -> list[Block | Ended]:
    """An answer that comes in one piece, in the form the caller asked for whichever form the engine chose."""
    if response.content_type == EVENT_STREAM:
        # Read event by event, so that one that never ends is held no further than a stream would hold it.
        reader = StreamReader()
        data = body_of_events(reader, await read_answer(response, listener, reader.feed))
    else:
        data = await read_answer(response, listener, bytes)
    if envelope.streams:
        return stream_of_body(data, number)
    return [Block(number, data), ended_body(data, number)]
