"""Encrypts what is kept outside this process. The one door to `cryptography`.

AES-256-GCM allows 2^32 values under one key whose nonces are random (NIST SP 800-38D, 8.3): a thousand a second for
seven weeks, by all replicas together. So each value has a key of its own, and its nonce need not differ: HKDF-Expand
(RFC 5869, one block of HMAC-SHA256) makes that key of a configured one and of 192 random bits, which are kept with the
value. With 2^48 values under one configured key the chance that two share a key is 2^-97 (birthdays: 2^96 / 2^193), and
that anything is told of them, at 2^16 blocks each, 2^-49 (a permutation for a function: 2^48 times 2^32 / 2^129).
AES-GCM-SIV would do, too; as OpenSSL has it, it is 20 times slower on a megabyte.
"""

import hmac
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from router.core.caching.seal import ENCRYPTED

KEY_BYTES: Final = 32
SALT_BYTES: Final = 24

NAME_BYTES: Final = 8
"""How much of what a key makes of its label names it: no more than that leaves here of it."""

_START: Final = NAME_BYTES + SALT_BYTES
_NONCE: Final = bytes(12)
_NAME_LABEL: Final = b"tandem cache: the name of a key"
_VALUE_LABEL: Final = b"tandem cache: the key of a value"


class Cipher:
    """The port `Seal` (see `core.caching.seal`): the first of these keys encrypts, all of them decrypt. A value begins
    with the name of its key, so that how many there are costs nothing. INVARIANT: a key is never shown."""

    version: Final = ENCRYPTED

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_expand(key, _NAME_LABEL)[:NAME_BYTES]: key for key in keys}
        self._first = next(iter(self._keys))

    def close(self, context: bytes, payload: bytes) -> bytes:
        """See `Seal`."""
        salt = os.urandom(SALT_BYTES)
        return self._first + salt + _cipher(self._keys[self._first], salt).encrypt(_NONCE, payload, context)

    def open(self, context: bytes, closed: bytes) -> bytes | None:
        """See `Seal`."""
        key = self._keys.get(closed[:NAME_BYTES])
        if key is None:
            return None
        try:
            return _cipher(key, closed[NAME_BYTES:_START]).decrypt(_NONCE, closed[_START:], context)
        except InvalidTag:
            return None


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """INVARIANT: what it encrypts is one value, because its nonce is always the same."""
    return AESGCM(_expand(key, _VALUE_LABEL + salt))


def _expand(key: bytes, purpose: bytes) -> bytes:
    """HKDF-Expand, of one block. Its other half is not needed: keys are random already (RFC 5869, 3.3)."""
    return hmac.digest(key, purpose + b"\x01", "sha256")
