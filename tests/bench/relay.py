"""The bare relay: the least that uvicorn and aiohttp can do for a request. Baseline of what a router adds.

`python -m tests.bench.relay PORT ENGINE_PORT` passes the body's bytes on and the answer's bytes back, unread, with
the settings of both libraries that measured cheapest.
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import aiohttp
import uvicorn
from yarl import URL

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]


class Relay:
    """An ASGI app that passes every POST on to one address."""

    def __init__(self, engine: str) -> None:
        self._url = URL(engine)
        self._headers = {"content-type": "application/json"}
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await _start(send, [])
            await send({"type": "http.response.body"})
            return
        async with self._open_session().post(
            self._url, data=await _read_body(receive), headers=self._headers
        ) as response:
            await _pass_back(response, send)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(),
                auto_decompress=False,
            )
        return self._session


async def _read_body(receive: Receive) -> bytes:
    event = await receive()
    body: bytes = event["body"]
    while event["more_body"]:
        event = await receive()
        body += event["body"]
    return body


async def _pass_back(response: aiohttp.ClientResponse, send: Send) -> None:
    headers = [(name, value) for name, value in response.raw_headers if name.lower() in _PASSED]
    await _start(send, headers)
    if response.content_length is None:
        async for part in response.content.iter_any():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
    else:
        await send({"type": "http.response.body", "body": await response.read()})


async def _start(send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": headers})


_PASSED = frozenset({b"content-type", b"content-length"})


if __name__ == "__main__":
    port, engine_port = sys.argv[1:]
    uvicorn.run(
        Relay(f"http://127.0.0.1:{engine_port}/v1/chat/completions"),
        port=int(port),
        loop="uvloop",
        http="httptools",
        ws="none",
        proxy_headers=False,
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,
        log_level="warning",
    )
