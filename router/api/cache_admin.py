"""The cache, on the admin listener: what it holds, and forgetting some of it."""

import time
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from router.api.policy_admin import json_response
from router.core.caching.entry import Which
from router.core.record import hash_tenant
from router.ports import Cache
from router.stores.losses import Losses

SCOPE = "this router, and those that share its store"


class CacheDesk(Struct, frozen=True):
    """The cache, the store it is in, and what that has lost."""

    cache: Cache
    store: str
    losses: Losses


class _Forget(BaseModel):
    """Which entries are to be forgotten: those that fit all that is given."""

    model_config = ConfigDict(extra="forbid")

    tenant: str | None = Field(None, min_length=1, description="the tenant, by its name")
    policy: str | None = Field(None, min_length=1, description="the policy, by its name")
    older_than_s: float | None = Field(None, ge=0, description="how many seconds ago they were made at least")


def add_cache_endpoints(app: FastAPI, desk: CacheDesk) -> None:
    """Adds them to the admin app."""

    @app.get("/cache")
    async def holding() -> Response:
        """What the cache holds at present, and what it has lost."""
        return json_response(await _described(desk))

    @app.post("/cache/invalidate")
    async def invalidate(which: _Forget) -> Response:
        """Forgets entries: all of them, where nothing is given."""
        before_s = None if which.older_than_s is None else time.time() - which.older_than_s
        tenant = None if which.tenant is None else hash_tenant(which.tenant)
        forgotten = await desk.cache.forget(Which(tenant, which.policy, before_s))
        return json_response({"scope": SCOPE, "forgotten": forgotten})


async def _described(desk: CacheDesk) -> dict[str, Any]:
    held, losses = await desk.cache.holding(), desk.losses
    return {
        "scope": SCOPE,
        "store": desk.store,
        "entries": held.entries,
        "size_bytes": held.size_bytes,
        "degraded": held.is_degraded,
        "lost": {"unreadable": losses.unreadable, "unread": losses.unread, "dropped": losses.dropped},
    }
