"""What an engine answered, checked and put into the cascade's events. Raises ValueError for what is no answer."""

from typing import Annotated, Any

import msgspec
import orjson
from msgspec import Meta, Struct

from router.core.chat_chunk import Counted
from router.core.chat_stream import folded, split
from router.core.event_stream import DONE, MalformedStream, event
from router.core.moves import Block, Ended
from router.core.stream_reader import StreamReader
from router.core.values import imprint_of


class _Choice(Struct):
    index: int = 0
    finish_reason: Any = None


class _Body(Struct):
    """The least a plain answer must hold to be one."""

    choices: Annotated[list[_Choice], Meta(min_length=1)]
    usage: Counted | None = None
    id: Any = None
    model: Any = None


_BODY = msgspec.json.Decoder(_Body)


def ended_body(data: bytes, number: int) -> Ended:
    """The end of a plain answer, with usage and imprint. Raises ValueError when `data` is no chat completion."""
    body = _BODY.decode(data)
    imprint = imprint_of(body.id, body.model, [each.finish_reason for each in body.choices])
    usage = None if body.usage is None else body.usage.usage
    return Ended(number, b"", None, usage, imprint=imprint)


def ended_stream(reader: StreamReader, number: int) -> list[Block | Ended]:
    """The end of a stream. A missing [DONE] is forgiven when a choice has finished; a missing finish is not."""
    last = reader.end()
    if not reader.finished:
        raise MalformedStream("the stream stopped before any choice had finished", last)
    ended = Ended(number, reader.finish_event, reader.usage_chunk, reader.usage, imprint=reader.imprint)
    return [Block(number, last), ended] if last else [ended]


def body_of_events(reader: StreamReader, relayed: bytes) -> bytes:
    """The plain body of an answer that the engine streamed although it was not asked to, once all of it was fed to the
    reader: what it relayed, and what it kept. Raises what the end of the stream raises."""
    ordinary = relayed + reader.end()
    if not reader.finished:
        raise MalformedStream("the stream stopped before any choice had finished")
    return folded(ordinary + reader.finish_event, reader.usage_chunk)


def stream_of_body(data: bytes, number: int) -> list[Block | Ended]:
    """The stream of an answer that the engine gave in one piece although a stream was asked for."""
    _BODY.decode(data)
    reader = StreamReader()
    ready = reader.feed(b"".join(event(orjson.dumps(chunk)) for chunk in split(orjson.loads(data))) + DONE)
    blocks: list[Block | Ended] = [Block(number, ready)] if ready else []
    return blocks + ended_stream(reader, number)
