"""Who has logged in, and which form is ours. Pure.

Sessions are known to this process and end with it. Of their tokens only hashes are kept, and of forms nothing: their
tokens are signed, with a key that this process draws.
"""

import hmac
import secrets
from hashlib import sha256
from typing import Final

LASTING_S: Final = 12 * 3600
MOST: Final = 100
"""INVARIANT: no more sessions than this go on. One more ends the oldest."""

NOBODY: Final = ""
"""The session of a listener that asks for no key."""


class Sessions:
    """The sessions that go on, the oldest first, and until when (Unix time)."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until_s: dict[bytes, float] = {}

    def begin(self, now_s: float) -> str:
        """The token of a new session."""
        self._until_s = {each: until_s for each, until_s in self._until_s.items() if until_s > now_s}
        if len(self._until_s) >= MOST:
            del self._until_s[next(iter(self._until_s))]
        token = secrets.token_hex(32)
        self._until_s[_hashed(token)] = now_s + LASTING_S
        return token

    def holds(self, token: str, now_s: float) -> bool:
        """Whether this is the token of a session that goes on."""
        return self._until_s.get(_hashed(token), 0.0) > now_s

    def end(self, token: str) -> None:
        """The token opens nothing any more, whoever has it."""
        self._until_s.pop(_hashed(token), None)

    def form_token(self, session: str) -> str:
        """What the forms of this session carry. INVARIANT: no page of another site can know it."""
        return hmac.digest(self._key, session.encode(), "sha256").hex()

    def is_ours(self, form_token: str, session: str) -> bool:
        """Whether a form of this session carries it."""
        return hmac.compare_digest(form_token.encode(), self.form_token(session).encode())


def _hashed(token: str) -> bytes:
    return sha256(token.encode()).digest()
