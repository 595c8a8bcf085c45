"""An engine that does what a test tells it: a real HTTP server on loopback that answers by script and remembers
what it was sent and who hung up on it. What it can do wrong is in `faults.py`."""

import asyncio
import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.patience import until

Result = TypeVar("Result")

CHAT = "/v1/chat/completions"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_QUEUE = 2048
"""More connections at once than any test makes: none is dropped by the kernel because its engine is slow to accept."""

_UNREACHABLE_QUEUE = 4
"""More connections than an accept queue of one holds: the kernel drops what comes after them."""


@dataclass(frozen=True)
class Received:
    """One request as it came in. `number` counts from 1, `connection` tells which one carried it."""

    number: int
    connection: int
    at_s: float
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The body, decoded."""
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


class Exchange:
    """One request being answered: what a reply works with. `is_over` once everything was said, or nobody listened."""

    def __init__(self, request: Received, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self.sent_bytes = 0
        self.is_over = False
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Writes bytes as they are, and waits while the other side does not read."""
        self._writer.write(data)
        self.sent_bytes += len(data)
        await self._writer.drain()

    async def send_chunk(self, data: bytes) -> None:
        """Writes one chunk of a chunked body; an empty one ends it."""
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    def hang_up(self) -> None:
        """Closes in good order, whatever was promised."""
        self._writer.close()

    def reset(self) -> None:
        """Ends the connection with a RST, as a process that dies does."""
        bound: socket.socket = self._writer.get_extra_info("socket")
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._writer.transport.abort()


Reply = Callable[[Exchange], Awaitable[None]]


