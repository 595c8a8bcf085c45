"""How long answers take is learned as they are served; a budget that cannot be kept is then a 504 at once."""

from typing import Any

import orjson

from tests.conftest import Routers
from tests.faults import answers
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

SHORT = {"max_completion_tokens": 1}
"""So that what is expected of an answer does not move while the lengths of answers are learned, too."""

ASK = request_fields("Write a story about a garden.", **SHORT)
HURRIED = request_fields("Write a story about a garden.", **SHORT, router={"latency_budget_ms": 1})


def learned_of(router: RouterProcess) -> dict[str, Any] | None:
    """What is predicted of each tier, once it rests on answers of both."""
    predicted: dict[str, Any] = orjson.loads(post(router.public, ASK, path="/router/v1/explain").body)["predicted"]
    return predicted if all(each["seen_answers"] >= 20 for each in predicted.values()) else None


def test_a_budget_below_what_was_learned_is_refused_with_what_it_would_take(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(keep_alive_s=0.11)
    for engine in (fast, strong):
        engine.does(answers("so ", after_s=0.02))
    both = [ASK, request_fields("Write a story about a garden.", **SHORT, router={"stakes": "high"})]
    served = [post(router.public, each).header("x-request-id") for _ in range(30) for each in both]
    router.await_record(served[-1])
    calls = len(fast.received) + len(strong.received)

    # A record is in the log a moment before it has taught anything.
    predicted = until(lambda: learned_of(router))
    refused = post(router.public, HURRIED)

    assert all(1 < each["p50_ms"] <= each["p90_ms"] for each in predicted.values())
    assert refused.status == 504
    error = orjson.loads(refused.body)["error"]
    assert error["code"] == "deadline_exceeded"
    assert "is not likely within 1 ms" in error["message"]
    assert len(fast.received) + len(strong.received) == calls
    assert router.await_record(refused.header("x-request-id"))["status"] == 504
