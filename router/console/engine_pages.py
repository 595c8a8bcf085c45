"""The engines: how each backend is doing, what its tier can do at all, and taking one out of use and back."""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from router.api.backend_admin import BackendDesk
from router.console.forms import read_order
from router.console.measured import foretold_by_tier, took_by_backend
from router.console.printer import Printer
from router.console.recent import Recent
from router.console.sessions import Sessions
from router.core.capabilities import TierFacts
from router.core.values import Tier
from router.engines.fleet import TYPICAL


class EnginePages:
    """What people see of backends, and the orders that they give."""

    def __init__(
        self, desk: BackendDesk, tiers: Mapping[Tier, TierFacts], recent: Recent, sessions: Sessions, printer: Printer
    ) -> None:
        self._desk = desk
        self._fleet = desk.fleet
        self._tiers = tiers
        self._recent = recent
        self._sessions = sessions
        self._printer = printer

    async def show(self, request: Request) -> Response:
        """All backends."""
        return await self._all(request, "")

    async def drain(self, request: Request) -> Response:
        """Gives a backend nothing new. Raises InvalidRequest where its tier would be left with nothing and the form
        does not say that this is meant."""
        fields, name = await read_order(request, self._sessions), request.path_params["name"]
        scope = await self._desk.drain(name, force="force" in fields)
        return await self._all(request, f"{name} gets nothing new; what it has open goes on ({scope}).")

    async def resume(self, request: Request) -> Response:
        """Gives a drained backend requests again."""
        await read_order(request, self._sessions)
        name = request.path_params["name"]
        scope = await self._desk.resume(name)
        return await self._all(request, f"{name} gets requests again, few at first ({scope}).")

    async def _all(self, request: Request, said: str) -> Response:
        records, statuses = self._recent.newest_first(), self._fleet.statuses()
        in_use = [each.tier for each in statuses if each.standing != "drained"]
        values = {
            "said": said,
            "statuses": statuses,
            "last": {each.name for each in statuses if in_use.count(each.tier) == 1 and each.standing != "drained"},
            "predicted": self._fleet.predicted(),
            "took": await asyncio.to_thread(took_by_backend, records),
            "foretold": await asyncio.to_thread(foretold_by_tier, records),
            "tiers": self._tiers,
            "typical": TYPICAL,
        }
        return await self._printer.page(request, "engines.html.jinja", values)
