"""Encrypts what is kept outside this process. The one door to `cryptography`.

AES-256-GCM with random nonces is good for 2^32 values under a key (NIST SP 800-38D, 8.3): a thousand a second for seven
weeks, by all replicas together. So each batch of 2^16 values has a key of its own, which HKDF-Expand (RFC 5869, one
block of HMAC-SHA256) makes of a configured one and of 192 random bits that are kept with each value. Of 2^48 values of
a megabyte under one configured key, the chance that a nonce comes twice with a key is 2^-33 (birthdays: 2^32 batches,
each 2^32 / 2^97), and so is the chance that anything else is told of them (a permutation taken for a function: 2^32
batches, each 2^64 / 2^129): below the 2^-32 that the standard allows for a nonce that comes twice.

A key for each value would do without batches, but making it, where nothing of that is in the caches of the CPU, costs
a third of a look-up in Redis; AES-GCM-SIV takes 20 times as long for a megabyte.
"""

import hmac
import os
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.core.caching.seal import ENCRYPTED

BATCH: Final = 2**16
"""Values that are encrypted with a key, and some at most that other threads were at when it was over."""

BATCHES_HELD: Final = 256
"""Keys of batches that need not be made again to decrypt."""

NAME_BYTES: Final = 8
"""How much of what a key makes of its label names it: no more than that leaves here of it."""

SALT_BYTES: Final = 24
NONCE_BYTES: Final = 12

_BATCH_BYTES: Final = NAME_BYTES + SALT_BYTES
_START: Final = _BATCH_BYTES + NONCE_BYTES
_NAME_LABEL: Final = b"tandem cache: the name of a key"
_BATCH_LABEL: Final = b"tandem cache: the key of a batch"


class Cipher:
    """A `core.caching.seal.Seal`: the first of these keys encrypts, all of them decrypt. A value begins with the name
    of its key, so that how many there are costs nothing. INVARIANT: a key is never shown."""

    version: Final = ENCRYPTED

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_expand(key, _NAME_LABEL)[:NAME_BYTES]: key for key in keys}
        self._first = next(iter(self._keys))
        self._cipher_of = lru_cache(BATCHES_HELD)(self._make_cipher)
        self._closed = count(1)
        self._batch = self._begin_batch()

    def close(self, context: bytes, payload: bytes) -> bytes:
        """See `Seal`."""
        batch, nonce = self._batch, os.urandom(NONCE_BYTES)
        if next(self._closed) % BATCH == 0:
            self._batch = self._begin_batch()
        return batch + nonce + self._cipher_of(batch).encrypt(nonce, payload, context)

    def open(self, context: bytes, closed: bytes) -> bytes | None:
        """See `Seal`."""
        batch, nonce = closed[:_BATCH_BYTES], closed[_BATCH_BYTES:_START]
        if len(nonce) < NONCE_BYTES or batch[:NAME_BYTES] not in self._keys:
            return None
        try:
            return self._cipher_of(batch).decrypt(nonce, closed[_START:], context)
        except InvalidTag:
            return None

    def _begin_batch(self) -> bytes:
        """How the values of a batch begin."""
        return self._first + os.urandom(SALT_BYTES)

    def _make_cipher(self, batch: bytes) -> AESGCM:
        key, salt = self._keys[batch[:NAME_BYTES]], batch[NAME_BYTES:]
        return AESGCM(_expand(key, _BATCH_LABEL + salt))


def _expand(key: bytes, purpose: bytes) -> bytes:
    """HKDF-Expand, of one block. HKDF's other half is not needed: keys are random already (RFC 5869, 3.3)."""
    return hmac.digest(key, purpose + b"\x01", "sha256")
