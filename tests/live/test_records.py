"""What is left of a request once it is answered: one line in the decision log, and counts. Never a word of it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from openai import APIStatusError, BadRequestError, OpenAI

from tests.live.asking import PROMPT, RISKY_PROMPT, TOOL, UNDERESTIMATED_PROMPT, Reply, ask, plain_and_streamed, user
from tests.live.pages import Counts
from tests.live.routers import Router
from tests.patience import until

Ask = Callable[..., Reply]

CANARY = "quetzal-7431"

# --- the decision log -----------------------------------------------------------------------------------------


@plain_and_streamed
@pytest.mark.parametrize("prompt", [PROMPT, RISKY_PROMPT], ids=["easy", "risky"])
def test_an_answer_leaves_one_record_that_agrees_with_it(
    ask: Ask, prompt: str, tenant: OpenAI, keyed_router: Router
) -> None:
    reply = ask(tenant, prompt)
    record = keyed_router.record_of(reply.request_id)
    assert record["outcome"] == "served"
    assert record["status"] == 200
    assert record["tier"] == reply.tier
    assert record["rule"] == reply.headers["x-router-rule"]
    assert record["policy"] == reply.headers["x-router-policy"]
    assert record["usage"]["completion_tokens"] == reply.usage.completion_tokens
    assert record["usage"]["prompt_tokens"] == reply.usage.prompt_tokens
    assert 0 < record["first_block_s"] <= record["elapsed_s"]


def test_every_request_leaves_exactly_one_record(tenant: OpenAI, keyed_router: Router) -> None:
    ids = {ask(tenant, prompt).request_id for prompt in (PROMPT, RISKY_PROMPT) * 3}
    ids |= {request_id_of_refused(tenant, {"model": "gpt-9"}), request_id_of_refused(tenant, {"temperature": 3})}
    assert len(keyed_router.records_of(ids)) == len(ids)


@pytest.mark.parametrize(
    "asked",
    [
        {"temperature": 3},
        {"model": "gpt-9"},
        {"extra_body": {"priority": 1}},
        {"asked": UNDERESTIMATED_PROMPT},
    ],
    ids=["malformed", "unknown model", "not granted", "too long"],
)
def test_a_request_that_is_its_callers_mistake_is_recorded_as_refused(
    asked: Mapping[str, Any], tenant: OpenAI, keyed_router: Router
) -> None:
    record = keyed_router.record_of(request_id_of_refused(tenant, asked))
    assert record["outcome"] == "refused"
    assert record["error"]


def test_a_request_that_is_not_even_json_leaves_a_record(tenant: OpenAI, keyed_router: Router) -> None:
    with pytest.raises(BadRequestError) as caught:
        tenant.post(
            "/chat/completions",
            content=b'{"model": ',
            options={"headers": {"content-type": "application/json"}},
            cast_to=object,
        )
    assert caught.value.code == "invalid_json"
    assert keyed_router.record_of(caught.value.response.headers["x-request-id"])["status"] == 400


@plain_and_streamed
def test_nothing_of_what_was_said_is_in_the_record(ask: Ask, tenant: OpenAI, keyed_router: Router) -> None:
    tool = {"type": "function", "function": {**TOOL["function"], "description": CANARY}}
    conversation = [
        {"role": "system", "content": f"You are called {CANARY}."},
        {"role": "user", "content": f"Tell me about {CANARY}."},
    ]
    reply = ask(tenant, conversation, tools=[tool], stop=[CANARY], user=CANARY, metadata={"trip": CANARY})
    assert CANARY not in str(keyed_router.record_of(reply.request_id))
    assert CANARY not in keyed_router.decision_log.read_text()
    assert CANARY not in keyed_router.output.read_text()


def test_nothing_of_what_was_said_is_in_the_record_when_an_engine_quotes_it(
    tenant: OpenAI, keyed_router: Router
) -> None:
    """vLLM repeats a part that it does not understand in its error message."""
    refused = {"asked": user({"type": "scent", "scent": f"of a {CANARY}"})}
    record = keyed_router.record_of(request_id_of_refused(tenant, refused))
    assert CANARY not in str(record)


def test_a_tenant_is_not_named_in_its_records(tenant: OpenAI, keyed_router: Router) -> None:
    record = keyed_router.record_of(ask(tenant).request_id)
    assert record["tenant"]
    assert "shop" not in str(record)


# --- metrics --------------------------------------------------------------------------------------------------


@plain_and_streamed
@pytest.mark.parametrize(
    ("asked", "labels"),
    [
        ({}, {"tier": "fast", "rule": "otherwise", "outcome": "served", "status": "200"}),
        ({"asked": RISKY_PROMPT}, {"tier": "strong", "rule": "high-stakes", "outcome": "served", "status": "200"}),
    ],
    ids=["easy", "risky"],
)
def test_an_answer_is_counted_once_with_its_tokens(
    ask: Ask, asked: Mapping[str, Any], labels: Mapping[str, str], tenant: OpenAI, keyed_router: Router
) -> None:
    before = Counts(f"{keyed_router.admin}/metrics")
    usage = ask(tenant, **asked).usage
    after = counts_of_one_more(keyed_router, before)
    written, read = ({"tier": labels["tier"], "type": kind} for kind in ("completion", "prompt"))
    assert grown(before, after, "router_requests_total", labels) == 1
    assert grown(before, after, "router_request_duration_seconds_count", {"tier": labels["tier"]}) == 1
    assert grown(before, after, "router_attempts_total", {"tier": labels["tier"], "outcome": "served"}) == 1
    assert grown(before, after, "router_tokens_total", written) == usage.completion_tokens
    assert grown(before, after, "router_tokens_total", read) == usage.prompt_tokens


def test_an_escalation_is_counted_where_it_came_from(owner: OpenAI, open_router: Router) -> None:
    before = Counts(f"{open_router.admin}/metrics")
    ask(owner, f"{PROMPT} {uuid4()}", extra_body={"vllm_xargs": {"diffusion_max_steps": 0}})
    after = counts_of_one_more(open_router, before)
    refused = {"tier": "fast", "outcome": "refused"}
    assert grown(before, after, "router_escalations_total", refused) == 1
    assert grown(before, after, "router_attempts_total", refused) == 1


def test_a_refused_request_is_counted_with_its_status(tenant: OpenAI, keyed_router: Router) -> None:
    before = Counts(f"{keyed_router.admin}/metrics")
    request_id_of_refused(tenant, {"temperature": 3})
    after = counts_of_one_more(keyed_router, before)
    assert grown(before, after, "router_requests_total", {"outcome": "refused", "status": "400"}) == 1


def request_id_of_refused(client: OpenAI, asked: Mapping[str, Any]) -> str:
    """The id of a request that is refused."""
    with pytest.raises(APIStatusError) as caught:
        ask(client, **asked)
    assert isinstance(caught.value, BadRequestError) or caught.value.status_code in (403, 404)
    return caught.value.response.headers["x-request-id"]


def counts_of_one_more(router: Router, before: Counts) -> Counts:
    """The counts once one more request is in them, which is a moment after its answer."""

    def counts() -> Counts | None:
        now = Counts(f"{router.admin}/metrics")
        return now if grown(before, now, "router_requests_total", {}) == 1 else None

    found = until(counts, 5.0)
    assert found is not None
    return found


def grown(before: Counts, after: Counts, name: str, labels: Mapping[str, str]) -> float:
    """By how much a count has grown."""
    return after.of(name, labels) - before.of(name, labels)
