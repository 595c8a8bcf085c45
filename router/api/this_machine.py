"""A listener without a key is on loopback, and there the names that a browser may know it by are few: a page of another
site whose name was made to lead here (DNS rebinding) does not know it by any of them."""

import ipaddress
from urllib.parse import urlsplit

from router.api.answers import Send
from router.api.app import error_response
from router.api.front import App
from router.api.incoming import Receive, Scope
from router.core.errors import UnknownHost

SAID = "without admin.key this listener is for this machine: ask for it as localhost or 127.0.0.1, or set admin.key"


class ThisMachineOnly:
    """An app for those who ask for it by this machine's own names, or by none: every browser sends one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if all(map(is_loopback, hosts)):
            await self._app(scope, receive, send)
        else:
            await error_response(UnknownHost(SAID))(scope, receive, send)


def is_loopback(host: str) -> bool:
    """Whether a `Host` header names this machine as itself."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
