"""Warm-up on real sockets: an engine that has answered nothing yet is asked for a short answer before callers are, and
nobody waits for it longer than they have to."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from router.cli import app
from tests.conftest import FAST_TEXT, STRONG_TEXT, Routers
from tests.faults import answers, fails, refuses_with, waits_for
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import ask, post, request_fields

HAS_ANSWERED = b'vllm:request_success_total{engine="0",finished_reason="stop"} 3.0\n'
HAS_NOT = b'vllm:request_success_total{engine="0",finished_reason="stop"} 0.0\n'
SHORT, CANVAS = 8, 256


@contextmanager
def warming(routers: Routers, folder: Path, **settings: Any) -> Iterator[RouterProcess]:
    """A router of its own that warms engines up. In the end it has nothing left to do."""
    with serving(routers.settings(folder, {"warm_up": "auto"}, settings), folder) as router:
        yield router
        router.await_idle()


def two_strong(routers: Routers, folder: Path, fast: ScriptedEngine, strong: ScriptedEngine) -> dict[str, Any]:
    """A strong tier of both engines, called blue and green, and no other tier."""
    (spec,) = routers.settings(folder, {"warm_up": "auto"})["tiers"]["strong"]["backends"]
    backends = [{**spec, "name": "blue", "url": fast.url}, {**spec, "name": "green", "url": strong.url}]
    return {"strong": {"backends": backends}}


def ready(router: RouterProcess) -> str:
    status: str = router.readiness().json["status"]
    return status


def standing(router: RouterProcess, name: str) -> str:
    listed = ask(router.admin, "GET", "/router/v1/backends").json["backends"]
    (found,) = [each["standing"] for each in listed if each["name"] == name]
    return str(found)


def texts(router: RouterProcess, conversations: int = 12) -> set[str]:
    """What so many new conversations are answered."""
    return {post(router.public, request_fields(f"{at}?", model="auto:strong-only")).text for at in range(conversations)}


def warm_ups(router: RouterProcess, outcome: str) -> float:
    return router.metrics().get(f'router_warm_ups_total{{outcome="{outcome}"}}', 0.0)


def test_a_cold_engine_is_asked_once_for_little_and_a_diffusion_engine_for_a_canvas(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    fast.pages = strong.pages = {"/metrics": HAS_NOT}

    with warming(running_routers, tmp_path) as router:
        until(lambda: ready(router) == "ready")

        assert [each.fields["max_tokens"] for each in fast.received] == [CANVAS]
        assert [each.fields["max_tokens"] for each in strong.received] == [SHORT]
        assert warm_ups(router, "warmed") == 2
        assert standing(router, "fast-1") == "joining"
        assert router.decisions() == []
        assert router.read_log() == ""


def test_until_it_is_warm_the_router_says_it_is_warming_and_serves_all_the_same(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    gate = threading.Event()
    fast.does(waits_for(gate, answers("warm")), answers(FAST_TEXT))

    with warming(running_routers, tmp_path) as router:
        fast.await_received()
        response = router.readiness()
        assert (response.status, response.json["status"], standing(router, "fast-1")) == (503, "warming", "warming")
        assert post(router.public, request_fields(model="auto:fast-only")).text == FAST_TEXT

        gate.set()
        until(lambda: router.readiness().status == 200)


def test_an_engine_that_has_answered_anybody_is_not_asked(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    fast.pages = strong.pages = {"/metrics": HAS_ANSWERED}

    with warming(running_routers, tmp_path) as router:
        until(lambda: warm_ups(router, "was_warm") == 2)

        assert (ready(router), standing(router, "fast-1")) == ("ready", "in_use")
    assert fast.received == strong.received == []


def test_while_one_backend_is_cold_the_others_of_its_tier_get_its_requests(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    gate = threading.Event()
    strong.pages = {"/metrics": HAS_ANSWERED}
    fast.does(waits_for(gate, answers("warm")), answers(FAST_TEXT))

    with warming(running_routers, tmp_path, tiers=two_strong(running_routers, tmp_path, fast, strong)) as router:
        fast.await_received()
        assert texts(router) == {STRONG_TEXT}

        gate.set()
        until(lambda: standing(router, "blue") == "joining")
        assert texts(router, 60) == {FAST_TEXT, STRONG_TEXT}


def test_an_engine_that_fails_its_first_answer_is_named_once_left_alone_and_warmed_when_it_is_back(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    strong.pages = {"/metrics": HAS_ANSWERED}
    tiers = two_strong(running_routers, tmp_path, fast, strong)
    outage = ExitStack()
    outage.enter_context(fast.refusing_connections())
    with outage, warming(running_routers, tmp_path, breakers=True, tiers=tiers) as router:
        until(lambda: standing(router, "blue") == "left_alone")
        assert ready(router) == "degraded"
        until(lambda: warm_ups(router, "failed"))
        outage.close()
        until(lambda: warm_ups(router, "warmed") == 1)
        assert [each.fields["max_tokens"] for each in fast.received] == [SHORT]
        until(lambda: FAST_TEXT in texts(router))

        assert router.read_log() == "the backend blue could not be warmed up: the backend blue cannot be reached\n"


def test_one_that_calls_itself_well_and_fails_its_first_answer_is_left_alone(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    fast.does(fails(500, "no kernel image is available"), answers(FAST_TEXT))

    with warming(
        running_routers, tmp_path, breakers=True, tiers=two_strong(running_routers, tmp_path, fast, strong)
    ) as router:
        until(lambda: standing(router, "blue") == "left_alone")
        assert texts(router) == {STRONG_TEXT}
        until(lambda: FAST_TEXT in texts(router), 15.0)


def test_an_engine_that_refuses_the_question_is_well(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    strong.pages = {"/metrics": HAS_ANSWERED}
    fast.does(refuses_with("The model `tier1` does not exist."))

    with warming(running_routers, tmp_path, breakers=True) as router:
        until(lambda: warm_ups(router, "refused") == 1)

        assert (ready(router), standing(router, "fast-1")) == ("ready", "in_use")
        assert "the backend fast-1 could not be warmed up: " in router.read_log()


def test_a_backend_that_is_resumed_is_warmed_first_if_it_was_started_anew(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    fast.pages = strong.pages = {"/metrics": HAS_ANSWERED}
    with warming(running_routers, tmp_path, tiers=two_strong(running_routers, tmp_path, fast, strong)) as router:
        until(lambda: ready(router) == "ready")
        ask(router.admin, "POST", "/router/v1/backends/blue/drain")
        fast.pages = {"/metrics": HAS_NOT}

        ask(router.admin, "POST", "/router/v1/backends/blue/resume")
        fast.await_received()
        until(lambda: standing(router, "blue") == "joining")

        assert [each.fields["max_tokens"] for each in fast.received] == [SHORT]


@pytest.mark.parametrize("command", ["check", "serve"])
def test_neither_a_check_of_settings_nor_a_router_that_was_told_not_to_asks_for_anything(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path, command: str
) -> None:
    warm_up = "auto" if command == "check" else "off"
    with serving(running_routers.settings(tmp_path, {"warm_up": "off"}), tmp_path) as router:
        assert ready(router) == "ready"
        config = tmp_path / "tandem.yaml"
        config.write_text(config.read_text().replace('"warm_up": "off"', f'"warm_up": "{warm_up}"'))
        assert CliRunner().invoke(app, ("check", "--config", str(config))).exit_code == 0

    assert fast.received == strong.received == []
