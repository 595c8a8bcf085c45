"""The load generator: connections that ask again as soon as they are answered, and check every answer."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from typing import cast

from tests.bench.answer import dechunk, read_plain, read_stream
from tests.bench.ask import DIGITS, Ask


@dataclass(frozen=True)
class Target:
    """Where the load goes: a loopback port, and the headers a caller sends there."""

    port: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Round:
    """One stretch of load: what to ask, until when, and what came of it.

    `latencies_s` has one entry per right answer, from the request's write to the answer's last byte; `failures`
    says in words what was wrong with every other answer; `reads` counts the times that bytes arrived.
    """

    ask: Ask
    target: Target
    numbers: Iterator[int]
    until_s: float
    latencies_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    reads: int = 0

    @property
    def answered(self) -> int:
        """Right answers."""
        return len(self.latencies_s)


async def run_round(load: Round, connections: int) -> None:
    """Ask over `connections` until `load.until_s` of `perf_counter`, then wait for the answers still due."""
    loop = asyncio.get_running_loop()
    callers = []
    try:
        async with asyncio.timeout(load.until_s - perf_counter() + _GRACE_S):
            for _ in range(connections):
                connected = loop.create_connection(partial(Caller, load), "127.0.0.1", load.target.port)
                callers.append((await connected)[1])
            await asyncio.gather(*(caller.finished for caller in callers))
    except OSError as error:
        load.failures.append(f"no connection, or an answer that never ended: {error!r}")


class Caller(asyncio.Protocol):
    """One connection of a round. `finished` is done when it has asked for the last time and been answered."""

    def __init__(self, load: Round) -> None:
        self.finished = asyncio.get_running_loop().create_future()
        self._load = load
        self._before, self._after = request_around_number(load.ask, load.target)
        self._needle = load.ask.expects.encode()
        self._forget()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self._load.failures.append(f"the connection was closed before the answer's end: {error!r}")
            self.finished.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._load.reads += 1
        self._parts.append(data)
        self._missing -= len(data)
        if self._head_ends < 0:
            self._read_head()
        if self._is_whole(data):
            self._take_answer()

    def _ask(self) -> None:
        request = b"%b%0*d%b" % (self._before, DIGITS, next(self._load.numbers), self._after)
        self._asked_s = perf_counter()
        self._transport.write(request)

    def _forget(self) -> None:
        self._parts: list[bytes] = []
        self._head_ends: int = -1
        self._chunked: bool = False
        self._missing: int = 0

    def _read_head(self) -> None:
        received = b"".join(self._parts)
        self._head_ends = received.find(b"\r\n\r\n")
        if self._head_ends < 0:
            return
        length = _LENGTH.search(received, 0, self._head_ends)
        self._chunked = length is None
        if length is not None:
            self._missing = self._head_ends + 4 + int(length[1]) - len(received)

    def _is_whole(self, data: bytes) -> bool:
        if not self._chunked:
            return self._missing == 0 and self._head_ends >= 0
        if len(data) < len(_LAST_CHUNK):
            data = b"".join(self._parts[-len(_LAST_CHUNK) :])
        return data.endswith(_LAST_CHUNK)

    def _take_answer(self) -> None:
        now_s = perf_counter()
        received = b"".join(self._parts)
        problem = "" if self._is_plainly_right(received) else problem_of(received, self._load.ask)
        if problem:
            self._load.failures.append(f"{problem}: {received[:600]!r}")
        else:
            self._load.latencies_s.append(now_s - self._asked_s)
        self._forget()
        if now_s < self._load.until_s:
            self._ask()
        else:
            self.finished.set_result(None)
            self._transport.close()

    def _is_plainly_right(self, received: bytes) -> bool:
        """Whether a look is enough: a 200 with the whole text in it. Streams have their text in pieces."""
        return received.startswith(b"HTTP/1.1 200") and self._needle in received


def problem_of(received: bytes, ask: Ask) -> str:
    """What is wrong with the bytes of a whole response to `ask`, in words; empty when nothing is."""
    head, _, body = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        return "not a 200"
    try:
        plain = body if _LENGTH.search(head) else dechunk(body)
        text = read_stream(plain) if ask.streamed else read_plain(plain)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        return f"unreadable, {error!r}"
    return "" if text == ask.expects else "the wrong text"


def request_around_number(ask: Ask, target: Target) -> tuple[bytes, bytes]:
    """The bytes of a whole request before and after its number."""
    before, after = ask.around_number
    headers = {
        "host": f"127.0.0.1:{target.port}",
        "accept": "*/*",
        "user-agent": "tandem-bench",
        "content-type": "application/json",
        "content-length": str(len(before) + DIGITS + len(after)),
        **target.headers,
    }
    lines = ["POST /v1/chat/completions HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + before, after


_GRACE_S = 30.0
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: *(\d+)")
_LAST_CHUNK = b"\r\n0\r\n\r\n"
