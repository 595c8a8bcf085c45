"""Gives a kept answer again, in the form that is asked for now, however it was asked for then."""

import orjson

from router.core.caching.entry import Entry
from router.core.chat_stream import split
from router.core.event_stream import DONE, event
from router.core.moves import Ended
from router.core.stream_reader import StreamReader
from router.ports import Answer, Asked, Head


async def replay(entry: Entry, asked: Asked, answer: Answer, head: Head) -> None:
    """The whole answer. Raises MalformedStream for a body that is no completion, before anything is said."""
    if not asked.request.streamed:
        await answer.begin(head)
        await answer.release(entry.body)
        await answer.end(head, Ended(0, b"", None, entry.usage))
        return
    reader = StreamReader()
    said = reader.feed(b"".join([event(orjson.dumps(chunk)) for chunk in split(orjson.loads(entry.body))]) + DONE)
    await answer.begin(head)
    if said:
        await answer.release(said)
    await answer.end(head, Ended(0, reader.finish_event, reader.usage_chunk, entry.usage))
