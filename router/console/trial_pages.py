"""*Try it*: a request that somebody makes up, what would happen to it, and what tiers make of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from router.api.chat import while_present
from router.console.forms import read_order
from router.console.load_form import Slider, read_load, sliders_of
from router.console.printer import Printer
from router.console.sessions import Sessions
from router.console.side_by_side import SideBySide
from router.console.trial import Deciding, body_of, tried_by, try_out
from router.core.chat_request import Limits
from router.core.errors import InvalidRequest, TandemError
from router.core.heads import Heads
from router.core.inspection import inspect_request
from router.core.quoted import MOST_WORDS
from router.core.values import BANDS, TIERS, Tier
from router.engines.pool import Load

EXAMPLE = "Shorten: the meeting has been moved to Tuesday at ten."


class TrialPages:
    """Where one tries. `read_heads`: the classifier, to say which words drove it; read when it is first needed."""

    def __init__(
        self,
        deciding: Deciding,
        read_heads: Callable[[], Heads],
        side_by_side: SideBySide,
        sessions: Sessions,
        printer: Printer,
    ) -> None:
        self._deciding = deciding
        self._read_heads = read_heads
        self._side_by_side = side_by_side
        self._sessions = sessions
        self._printer = printer
        self._limits = Limits()

    async def show(self, request: Request) -> Response:
        """The form, with an example."""
        return await self._printer.page(request, "try.html.jinja", await self._values({"text": EXAMPLE}))

    async def decide(self, request: Request) -> Response:
        """The form with what would happen, or only that where a script asks for it."""
        fields = await read_order(request, self._sessions)
        template = "try_outcome.html.jinja" if "hx-request" in request.headers else "try.html.jinja"
        return await self._printer.page(request, template, await self._values(fields))

    async def run(self, request: Request) -> Response:
        """The same with what each tier has made of it, or only that. Nobody works on for one who has left."""
        fields = await read_order(request, self._sessions)
        made: dict[str, Any] = {"runs": (), "not_run": "nobody waited for it"}

        async def work() -> None:
            made.update(await self._made_of(fields))

        await while_present(request.receive, work())
        if "hx-request" in request.headers:
            return await self._printer.page(request, "try_runs.html.jinja", made)
        return await self._printer.page(request, "try.html.jinja", await self._values(fields) | made)

    async def _made_of(self, fields: Mapping[str, str]) -> dict[str, Any]:
        try:
            tried = tried_by({name: said for name, said in fields.items() if name != "max_tier"})
            outcome = await try_out(tried, self._deciding, self._limits)
            # The rest is the policy's, as it would be for a caller; which tier it is, nobody has to choose.
            hints = replace(outcome.hints, policy=outcome.chosen.policy, max_tier=None)
            runs = await self._side_by_side.run(body_of(tried.text), hints, self._limits)
        except TandemError as error:
            return {"runs": (), "not_run": error.message}
        return {"runs": runs, "not_run": ""}

    async def _values(self, fields: Mapping[str, str]) -> dict[str, Any]:
        common = {
            "fields": fields,
            "policies": self._deciding.policies.names(),
            "tiers": [tier for tier in TIERS if tier in self._deciding.fleet.backends()],
            "bands": BANDS,
            "compared": self._side_by_side.tiers,
            "longest_s": self._side_by_side.longest_s,
            "most_words": MOST_WORDS,
            "sliders": self._sliders(fields),
        }
        try:
            tried = tried_by(fields)
            outcome = await try_out(tried, self._deciding, self._limits)
        except TandemError as error:
            return common | {"refused": error.message, "outcome": None, "inspection": None}
        inspection = await asyncio.to_thread(lambda: inspect_request(self._heads, outcome.request))
        return common | {"refused": "", "outcome": outcome, "inspection": inspection}

    def _sliders(self, fields: Mapping[str, str]) -> Sequence[Slider]:
        fleet, waiting = self._deciding.fleet, Counter[Tier]()
        statuses, states = fleet.statuses(), fleet.predicted()
        for each in statuses:
            waiting[each.tier] += states[each.name].waiting
        try:
            load = read_load(fields)
        except InvalidRequest:
            load = Load()
        return sliders_of(statuses, waiting, load)

    @cached_property
    def _heads(self) -> Heads:
        return self._read_heads()
