"""What an engine can do, right and wrong, on the wire: replies for the script of a `ScriptedEngine`.

Bytes and statuses are those of vLLM 0.32 where vLLM can be made to do it. A new fault is a new function here.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests import vllm_wire
from tests.engine_http import STREAM_HEAD, end_stream, send_whole
from tests.scripted_engine import Exchange, Reply

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
            await send_whole(exchange, 200, body)
            return
        await exchange.send(STREAM_HEAD)
        for position, write in enumerate(vllm_wire.stream(fields["model"], texts, choices, finish)):
            await asyncio.sleep(every_s if position else 0)
            await exchange.send_chunk(write)
        await end_stream(exchange, len(texts) * choices)

    return reply


def calls_a_tool() -> Reply:
    """Calls the tool `get_weather`, plain or streamed as asked."""
    call = vllm_wire.WEATHER_CALL

    async def reply(exchange: Exchange) -> None:
        fields = exchange.request.fields
        if not fields.get("stream"):
            message = {"content": None, "tool_calls": [call]}
            await send_whole(exchange, 200, vllm_wire.plain_body(fields["model"], message, 1, "tool_calls", 9))
            return
        await exchange.send(STREAM_HEAD)
        for each in vllm_wire.opening_events(fields["model"], 1) + vllm_wire.call_events(fields["model"], call):
            await exchange.send_chunk(each)
        await end_stream(exchange, 9)

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
        await send_whole(exchange, status, body, kind, headers)

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
