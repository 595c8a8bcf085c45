"""A mock engine: just enough HTTP/1.1 and chat completions to stand behind a gateway, at next to no cost.

`python -m tests.bench.engine PORT` serves it alone; the leak benchmark serves it inside its own loop. Each
chunk of a stream is a write of its own on a timer of its own, so that a gateway finds one chunk per read.
"""

import asyncio
import re
import sys
from functools import lru_cache
from typing import Protocol, cast

import uvloop

from tests.bench.answer import plain_answer, stream_events
from tests.bench.ask import Steering, asks_for_stream, read_steering


class Journal(Protocol):
    """Told how each request ended, with its body."""

    def finished(self, body: bytes) -> None:
        """The answer was written to its end."""

    def abandoned(self, body: bytes) -> None:
        """The connection was closed before that."""


class NoJournal:
    """For a benchmark that does not ask how requests ended."""

    def finished(self, body: bytes) -> None:
        """See `Journal`."""

    def abandoned(self, body: bytes) -> None:
        """See `Journal`."""


class Engine:
    """What the connections of one mock engine share. `asked` counts the completions asked of it."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.connections: set[Connection] = set()
        self.asked = 0

    async def listen(self, port: int) -> asyncio.Server:
        """Serve on a loopback port."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: Connection(self), "127.0.0.1", port)

    def hang_up(self) -> None:
        """Close every connection that waits for its next request, so that no pool in front keeps one open."""
        for connection in [each for each in self.connections if each.idle]:
            connection.close()


class Connection(asyncio.Protocol):
    """One connection: answers its requests one after the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._asked: bytes | None = None

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self._asked is None

    def close(self) -> None:
        """Close after what has been written."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._engine.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._engine.connections.discard(self)
        if self._asked is not None:
            self._engine.journal.abandoned(self._asked)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, blank, rest = self._received.partition(b"\r\n\r\n")
        if not blank:
            return
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(rest) < size:
            return
        self._received = rest[size:]
        if head.startswith(b"GET "):
            self._tell(head)
        else:
            self._begin(rest[:size])

    def _tell(self, head: bytes) -> None:
        """Answer a GET: `/asked` with the number of completions asked so far, anything else with `{}`."""
        fact = b'{"asked":%d}' % self._engine.asked if head.startswith(b"GET /asked ") else b"{}"
        self._transport.write(_HEAD % len(fact) + fact)

    def _begin(self, body: bytes) -> None:
        try:
            steering = read_steering(body)
        except ValueError:
            self._transport.write(_REFUSED)
            self._transport.close()
            return
        self._asked = body
        self._engine.asked += 1
        act = self._stream if asks_for_stream(body) else self._answer
        if steering.wait_s:
            self._loop.call_later(steering.wait_s, act, steering)
        else:
            act(steering)

    def _answer(self, steering: Steering) -> None:
        if not self._transport.is_closing():
            self._transport.write(_plain_bytes(steering.chunks))
            self._end()

    def _stream(self, steering: Steering) -> None:
        self._send_next(_stream_writes(steering.chunks), 0, steering.every_s)

    def _send_next(self, writes: tuple[bytes, ...], position: int, every_s: float) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(writes[position])
        if position + 1 == len(writes):
            self._end()
        else:
            self._loop.call_later(every_s, self._send_next, writes, position + 1, every_s)

    def _end(self) -> None:
        asked, self._asked = cast(bytes, self._asked), None
        self._engine.journal.finished(asked)


@lru_cache
def _plain_bytes(chunks: int) -> bytes:
    body = plain_answer(chunks)
    return _HEAD % len(body) + body


@lru_cache
def _stream_writes(chunks: int) -> tuple[bytes, ...]:
    """What a stream writes, timer by timer. As engines do, usage and `[DONE]` follow the last chunk at once."""
    first, *others, last = (b"%x\r\n%b\r\n" % (len(event), event) for event in stream_events(chunks))
    others[-1] += last + b"0\r\n\r\n"
    return (_STREAM_HEAD + first, *others)


_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: *(\d+)")
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n"
)
_REFUSED = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


async def serve(port: int) -> None:
    """Serve until cancelled."""
    async with await Engine(NoJournal()).listen(port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
