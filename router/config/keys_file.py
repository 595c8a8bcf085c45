"""The file of virtual keys: salted hashes with their grants. The secrets themselves are nowhere.

A key reads `tdm-<id>-<secret>`: the id finds the entry, the secret has 256 random bits, so one salted SHA-256 is
as hard to reverse as any slow hash would be and costs a microsecond.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from router.core.errors import FileError, Unauthenticated
from router.core.grants import OWNER, Caller, Grants

PREFIX = "tdm"


class KeyEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One key as the file holds it. `salt` and `hash` are hexadecimal."""

    id: str
    tenant: str
    salt: Annotated[str, Meta(pattern="^(?:[0-9a-f]{2})+$")]
    hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    grants: Grants = Grants()


def read_keys(path: Path) -> tuple[KeyEntry, ...]:
    """The entries of a keys file. Raises FileError."""
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=tuple[KeyEntry, ...])
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FileError(str(path), 1, 1, f"is not a keys file: {error}") from None
    if len({entry.id for entry in entries}) != len(entries):
        raise FileError(str(path), 1, 1, "is not a keys file: two keys have the same id")
    return entries


def create_key(path: Path, tenant: str, grants: Grants) -> str:
    """Adds a key to the file (made when missing, readable by its owner only) and returns the key, which is shown
    once and cannot be had again. The file is replaced in one step, so a reader never sees half of it."""
    entries = read_keys(path) if path.exists() else ()
    key_id, secret, salt = secrets.token_hex(6), secrets.token_urlsafe(32), secrets.token_hex(16)
    entry = KeyEntry(key_id, tenant, salt, _hash(salt, secret), grants)
    try:
        _replace(path, msgspec.json.format(msgspec.json.encode((*entries, entry)), indent=2))
    except OSError as error:
        raise FileError(str(path), 1, 1, f"cannot be written: {error.strerror}") from None
    return f"{PREFIX}-{key_id}-{secret}"


class FileKeyring:
    """The keys of a file: the port `Keyring`."""

    def __init__(self, entries: Iterable[KeyEntry]) -> None:
        self._entries = {entry.id: (entry, Caller(entry.tenant, entry.id, entry.grants)) for entry in entries}

    def caller(self, secret: str | None) -> Caller:
        """See `ports.Keyring`. An unknown id costs the same hash as a wrong secret."""
        if not secret:
            raise Unauthenticated("no key was sent; put one into the Authorization header as `Bearer <key>`")
        prefix, _, rest = secret.partition("-")
        key_id, _, word = rest.partition("-")
        entry, caller = self._entries.get(key_id, _NOBODY)
        matches = hmac.compare_digest(_hash(entry.salt, word), entry.hash)
        if not matches or prefix != PREFIX:
            raise Unauthenticated("this key is not known")
        return caller


class OpenKeyring:
    """Everyone is the owner: for a router without keys, which listens on loopback only."""

    def caller(self, secret: str | None) -> Caller:
        """See `ports.Keyring`."""
        return OWNER


_NOBODY = (KeyEntry("", "", "00" * 16, "", Grants()), OWNER)
"""What an unknown id is compared with; no hash equals the empty one."""


def _hash(salt: str, secret: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + secret.encode()).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content + b"\n")
    beside.replace(path)
