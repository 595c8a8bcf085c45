"""Policies over the admin listener: what is told of them, what can be ordered, and for whom an order holds."""

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from router.api.app import bare_app
from router.api.policy_admin import PolicyDesk, add_policy_endpoints
from router.config.live.live_policies import LivePolicies
from router.config.live.policy_history import History
from router.config.live.policy_watch import Reloads
from router.stores.board import LocalBoard
from tests.doubles import EPOCH_S, DoubleBoard, HandClock
from tests.policy_folders import PolicyFolder
from tests.usual import USUAL
from tests.wire_client import Response

SHARED, ALONE = "all replicas", "this replica only"


class Replica:
    """The admin listener's policies of one router, with the board it shares."""

    def __init__(self, path: Path, board: DoubleBoard | LocalBoard) -> None:
        self.folder = PolicyFolder(path)
        self.folder.write_policy("next", rule="tried")
        self.folder.write_rollout(share="5%", guards={"error_rate": "2%", "p95": "3s"})
        self.clock = HandClock()
        self.policies = LivePolicies(self.folder.path, "default", USUAL, History(), self.clock)
        self.app = bare_app("Admin")
        add_policy_endpoints(self.app, PolicyDesk(self.policies, Reloads(self.policies.reload).run, board))

    def get(self) -> Any:
        """What is told of the policies."""
        response = ask(self.app, "GET", "/policies")
        assert response.status == 200
        return response.json

    def order(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Response:
        """The answer to an order."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return ask(self.app, "POST", f"/policies/{path}", content, headers or {})

    def change(self, rule: str) -> str:
        """Has the default go live with another rule. The version it has then."""
        self.folder.write_policy(rule=rule)
        assert self.order("reload").status == 200
        return self.version

    @property
    def version(self) -> str:
        """The version of the default that is in force."""
        return self.policies.status().versions["default"]


def ask(app: FastAPI, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Response:
    """One request, made without a server."""
    told: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        told.append(message)

    pairs = [(name.encode(), value.encode()) for name, value in {"host": "admin.test", **(headers or {})}.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": pairs}
    asyncio.run(app(scope, receive, send))
    start, *parts = told
    said = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return Response(start["status"], said, b"".join(part["body"] for part in parts))


@pytest.fixture
def board() -> DoubleBoard:
    """The board that replicas share."""
    return DoubleBoard()


@pytest.fixture
def replica(tmp_path: Path, board: DoubleBoard) -> Replica:
    """One of several replicas."""
    return Replica(tmp_path / "policies", board)


@pytest.fixture
def lonely(tmp_path: Path) -> Replica:
    """A router that is alone."""
    return Replica(tmp_path / "alone", LocalBoard())


# --- what is told -------------------------------------------------------------------------------------------------


def test_everything_about_the_policies_is_told(replica: Replica) -> None:
    told = replica.get()

    versions = replica.policies.status().versions
    assert told["policies"][0] == {
        "name": "default",
        "version": versions["default"],
        "since_s": EPOCH_S,
        "on_disk": versions["default"],
        "held": False,
        "cannot_be_held": None,
        "history": [{"version": versions["default"], "live_at_s": EPOCH_S}],
    }
    assert told["rollouts"] == [
        {
            "policy": "default",
            "candidate": versions["next"],
            "mode": "canary",
            "share": 0.05,
            "guards": {
                "error_rate": 0.02,
                "escalation_rate": None,
                "p95_s": 3.0,
                "at_least": 50,
                "window_s": 600.0,
            },
            "stopped": None,
        }
    ]
    assert told["load"] == {
        "ok": True,
        "at_s": EPOCH_S,
        "elapsed_s": 0.0,
        "changed": list(versions.values()),
        "errors": [],
    }
    assert told["scope"] == SHARED


def test_a_router_without_a_board_says_so(lonely: Replica) -> None:
    assert lonely.get()["scope"] == ALONE


def test_a_board_that_cannot_be_read_is_none(replica: Replica, board: DoubleBoard) -> None:
    board.notes = None

    assert replica.get()["scope"] == ALONE


# --- reading again ------------------------------------------------------------------------------------------------


def test_a_reload_tells_what_has_changed(replica: Replica) -> None:
    replica.folder.write_policy(rule="two")

    response = replica.order("reload")

    assert response.status == 200
    assert response.json["changed"] == [replica.version]
    assert (response.json["ok"], response.json["errors"], response.json["scope"]) == (True, [], ALONE)


def test_a_reload_that_is_refused_tells_everything_that_is_wrong_and_where(replica: Replica) -> None:
    before = replica.version
    broken = [replica.folder.break_policy(), replica.folder.break_policy("other")]

    response = replica.order("reload")

    assert response.status == 422
    assert response.json["ok"] is False
    assert [each["file"] for each in response.json["errors"]] == [str(path) for path in broken]
    assert all(each.keys() == {"file", "line", "column", "said"} for each in response.json["errors"])
    assert {each["line"] for each in response.json["errors"]} == {3}
    assert replica.version == before


# --- going back ---------------------------------------------------------------------------------------------------


def test_a_rollback_goes_back_one_version_and_is_posted_for_all(replica: Replica, board: DoubleBoard) -> None:
    first, second = replica.version, replica.change("two")

    response = replica.order("default/rollback")

    assert response.status == 200
    assert response.json == {"policy": "default", "version": first, "away_from": second, "scope": SHARED}
    assert replica.version == first
    assert board.notes is not None
    note = json.loads(board.notes["hold:default"])
    assert (note["version"], note["away_from"], note["cases"]) == (first, second, None)
    assert replica.get()["policies"][0]["held"] is True


def test_a_rollback_can_say_where_to(replica: Replica) -> None:
    first = replica.version
    replica.change("two")
    replica.change("three")

    response = replica.order("default/rollback", {"to": first.partition("@")[2][:8]})

    assert response.json["version"] == first


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("default/rollback", {}, "to"),
        ("default/rollback", {"to": "nothing"}, "to"),
        ("default/rollback", {"to": 5}, "to"),
        ("default/rollback", {"too": "x"}, "to"),
        ("default/rollback", [], "to"),
        ("default/rollback", b"{", None),
        ("default/rollback", b"\xff", None),
        ("nobody/rollback", {}, "name"),
        ("default/release", None, "name"),
        ("nobody/release", None, "name"),
        ("default/canary/resume", None, "name"),
        ("next/canary/stop", None, "name"),
        ("nobody/canary/stop", None, "name"),
    ],
)
def test_what_cannot_be_done_is_refused_as_openai_refuses_and_posts_nothing(
    replica: Replica, board: DoubleBoard, path: str, body: Any, param: str | None
) -> None:
    response = replica.order(path, body)

    assert (response.status, response.error["type"]) == (400, "invalid_request_error")
    assert response.error["param"] == param
    assert board.notes == {}


def test_a_release_takes_the_note_down(replica: Replica, board: DoubleBoard) -> None:
    replica.change("two")
    replica.order("default/rollback")

    response = replica.order("default/release")

    assert response.json == {"policy": "default", "version": replica.version, "scope": SHARED}
    assert replica.policies.assign("default", "").policy.rules[0].name == "two"
    assert board.notes == {}


def test_an_order_that_the_others_will_not_see_holds_here_and_says_so(replica: Replica, board: DoubleBoard) -> None:
    first = replica.version
    replica.change("two")
    board.notes = None

    response = replica.order("default/rollback")

    assert response.json["scope"] == ALONE
    assert replica.version == first


def test_a_router_that_is_alone_goes_back_alone(lonely: Replica) -> None:
    first = lonely.version
    lonely.change("two")

    assert lonely.order("default/rollback").json["scope"] == ALONE
    assert lonely.version == first


# --- canaries -----------------------------------------------------------------------------------------------------


def test_a_canary_is_stopped_and_resumed_for_all(replica: Replica, board: DoubleBoard) -> None:
    candidate = replica.policies.status().versions["next"]

    stopped = replica.order("default/canary/stop")
    shown, noted = replica.get()["rollouts"][0]["stopped"], dict(board.notes or {})
    resumed = replica.order("default/canary/resume")

    assert stopped.json == {
        "policy": "default",
        "why": "stopped by hand",
        "at_s": EPOCH_S,
        "candidate": candidate,
        "scope": SHARED,
    }
    assert shown == {"why": "stopped by hand", "at_s": EPOCH_S}
    assert list(noted) == [f"stop:{candidate}"]
    assert resumed.json == {"policy": "default", "candidate": candidate, "scope": SHARED}
    assert (board.notes, replica.get()["rollouts"][0]["stopped"]) == ({}, None)


def test_a_canary_that_is_stopped_is_not_stopped_again(replica: Replica) -> None:
    replica.order("default/canary/stop")

    assert "no canary is under way" in replica.order("default/canary/stop").error["message"]


# --- who may ------------------------------------------------------------------------------------------------------

ORDERS = [
    "reload",
    "default/rollback",
    "default/release",
    "default/canary/stop",
    "default/canary/resume",
]


@pytest.mark.parametrize("path", ORDERS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://admin.test:81", "http://admin.test.evil"])
def test_no_page_of_another_site_gives_orders(replica: Replica, path: str, origin: str) -> None:
    response = replica.order(path, headers={"origin": origin})

    assert (response.status, response.error["param"]) == (400, "origin")
    assert replica.policies.status().loads == {"ok": 1, "failed": 0}


def test_a_page_of_the_listener_itself_may(replica: Replica) -> None:
    assert replica.order("reload", headers={"origin": "http://admin.test"}).status == 200


@pytest.mark.parametrize("path", ORDERS)
def test_orders_are_posts(replica: Replica, path: str) -> None:
    response = ask(replica.app, "GET", f"/policies/{path}")

    assert (response.status, response.error["code"]) == (405, "method_not_allowed")
