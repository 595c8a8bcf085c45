"""A tenant whose requests the fast tier refuses is not served by the strong tier for ever."""

from collections.abc import Mapping

from tests.conftest import STRONG_TEXT, Routers
from tests.faults import answers, refuses_with
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

ONE_A_MINUTE = {"share": 0.0, "least_a_s": 1 / 60}


def test_beyond_its_budget_a_tenant_is_told_what_the_fast_tier_said_and_others_still_climb(
    routers: Routers, keys: Mapping[str, str], fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(keys=keys["file"], escalations=ONE_A_MINUTE)
    fast.does(refuses_with("top_p must be below 1", "top_p"))

    climbed, refused = (post(router.public, request_fields(), key=keys["ordinary"]) for _ in range(2))
    others = post(router.public, request_fields(), key=keys["other"])

    assert (climbed.status, climbed.text, others.text) == (200, STRONG_TEXT, STRONG_TEXT)
    assert (refused.status, refused.error["param"]) == (400, "top_p")
    assert refused.header("x-router-attempts") == "fast:refused, strong:escalations_spent"
    record = router.await_record(refused.header("x-request-id"))
    assert [each["outcome"] for each in record["attempts"]] == ["refused", "escalations_spent"]
    spent = 'router_attempts_total{outcome="escalations_spent",tier="strong"}'
    assert router.metrics()[spent] == 1
    assert len(strong.received) == 2


def test_a_dead_fast_tier_spends_nothing(
    routers: Routers, keys: Mapping[str, str], fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(keys=keys["file"], escalations={"share": 0.0, "least_a_s": 0.0})
    strong.does(answers(STRONG_TEXT))

    with fast.refusing_connections():
        texts = [post(router.public, request_fields(), key=keys["ordinary"]).text for _ in range(8)]

    assert texts == [STRONG_TEXT] * 8