class ScriptedEngine:
    """Answers each chat completion with the next reply of its script, the last of which stands for all that follow.
    `left` holds, by request number, when the other side hung up before its answer was complete. `hellos` counts the
    TLS handshakes that were begun with it. `pages` are what it serves besides, by path; `looked_at`: those that were
    asked for, whether there are such or not."""

    def __init__(self, room: "EngineRoom", port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.exchanges: list[Exchange] = []
        self.left: dict[int, float] = {}
        self.connections = 0
        self.hellos = 0
        self.healthy = True
        self.pages: dict[str, bytes] = {}
        self.looked_at: list[str] = []
        self._room = room
        self._server: asyncio.Server | None = None
        self._tls: ssl.SSLContext | None = None
        self._conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._script: list[Reply] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.host}:{self.port}"

    @property
    def received(self) -> list[Received]:
        """What it was sent, in the order of arrival."""
        return [each.request for each in self.exchanges]

    def does(self, *replies: Reply) -> None:
        """Forgets everything, and answers from now on by this script."""
        self._room.do(self._hang_up_on_all())
        self.exchanges, self.left, self.connections, self.healthy = [], {}, 0, True
        self.pages, self.looked_at = {}, []
        self._script = list(replies)

    def await_left(self, number: int = 1, within_s: float = 15.0) -> float:
        """When, on the monotonic clock, the other side hung up on this request."""
        return until(lambda: self.left.get(number), within_s)

    def await_received(self, count: int = 1, within_s: float = 15.0) -> Received:
        """The request that made the count full."""
        until(lambda: len(self.exchanges) >= count, within_s)
        return self.received[count - 1]

    def await_free(self, within_s: float = 1.0) -> None:
        """Returns once it works for nobody: all that was asked has been answered, or was hung up on."""
        until(lambda: all(each.is_over for each in self.exchanges), within_s)

    @contextmanager
    def refusing_connections(self) -> Iterator[None]:
        """Nothing listens at the engine's address while the block runs."""
        self._room.do(self.close())
        try:
            yield
        finally:
            self._room.do(self.open())

    @contextmanager
    def dropping_connections(self) -> Iterator[None]:
        """Packets that would connect are dropped while the block runs, as by a dead host or a firewall."""
        with self.refusing_connections(), contextlib.ExitStack() as stack:
            full = stack.enter_context(socket.create_server(("127.0.0.1", self.port), backlog=0))
            for _ in range(_UNREACHABLE_QUEUE):
                waiting = stack.enter_context(socket.socket())
                waiting.settimeout(0)
                waiting.connect_ex(full.getsockname())
            yield

    @contextmanager
    def moved_to(self, host: str) -> Iterator[None]:
        """While the block runs, the engine listens on another address of this machine and no more on its own."""
        usual = self.host
        self._room.do(self._reopen(host, self._tls))
        try:
            yield
        finally:
            self._room.do(self._reopen(usual, self._tls))

    def presents(self, tls: ssl.SSLContext) -> None:
        """Speaks TLS from now on, and shows this certificate."""
        self.hellos = 0
        tls.sni_callback = self._count_hello
        self._room.do(self._reopen(self.host, tls))

    def _count_hello(self, *_: object) -> None:
        self.hellos += 1

    async def _reopen(self, host: str, tls: ssl.SSLContext | None) -> None:
        await self.close()
        self.host, self._tls = host, tls
        await self.open()

    async def open(self) -> None:
        """Starts to listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, self.host, self.port, backlog=_QUEUE, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stops listening and hangs up on everyone."""
        assert self._server is not None
        self._server.close()
        await self._hang_up_on_all()

    async def _hang_up_on_all(self) -> None:
        for writer in self._conversations.values():
            writer.transport.abort()
        if self._conversations:
            await asyncio.wait(self._conversations)

    def _connection(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader()
        return asyncio.StreamReaderProtocol(reader, lambda _, writer: self._converse(reader, writer))

    async def _converse(self, reader: "_Reader", writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        conversation = asyncio.current_task()
        assert conversation is not None
        self._conversations[conversation] = writer
        try:
            async for request in self._requests(reader, self.connections):
                await self._answer(Exchange(request, writer), reader)
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            del self._conversations[conversation]

    async def _requests(self, reader: "_Reader", connection: int) -> AsyncIterator[Received]:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").rstrip().split("\r\n")
            method, target, _ = first.split(" ")
            pairs = (line.partition(":") for line in lines)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            number = len(self.exchanges) + 1
            yield Received(number, connection, time.monotonic(), method, target, headers, body)

    async def _answer(self, exchange: Exchange, reader: "_Reader") -> None:
        if exchange.request.target != CHAT:
            self.looked_at.append(exchange.request.target)
            page = self.pages.get(exchange.request.target)
            await (_tell_health(exchange, self.healthy) if page is None else _show(exchange, page))
            return
        self.exchanges.append(exchange)
        position = min(exchange.request.number, len(self._script)) - 1
        answering = asyncio.ensure_future(self._script[position](exchange))
        leaving = asyncio.ensure_future(reader.gone.wait())
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done() or isinstance(answering.exception(), ConnectionError):
            self.left[exchange.request.number] = time.monotonic()
            answering.cancel()
        leaving.cancel()
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await answering
        exchange.is_over = True


class _Reader(asyncio.StreamReader):
    """Tells when the other side is gone without reading on: what follows may be its next request."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


class EngineRoom:
    """The event loop, on a thread of its own, that all engines of a test run live in."""

    def __init__(self) -> None:
        self._bugs: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, context: self._bugs.append(repr(context)))
        self._thread = threading.Thread(target=self._loop.run_forever, name="engines")
        self._engines: list[ScriptedEngine] = []

    def __enter__(self) -> "EngineRoom":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            self.do(engine.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open_engine(self) -> ScriptedEngine:
        """One more engine, listening on a free port."""
        engine = ScriptedEngine(self, port=0)
        self.do(engine.open())
        self._engines.append(engine)
        return engine

    def check(self) -> None:
        """Raises AssertionError when a script has failed since this was last called: the test is at fault."""
        bugs, self._bugs = self._bugs, []
        assert bugs == []

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Runs a coroutine in the room and waits for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)


async def _tell_health(exchange: Exchange, healthy: bool) -> None:
    status = b"200 OK" if healthy else b"503 Service Unavailable"
    await exchange.send(b"HTTP/1.1 " + status + b"\r\nserver: uvicorn\r\ncontent-length: 0\r\n\r\n")


async def _show(exchange: Exchange, page: bytes) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-length: %d\r\n\r\n%b" % (len(page), page))
