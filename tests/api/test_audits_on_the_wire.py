"""Audits of a router that runs: the strong engine is asked behind the caller's back, and the log has a line more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import BOTH_WAYS, FAST_TEXT, Routers, Way
from tests.faults import never_answers
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields


@pytest.fixture
def auditing(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router that audits what its policies tell it to."""
    return routers.serve(audits=True)


def audits_of(router: RouterProcess, request_id: str | None) -> list[Mapping[str, Any]]:
    return [each for each in router.decisions() if each.get("kind") == "audit" and each["request_id"] == request_id]


@BOTH_WAYS
def test_an_audited_answer_has_a_record_and_an_audit(auditing: RouterProcess, way: Way) -> None:
    response = post(auditing.public, request_fields(model="auto:audited", **way))

    (audit,) = until(lambda: audits_of(auditing, response.header("x-request-id")))
    (record,) = [each for each in auditing.decisions() if each["request_id"] == audit["request_id"] and each != audit]
    assert (record["tier"], record["audit"], record["audited"]) == ("fast", 1.0, True)
    assert [each["tier"] for each in record["attempts"]] == ["fast"]
    assert (audit["propensity"], audit["policy"]) == (1.0, record["policy"])
    assert (audit["similarity"], audit["figures"]) == (pytest.approx(0.8), {})  # these engines do not read
    assert FAST_TEXT.encode() not in auditing.decision_log()
    assert "router_audits_total{" in auditing.metrics_text()


def test_a_router_that_is_told_not_to_audits_nothing(router: RouterProcess, strong: ScriptedEngine) -> None:
    response = post(router.public, request_fields(model="auto:audited"))

    record = router.await_record(response.header("x-request-id"))
    assert (record["audit"], record["audited"]) == (None, False)
    assert strong.received == []


def test_a_router_that_stops_does_not_wait_for_audits(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    strong.does(never_answers())
    settings = running_routers.settings(tmp_path, settings={"audits": True})

    with serving(settings, tmp_path) as mortal:
        post(mortal.public, request_fields(model="auto:audited"))
        strong.await_received()
        mortal.ask_to_stop()

        assert mortal.await_exit() == 0
        assert [each.get("kind") for each in mortal.decisions()] == [None]
        assert "Traceback" not in mortal.read_log()
