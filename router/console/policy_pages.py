"""The policies: what is in force, what is tried beside it, and what can be done about them."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from router.api.policy_admin import PolicyDesk
from router.console.forms import read_order
from router.console.policy_text import differences, excerpt, rule_texts
from router.console.printer import Printer
from router.console.sessions import Sessions

REFUSED = 422
"""The status of a page that says what is wrong in the folder."""


class PolicyPages:
    """What people see of policies, and the orders that they give."""

    def __init__(self, desk: PolicyDesk, sessions: Sessions, printer: Printer) -> None:
        self._desk = desk
        self._sessions = sessions
        self._printer = printer

    async def show_all(self, request: Request) -> Response:
        """All policies."""
        return await self._all(request, "")

    async def show_one(self, request: Request) -> Response:
        """One policy: its rules, its cases, and how two versions of it differ. Raises InvalidRequest."""
        name, query = request.path_params["name"], request.query_params
        loaded, kept = self._desk.policies.loaded(name), self._desk.policies.kept(name)
        versions = [each.version for each in kept]
        before, after = query.get("before", versions[-2:][0]), query.get("after", loaded.policy.version)
        values = {
            "name": name,
            "loaded": loaded,
            "rules": tuple(rule_texts(loaded.policy)),
            "kept": tuple(reversed(kept)),
            "before": before,
            "after": after,
            "diff": () if before == after else await asyncio.to_thread(differences, kept, before, after),
        }
        return await self._printer.page(request, "policy.html.jinja", values)

    async def reload(self, request: Request) -> Response:
        """Reads the folder of this replica again."""
        await read_order(request, self._sessions)
        report = await self._desk.reload()
        if not report.ok:
            return await self._all(request, "Refused: the last good policies stay in force.", REFUSED)
        changed = ", ".join(report.changed)
        return await self._all(request, f"Now in force: {changed}." if changed else "Read; nothing has changed.")

    async def roll_back(self, request: Request) -> Response:
        """Holds a policy at an earlier version."""
        fields = await read_order(request, self._sessions)
        told = await self._desk.roll_back(request.path_params["name"], fields.get("to") or None)
        return await self._told(request, "{policy} is held at {version} until its file changes ({scope}).", told)

    async def release(self, request: Request) -> Response:
        """Lets a held policy go by its file."""
        await read_order(request, self._sessions)
        told = await self._desk.release(request.path_params["name"])
        return await self._told(request, "{policy} goes by its file again: {version} ({scope}).", told)

    async def stop_canary(self, request: Request) -> Response:
        """Ends a canary."""
        await read_order(request, self._sessions)
        told = await self._desk.stop_canary(request.path_params["name"])
        return await self._told(request, "The canary {candidate} beside {policy} is stopped ({scope}).", told)

    async def resume_canary(self, request: Request) -> Response:
        """Tries a candidate again."""
        await read_order(request, self._sessions)
        told = await self._desk.resume_canary(request.path_params["name"])
        return await self._told(request, "The canary {candidate} beside {policy} is under way again ({scope}).", told)

    async def _told(self, request: Request, said: str, told: Mapping[str, Any]) -> Response:
        return await self._all(request, said.format(**told))

    async def _all(self, request: Request, said: str, code: int = 200) -> Response:
        status = self._desk.policies.status()
        values = {
            "said": said,
            "refused": code == REFUSED,
            "status": status,
            "loaded": {name: self._desk.policies.loaded(name) for name in status.policies},
            "excerpts": [await asyncio.to_thread(excerpt, each) for each in status.load.errors],
        }
        return await self._printer.page(request, "policies.html.jinja", values, code)
