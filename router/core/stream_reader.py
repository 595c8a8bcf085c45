"""What an engine's chat stream says, read cheaply: nearly every event is relayed without being decoded.

What belongs to the end of a stream is held back, so that the router can still decide what the end is.
"""

import re
from collections.abc import Mapping
from typing import Any

from router.core.chat_chunk import choices_of, decoded, is_json, usage_of
from router.core.event_stream import (
    MAX_EVENT_BYTES,
    EventSplitter,
    MalformedStream,
    OversizedEvent,
    each_event,
    payload,
)
from router.core.values import Imprint, Usage, imprint_of

# The inside of a JSON string: every quote in it is escaped, which is what makes it safe to look no further.
_INSIDE = rb'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+'
_IS_INSIDE = re.compile(_INSIDE).fullmatch
_FIND_TEXT = re.compile(rb'"(?:content|reasoning|reasoning_content|arguments)"\s*:\s*"(' + _INSIDE + rb')"').search
# Nothing starts with this: a splitter returns no carriage returns.
_NO_HEAD = b"\r"


class StreamError(Exception):
    """The engine said in its stream that it failed. `kind` is the wire's `type`; `code` is None unless a number.

    `before` holds complete events that preceded it in the same read and may still be relayed.
    """

    def __init__(self, message: str, kind: str, param: str | None, code: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.param = param
        self.code = code
        self.before = b""


class StreamReader:
    """Reads one engine's stream. `feed` relays it; the attributes tell what it has said so far of its end.

    `finish_event` is the event that ends a choice, or several in a row, b"" while there is none or other events
    have followed it. `finished` says that there was one. `usage_chunk` is the decoded chunk that holds usage and
    no choices. `usage` is the last that any chunk held. `imprint`: what it says of itself, when a choice has finished.
    `done` says that `[DONE]` was seen.

    INVARIANT: what `feed` and `end` returned, and then `finish_event`, are the engine's events byte for byte and
    in their order, less the usage chunk, `[DONE]`, and what has neither data nor a comment to begin with, wherever the
    network cut them. Only comments do not wait behind a finish event. An event of several lines of data that are JSON
    only line by line is as many events, whose blank lines are then added.

    Raises StreamError, or MalformedStream when an event that must be decoded is not a chunk; nothing can be read
    after either.
    """

    __slots__ = ("_head", "_splitter", "_tail", "done", "finish_event", "finished", "imprint", "usage", "usage_chunk")

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._splitter = EventSplitter(max_event_bytes)
        self._head = _NO_HEAD
        self._tail = b""
        self.finish_event = b""
        self.finished = False
        self.usage: Usage | None = None
        self.usage_chunk: dict[str, Any] | None = None
        self.imprint: Imprint | None = None
        self.done = False

    def feed(self, data: bytes) -> bytes:
        """The events that may be relayed now, b"" when none may."""
        try:
            run = self._splitter.feed(data)
        except OversizedEvent as fault:
            fault.before = self._relayed(fault.before)
            raise
        if self._is_ordinary(run) and not self.finish_event:
            return run
        return self._relayed(run)

    def end(self) -> bytes:
        """What may be relayed once the engine has closed its stream: a last event that lacks its blank line.

        Raises MalformedStream when it lacks more.
        """
        rest = self._splitter.rest().strip(b"\n") + b"\n\n"
        return b"" if payload(rest) is None else self._taken(rest)

    def _relayed(self, run: bytes) -> bytes:
        released: list[bytes] = []
        for one in each_event(run):
            try:
                released.append(self._released() + one if self._is_ordinary(one) else self._taken(one))
            except (StreamError, MalformedStream) as fault:
                fault.before = b"".join(released) + fault.before
                raise
        return b"".join(released)

    def _is_ordinary(self, one: bytes) -> bool:
        """Whether these bytes differ only inside one string from an event that was decoded and said nothing special.

        They say nothing special either then, and are one event: whatever the model wrote into that string, and
        however the engine spaces its JSON.
        """
        head, tail = self._head, self._tail
        start, end = len(head), len(one) - len(tail)
        return (
            one.startswith(head)
            and one.endswith(tail)
            and start <= end
            and (one.find(b'"', start, end) < 0 or _IS_INSIDE(one, start, end) is not None)
        )

    def _taken(self, one: bytes) -> bytes:
        data = payload(one)
        if data is None:
            return one if one.startswith(b":") else b""
        if data.strip() == b"[DONE]":
            self.done = True
            return b""
        if data.find(b"\n") >= 0 and not is_json(data):
            return self._relayed(_lines_apart(one))
        chunk = decoded(data)
        if chunk.get("error") is not None:
            raise _stream_error(chunk["error"])
        return self._taken_chunk(one, chunk)

    def _taken_chunk(self, one: bytes, chunk: dict[str, Any]) -> bytes:
        choices = choices_of(chunk)
        counted = chunk.get("usage")
        if counted is not None:
            self.usage = usage_of(counted)
        if counted is not None and not choices:
            self.usage_chunk = chunk
            return b""
        reasons = [reason for choice in choices if (reason := choice.get("finish_reason"))]
        if reasons:
            self.finished = True
            before = () if self.imprint is None else self.imprint.finish_reasons
            self.imprint = imprint_of(chunk.get("id"), chunk.get("model"), (*before, *reasons))
            self.finish_event += one
            return b""
        if counted is None:
            self._learn(one)
        return self._released() + one

    def _learn(self, one: bytes) -> None:
        """Remember what stands before and after the text of an event that said nothing special."""
        text = _FIND_TEXT(one)
        if text is not None:
            self._head, self._tail = one[: text.start(1)], one[text.end(1) :]

    def _released(self) -> bytes:
        held, self.finish_event = self.finish_event, b""
        return held


def _lines_apart(one: bytes) -> bytes:
    """Each line an event of its own: what an engine means that leaves out the blank lines."""
    return b"".join(line + b"\n\n" for line in one.split(b"\n") if line)


def _stream_error(error: object) -> StreamError:
    if not isinstance(error, Mapping):
        return StreamError(str(error), "", None, None)
    param, code = error.get("param"), error.get("code")
    return StreamError(
        message=str(error.get("message") or ""),
        kind=str(error.get("type") or ""),
        param=None if param is None else str(param),
        code=code if type(code) is int else None,
    )
