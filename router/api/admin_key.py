"""The key of the admin listener: asked for by every path but the console's pages, which have sessions."""

import hmac

from fastapi import Request

from router.api.incoming import read_headers, read_secret
from router.api.wrong_keys import WrongKeys, address_of
from router.core.errors import TooManyWrongKeys, Unauthenticated
from router.ports import Clock


class AdminKey:
    """Lets those through who send the key; None: everybody. Who guesses has to wait."""

    def __init__(self, key: str | None, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._wrong_keys = WrongKeys()

    async def check(self, request: Request) -> None:
        """Raises Unauthenticated or TooManyWrongKeys."""
        if self._key is None:
            return
        secret = read_secret(read_headers(request.scope))
        if secret is None:
            raise Unauthenticated("the admin listener needs its own key")
        address, now_s = address_of(request), self._clock.now_s()
        wait = self._wrong_keys.wait(address, now_s)
        if wait is not None:
            raise TooManyWrongKeys(wait.said, wait.left_s)
        if not hmac.compare_digest(secret.encode(), self._key.encode()):
            self._wrong_keys.note(address, now_s)
            raise Unauthenticated("the admin listener needs its own key")
