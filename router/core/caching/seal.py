"""What makes sure that a value is what was written for its place. Pure: encryption, which is not, lives in `stores`."""

from hashlib import blake2b
from typing import Final, Protocol

PLAIN: Final = 1
ENCRYPTED: Final = 2
"""The versions of values there are: whatever begins with another byte was written by another version of this router."""

DIGEST_BYTES: Final = 8


class Seal(Protocol):
    """Closes a payload, so that it opens in the same context, unchanged, or not at all. May be used by many threads."""

    @property
    def version(self) -> int:
        """How its values begin."""
        ...

    def close(self, context: bytes, payload: bytes) -> bytes:
        """What is to be kept of this payload."""
        ...

    def open(self, context: bytes, closed: bytes) -> bytes | None:
        """The payload that these bytes were made of in this context; None: they were not."""
        ...


class Digest:
    """A digest before the payload, which stays legible. It finds accidents; whoever may write to the store can forge
    it."""

    version: Final = PLAIN

    def close(self, context: bytes, payload: bytes) -> bytes:
        """See `Seal`."""
        return _digest(context, payload) + payload

    def open(self, context: bytes, closed: bytes) -> bytes | None:
        """See `Seal`."""
        payload = closed[DIGEST_BYTES:]
        return payload if closed[:DIGEST_BYTES] == _digest(context, payload) else None


def _digest(context: bytes, payload: bytes) -> bytes:
    digest = blake2b(context, digest_size=DIGEST_BYTES)
    digest.update(payload)
    return digest.digest()
