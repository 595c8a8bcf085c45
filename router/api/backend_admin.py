"""The backends, on the admin listener: how each is doing, and taking one out of use and back. An order about a backend
that replicas share holds for all of them; about another, others go on using it until they are told as well."""

import math
import time
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from msgspec import Struct

from router.api.policy_admin import ALONE, SHARED, json_response, refuse_other_sites
from router.core.errors import InvalidJson, InvalidRequest
from router.core.values import TierState
from router.engines.drains import Drains
from router.engines.fleet import Pools
from router.engines.member import BackendStatus
from router.ports import Board

BACKENDS = "/router/v1/backends"


class DrainAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an order to drain. `force`: also where the tier is left with nothing."""

    force: bool = False


class BackendDesk(Struct, frozen=True):
    """What operators see of backends, and do with them."""

    fleet: Pools
    drains: Drains
    board: Board

    async def drain(self, name: str, *, force: bool) -> str:
        """Gives a backend nothing new; what it has open goes on. For whom that holds. Raises InvalidRequest where there
        is no such backend, or where its tier would be left with nothing and this is not forced."""
        if not force:
            refuse_last(self.fleet, name)
        return SHARED if await self.drains.drain(name, self.board) else ALONE

    async def resume(self, name: str) -> str:
        """Gives a drained backend requests again, few at first. For whom that holds. Raises InvalidRequest where there
        is no such backend."""
        return SHARED if await self.drains.resume(name, self.board) else ALONE


def add_backend_endpoints(app: FastAPI, desk: BackendDesk) -> None:
    """Adds them to the admin app."""

    @app.get(BACKENDS)
    async def backends() -> Response:
        """How every backend is doing, as this replica sees it."""
        return json_response({"scope": ALONE, "backends": _described(desk.fleet)})

    @app.post(BACKENDS + "/{name}/drain")
    async def drain(name: str, request: Request) -> Response:
        """Gives a backend nothing new; what it has open goes on. 400: it is the last of its tier, without `force`."""
        refuse_other_sites(request)
        asked = _read(await request.body())
        scope = await desk.drain(name, force=asked.force)
        return _told(desk.fleet, name, scope)

    @app.post(BACKENDS + "/{name}/resume")
    async def resume(name: str, request: Request) -> Response:
        """Gives a drained backend requests again, few at first."""
        refuse_other_sites(request)
        scope = await desk.resume(name)
        return _told(desk.fleet, name, scope)


def refuse_last(fleet: Pools, name: str) -> None:
    """Raises InvalidRequest where a tier would be left with nothing, or where there is no such backend."""
    tier = fleet.last_of(name)
    if tier is not None:
        raise InvalidRequest(
            f"{name} is the last backend of the tier {tier} that is not drained: without it requests go to another "
            "tier, or fail where their policy allows none; `force` drains it all the same",
            param="force",
        )


def _told(fleet: Pools, name: str, scope: str) -> Response:
    (one,) = [each for each in _described(fleet) if each["name"] == name]
    return json_response({"scope": scope, **one})


def _described(fleet: Pools) -> list[dict[str, Any]]:
    now_s, predicted = time.time(), fleet.predicted()
    return [_describe(each, predicted[each.name], now_s) for each in fleet.statuses()]


def _describe(status: BackendStatus, predicted: TierState, now_s: float) -> dict[str, Any]:
    """For machines. Instants are Unix times; what is not known, or not so, is null."""
    drained_for_s, ejected_for_s = status.drained_for_s, status.ejected_for_s
    return {
        "name": status.name,
        "tier": status.tier,
        "standing": status.standing,
        "in_flight": status.in_flight,
        "limit": status.limit or None,
        "share": round(status.share, 3),
        "breaker": status.breaker,
        "failures": status.failures,
        "suspected": status.is_suspected,
        "predicted_p50_ms": predicted.predicted_p50_ms or None,
        "predicted_p90_ms": predicted.predicted_p90_ms or None,
        "drained_since_s": None if drained_for_s is None else math.floor(now_s - drained_for_s),
        "ejected_until_s": None if ejected_for_s is None else math.ceil(now_s + ejected_for_s),
    }


def _read(body: bytes) -> DrainAsked:
    try:
        return msgspec.json.decode(body or b"{}", type=DrainAsked)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f'expected {{}} or {{"force": true}}: {error}', "force") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidJson(f"the body is not JSON: {error}") from None
