"""Who may see the console, and what a browser may do with its pages: in front of every page, none left out.

With an admin key one logs in, and a cookie that no script and no other site can use says so. Without one the listener
is on loopback, and only this machine's own names for it are answered.
"""

import hmac
from collections.abc import Callable, MutableMapping, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import PlainTextResponse, RedirectResponse, Response

from router.api.answers import Send
from router.api.front import App
from router.api.incoming import Receive, Scope
from router.api.this_machine import is_loopback
from router.console.door import PLACE, headers_of
from router.console.sessions import LASTING_S, NOBODY, Sessions

LOGIN: Final = f"{PLACE}/login"
COOKIE: Final = "tandem_console"
OPEN: Final = frozenset((LOGIN, f"{PLACE}/static/console.css", f"{PLACE}/static/icon.svg"))
"""What is seen before one has logged in."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Sequence[tuple[bytes, bytes]]] = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """An app whose pages only those see who may. What it lets through knows its session: `scope["session_token"]`."""

    def __init__(self, pages: App, key: str | None, sessions: Sessions, now_s: Callable[[], float]) -> None:
        self._pages = pages
        self._key = key
        self._sessions = sessions
        self._now_s = now_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        app = self._pages if refusal is None else refusal
        await app(scope, receive, _guarded(send))

    def _refusal(self, scope: Scope) -> Response | None:
        """Why not, as a response; None: it may be seen."""
        headers = headers_of(scope)
        host, origin = (headers.get(name, b"").decode("latin-1") for name in (b"host", b"origin"))
        if self._key is None and not is_loopback(host):
            return PlainTextResponse("This console is for this machine: ask for it as localhost.\n", 403)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Not allowed.\n", 405)
        if scope["method"] == "POST" and origin not in (f"http://{host}", f"https://{host}"):
            return PlainTextResponse("A page of another site may not do this.\n", 403)
        scope["session_token"] = token = self._session(headers)
        if token is not None or scope["path"] in OPEN:
            return None
        return _to_login(scope)

    def _session(self, headers: Any) -> str | None:
        if self._key is None:
            return NOBODY
        token = _cookie(headers.get(b"cookie", b"").decode("latin-1"))
        return token if self._sessions.holds(token, self._now_s()) else None


def opens(secret: str, key: str) -> bool:
    """Whether this is the key; takes as long whichever it is."""
    return hmac.compare_digest(secret.encode(), key.encode())


def session_cookie(token: str) -> dict[str, Any]:
    """What sets the cookie of a session; an empty token ends it. It is not `Secure`, because the listener speaks plain
    HTTP, on loopback or behind what ends TLS."""
    lasting_s = LASTING_S if token else 0
    return {
        "key": COOKIE,
        "value": token,
        "max_age": lasting_s,
        "path": PLACE,
        "httponly": True,
        "samesite": "strict",
    }


def way_back(asked: str) -> str:
    """Where one goes after logging in: where one wanted to, if that is a page of ours."""
    return asked if asked.startswith(PLACE + "/") and "\\" not in asked and asked.isprintable() else PLACE


def _cookie(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


def _to_login(scope: Scope) -> Response:
    headers = headers_of(scope)
    if scope["method"] != "GET" or b"hx-request" in headers:
        response: Response = PlainTextResponse("Log in first.\n", 401)
        response.headers["HX-Redirect"] = LOGIN
        return response
    return RedirectResponse(f"{LOGIN}?next={quote(scope['path'])}", 303)


def _guarded(send: Send) -> Send:
    async def with_headers(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0].lower() != b"cache-control"]
            message["headers"] = [*kept, *HEADERS]
        await send(message)

    return with_headers
