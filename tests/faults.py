"""What an engine can do, right and wrong, on the wire: replies for the script of a `ScriptedEngine`.

Bytes and statuses are those of vLLM 0.32 where vLLM can be made to do it. A new fault is a new function here.
"""

import asyncio
import gzip
import json
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from tests import vllm_wire
from tests.framings import Framing
from tests.scripted_engine import Exchange, Reply

STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\nvary: Origin\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
FOREVER_S = 3600.0


# --- answering as it should -----------------------------------------------------------------------------------


def answers(*texts: str, choices: int = 1, finish: str = "stop", after_s: float = 0.0, every_s: float = 0.0) -> Reply:
    """A good answer: plain or streamed as asked, usage when asked, one write for each text, one token a text.
    `after_s` passes before anything is said, `every_s` between two texts of a stream."""

    async def reply(exchange: Exchange) -> None:
        fields = exchange.request.fields
        await asyncio.sleep(after_s)
        if not fields.get("stream"):
            message = {"content": "".join(texts)}
            body = vllm_wire.plain_body(fields["model"], message, choices, finish, len(texts))
            await _send_whole(exchange, 200, body)
            return
        await exchange.send(STREAM_HEAD)
        for position, write in enumerate(vllm_wire.stream(fields["model"], texts, choices, finish)):
            await asyncio.sleep(every_s if position else 0)
            await exchange.send_chunk(write)
        await _end_stream(exchange, len(texts) * choices)

    return reply


def calls_a_tool() -> Reply:
    """Calls the tool `get_weather`, plain or streamed as asked."""
    call = vllm_wire.WEATHER_CALL

    async def reply(exchange: Exchange) -> None:
        fields = exchange.request.fields
        if not fields.get("stream"):
            message = {"content": None, "tool_calls": [call]}
            await _send_whole(exchange, 200, vllm_wire.plain_body(fields["model"], message, 1, "tool_calls", 9))
            return
        await exchange.send(STREAM_HEAD)
        for each in vllm_wire.opening_events(fields["model"], 1) + vllm_wire.call_events(fields["model"], call):
            await exchange.send_chunk(each)
        await _end_stream(exchange, 9)

    return reply


# --- saying no ------------------------------------------------------------------------------------------------


