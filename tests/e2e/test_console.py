"""The console in a real browser: each page, live, with the keyboard, in both shades."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.conftest import ADMIN_KEY, POLICIES, Routers
from tests.e2e.servers import SCREENSHOTS, go_through_console
from tests.faults import answers
from tests.policy_folders import PolicyFolder
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.trial import running
from tests.wire_client import post, request_fields

MARKUP = "<script>alert(1)</script>"


@contextmanager
def traffic(router: RouterProcess) -> Iterator[None]:
    """Requests that keep coming while the block runs."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.2):
            post(router.public, request_fields(MARKUP, router={"latency_budget_ms": 60_000}))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()


@pytest.fixture(scope="module")
def seen(
    running_routers: Routers, engines: Mapping[str, ScriptedEngine], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Any]:
    """What a browser saw of a router at work, one of whose policies is broken at the end."""
    path = tmp_path_factory.mktemp("console")
    folder = PolicyFolder(path / "policies")
    folder.write("default.yaml", json.dumps({"name": "default", **POLICIES["default"]}))
    for engine in engines.values():
        engine.does(answers("said"))
    settings = running_routers.settings(path) | {"admin": {"port": 0, "key": ADMIN_KEY}}
    with running(settings, path, folder) as trial:
        with engines["fast"].refusing_connections():
            post(trial.router.public, request_fields(MARKUP, model="auto"))
        post(trial.router.public, request_fields(model=MARKUP))
        folder.break_policy("other")
        with traffic(trial.router):
            return go_through_console(trial.admin_url, ADMIN_KEY)


@pytest.mark.timeout(180)
def test_one_logs_in_with_the_keyboard_and_gets_where_one_wanted(seen: Mapping[str, Any]) -> None:
    assert seen["logged_in"].endswith("/console/decisions")


def test_nothing_complains_and_nothing_leaves_the_host(seen: Mapping[str, Any]) -> None:
    assert seen["complaints"] == []
    assert seen["abroad"] == []


def test_every_page_can_be_read_in_both_shades(seen: Mapping[str, Any]) -> None:
    assert len(seen["faults"]) == 10
    assert {page: faults for page, faults in seen["faults"].items() if faults} == {}


def test_what_goes_on_renews_itself(seen: Mapping[str, Any]) -> None:
    assert seen["renewed"] is True


def test_a_decision_is_found_and_told(seen: Mapping[str, Any]) -> None:
    assert "nothing answered at its address" in seen["way"]
    assert "its answer went to the caller" in seen["way"]


def test_another_hint_changes_the_decision_at_once(seen: Mapping[str, Any]) -> None:
    assert seen["outcomes"] == ["It would go to fast → strong", "It would go to strong"]


def test_a_slider_makes_a_request_spill(seen: Mapping[str, Any]) -> None:
    assert seen["spilled"] == ["It would go to fast → strong", "It would go to strong"]


def test_a_request_is_run_on_both_tiers_side_by_side(seen: Mapping[str, Any]) -> None:
    assert seen["run"]["said"].count("answered") == 2
    assert seen["run"]["faults"] == []


def test_a_broken_policy_is_refused_with_its_line(seen: Mapping[str, Any]) -> None:
    assert "other.yaml:3:" in seen["refused"]
    assert "3  oth" in seen["refused"]


def test_everything_is_reached_with_the_keyboard_and_the_focus_is_seen(seen: Mapping[str, Any]) -> None:
    reached = [name for _, name, _ in seen["focus"]]

    assert reached[0] == "To the content"
    assert {"Now", "Decisions", "Policies", "Engines", "Try it", "text", "tenant", "Search"} <= set(reached)
    assert all(is_seen for tag, _, is_seen in seen["focus"] if tag != "BODY")


def test_pictures_are_kept(seen: Mapping[str, Any]) -> None:
    names = {each.name for each in SCREENSHOTS.glob("console-*.png")}

    assert {"console-decision.png", "console-refused.png", "console-now-dark.png"} <= names
