"""The text/event-stream format: bytes as they arrive to complete events, payloads to events. No chat in it.

An event is its lines and the blank line that ends it. Past the splitter every line ends in a line feed alone.
Comments are kept: they are an engine's sign of life, and callers skip them.
"""

MAX_EVENT_BYTES = 8 * 1024 * 1024
DONE = b"data: [DONE]\n\n"

_BOM = b"\xef\xbb\xbf"


class MalformedStream(ValueError):
    """What arrived is not the stream or the body it should be.

    `before` holds complete events that preceded the fault in the same read and may still be relayed.
    """

    def __init__(self, message: str, before: bytes = b"") -> None:
        super().__init__(message)
        self.before = before


class OversizedEvent(MalformedStream):
    """One event is larger than the reader is willing to hold."""

    def __init__(self, max_event_bytes: int, before: bytes = b"") -> None:
        super().__init__(f"an event is larger than {max_event_bytes} bytes", before)


class EventSplitter:
    """Cuts a byte stream into runs of complete events, wherever the network has cut it.

    INVARIANT: what `feed` returned and `rest` returns, joined, is the stream itself, however it was cut, less
    a byte order mark at its start and with every line end made a line feed. Raises OversizedEvent for an event
    of more than `max_event_bytes`, its blank line included; there is nothing to be read after that.
    """

    __slots__ = ("_after_cr", "_at_event_start", "_held", "_max_event_bytes", "_opened")

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_event_bytes = max_event_bytes
        self._held = bytearray()
        self._opened = False
        self._after_cr = False
        self._at_event_start = False

    def feed(self, data: bytes) -> bytes:
        """The longest run of complete events there is now, b"" when none is; the rest is held."""
        # Engines send whole events per write, so nearly every read is taken as it is.
        if (
            self._at_event_start
            and data.endswith(b"\n\n")
            and data.find(b"\r") < 0  # `in` costs twice as much on bytes
            and len(data) <= self._max_event_bytes
        ):
            return data
        return self._assemble(data)

    def rest(self) -> bytes:
        """The beginning of an event whose end has not come."""
        return bytes(self._held)

    def _assemble(self, data: bytes) -> bytes:
        held = self._held
        searched = max(len(held) - 1, 0) if self._opened else 0
        held += self._with_line_feeds(data)
        self._drop_byte_order_mark()
        end = held.rfind(b"\n\n", searched) + 2
        run = bytes(held[:end]) if end >= 2 else b""
        del held[: len(run)]
        self._at_event_start = self._opened and not held and not self._after_cr
        self._refuse_oversized(run)
        return run

    def _with_line_feeds(self, data: bytes) -> bytes:
        if self._after_cr and data:
            # The read before ended in a carriage return, which has been taken for the line end it is.
            data = data.removeprefix(b"\n")
            self._after_cr = False
        if data.find(b"\r") < 0:
            return data
        self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _drop_byte_order_mark(self) -> None:
        held = self._held
        if self._opened or (len(held) < len(_BOM) and _BOM.startswith(held)):
            return
        self._opened = True
        if held.startswith(_BOM):
            del held[: len(_BOM)]

    def _refuse_oversized(self, run: bytes) -> None:
        start = 0
        for lines in run.split(b"\n\n") if len(run) > self._max_event_bytes else ():
            if len(lines) + 2 > self._max_event_bytes:
                raise OversizedEvent(self._max_event_bytes, before=run[:start])
            start += len(lines) + 2
        if len(self._held) > self._max_event_bytes:
            raise OversizedEvent(self._max_event_bytes, before=run)


def each_event(run: bytes) -> list[bytes]:
    """The events of a run, each with its one blank line; blank lines too many are left out."""
    return [lines.lstrip(b"\n") + b"\n\n" for lines in run.split(b"\n\n") if lines.strip(b"\n")]


def payload(one_event: bytes) -> bytes | None:
    """The data of one event, the values of several `data` lines joined by line feeds; None when it has none.

    A line feed is what the standard says, and it is safe for JSON: between tokens it is white space, and
    inside a string it cannot stand.
    """
    if one_event.startswith(b"data: ") and one_event.find(b"\n") == len(one_event) - 2:
        return one_event[6:-2]
    fields = [line.partition(b":") for line in one_event.split(b"\n")]
    values = [value.removeprefix(b" ") for name, _, value in fields if name == b"data"]
    return b"\n".join(values) if values else None


def payloads(run: bytes) -> list[bytes]:
    """The data payloads of a run of complete events: `[DONE]` is one, comments and other fields are not."""
    found = [payload(one) for one in each_event(run)]
    return [data for data in found if data is not None]


def event(data: bytes) -> bytes:
    """One event as it goes out. `data` holds no carriage return; a line feed starts another `data` line."""
    return b"data: " + data.replace(b"\n", b"\ndata: ") + b"\n\n"


def comment(text: str) -> bytes:
    """A comment, which every client skips: keeps a connection alive while there is nothing to say."""
    return b": " + " ".join(text.split()).encode() + b"\n\n"
