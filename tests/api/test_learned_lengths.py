"""How long answers are expected to be follows how long they were, in records and in metrics."""

import pytest

from tests.conftest import Routers
from tests.faults import answers
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

ASK = request_fields("Write a story about a garden.")


def test_after_some_answers_the_estimate_is_what_they_took(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router = routers.serve(keep_alive_s=0.11)
    for engine in (fast, strong):
        engine.does(answers(*["so "] * 1_500))

    served = [post(router.public, ASK).header("x-request-id") for _ in range(25)]
    before = router.await_record(served[0])
    router.await_record(served[-1])
    after = router.await_record(post(router.public, ASK).header("x-request-id"))

    assert before["answer_tokens_estimate"] < 1_000
    assert after["answer_tokens_estimate"] == pytest.approx(1_500, rel=0.05)
    signals = after["situation"]["signals"]
    assert signals["answer_tokens_p90"] == pytest.approx(1_500, rel=0.05)
    assert signals["answer_base"] == before["situation"]["signals"]["answer_base"]
    counted = {
        name: count for name, count in router.metrics().items() if name.startswith("router_answer_lengths_total")
    }
    task = signals["task"] or "none"
    assert counted[f'router_answer_lengths_total{{task="{task}",within="p50"}}'] >= 1
    assert sum(counted.values()) == 26
