"""Keeps what a caller is told, for whoever wants to compare it once it is complete."""

from router.core.chat_chunk import Object, choices_of, decoded, fields, objects
from router.core.chat_stream import folded
from router.core.errors import BackendError, TandemError
from router.core.event_stream import MalformedStream
from router.core.moves import Ended
from router.core.spoken import REASONING
from router.ports import Answer, Head

MOST_BYTES = 1024 * 1024
"""More of an answer is not kept."""


class Heard:
    """An answer as its engine said it, as far as there is room for it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._room = MOST_BYTES
        self._ended: Ended | None = None

    def hear(self, data: bytes) -> None:
        """Some more of it."""
        self._room -= len(data)
        if self._room >= 0:
            self._pieces.append(data)

    def end(self, ended: Ended) -> None:
        """Its end."""
        self._ended = ended

    @property
    def text(self) -> str | None:
        """The text of the whole answer. None: it was not heard to its end, is more than was kept, or is not text
        alone."""
        if self._ended is None or self._room < 0:
            return None
        said, ended = b"".join(self._pieces), self._ended
        try:
            # A stream's events never begin like a body.
            is_body = said.lstrip().startswith(b"{")
            return _text_of(decoded(said if is_body else folded(said + ended.finish_event, ended.usage_chunk)))
        except MalformedStream:
            return None


class Overheard:
    """An answer that goes on to the caller's and is kept besides. The port `Answer`."""

    def __init__(self, answer: Answer) -> None:
        self.heard = Heard()
        self._answer = answer

    async def begin(self, head: Head) -> None:
        """See `ports.Answer`."""
        await self._answer.begin(head)

    async def commit(self) -> None:
        """See `ports.Answer`."""
        await self._answer.commit()

    async def keep_alive(self) -> None:
        """See `ports.Answer`."""
        await self._answer.keep_alive()

    async def release(self, data: bytes) -> None:
        """See `ports.Answer`."""
        self.heard.hear(data)
        await self._answer.release(data)

    async def end(self, head: Head, ended: Ended) -> None:
        """See `ports.Answer`."""
        self.heard.end(ended)
        await self._answer.end(head, ended)

    async def break_off(self, head: Head, error: BackendError) -> None:
        """See `ports.Answer`."""
        await self._answer.break_off(head, error)

    async def fail(self, error: TandemError, head: Head | None) -> None:
        """See `ports.Answer`."""
        await self._answer.fail(error, head)


def _text_of(body: Object) -> str | None:
    """Raises MalformedStream for what is no completion."""
    choices = choices_of(body)
    message = fields(choices[0].get("message"), "message") if len(choices) == 1 else {}
    if objects(message.get("tool_calls"), "tool_calls") or any(message.get(name) for name in REASONING):
        return None
    said = message.get("content")
    return said if isinstance(said, str) and said.strip() else None