def refuses(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """An error answer with this JSON."""
    return sends(status, json.dumps(content).encode(), headers=headers)


def refuses_with(message: str, param: str | None = None) -> Reply:
    """vLLM's 400, with its error object."""
    return refuses(400, vllm_wire.error_object(message, "BadRequestError", 400, param))


def cannot_parse() -> Reply:
    """What FastAPI in front of vLLM answers to a body it cannot read."""
    return refuses(400, {"detail": "There was an error parsing the body"})


def wants_a_key() -> Reply:
    """vLLM's answer to a key it does not know: a bare string under `error`."""
    return refuses(401, {"error": "Unauthorized"})


def is_overloaded(retry_after: str | None = None) -> Reply:
    """429, as a gateway in front of an engine says it."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return refuses(429, vllm_wire.error_object("too many requests", "TooManyRequestsError", 429), headers)


def fails(status: int = 500, message: str = "EngineCore encountered an issue.") -> Reply:
    """A server error, with vLLM's error object."""
    return refuses(status, vllm_wire.error_object(message, "InternalServerError", status))


def sends(status: int, body: bytes, kind: str = "application/json", headers: Mapping[str, str] | None = None) -> Reply:
    """This body under this status, whatever was asked."""

    async def reply(exchange: Exchange) -> None:
        await _send_whole(exchange, status, body, kind, headers)

    return reply


def sends_html() -> Reply:
    """200 and a page, as a captive portal or a misplaced proxy answers."""
    return sends(200, b"<html><body><h1>Welcome</h1></body></html>", kind="text/html")


def sends_truncated_json() -> Reply:
    """A whole HTTP answer that holds half a body."""
    body = vllm_wire.plain_body("tier1", {"content": "half"}, 1, "stop", 1)
    return sends(200, body[: len(body) // 2])


def redirects_to(url: str) -> Reply:
    """Sends the request elsewhere, as no engine does and something in its place might."""
    return sends(307, b"", headers={"location": url})


# --- falling silent and falling over --------------------------------------------------------------------------


def never_answers() -> Reply:
    """Accepts the request and says nothing."""

    async def reply(_exchange: Exchange) -> None:
        await asyncio.sleep(FOREVER_S)

    return reply


def waits(seconds: float, then: Reply) -> Reply:
    """Says nothing for a while, and then this."""

    async def reply(exchange: Exchange) -> None:
        await asyncio.sleep(seconds)
        await then(exchange)

    return reply


def waits_for(gate: threading.Event, then: Reply) -> Reply:
    """Says nothing until the test opens the gate, and then this."""

    async def reply(exchange: Exchange) -> None:
        while not gate.is_set():  # noqa: ASYNC110 - it is opened on another thread
            await asyncio.sleep(0.01)
        await then(exchange)

    return reply


def resets() -> Reply:
    """A RST in place of the answer."""

    async def reply(exchange: Exchange) -> None:
        exchange.reset()

    return reply


def hangs_up() -> Reply:
    """A closed connection in place of the answer: what a request meets on a stale kept-alive connection."""

    async def reply(exchange: Exchange) -> None:
        exchange.hang_up()

    return reply


def opens_and_then(*texts: str, then: Callable[[Exchange], Any]) -> Reply:
    """A stream that says this much and then does something else: `stalls`, `resets_now`, `hangs_up_now`."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(STREAM_HEAD)
        model = exchange.request.fields["model"]
        if texts:
            await exchange.send_chunk(b"".join(vllm_wire.opening_events(model, 1)))
        for text in texts:
            await exchange.send_chunk(b"".join(vllm_wire.text_events(model, text, 1)))
        await then(exchange)

    return reply


async def stalls(_exchange: Exchange) -> None:
    """Keeps the connection and says no more."""
    await asyncio.sleep(FOREVER_S)


async def resets_now(exchange: Exchange) -> None:
    """A RST, once what was written has been read."""
    await asyncio.sleep(0.05)
    exchange.reset()


async def ends_early(exchange: Exchange) -> None:
    """The body's orderly end, before the answer's."""
    await exchange.send_chunk(b"")


async def hangs_up_now(exchange: Exchange) -> None:
    """The end of the connection, in the middle of the chunked body."""
    exchange.hang_up()


async def talks_forever(exchange: Exchange) -> None:
    """Text without end, as fast as the other side reads."""
    events = b"".join(vllm_wire.text_events("tier1", "x" * 1000, 1)) * 16
    while True:
        await exchange.send_chunk(events)


async def drips_forever(exchange: Exchange) -> None:
    """A word every few milliseconds, without end."""
    while True:
        await exchange.send_chunk(b"".join(vllm_wire.text_events("tier1", "and ", 1)))
        await asyncio.sleep(0.02)


async def finishes_without_done(exchange: Exchange) -> None:
    """A finish event, and then the body's orderly end."""
    await exchange.send_chunk(b"".join(vllm_wire.text_events("tier1", "", 1, "stop")))
    await exchange.send_chunk(b"")


async def sends_half_a_chunk(exchange: Exchange) -> None:
    """An event whose JSON was cut off, and then the stream's orderly end."""
    (whole,) = vllm_wire.text_events("tier1", "half", 1, "stop")
    await exchange.send_chunk(whole[: len(whole) // 2] + b"\n\n" + vllm_wire.DONE)
    await exchange.send_chunk(b"")


def says_it_failed(message: str, code: int = 500) -> Callable[[Exchange], Any]:
    """An error event inside the stream, and [DONE], as vLLM does it."""

    async def then(exchange: Exchange) -> None:
        await exchange.send_chunk(vllm_wire.error_event(message, "InternalServerError", code))
        await exchange.send_chunk(vllm_wire.DONE)
        await exchange.send_chunk(b"")

    return then


def promises_more_than_it_sends() -> Reply:
    """A content-length that the body falls short of."""
    return promises(100)


def promises(too_many_bytes: int) -> Reply:
    """A good answer, plain or streamed as asked, under a content-length that is wrong by this much; then a closed
    connection if there is less than was promised."""

    async def reply(exchange: Exchange) -> None:
        kind = _kind_asked_for(exchange)
        body = _good_bodies("counted")[kind]
        await exchange.send(_head(200, kind, len(body) + too_many_bytes, {}) + body)
        if too_many_bytes > 0:
            exchange.hang_up()

    return reply


def answers_twice(first: str, second: str, after_s: float) -> Reply:
    """A good answer, and on the same connection, a little later, one that nobody has asked for."""

    async def reply(exchange: Exchange) -> None:
        kind = _kind_asked_for(exchange)
        for text, pause_s in [(first, after_s), (second, 0)]:
            await _send_whole(exchange, 200, _good_bodies(text)[kind], kind)
            await asyncio.sleep(pause_s)

    return reply


def sends_a_gzip_bomb(size_bytes: int) -> Reply:
    """A compressed answer, plain or streamed as asked, whose text is this long."""

    bombs = {kind: gzip.compress(body, 1) for kind, body in _good_bodies("x" * size_bytes).items()}

    async def reply(exchange: Exchange) -> None:
        kind = _kind_asked_for(exchange)
        await _send_whole(exchange, 200, bombs[kind], kind, {"content-encoding": "gzip"})

    return reply


# --- odd shapes -----------------------------------------------------------------------------------------------


def answers_framed(framing: Framing, *texts: str) -> Reply:
    """A good streamed answer in an odd, and legal, framing."""

    async def reply(exchange: Exchange) -> None:
        fields = exchange.request.fields
        whole = b"".join(vllm_wire.stream(fields["model"], texts, 1, "stop"))
        whole += vllm_wire.usage_chunk_event(fields["model"], len(texts)) + vllm_wire.DONE
        await exchange.send(STREAM_HEAD)
        for write in framing(whole):
            await exchange.send_chunk(write)
        await exchange.send_chunk(b"")

    return reply


def counts_again_and_again(*texts: str) -> Reply:
    """A stream, asked for or not, that counts its tokens after each text, twice at its end, and after [DONE]."""

    async def reply(exchange: Exchange) -> None:
        model = exchange.request.fields["model"]
        await exchange.send(STREAM_HEAD)
        for number, write in enumerate(vllm_wire.stream(model, texts, 1, "stop"), start=1):
            await exchange.send_chunk(write + vllm_wire.usage_chunk_event(model, number))
        late = vllm_wire.usage_chunk_event(model, len(texts))
        await exchange.send_chunk(late + vllm_wire.DONE + late)
        await exchange.send_chunk(b"")

    return reply


def says_all_in_one_chunk(text: str) -> Reply:
    """A stream whose only chunk is its first and its last, as other engines than vLLM send them."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(STREAM_HEAD)
        await exchange.send_chunk(b"".join(vllm_wire.text_events(exchange.request.fields["model"], text, 1, "stop")))
        await exchange.send_chunk(vllm_wire.DONE)
        await exchange.send_chunk(b"")

    return reply


def sends_a_giant_line(size_bytes: int) -> Reply:
    """A stream whose one line never ends: more than anyone should hold."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(STREAM_HEAD)
        piece = b"x" * 65536
        await exchange.send_chunk(b'data: {"choices":[{"index":0,"delta":{"content":"')
        for _ in range(size_bytes // len(piece)):
            await exchange.send_chunk(piece)
        await asyncio.sleep(FOREVER_S)

    return reply


def sends_a_giant_body(size_bytes: int) -> Reply:
    """A plain answer of unannounced length that is larger than anyone should hold."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(STREAM_HEAD.replace(b"text/event-stream; charset=utf-8", b"application/json"))
        await exchange.send_chunk(b'{"choices":[{"index":0}],"padding":"')
        piece = b"x" * 1024 * 1024
        for _ in range(size_bytes // len(piece)):
            await exchange.send_chunk(piece)
        await exchange.send_chunk(b'"}')
        await exchange.send_chunk(b"")

    return reply


def announces_a_giant_body(size_bytes: int) -> Reply:
    """A content-length that nobody should wait for."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(_head(200, "application/json", size_bytes, {}))
        await asyncio.sleep(FOREVER_S)

    return reply


def streams_though_not_asked(*texts: str) -> Reply:
    """Server-sent events in answer to a plain request."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(STREAM_HEAD)
        for write in vllm_wire.stream(exchange.request.fields["model"], texts, 1, "stop"):
            await exchange.send_chunk(write)
        await _end_stream(exchange, len(texts))

    return reply


def is_plain_though_asked_to_stream(text: str) -> Reply:
    """One JSON body in answer to a streamed request."""

    async def reply(exchange: Exchange) -> None:
        body = vllm_wire.plain_body(exchange.request.fields["model"], {"content": text}, 1, "stop", 1)
        await _send_whole(exchange, 200, body)

    return reply


async def _end_stream(exchange: Exchange, tokens: int) -> None:
    options = exchange.request.fields.get("stream_options") or {}
    if options.get("include_usage"):
        await exchange.send_chunk(vllm_wire.usage_chunk_event(exchange.request.fields["model"], tokens))
    await exchange.send_chunk(vllm_wire.DONE)
    await exchange.send_chunk(b"")


def _kind_asked_for(exchange: Exchange) -> str:
    return "text/event-stream" if exchange.request.fields.get("stream") else "application/json"


def _good_bodies(text: str) -> Mapping[str, bytes]:
    """A whole answer of one word, by its content type."""
    stream = vllm_wire.stream("tier1", [text], 1, "stop")
    return {
        "application/json": vllm_wire.plain_body("tier1", {"content": text}, 1, "stop", 1),
        "text/event-stream": b"".join([*stream, vllm_wire.usage_chunk_event("tier1", 1), vllm_wire.DONE]),
    }


async def _send_whole(
    exchange: Exchange,
    status: int,
    body: bytes,
    kind: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> None:
    await exchange.send(_head(status, kind, len(body), headers or {}) + body)


def _head(status: int, kind: str, length: int, headers: Mapping[str, str]) -> bytes:
    said = {"server": "uvicorn", "content-type": kind, "content-length": str(length), "vary": "Origin", **headers}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in said.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
