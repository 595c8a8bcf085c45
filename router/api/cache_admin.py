"""The cache, on the admin listener: what it holds, what is kept for a request, and forgetting some of it."""

import time
from typing import Annotated, Any, TypeVar

import msgspec
import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response
from msgspec import Meta, Raw, Struct

from router.api.policy_admin import json_response, refuse_other_sites
from router.core.caching.entry import Entry, Place, Which
from router.core.caching.key import exact_key, tenant_key
from router.core.chat_request import Limits, read_request
from router.core.errors import InvalidJson, InvalidRequest
from router.core.grants import OWNER
from router.core.model_names import AUTO
from router.core.values import ChatRequest, Hints
from router.ports import Cache
from router.stores.losses import Losses

SCOPE = "this router, and those that share its store"

Name = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[float, Meta(ge=0)]
Body = TypeVar("Body")


class CacheDesk(Struct, frozen=True):
    """The cache, the store it is in, and what that has lost; and what is needed to find what is kept for a request:
    the caps that requests have, and the policy of those that name none."""

    cache: Cache
    store: str
    losses: Losses
    limits: Limits
    default_policy: str


class ForgetAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries are to be forgotten: those that fit all that is given. `older_than_s`: how many seconds ago they
    were made at least."""

    tenant: Name | None = None
    policy: Name | None = None
    older_than_s: Seconds | None = None


class EntryAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A `request` as it would be sent, of which is asked what is kept for it. `tenant`: None is who everyone is without
    keys. `policy`: the one that decides it, where that is neither the one that the request names nor the default.
    `text`: whether what was answered is to be told as well."""

    request: Raw
    tenant: Name | None = None
    policy: Name | None = None
    text: bool = False


def add_cache_endpoints(app: FastAPI, desk: CacheDesk) -> None:
    """Adds them to the admin app."""

    @app.get("/cache")
    async def holding() -> Response:
        """What the cache holds at present, and what it has lost."""
        return json_response(await _described(desk))

    @app.post("/cache/invalidate")
    async def invalidate(request: Request) -> Response:
        """Forgets entries: all of them, where nothing is given."""
        refuse_other_sites(request)
        which = _read(await request.body(), ForgetAsked)
        before_s = None if which.older_than_s is None else time.time() - which.older_than_s
        tenant = None if which.tenant is None else tenant_key(which.tenant)
        forgotten = await desk.cache.forget(Which(tenant, which.policy, before_s))
        return json_response({"scope": SCOPE, "forgotten": forgotten})

    @app.post("/cache/entry")
    async def entry(request: Request) -> Response:
        """What is kept for exactly this request, by the policy or for all policies of the tenant."""
        refuse_other_sites(request)
        asked = _read(await request.body(), EntryAsked)
        found = await _find(desk, asked)
        told = {"found": False} if found is None else _told(found) | (_texts(found) if asked.text else {})
        return json_response({"scope": SCOPE, **told})


async def _described(desk: CacheDesk) -> dict[str, Any]:
    held, losses = await desk.cache.holding(), desk.losses
    return {
        "scope": SCOPE,
        "store": desk.store,
        "entries": held.entries,
        "size_bytes": held.size_bytes,
        "degraded": held.is_degraded,
        "lost": dict(vars(losses)),
    }


async def _find(desk: CacheDesk, asked: EntryAsked) -> Entry | None:
    """What is kept for the request: what its policy keeps for itself before what a tenant's policies share. Raises
    InvalidJson or InvalidRequest."""
    request, hints = read_request(bytes(asked.request), {}, desk.limits)
    named = asked.policy or _named(request, hints) or desk.default_policy
    tenant, key = tenant_key(asked.tenant or OWNER.tenant), exact_key(request)
    for policy in (named, ""):
        entry = await desk.cache.get(Place(tenant, policy, key))
        if entry is not None:
            return entry
    return None


def _named(request: ChatRequest, hints: Hints) -> str | None:
    prefix, _, policy = request.model.partition(":")
    return policy if prefix == AUTO and policy else hints.policy


def _told(entry: Entry) -> dict[str, Any]:
    now_s = time.time()
    return {
        "found": True,
        "tier": entry.tier,
        "verified": entry.verified,
        "policy": entry.policy,
        "rule": entry.rule,
        "model": entry.model,
        "age_s": round(max(now_s - entry.made_s, 0.0), 3),
        "left_s": round(max(entry.until_s - now_s, 0.0), 3),
        "size_bytes": len(entry.body),
    }


def _texts(entry: Entry) -> dict[str, Any]:
    """What each choice says; nothing where it calls a tool."""
    return {"texts": [choice["message"].get("content") or "" for choice in orjson.loads(entry.body)["choices"]]}


def _read(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidRequest(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidJson(f"the body is not JSON: {error}") from None
