"""The decisions: a list that can be searched, and a page for each."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from router.console.decisions import LISTED, Decided, is_id, rules_tried, select, wanted_by
from router.console.leaving import CallerLeft, unless_left
from router.console.log_search import LogSearch
from router.console.picture import LEFT, RIGHT, TOP, WIDTH, draw
from router.console.printer import Printer
from router.console.recent import KEPT, Recent
from router.core.errors import NotFound
from router.core.record import Record
from router.core.values import TIERS
from router.log.words import OUTCOMES
from router.ports import Policies

TraceLink = Callable[[Record], str | None]
"""The address of the page that shows the trace of a request; None: there is none."""
GONE: Final = 499
"""The status for nobody."""


class DecisionPages:
    """What is known of requests that have ended. `log`: where they are written down; None: nowhere. `trace_link`: where
    the trace of each is looked at."""

    def __init__(
        self, recent: Recent, log: Path | None, policies: Policies, printer: Printer, trace_link: TraceLink
    ) -> None:
        self._recent = recent
        self._log = None if log is None else LogSearch(log)
        self._policies = policies
        self._printer = printer
        self._trace_link = trace_link

    async def show_all(self, request: Request) -> Response:
        """The latest that are wanted."""
        wanted = wanted_by(request.query_params)
        in_log = self._log if request.query_params.get("where") == "log" else None
        kept = self._recent.newest_first()
        try:
            page = None if in_log is None else await unless_left(request, in_log.search(_session(request), wanted))
        except CallerLeft:
            return Response(status_code=GONE)
        found = await asyncio.to_thread(select, kept if page is None else page.lines, wanted)
        values = {
            "found": found,
            "known": len(kept),
            "query": request.query_params,
            "policies": self._policies.names(),
            "rules": sorted({each.rule for each in (*kept, *(each.record for each in found)) if each.rule}),
            "tiers": TIERS,
            "outcome_names": tuple(OUTCOMES),
            "most_listed": LISTED,
            "most_kept": KEPT,
            "log": self._log is not None,
            "page": page,
        }
        template = "decisions_found.html.jinja" if "hx-request" in request.headers else "decisions.html.jinja"
        return await self._printer.page(request, template, values)

    async def show_one(self, request: Request) -> Response:
        """Everything about one request. Raises NotFound."""
        request_id = request.path_params["request_id"]
        kept = self._recent.find(request_id)
        asks_log = kept is None or request.query_params.get("where") == "log"
        try:
            logged = await unless_left(request, self._logged(request, request_id)) if asks_log else None
        except CallerLeft:
            return Response(status_code=GONE)
        told = logged or (None if kept is None else Decided(kept))
        if told is None:
            raise NotFound("Nothing is known of this request: it is not among the latest, and no log has it.")
        values = {
            "record": told.record,
            "beside": told.beside,
            "is_from_log": asks_log or self._log is None,
            "tried": rules_tried(told.record, self._policies),
            "picture": draw(told.record),
            "frame": {"width": WIDTH, "left": LEFT, "right": RIGHT, "top": TOP},
            "trace_link": self._trace_link(told.record),
            "seen": tuple(_seen(told.record)),
        }
        return await self._printer.page(request, "decision.html.jinja", values)

    async def _logged(self, request: Request, request_id: str) -> Decided | None:
        if self._log is None or not is_id(request_id):
            return None
        return await self._log.find(_session(request), request_id)


def _session(request: Request) -> str:
    return request.scope["session_token"] or ""


def _seen(record: Record) -> list[str]:
    """What else was seen in the request, in words."""
    if record.situation is None:
        return []
    signals = record.situation.signals
    counted = ((signals.turns, "turn"), (signals.tools, "tool"), (signals.images, "image"), (signals.audio, "audio"))
    there = (("code", signals.code), ("maths", signals.maths), ("a JSON schema", signals.schema))
    words = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counted if count]
    return [*words, *(name for name, is_there in there if is_there), *signals.scripts]
