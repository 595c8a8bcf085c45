"""Policies on the admin listener: what is in force, and what people can do about it. What one of several replicas is
told, it posts on the board for the others, and says whether that worked."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson
from fastapi import FastAPI, Request
from fastapi.responses import Response
from msgspec import Struct
from msgspec.structs import asdict

from router.config.live.live_policies import LivePolicies
from router.config.live.policies_status import LoadReport, PoliciesStatus, PolicyStatus, RolloutStatus
from router.config.live.policy_notes import STOP, encode, hold_key
from router.core.errors import FileError, InvalidJson, InvalidRequest
from router.ports import Board

SHARED = "all replicas"
ALONE = "this replica only"
"""What an order holds for: `scope` in every answer."""

BY_HAND = "stopped by hand"


class PolicyDesk(Struct, frozen=True):
    """What the endpoints work with; `reload` waits for its turn."""

    policies: LivePolicies
    reload: Callable[[], Coroutine[Any, Any, LoadReport]]
    board: Board

    async def roll_back(self, name: str, to: str | None) -> dict[str, Any]:
        """Holds a policy at an earlier version until its file changes; see `LivePolicies.roll_back`."""
        hold = await asyncio.to_thread(self.policies.roll_back, name, to)
        scope = await _post(self.board, hold.key, encode(hold))
        return {"policy": name, "version": hold.version, "away_from": hold.away_from, "scope": scope}

    async def release(self, name: str) -> dict[str, Any]:
        """Lets a policy go to the version that its file holds. Raises InvalidRequest."""
        await asyncio.to_thread(self.policies.release, name)
        scope = await _post(self.board, hold_key(name), None)
        return {"policy": name, "version": self.policies.status().versions.get(name), "scope": scope}

    async def stop_canary(self, name: str) -> dict[str, Any]:
        """Ends the canary beside a policy, until its candidate changes. Raises InvalidRequest."""
        found = await asyncio.to_thread(self.policies.stop_canary, name, BY_HAND)
        if found is None:
            raise InvalidRequest(f"no canary is under way beside the policy {name[:100]!r}", "name")
        return asdict(found) | {"scope": await _post(self.board, found.key, encode(found))}

    async def resume_canary(self, name: str) -> dict[str, Any]:
        """Tries a candidate again that was stopped. Raises InvalidRequest."""
        key = await asyncio.to_thread(self.policies.resume_canary, name)
        scope = await _post(self.board, key, None)
        return {"policy": name, "candidate": key.removeprefix(STOP), "scope": scope}


class RollbackAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a rollback. `to`: a version, or its hash; None: the version before the one in force."""

    to: str | None = None


def add_policy_endpoints(app: FastAPI, desk: PolicyDesk) -> None:
    """Adds everything under /policies."""
    _add_reading(app, desk)
    _add_versions(app, desk)
    _add_canaries(app, desk)


def _add_reading(app: FastAPI, desk: PolicyDesk) -> None:
    @app.get("/policies")
    async def policies() -> Response:
        """What is in force, since when, and what is tried."""
        scope = ALONE if await desk.board.read() is None else SHARED
        return json_response(describe_policies(desk.policies.status()) | {"scope": scope})

    @app.post("/policies/reload")
    async def reload(request: Request) -> Response:
        """Reads the folder of this replica again. 422: what is wrong in it; the last good policies stay."""
        refuse_other_sites(request)
        report = await desk.reload()
        return json_response(describe_load(report) | {"scope": ALONE}, 200 if report.ok else 422)


def _add_versions(app: FastAPI, desk: PolicyDesk) -> None:
    @app.post("/policies/{name}/rollback")
    async def rollback(name: str, request: Request) -> Response:
        """Holds a policy at an earlier version until its file changes."""
        refuse_other_sites(request)
        asked = _read_rollback(await request.body())
        return json_response(await desk.roll_back(name, asked.to))

    @app.post("/policies/{name}/release")
    async def release(name: str, request: Request) -> Response:
        """Lets a policy go to the version that its file holds."""
        refuse_other_sites(request)
        return json_response(await desk.release(name))


def _add_canaries(app: FastAPI, desk: PolicyDesk) -> None:
    @app.post("/policies/{name}/canary/stop")
    async def stop(name: str, request: Request) -> Response:
        """Ends the canary beside a policy, until its candidate changes."""
        refuse_other_sites(request)
        return json_response(await desk.stop_canary(name))

    @app.post("/policies/{name}/canary/resume")
    async def resume(name: str, request: Request) -> Response:
        """Tries a candidate again that was stopped."""
        refuse_other_sites(request)
        return json_response(await desk.resume_canary(name))


def refuse_other_sites(request: Request) -> None:
    """Browsers name the site whose page sends a POST. INVARIANT: no page of another site gives orders here, not even
    to a listener on loopback without a key. Raises InvalidRequest."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise InvalidRequest("a page of another site may not do this", "origin")


def json_response(content: Any, status: int = 200) -> Response:
    """Indented, because people read it."""
    return Response(orjson.dumps(content, option=orjson.OPT_INDENT_2), status, media_type="application/json")


def describe_policies(status: PoliciesStatus) -> dict[str, Any]:
    """The status for machines."""
    return {
        "policies": [_describe_policy(each, status.unusable.get(each.name)) for each in status.policies.values()],
        "rollouts": [_describe_rollout(each) for each in status.rollouts],
        "load": describe_load(status.load),
    }


def describe_load(report: LoadReport) -> dict[str, Any]:
    """What came of reading the folder."""
    return {
        "ok": report.ok,
        "at_s": report.at_s,
        "elapsed_s": round(report.elapsed_s, 4),
        "changed": list(report.changed),
        "errors": [describe_error(error) for error in report.errors],
    }


def describe_error(error: FileError) -> dict[str, Any]:
    """An error of a file, in parts."""
    return {"file": error.file, "line": error.line, "column": error.column, "said": error.said}


def _describe_policy(policy: PolicyStatus, unusable: str | None) -> dict[str, Any]:
    return {
        "name": policy.name,
        "version": policy.version,
        "since_s": policy.since_s,
        "on_disk": policy.on_disk,
        "held": policy.hold is not None,
        "cannot_be_held": unusable,
        "history": [asdict(each) for each in policy.history],
    }


def _describe_rollout(status: RolloutStatus) -> dict[str, Any]:
    rollout, stopped = status.rollout, status.stopped
    return {
        "policy": rollout.policy,
        "candidate": status.candidate,
        "mode": rollout.mode,
        "share": rollout.share,
        "guards": asdict(rollout.guards),
        "stopped": None if stopped is None else {"why": stopped.why, "at_s": stopped.at_s},
    }


def _read_rollback(body: bytes) -> RollbackAsked:
    try:
        return msgspec.json.decode(body or b"{}", type=RollbackAsked)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f'expected {{}} or {{"to": VERSION}}: {error}', "to") from None
    except msgspec.DecodeError as error:
        raise InvalidJson(f"the body is not JSON: {error}") from None


async def _post(board: Board, key: str, note: bytes | None) -> str:
    """Tells the others, and says for whom the order holds."""
    return SHARED if await board.post(key, note) else ALONE
