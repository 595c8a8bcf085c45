"""How engines write HTTP: the heads and the ends of their answers, as uvicorn does it in front of vLLM."""

from collections.abc import Mapping
from http import HTTPStatus

from tests import vllm_wire
from tests.scripted_engine import Exchange

STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\nvary: Origin\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


async def end_stream(exchange: Exchange, tokens: int) -> None:
    """The orderly end of a stream: usage when it was asked for, and [DONE]."""
    options = exchange.request.fields.get("stream_options") or {}
    if options.get("include_usage"):
        await exchange.send_chunk(vllm_wire.usage_chunk_event(exchange.request.fields["model"], tokens))
    await exchange.send_chunk(vllm_wire.DONE)
    await exchange.send_chunk(b"")


async def send_whole(
    exchange: Exchange,
    status: int,
    body: bytes,
    kind: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> None:
    """A whole answer under a content-length that is right."""
    await exchange.send(head(status, kind, len(body), headers or {}) + body)


def head(status: int, kind: str, length: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers of an answer of this length."""
    said = {"server": "uvicorn", "content-type": kind, "content-length": str(length), "vary": "Origin", **headers}
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Overloaded"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in said.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
