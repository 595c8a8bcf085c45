"""The few words that a strong tier writes where it found a draft wrong: to the end of a sentence. Pure."""

from typing import Final

import orjson

from router.core.chat_chunk import choices_of, counts, decoded, usage_of, without_counts
from router.core.event_stream import each_event, event, payload
from router.core.reading.boundary import sentence_end
from router.core.spoken import cut, spoken_of
from router.core.values import Usage

MOST_TOKENS: Final = 96
"""A sentence that is longer is handed on at the end of a word."""


class Mend:
    """Lets through what is said until a sentence is over. `usage`: what its engine had used up by then, where it says
    so. Whatever calls a tool or has several choices is no sentence, and is let through to its end."""

    def __init__(self, before: str, *, shows_usage: bool) -> None:
        self.is_over = False
        self.usage: Usage | None = None
        self._before = before
        self._said = ""
        self._said_events = 0
        self._shows_usage = shows_usage
        self._is_text = True

    def take(self, events: bytes) -> bytes:
        """Some more events: those of them that may go out. Raises MalformedStream for what is no chunk."""
        out = []
        for one in each_event(events):
            if self.is_over:
                break
            out.append(self._take(one))
        return b"".join(out)

    def _take(self, one: bytes) -> bytes:
        data = payload(one)
        if data is None:
            return one
        chunk = decoded(data)
        if chunk.get("usage") is not None:
            self.usage = usage_of(chunk["usage"])
        if counts(one):
            chunk = without_counts(chunk, keep_usage=self._shows_usage)
        said = [spoken_of(choice) for choice in choices_of(chunk)]
        self._is_text = self._is_text and len(said) <= 1 and not any(each.calls or each.index for each in said)
        if not self._is_text or not said or not said[0].text:
            return event(orjson.dumps(chunk))
        room = self._room_for(said[0].text)
        if room is None:
            return event(orjson.dumps(chunk))
        self.is_over = True
        return event(orjson.dumps(cut(chunk, len(said[0].reasoning) + room)[0])) if room > 0 else b""

    def _room_for(self, text: str) -> int | None:
        """How much of the next text still belongs to the sentence; None: all of it, and it goes on."""
        earlier = len(self._said)
        self._said += text
        self._said_events += 1
        end = self._end(earlier)
        return None if end is None else end - earlier

    def _end(self, earlier: int) -> int | None:
        """Where what was said is over, counted from its beginning; None: not yet."""
        blanks = len(self._said) - len(self._said.lstrip())
        end = sentence_end(self._before + self._said, len(self._before) + blanks)
        if end is not None:
            return end - len(self._before)
        written = self._said_events if self.usage is None else self.usage.completion_tokens
        if written < MOST_TOKENS:
            return None
        space = self._said.find(" ", earlier)
        return space if space >= 0 else None
