"""*Try it*: a request that somebody makes up, and what would happen to it. No engine is asked."""

import asyncio
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from router.console.forms import read_order
from router.console.printer import Printer
from router.console.sessions import Sessions
from router.console.trial import Consider, tried_by, try_out
from router.core.chat_request import Limits
from router.core.errors import TandemError
from router.core.heads import Heads
from router.core.inspection import inspect_request
from router.core.values import BANDS, TIERS
from router.ports import Policies

EXAMPLE = "Shorten: the meeting has been moved to Tuesday at ten."


class TrialPages:
    """Where one tries. `read_heads`: the classifier, to say which words drove it; read when it is first needed."""

    def __init__(
        self,
        consider: Consider,
        policies: Policies,
        read_heads: Callable[[], Heads],
        sessions: Sessions,
        printer: Printer,
    ) -> None:
        self._consider = consider
        self._policies = policies
        self._read_heads = read_heads
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

    async def _values(self, fields: Mapping[str, str]) -> dict[str, Any]:
        common = {"fields": fields, "policies": self._policies.names(), "tiers": TIERS, "bands": BANDS}
        try:
            outcome = await try_out(tried_by(fields), self._consider, self._policies, self._limits)
        except TandemError as error:
            return common | {"refused": error.message, "outcome": None, "inspection": None}
        inspection = await asyncio.to_thread(lambda: inspect_request(self._heads, outcome.request))
        return common | {"refused": "", "outcome": outcome, "inspection": inspection}

    @cached_property
    def _heads(self) -> Heads:
        return self._read_heads()
