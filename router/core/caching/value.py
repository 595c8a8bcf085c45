"""An entry as the bytes that a store keeps outside this process, and back. Pure; never a pickle.

A head of fixed length, whose first fields a store may read without the rest; then the entry in MessagePack, compressed
where that pays, under a seal (see `core.caching.seal`). The seal covers the head and the place as well, so that what
was kept for one request is nothing at all to any other: neither a store that mixes up its answers nor a connection that
is used twice can make one tenant read what belongs to another.
"""

import zlib
from struct import Struct as Layout
from typing import Final

import msgspec

from router.core.caching.entry import Entry, Place
from router.core.caching.seal import Seal

COMPRESSED_ABOVE_BYTES: Final = 4096
MAX_ENTRY_BYTES: Final = 1024 * 1024
"""No larger entry is written, so that what says it is one has not been written here: reading one takes milliseconds."""

_HEAD = Layout(">BBd?")
"""Version, rank, when it was made (Unix seconds), and whether the rest is compressed. Nothing here is encrypted."""

_FASTEST: Final = 1

_decode = msgspec.msgpack.Decoder(Entry).decode
_encode = msgspec.msgpack.Encoder().encode


def write_value(place: Place, entry: Entry, seal: Seal) -> bytes | None:
    """The bytes of an entry that is kept at this place; None: it is too large."""
    packed = _encode(entry)
    if len(packed) > MAX_ENTRY_BYTES:
        return None
    is_long = len(packed) > COMPRESSED_ABOVE_BYTES
    payload = zlib.compress(packed, _FASTEST) if is_long else packed
    head = _HEAD.pack(seal.version, entry.rank, entry.made_s, is_long)
    return head + seal.close(_context(place, head), payload)


def read_value(place: Place, value: bytes, seal: Seal) -> Entry | None:
    """The entry that these bytes keep at this place; None when they are not exactly what was written for it."""
    head = value[: _HEAD.size]
    if len(head) < _HEAD.size or head[0] != seal.version:
        return None
    payload = seal.open(_context(place, head), value[_HEAD.size :])
    return None if payload is None else _read_payload(head, payload)


def _context(place: Place, head: bytes) -> bytes:
    """The place, each of its fields behind its length, and the head."""
    fields = [each.encode() for each in (place.tenant, place.policy, place.key)]
    return b"".join(b"%d:%b" % (len(field), field) for field in fields) + head


def _read_payload(head: bytes, payload: bytes) -> Entry | None:
    _, rank, made_s, is_compressed = _HEAD.unpack(head)
    try:
        entry = _decode(_decompressed(payload) if is_compressed else payload)
    except (msgspec.MsgspecError, zlib.error, RecursionError):
        return None
    return entry if (entry.rank, entry.made_s) == (rank, made_s) else None


def _decompressed(payload: bytes) -> bytes:
    stream = zlib.decompressobj()
    packed = stream.decompress(payload, MAX_ENTRY_BYTES)
    if not stream.eof or stream.unused_data:
        raise zlib.error
    return packed
