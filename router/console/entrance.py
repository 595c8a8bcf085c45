"""Logging in and out."""

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from router.api.wrong_keys import Wait, WrongKeys, address_of
from router.console.door import PLACE
from router.console.forms import read_form, read_order
from router.console.guard import LOGIN, opens, session_cookie, way_back
from router.console.printer import Printer
from router.console.sessions import Sessions
from router.ports import Clock

FIRST: Final = f"{PLACE}/now"
_PAGE: Final = "login.html.jinja"


class Entrance:
    """Where one comes in, and goes. `key`: what the admin listener asks for (None: nothing)."""

    def __init__(self, key: str | None, sessions: Sessions, printer: Printer, clock: Clock) -> None:
        self._key = key
        self._sessions = sessions
        self._printer = printer
        self._clock = clock
        self._wrong_keys = WrongKeys()

    async def begin(self, _request: Request) -> Response:
        """The first page."""
        return RedirectResponse(FIRST, 303)

    async def ask(self, request: Request) -> Response:
        """Where one logs in."""
        if request.scope["session_token"] is not None:
            return RedirectResponse(FIRST, 303)
        values = {"next": way_back(request.query_params.get("next", "")), "trouble": ""}
        return await self._printer.page(request, _PAGE, values)

    async def log_in(self, request: Request) -> Response:
        """Begins a session for whoever has the key, and has those wait who have sent too many that are wrong."""
        fields = await read_form(request)
        target = way_back(fields.get("next", ""))
        if self._key is None:
            return RedirectResponse(target, 303)
        address, now_s = address_of(request), self._clock.now_s()
        wait = self._wrong_keys.wait(address, now_s)
        if wait is not None:
            return await self._have_wait(request, target, wait)
        if not opens(fields.get("key", ""), self._key):
            self._wrong_keys.note(address, now_s)
            return await self._printer.page(request, _PAGE, {"next": target, "trouble": "This is not the key."}, 403)
        response = RedirectResponse(target, 303)
        response.set_cookie(**session_cookie(self._sessions.begin(self._clock.unix_s())))
        return response

    async def log_out(self, request: Request) -> Response:
        """Ends the session, here and in the browser."""
        await read_order(request, self._sessions)
        self._sessions.end(request.scope["session_token"])
        response = RedirectResponse(LOGIN, 303)
        response.set_cookie(**session_cookie(""))
        return response

    async def _have_wait(self, request: Request, target: str, wait: Wait) -> Response:
        values = {"next": target, "trouble": f"{wait.said[0].upper()}{wait.said[1:]}."}
        response = await self._printer.page(request, _PAGE, values, 429)
        response.headers["retry-after"] = str(wait.whole_s)
        return response
