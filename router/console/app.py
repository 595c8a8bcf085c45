"""The console as an app: every page behind the guard, every error a page."""

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from router.api.backend_admin import BackendDesk
from router.api.errors import status_of
from router.api.front import App
from router.api.policy_admin import PolicyDesk
from router.console.decision_pages import DecisionPages
from router.console.door import PLACE
from router.console.engine_pages import EnginePages
from router.console.forms import read_form, read_order
from router.console.guard import LOGIN, Guard, opens, session_cookie, way_back
from router.console.now_pages import NowPages
from router.console.policy_pages import PolicyPages
from router.console.printer import Printer
from router.console.pulse import Pulse
from router.console.recent import Recent
from router.console.sessions import Sessions, sessions_of
from router.console.trial import Consider
from router.console.trial_pages import TrialPages
from router.core.capabilities import TierFacts
from router.core.errors import TandemError
from router.core.heads import Heads
from router.core.values import Tier
from router.ports import Clock
from router.turns import Turns

FIRST = f"{PLACE}/now"
DECISIONS = f"{PLACE}/decisions"
ENGINES = f"{PLACE}/engines"
TRY = f"{PLACE}/try"
POLICIES = f"{PLACE}/policies"
POLICY = POLICIES + "/{name}"
STATIC = Path(__file__).with_name("static")


class Exhibit(Struct, frozen=True):
    """What the console shows, and what can be done about it. `log`: where decisions are written down (None: nowhere);
    `key`: what the admin listener asks for (None: nothing)."""

    recent: Recent
    pulse: Pulse
    log: Path | None
    desk: PolicyDesk
    backends: BackendDesk
    turns: Turns
    tiers: Mapping[Tier, TierFacts]
    consider: Consider
    read_heads: Callable[[], Heads]
    clock: Clock
    key: str | None


def build_console(exhibit: Exhibit) -> App:
    """The console, behind its guard."""
    sessions = sessions_of(exhibit.key)
    printer = Printer(sessions, asks_for_key=exhibit.key is not None)
    entrance = Entrance(exhibit.key, sessions, printer, exhibit.clock)
    decisions = DecisionPages(exhibit.recent, exhibit.log, exhibit.desk.policies, printer)
    now = NowPages(exhibit.pulse, exhibit.backends.fleet, exhibit.turns, printer, exhibit.clock.unix_s)
    trial = TrialPages(exhibit.consider, exhibit.desk.policies, exhibit.read_heads, sessions, printer)
    app = Starlette(
        routes=[
            Route(PLACE, entrance.begin),
            Route(LOGIN, entrance.ask),
            Route(LOGIN, entrance.log_in, methods=["POST"]),
            Route(f"{PLACE}/logout", entrance.log_out, methods=["POST"]),
            Route(FIRST, now.show),
            Route(f"{FIRST}/series", now.series),
            Route(DECISIONS, decisions.show_all),
            Route(DECISIONS + "/{request_id}", decisions.show_one),
            Route(TRY, trial.show),
            Route(TRY, trial.decide, methods=["POST"]),
            *_policy_routes(PolicyPages(exhibit.desk, sessions, printer)),
            *_engine_routes(EnginePages(exhibit.backends, exhibit.tiers, exhibit.recent, sessions, printer)),
            Mount(f"{PLACE}/static", StaticFiles(directory=STATIC)),
        ]
    )
    app.router.redirect_slashes = False
    _show_errors(app, printer)
    return Guard(app, exhibit.key, sessions, exhibit.clock.unix_s)


class Entrance:
    """Logging in and out."""

    def __init__(self, key: str | None, sessions: Sessions, printer: Printer, clock: Clock) -> None:
        self._key = key
        self._sessions = sessions
        self._printer = printer
        self._clock = clock

    async def begin(self, _request: Request) -> Response:
        """The first page."""
        return RedirectResponse(FIRST, 303)

    async def ask(self, request: Request) -> Response:
        """Where one logs in."""
        if request.scope["session_token"] is not None:
            return RedirectResponse(FIRST, 303)
        values = {"next": way_back(request.query_params.get("next", "")), "wrong": False}
        return await self._printer.page(request, "login.html.jinja", values)

    async def log_in(self, request: Request) -> Response:
        """Begins a session for whoever has the key."""
        fields = await read_form(request)
        target = way_back(fields.get("next", ""))
        if self._key is not None and not opens(fields.get("key", ""), self._key):
            return await self._printer.page(request, "login.html.jinja", {"next": target, "wrong": True}, 403)
        response = RedirectResponse(target, 303)
        if self._key is not None:
            response.set_cookie(**session_cookie(self._sessions.begin(self._clock.unix_s())))
        return response

    async def log_out(self, request: Request) -> Response:
        """Has the browser forget the session."""
        await read_order(request, self._sessions)
        response = RedirectResponse(LOGIN, 303)
        response.set_cookie(**session_cookie(""))
        return response


def _policy_routes(policies: PolicyPages) -> list[Route]:
    return [
        Route(POLICIES, policies.show_all),
        Route(f"{POLICIES}/reload", policies.reload, methods=["POST"]),
        Route(POLICY, policies.show_one),
        Route(f"{POLICY}/rollback", policies.roll_back, methods=["POST"]),
        Route(f"{POLICY}/release", policies.release, methods=["POST"]),
        Route(f"{POLICY}/canary/stop", policies.stop_canary, methods=["POST"]),
        Route(f"{POLICY}/canary/resume", policies.resume_canary, methods=["POST"]),
    ]


def _engine_routes(engines: EnginePages) -> list[Route]:
    return [
        Route(ENGINES, engines.show),
        Route(ENGINES + "/{name}/drain", engines.drain, methods=["POST"]),
        Route(ENGINES + "/{name}/resume", engines.resume, methods=["POST"]),
    ]


def _show_errors(app: Starlette, printer: Printer) -> None:
    async def on_tandem_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, TandemError)
        return await printer.page(request, "error.html.jinja", {"said": error.message}, status_of(error))

    async def on_not_found(request: Request, _error: Exception) -> Response:
        return await printer.page(request, "error.html.jinja", {"said": "There is no such page."}, 404)

    async def on_wrong_method(request: Request, _error: Exception) -> Response:
        return await printer.page(request, "error.html.jinja", {"said": "This cannot be done here."}, 405)

    app.add_exception_handler(TandemError, on_tandem_error)
    app.add_exception_handler(404, on_not_found)
    app.add_exception_handler(405, on_wrong_method)
