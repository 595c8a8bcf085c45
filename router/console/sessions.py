"""Who has logged in, and which form is ours: tokens that need no table, because they are signed. Pure.

Their keys come from the admin key: whoever changes it ends every session. A router without an admin key draws one, and
has no sessions but forms.
"""

import hmac
import secrets
from typing import Final

from msgspec import Struct

LASTING_S: Final = 12 * 3600
NOBODY: Final = ""
"""The session of a listener that asks for no key."""


class Sessions(Struct, frozen=True):
    """What signs. `key` is secret."""

    key: bytes

    def begin(self, now_s: float) -> str:
        """The token of a new session."""
        claim = f"{round(now_s) + LASTING_S}.{secrets.token_hex(16)}"
        return f"{claim}.{self._sign('session', claim)}"

    def holds(self, token: str, now_s: float) -> bool:
        """Whether the token is one of ours that has not ended."""
        claim, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign("session", claim).encode()):
            return False
        return int(claim.partition(".")[0]) > now_s

    def form_token(self, session: str) -> str:
        """What the forms of this session carry. INVARIANT: no page of another site can know it."""
        return self._sign("form", session)

    def is_ours(self, form_token: str, session: str) -> bool:
        """Whether a form of this session carries it."""
        return hmac.compare_digest(form_token.encode(), self.form_token(session).encode())

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.digest(self.key, f"{purpose}:{text}".encode(), "sha256").hex()


def sessions_of(admin_key: str | None) -> Sessions:
    """The sessions of a listener with this key."""
    if admin_key is None:
        return Sessions(secrets.token_bytes(32))
    return Sessions(hmac.digest(admin_key.encode(), b"tandem console sessions", "sha256"))
