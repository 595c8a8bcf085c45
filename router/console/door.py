"""Where the console begins on the admin listener. It is put together when somebody first asks for it, off the event
loop, so that a router that nobody looks at starts without it."""

import asyncio
from collections.abc import Callable, Mapping

from router.api.answers import Send
from router.api.front import App
from router.api.incoming import Receive, Scope

PLACE = "/console"


class Door:
    """The admin listener: the console under its place, everything else as it was."""

    def __init__(self, admin: App, open_console: Callable[[], App]) -> None:
        self._admin = admin
        self._open_console = open_console
        self._console: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path != PLACE and not path.startswith(PLACE + "/"):
            await self._admin(scope, receive, send)
            return
        if self._console is None:
            self._console = await asyncio.to_thread(self._open_console)
        await self._console(scope, receive, send)


def headers_of(scope: Scope) -> Mapping[bytes, bytes]:
    """The headers by name, the last of each."""
    return dict(scope["headers"])
