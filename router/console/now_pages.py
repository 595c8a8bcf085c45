"""*Now*: what goes on, live. A panel that is fetched again and again, and the series of its charts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from router.console.printer import Printer
from router.console.pulse import STEP_S, Pulse, Step, quantile, summed
from router.core.values import TIERS
from router.engines.fleet import Pools
from router.turns import Turns

MINUTE: Final = 60 // STEP_S
"""Steps of the last minute."""


class NowPages:
    """What goes on in this replica."""

    def __init__(self, pulse: Pulse, fleet: Pools, turns: Turns, printer: Printer, now_s: Callable[[], float]) -> None:
        self._pulse = pulse
        self._fleet = fleet
        self._turns = turns
        self._printer = printer
        self._now_s = now_s

    async def show(self, request: Request) -> Response:
        """The page, or only the panel where a script asks for it."""
        steps = self._pulse.steps(self._now_s())
        predicted = self._fleet.predicted()
        values = {
            "minute": _described(summed(steps[-MINUTE:])),
            "backends": [(each, predicted[each.name]) for each in self._fleet.statuses()],
            "waiting": self._turns.waiting,
            "tiers": TIERS,
        }
        template = "now_panel.html.jinja" if "hx-request" in request.headers else "now.html.jinja"
        return await self._printer.page(request, template, values)

    async def series(self, _request: Request) -> Response:
        """What the charts draw: places in time, and a list of values for each line; null where there is none."""
        steps = self._pulse.steps(self._now_s())
        body = orjson.dumps(await asyncio.to_thread(series_of, steps))
        return Response(body, media_type="application/json")


def series_of(steps: Sequence[Step]) -> dict[str, Any]:
    """The lines of each chart, by its name: see the template."""
    tiers = {tier: [each.tiers[tier] / STEP_S for each in steps] for tier in TIERS}
    return {
        "at_s": [each.at_s for each in steps],
        "traffic": {tier: rates for tier, rates in tiers.items() if any(rates)} or {"fast": tiers["fast"]},
        "latency": {
            "p50": [quantile(each.took_s, 0.5) for each in steps],
            "p95": [quantile(each.took_s, 0.95) for each in steps],
        },
        "shares": {
            "went up": [_percent(each.escalated, each.requests) for each in steps],
            "late": [_percent(each.late, each.budgeted) for each in steps],
            "failed": [_percent(each.failed, each.requests) for each in steps],
        },
    }


def _described(minute: Step) -> Mapping[str, Any]:
    return {
        "rate": minute.requests / 60.0,
        "requests": minute.requests,
        "tiers": minute.tiers,
        "served": sum(minute.tiers[tier] for tier in TIERS),
        "escalated": _percent(minute.escalated, minute.requests),
        "failed": _percent(minute.failed, minute.requests),
        "in_budget": None if not minute.budgeted else 100.0 - 100.0 * minute.late / minute.budgeted,
        "budgeted": minute.budgeted,
        "p50_s": quantile(minute.took_s, 0.5),
        "p95_s": quantile(minute.took_s, 0.95),
    }


def _percent(count: int, of: int) -> float | None:
    return None if of == 0 else 100.0 * count / of
