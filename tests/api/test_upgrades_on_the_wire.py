"""A popular answer at a router that runs: hits of the fast tier's, and then of the strong tier's."""

import json
from pathlib import Path

from tests.conftest import BOTH_WAYS, STRONG_TEXT, Routers, Way
from tests.faults import never_answers
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, ask, post, request_fields


def asked(router: RouterProcess, question: str, way: Way) -> Response:
    return post(router.public, request_fields(question, model="auto:popular", **way))


def kept_tier(router: RouterProcess, question: str) -> str:
    body = {"request": request_fields(question, model="auto:popular"), "policy": "popular"}
    return str(ask(router.admin, "POST", "/cache/entry", json.dumps(body).encode()).json["tier"])


@BOTH_WAYS
def test_the_third_hit_is_of_the_fast_tier_and_later_ones_of_the_strong_one(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    router = routers.serve(cache={"store": "memory", "upgrades": {"a_minute": 600, "share": 1}})
    question = f"What do otters eat{' in a stream' if way else ''}?"

    first = [asked(router, question, way) for _ in range(4)]
    until(lambda: kept_tier(router, question) == "strong")
    later = [asked(router, question, each) for each in ({}, {"stream": True})]

    assert [each.header("x-router-cache") for each in first + later] == ["miss"] + ["hit"] * 5
    assert [each.header("x-router-tier") for each in first + later] == ["fast"] * 4 + ["strong"] * 2
    assert STRONG_TEXT in later[0].body.decode()
    assert (len(fast.received), len(strong.received)) == (1, 1)
    upgrades = until(lambda: upgrades_after(router, first[-1]))
    assert [(each["outcome"], each["rule"]) for each in upgrades] == [("done", "otherwise")]
    assert STRONG_TEXT.encode() not in router.decision_log()
    assert router.metrics()['router_cache_upgrades_total{outcome="done"}'] >= 1.0


def test_a_router_that_stops_does_not_wait_for_the_strong_tier(
    running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path
) -> None:
    strong.does(never_answers())

    with serving(running_routers.settings(tmp_path), tmp_path) as mortal:
        for _ in range(4):
            asked(mortal, "What do otters drink?", {})
        strong.await_received()
        mortal.ask_to_stop()

        assert mortal.await_exit() == 0
        assert "Traceback" not in mortal.read_log()


def upgrades_after(router: RouterProcess, response: Response) -> list[dict[str, object]]:
    request_id = response.header("x-request-id")
    return [each for each in router.decisions() if each.get("kind") == "upgrade" and each["request_id"] == request_id]
