"""HTTP as vLLM's server speaks it: what comes with every answer, and what is said where no model is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from uuid import uuid4

from tandem_serving.simulator.refusals import Refusal

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON = b"application/json"
EVENTS = b"text/event-stream; charset=utf-8"
METRICS = b"text/plain; version=1.0.0; charset=utf-8"
UNAUTHORIZED = b'{"error":"Unauthorized"}'


class Exchange:
    """One request and the way to answer it. Header names are lower case; `arrived_s` is the event loop's time."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self.arrived_s = asyncio.get_running_loop().time()
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.request_id = self.headers.get("x-request-id") or uuid4().hex
        self.receive = receive
        self._send = send

    @property
    def answer_id(self) -> str:
        """What the id of a completion ends in: the caller's own id where there is one."""
        return self.headers.get("x-request-id") or uuid4().hex[:16]

    async def read_body(self) -> bytes:
        """The whole body, empty when the caller left first."""
        parts: list[bytes] = []
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return b""
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)

    async def wait_for_leaving(self) -> None:
        """Returns when the caller has hung up."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def reply(self, status: int, body: bytes, kind: bytes | None = JSON, *more: tuple[bytes, bytes]) -> None:
        """A whole answer."""
        length = (b"content-length", str(len(body)).encode())
        content = ((b"content-type", kind),) if kind else ()
        await self._start(status, *more, length, *content, (b"vary", b"Origin"))
        await self._send({"type": "http.response.body", "body": body})

    async def refuse(self, refusal: Refusal) -> None:
        """An answer that is a refusal."""
        await self.reply(refusal.status, refusal.as_plain_body())

    async def refuse_the_key(self) -> None:
        """What the caller of a guarded path is told, by a layer that does not know the usual error object."""
        length = (b"content-length", str(len(UNAUTHORIZED)).encode())
        await self._start(401, length, (b"content-type", JSON))
        await self._send({"type": "http.response.body", "body": UNAUTHORIZED})

    async def open_stream(self) -> None:
        """The head of a stream: it goes out before the engine has looked at the request."""
        await self._start(200, (b"content-type", EVENTS), (b"vary", b"Origin"))

    async def stream(self, data: bytes) -> None:
        """A part of a stream, as a chunk of its own."""
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end_stream(self, data: bytes) -> None:
        """The last part of a stream."""
        await self.stream(data)
        await self._send({"type": "http.response.body", "body": b""})

    async def _start(self, status: int, *headers: tuple[bytes, bytes]) -> None:
        named = [*headers, (b"x-request-id", self.request_id.encode("latin-1"))]
        await self._send({"type": "http.response.start", "status": status, "headers": named})
