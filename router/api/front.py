"""The raw ASGI front: hot requests go straight to their endpoint, everything else to the FastAPI app behind.

Decides by `scope["path"]` alone; what a `Host` header says is never part of a path here.
"""

from collections.abc import Awaitable, Callable, Mapping

from router.api.answers import Send
from router.api.incoming import Receive, Scope

App = Callable[[Scope, Receive, Send], Awaitable[None]]

CHAT = "/v1/chat/completions"
EXPLAIN = "/router/v1/explain"


class Front:
    """A dispatcher in front of an app: costs one dictionary look-up a request."""

    def __init__(self, hot: Mapping[tuple[str, str], App], app: App) -> None:
        self._hot = hot
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            endpoint = self._hot.get((scope["method"], scope["path"]))
            if endpoint is not None:
                await endpoint(scope, receive, send)
                return
        await self._app(scope, receive, send)
