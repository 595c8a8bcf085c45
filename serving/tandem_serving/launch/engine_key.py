"""The key that an engine asks for: made once, and only its owner can read it."""

import os
import secrets
from pathlib import Path

from router.core.errors import TandemError

KEY_BYTES = 32
OWNER_ONLY = 0o600
OTHERS = 0o077


class KeyRefused(TandemError):
    """The key file cannot be used."""


def ensure_key(file: Path) -> bool:
    """Writes a new key into `file` unless there is one: whether it did. Raises KeyRefused."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        return False
    except OSError as error:
        raise KeyRefused(f"{file}: the key cannot be written: {error.strerror}") from None
    with os.fdopen(handle, "w") as opened:
        opened.write(secrets.token_urlsafe(KEY_BYTES) + "\n")
    return True


def read_key(file: Path) -> str:
    """The key in `file`. Raises KeyRefused when it is empty, or when others can read it."""
    try:
        key, mode = file.read_text().strip(), file.stat().st_mode
    except OSError as error:
        raise KeyRefused(f"{file}: the key cannot be read: {error.strerror}") from None
    if not key:
        raise KeyRefused(f"{file}: is empty, and an engine without a key is open; remove it and a new one is made")
    if mode & OTHERS:
        raise KeyRefused(f"{file}: others can read it; chmod 600 {file}")
    return key
