"""A budget goes where the prediction says that it is kept. The fast engine denoises every canvas to the cap of 48
passes, which takes seconds."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openai import APIStatusError, OpenAI

from tests.live.asking import PROMPT, Reply, ask, plain_and_streamed
from tests.live.engines import LiveEngine
from tests.live.routers import Router
from tests.live.test_explain import explain
from tests.patience import until

Ask = Callable[..., Reply]

BUDGET_MS = 300
LEARNED = 20
"""Answers from which what was learned of a tier may keep requests out of it."""

AT_ONCE: Mapping[str, int] = {"fast": 4, "strong": 1}
"""Callers from whom each tier is learned."""

MOST_ROUNDS = 60
SHORT = {"max_tokens": 8, "extra_body": {"ignore_eos": True}}
"""Eight tokens, for which the fast engine denoises a whole canvas."""


@pytest.fixture(scope="module")
def predicted(slow_owner: OpenAI, slow_router: Router) -> Mapping[str, Any]:
    """What is predicted of each tier, once it rests on enough answers."""
    for tier, callers in AT_ONCE.items():
        _learn(tier, callers, slow_owner, slow_router)
    return _predicted(slow_owner, slow_router)


def test_what_is_predicted_is_that_the_strong_tier_keeps_the_budget_and_the_fast_one_does_not(
    predicted: Mapping[str, Any],
) -> None:
    """What the next tests rest on."""
    print({tier: (each["p50_ms"], each["p90_ms"], each["seen_answers"]) for tier, each in predicted.items()})
    assert predicted["strong"]["p90_ms"] < BUDGET_MS < predicted["fast"]["p50_ms"]


@pytest.mark.usefixtures("predicted")
@plain_and_streamed
def test_a_budget_that_the_fast_tier_would_miss_goes_to_the_strong_one_and_the_record_says_why(
    ask: Ask, slow_owner: OpenAI, slow_router: Router
) -> None:
    reply = ask(slow_owner, model="auto:ladder", **_within(BUDGET_MS))

    record = slow_router.record_of(reply.request_id)
    print(f"served in {record['elapsed_s'] * 1000:.0f} ms")
    assert reply.headers["x-router-attempts"].startswith("strong:")
    assert (record["reason"], record["excluded"]) == ("budget", ["fast:latency_budget"])
    assert [attempt["tier"] for attempt in record["attempts"]] == ["strong"]


@pytest.mark.usefixtures("predicted")
def test_a_budget_that_the_fast_tier_keeps_leaves_it_the_request(slow_owner: OpenAI) -> None:
    assert ask(slow_owner, model="auto:ladder", **_within(60_000)).tier == "fast"


@pytest.mark.usefixtures("predicted")
def test_a_budget_that_the_only_tier_would_miss_is_a_504_and_the_engine_is_not_asked(
    slow_owner: OpenAI, slow_engine: LiveEngine
) -> None:
    until(slow_engine.is_idle, 10.0)
    with pytest.raises(APIStatusError, match=f"not likely within {BUDGET_MS} ms") as caught:
        ask(slow_owner, model="fast", **_within(BUDGET_MS))
    assert caught.value.status_code == 504
    assert "x-router-attempts" not in caught.value.response.headers
    assert slow_engine.is_idle()


def test_a_budget_is_spent_as_passes(predicted: Mapping[str, Any], slow_owner: OpenAI, slow_router: Router) -> None:
    caps = []
    for budget_ms in (60_000, round(1.2 * predicted["fast"]["p90_ms"])):
        reply = ask(slow_owner, model="auto:spends", **_within(budget_ms))
        (attempt,) = slow_router.record_of(reply.request_id)["attempts"]
        print(f"{budget_ms} ms: {attempt['denoise']}, {attempt['elapsed_s'] * 1000:.0f} ms")
        (note,) = [each for each in attempt["gate"]["notes"] if each.get("passes")]
        assert attempt["tier"] == "fast"
        passes, steps = note["passes"], attempt["denoise"]["steps"]
        assert (passes["passes"], passes["cap"], passes["kind"]) == (steps, steps, "exact")
        caps.append(steps)
    assert 8 <= caps[1] < caps[0] == 48


def _within(budget_ms: int) -> dict[str, Any]:
    return {**SHORT, "extra_headers": {"x-router-latency-budget-ms": str(budget_ms)}}


def _learn(tier: str, callers: int, client: OpenAI, router: Router) -> None:
    """Asks until enough answers have told how long they take."""
    with ThreadPoolExecutor(callers) as pool:
        for _ in range(MOST_ROUNDS):
            if _predicted(client, router)[tier]["seen_answers"] >= LEARNED:
                return
            asked = [pool.submit(ask, client, model=tier, **SHORT) for _ in range(callers)]
            router.records_of({each.result().request_id for each in asked})


def _predicted(client: OpenAI, router: Router) -> dict[str, Any]:
    asked = {"asked": PROMPT, "model": "auto:ladder", **SHORT}
    predicted: dict[str, Any] = explain(client, router, asked)["predicted"]
    return predicted
