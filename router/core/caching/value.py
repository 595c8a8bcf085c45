"""An entry as the bytes that a store keeps outside this process, and back. Pure; never a pickle.

A head of fixed length, whose first fields a store may read without the rest; a digest; and the entry in MessagePack,
compressed where that pays. The digest covers the place as well, so that what was kept for one request is nothing at
all to any other: neither a store that mixes up its answers nor a connection that is used twice can make one tenant
read what belongs to another. It finds accidents; whoever may write to the store can forge it.
"""

import zlib
from hashlib import blake2b
from struct import Struct as Layout
from typing import Final

import msgspec

from router.core.caching.entry import Entry, Place

VERSION: Final = 1
"""Whatever begins with another byte was written by another version, and is not read."""

COMPRESSED_ABOVE_BYTES: Final = 4096
MAX_ENTRY_BYTES: Final = 1024 * 1024
"""No larger entry is written, so that what says it is one has not been written here: reading one takes milliseconds."""

DIGEST_BYTES: Final = 8

_HEAD = Layout(">BBd?")
"""Version, rank, when it was made (Unix seconds), and whether the rest is compressed."""

_START: Final = _HEAD.size + DIGEST_BYTES
_FASTEST: Final = 1

_decode = msgspec.msgpack.Decoder(Entry).decode
_encode = msgspec.msgpack.Encoder().encode


def write_value(place: Place, entry: Entry) -> bytes | None:
    """The bytes of an entry that is kept at this place; None: it is too large."""
    packed = _encode(entry)
    if len(packed) > MAX_ENTRY_BYTES:
        return None
    is_long = len(packed) > COMPRESSED_ABOVE_BYTES
    payload = zlib.compress(packed, _FASTEST) if is_long else packed
    head = _HEAD.pack(VERSION, entry.rank, entry.made_s, is_long)
    return head + _digest(place, head, payload) + payload


def read_value(place: Place, value: bytes) -> Entry | None:
    """The entry that these bytes keep at this place; None when they are not exactly what was written for it."""
    head, digest, payload = value[: _HEAD.size], value[_HEAD.size : _START], value[_START:]
    if len(digest) < DIGEST_BYTES or head[0] != VERSION or digest != _digest(place, head, payload):
        return None
    _, rank, made_s, is_compressed = _HEAD.unpack(head)
    try:
        entry = _decode(_decompressed(payload) if is_compressed else payload)
    except (msgspec.MsgspecError, zlib.error, RecursionError):
        return None
    return entry if (entry.rank, entry.made_s) == (rank, made_s) else None


def _digest(place: Place, head: bytes, payload: bytes) -> bytes:
    """Of the place, each of its fields behind its length, and of the rest."""
    fields = [each.encode() for each in (place.tenant, place.policy, place.key)]
    digest = blake2b(b"".join(b"%d:%b" % (len(field), field) for field in fields) + head, digest_size=DIGEST_BYTES)
    digest.update(payload)
    return digest.digest()


def _decompressed(payload: bytes) -> bytes:
    stream = zlib.decompressobj()
    packed = stream.decompress(payload, MAX_ENTRY_BYTES)
    if not stream.eof or stream.unused_data:
        raise zlib.error
    return packed
