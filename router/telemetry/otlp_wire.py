"""OTLP as bytes: the messages of opentelemetry-proto's trace and log services (v1), as far as ours need them.

Written out here, because most attributes of a request are those of many others: what they look like on the wire is
kept, which costs a fifth of what building and encoding the SDK's spans costs. Pure.
"""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

Value = str | bool | int | float | Sequence[str]
Attributes = Sequence[tuple[str, Value]]

INFO: Final = 9
ERROR: Final = 17
"""Severities, by their numbers."""

INTERNAL: Final = 1
SERVER: Final = 2
CLIENT: Final = 3

MAX_CACHED_CHARS: Final = 64
MOST_CACHED: Final = 8192
"""Attributes whose bytes are kept, each of some hundred bytes; the latest used."""

_ERROR: Final = bytes((0x18, 2))
_SAMPLED: Final = 0x1
_REMOTE_KNOWN: Final = 0x100
_REMOTE: Final = 0x200


class Happening(Struct, frozen=True):
    """An event of a span. `t_ns` is Unix time."""

    name: str
    t_ns: int
    attributes: Attributes


class Span(Struct, frozen=True):
    """One span. Ids are hexadecimal, an empty `parent_id` means that it has none, `is_remote` that this is a span of
    somebody else's. `links` are ids of spans of the same trace. `error`: why it failed (None: it did not)."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    attributes: Attributes
    events: Sequence[Happening] = ()
    links: Sequence[str] = ()
    error: str | None = None
    state: str = ""
    is_remote: bool = False
    is_sampled: bool = True


class LogEntry(Struct, frozen=True):
    """One log record of `name`, which tells `body`. `severity` is one of OpenTelemetry's numbers; ids are hexadecimal,
    and empty where it belongs to no trace."""

    name: str
    t_ns: int
    severity: int
    body: str
    attributes: Attributes
    trace_id: str = ""
    span_id: str = ""
    is_sampled: bool = False


def encode_span(span: Span) -> bytes:
    """The message `Span`."""
    trace_id = bytes.fromhex(span.trace_id)
    flags = _SAMPLED * span.is_sampled | _REMOTE_KNOWN | _REMOTE * span.is_remote
    parts = [
        b"\x0a\x10",
        trace_id,
        b"\x12\x08",
        bytes.fromhex(span.span_id),
        _text(b"\x1a", span.state),
        _message(b"\x22", bytes.fromhex(span.parent_id)) if span.parent_id else b"",
        _text(b"\x2a", span.name),
        bytes((0x30, span.kind)),
        struct.pack("<BQBQ", 0x39, span.start_ns, 0x41, span.end_ns),
        encode_attributes(b"\x4a", span.attributes),
        *[_message(b"\x5a", _happening(each)) for each in span.events],
        *[b"\x6a\x1c\x0a\x10" + trace_id + b"\x12\x08" + bytes.fromhex(each) for each in span.links],
        b"" if span.error is None else _message(b"\x7a", _text(b"\x12", span.error) + _ERROR),
        b"\x85\x01" + struct.pack("<I", flags),
    ]
    return b"".join(parts)


def encode_log(entry: LogEntry) -> bytes:
    """The message `LogRecord` (opentelemetry-proto's logs, v1)."""
    parts = [
        struct.pack("<BQ", 0x09, entry.t_ns),
        struct.pack("<BQ", 0x59, entry.t_ns),
        bytes((0x10, entry.severity)),
        _message(b"\x2a", _text_value(entry.body)),
        encode_attributes(b"\x32", entry.attributes),
        b"\x45" + struct.pack("<I", _SAMPLED * entry.is_sampled),
        _message(b"\x4a", bytes.fromhex(entry.trace_id)) if entry.trace_id else b"",
        _message(b"\x52", bytes.fromhex(entry.span_id)) if entry.span_id else b"",
        _text(b"\x62", entry.name),
    ]
    return b"".join(parts)


def encode_resource(attributes: Attributes) -> bytes:
    """The message `Resource`."""
    return encode_attributes(b"\x0a", attributes)


def encode_scope(name: str, version: str) -> bytes:
    """The message `InstrumentationScope`."""
    return _text(b"\x0a", name) + _text(b"\x12", version)


def encode_request(resource: bytes, scope: bytes, schema_url: str, told: Iterable[bytes]) -> bytes:
    """The message `ExportTraceServiceRequest`, with all spans of one resource and one scope, or of log records
    `ExportLogsServiceRequest`, which has the same fields."""
    each = b"".join([_message(b"\x12", one) for one in told])
    of_scope = _message(b"\x0a", scope) + each + _text(b"\x1a", schema_url)
    return _message(b"\x0a", _message(b"\x0a", resource) + _message(b"\x12", of_scope))


def encode_attributes(tag: bytes, attributes: Attributes) -> bytes:
    """Attributes as the field of this tag, which each of them begins with."""
    return tag.join([b"", *[_attribute(name, value) for name, value in attributes]])


def _attribute(name: str, value: Value) -> bytes:
    """A `KeyValue` behind its length. Of text that is long, or is there once, nothing is gained by keeping it."""
    if type(value) is str and len(value) <= MAX_CACHED_CHARS:
        return _kept_attribute(name, value)
    body = _kept_key(name) + _message(b"\x12", _VALUES[type(value)](value))
    return _varint(len(body)) + body


@lru_cache(MOST_CACHED)
def _kept_attribute(name: str, value: str) -> bytes:
    body = _kept_key(name) + _message(b"\x12", _text_value(value))
    return _varint(len(body)) + body


@lru_cache(MOST_CACHED)
def _kept_key(name: str) -> bytes:
    return _text(b"\x0a", name)


def _happening(event: Happening) -> bytes:
    said = _text(b"\x12", event.name) + encode_attributes(b"\x1a", event.attributes)
    return b"\x09" + struct.pack("<Q", event.t_ns) + said


def _text(tag: bytes, text: str) -> bytes:
    """A field that is not there is an empty one. What is no Unicode, a lone surrogate, is replaced."""
    return _message(tag, text.encode(errors="replace")) if text else b""


def _message(tag: bytes, data: bytes) -> bytes:
    size = len(data)
    return tag + (bytes((size,)) if size < 0x80 else _varint(size)) + data


def _varint(number: int) -> bytes:
    if number < 0x80:
        return bytes((number,))
    said = bytearray()
    while number > 0x7F:
        said.append(number & 0x7F | 0x80)
        number >>= 7
    said.append(number)
    return bytes(said)


def _text_value(value: str) -> bytes:
    # Of the values a `oneof` has, an empty one is there nevertheless.
    return _message(b"\x0a", value.encode(errors="replace"))


def _list_value(values: Sequence[str]) -> bytes:
    return _message(b"\x2a", b"".join([_message(b"\x0a", _text_value(each)) for each in values]))


_VALUES: Final[Mapping[type, Callable[[Any], bytes]]] = {
    str: _text_value,
    bool: lambda value: bytes((0x10, value)),
    int: lambda value: b"\x18" + _varint(value & 0xFFFFFFFFFFFFFFFF),
    float: lambda value: b"\x21" + struct.pack("<d", value),
    tuple: _list_value,
}
