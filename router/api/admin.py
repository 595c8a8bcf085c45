"""The admin listener: readiness in full, metrics, policies, and the docs of the public API. Nothing here is hot."""

import asyncio
import hmac
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from fastapi import Depends, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from msgspec import Struct

from router import __version__
from router.api.app import bare_app
from router.api.backend_admin import BackendDesk, add_backend_endpoints
from router.api.cache_admin import CacheDesk, add_cache_endpoints
from router.api.incoming import read_headers, read_secret
from router.api.policy_admin import PolicyDesk, add_policy_endpoints, describe_error, json_response
from router.core.errors import Unauthenticated
from router.telemetry.metrics import Metrics
from router.turns import Turns

Phase = Literal["warming", "serving", "stopping"]
"""`warming`: engines are asked for their first answers, so that no caller waits for what those take longer."""


class Insight(Struct, frozen=True):
    """What the admin listener shows: the metrics, the policies and what can be done about them, the cache, the
    backends and what can be done about them, who waits for them, the public API, and what the router is about."""

    metrics: Metrics
    desk: PolicyDesk
    caching: CacheDesk
    backends: BackendDesk
    turns: Turns
    public: FastAPI
    phase: Callable[[], Phase]


def build_admin_app(insight: Insight, key: str | None) -> FastAPI:
    """The app of the admin listener. With a key, every path asks for it."""

    async def authorised(request: Request) -> None:
        secret = read_secret(read_headers(request.scope)) or ""
        if key is not None and not hmac.compare_digest(secret.encode(), key.encode()):
            raise Unauthenticated("the admin listener needs its own key")

    app = bare_app("Tandem admin")
    app.router.dependencies.append(Depends(authorised))
    _add_docs(app, insight.public)
    add_policy_endpoints(app, insight.desk)
    add_cache_endpoints(app, insight.caching)
    add_backend_endpoints(app, insight.backends)

    @app.get("/readyz")
    async def readyz() -> Response:
        """Whether requests can be served, tier by tier."""
        report = await readiness(insight)
        status = 200 if report["status"] in ("ready", "degraded") else 503
        return json_response(report, status)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """Metrics in OpenMetrics text, with the traces of examples, for whom accepts it, else in Prometheus' own."""
        page = insight.metrics.expose_as(request.headers.get("accept", ""))
        return Response(page.text, headers={"content-type": page.content_type})

    return app


async def readiness(insight: Insight) -> dict[str, Any]:
    """`ready`: every backend answers; `degraded`: some do; `unavailable`: none does; `warming`: no requests yet,
    though they would be served; `stopping`: no more requests. What
    was wrong when policies were last read does not count: the last good ones serve. Nor do backends that are drained,
    but that one is not ready whose backends all are."""
    fleet = insight.backends.fleet
    backends = [each for given in fleet.backends().values() for each in given]
    answered = await asyncio.gather(*(each.is_reachable() for each in backends))
    reached = {each.name: up for each, up in zip(backends, answered, strict=True)}
    serving = [reached[each.name] for each in fleet.statuses() if each.standing != "drained"]
    status = "unavailable" if not any(serving) else "ready" if all(serving) else "degraded"
    phase = insight.phase()
    if phase != "serving":
        status = phase
    policies = insight.desk.policies.status()
    return {
        "status": status,
        "version": __version__,
        "tiers": {
            tier: {
                "reachable": any(reached[each.name] for each in given),
                "backends": {each.name: reached[each.name] for each in given},
            }
            for tier, given in fleet.backends().items()
        },
        "waiting": insight.turns.waiting,
        "policies": policies.versions,
        "policy_load": {
            "ok": policies.load.ok,
            "at_s": policies.load.at_s,
            "errors": [describe_error(error) for error in policies.load.errors],
        },
    }


def _add_docs(app: FastAPI, public: FastAPI) -> None:
    """Swagger's page with its scripts from a package, so that it works where nothing can be fetched."""
    found = find_spec("fastapi_offline")
    assert found is not None
    assert found.origin is not None
    app.mount("/docs/static", StaticFiles(directory=Path(found.origin).parent / "static"))

    @app.get("/public/openapi.json", include_in_schema=False)
    async def schema() -> dict[str, Any]:
        return public.openapi()

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/public/openapi.json",
            title="Tandem",
            swagger_js_url="/docs/static/swagger-ui-bundle.js",
            swagger_css_url="/docs/static/swagger-ui.css",
            swagger_favicon_url="/docs/static/favicon.png",
        )
