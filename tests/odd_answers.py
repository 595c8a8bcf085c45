"""Answers of odd shape, size or length, right and wrong: replies for the script of a `ScriptedEngine`, beside those of
`faults.py`."""

import asyncio
import gzip
from collections.abc import Mapping

from tests import vllm_wire
from tests.engine_http import STREAM_HEAD, end_stream, head, send_whole
from tests.faults import FOREVER_S
from tests.framings import Framing
from tests.scripted_engine import Exchange, Reply

# --- lengths, sizes and codings -------------------------------------------------------------------------------


def promises_more_than_it_sends() -> Reply:
    """A plain answer, asked for or not, that falls short of its content-length."""

    async def reply(exchange: Exchange) -> None:
        await _promise(exchange, "application/json", 100)

    return reply


def promises(too_many_bytes: int) -> Reply:
    """A good answer, plain or streamed as asked, under a content-length that is wrong by this much."""

    async def reply(exchange: Exchange) -> None:
        await _promise(exchange, _kind_asked_for(exchange), too_many_bytes)

    return reply


async def _promise(exchange: Exchange, kind: str, too_many_bytes: int) -> None:
    """Ends the connection when there is less than was promised: nothing more will come."""
    body = _good_bodies("counted")[kind]
    await exchange.send(head(200, kind, len(body) + too_many_bytes, {}) + body)
    if too_many_bytes > 0:
        exchange.hang_up()


def answers_twice(first: str, second: str, after_s: float) -> Reply:
    """A good answer, and on the same connection, a little later, one that nobody has asked for."""

    async def reply(exchange: Exchange) -> None:
        kind = _kind_asked_for(exchange)
        for text, pause_s in [(first, after_s), (second, 0)]:
            await send_whole(exchange, 200, _good_bodies(text)[kind], kind)
            await asyncio.sleep(pause_s)

    return reply


def sends_a_gzip_bomb(size_bytes: int) -> Reply:
    """A compressed answer, plain or streamed as asked, whose text is this long."""

    bombs = {kind: gzip.compress(body, 1) for kind, body in _good_bodies("x" * size_bytes).items()}

    async def reply(exchange: Exchange) -> None:
        kind = _kind_asked_for(exchange)
        await send_whole(exchange, 200, bombs[kind], kind, {"content-encoding": "gzip"})

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
        await exchange.send(head(200, "application/json", size_bytes, {}))
        await asyncio.sleep(FOREVER_S)

    return reply


def streams_though_not_asked(*texts: str) -> Reply:
    """Server-sent events in answer to a plain request."""

    async def reply(exchange: Exchange) -> None:
        await exchange.send(STREAM_HEAD)
        for write in vllm_wire.stream(exchange.request.fields["model"], texts, 1, "stop"):
            await exchange.send_chunk(write)
        await end_stream(exchange, len(texts))

    return reply


def is_plain_though_asked_to_stream(text: str) -> Reply:
    """One JSON body in answer to a streamed request."""

    async def reply(exchange: Exchange) -> None:
        body = vllm_wire.plain_body(exchange.request.fields["model"], {"content": text}, 1, "stop", 1)
        await send_whole(exchange, 200, body)

    return reply


def _kind_asked_for(exchange: Exchange) -> str:
    return "text/event-stream" if exchange.request.fields.get("stream") else "application/json"


def _good_bodies(text: str) -> Mapping[str, bytes]:
    """A whole answer of one word, by its content type."""
    stream = vllm_wire.stream("tier1", [text], 1, "stop")
    return {
        "application/json": vllm_wire.plain_body("tier1", {"content": text}, 1, "stop", 1),
        "text/event-stream": b"".join([*stream, vllm_wire.usage_chunk_event("tier1", 1), vllm_wire.DONE]),
    }
