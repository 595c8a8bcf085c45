"""What an engine is sent: the caller's own words, less what is the router's business."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from openai import OpenAI

from tests.live.asking import PROMPT, Reply, ask, openai_client, plain_and_streamed
from tests.live.engines import LiveEngine
from tests.live.routers import running_router
from tests.live.tap import Tap, tapped

Ask = Callable[..., Reply]


@pytest.fixture(scope="module")
def tap(fast_engine: LiveEngine) -> Iterator[Tap]:
    """A tap on the line to the fast engine."""
    with tapped(fast_engine.launch.port) as tap:
        yield tap


@pytest.fixture(scope="module")
def client(
    tap: Tap, fast_engine: LiveEngine, strong_engine: LiveEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenAI]:
    """A client of a router whose line to the fast engine is tapped."""
    behind_tap = replace(fast_engine, launch=replace(fast_engine.launch, port=tap.port))
    folder = tmp_path_factory.mktemp("tapped")
    with (
        running_router(folder, behind_tap, strong_engine) as router,
        openai_client(router.address, "a-secret") as client,
    ):
        yield client


@plain_and_streamed
def test_fields_that_nobody_knows_are_passed_on(ask: Ask, client: OpenAI, tap: Tap) -> None:
    ask(client, extra_body={"not_yet_invented": {"deep": [1, None]}, "reasoning_style": "salty"})
    assert tap.last().fields["not_yet_invented"] == {"deep": [1, None]}
    assert tap.last().fields["reasoning_style"] == "salty"


def test_a_field_that_only_the_engine_knows_has_its_effect(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="auto",
        messages=[{"role": "user", "content": PROMPT}],
        max_tokens=24,
        logprobs=True,
        extra_body={"return_tokens_as_token_ids": True},
    )
    assert completion.choices[0].logprobs is not None
    tokens = completion.choices[0].logprobs.content or []
    assert all(token.token.startswith("token_id:") for token in tokens)


@plain_and_streamed
def test_hints_are_not_passed_on(ask: Ask, client: OpenAI, tap: Tap) -> None:
    hints = {"stakes": "low", "latency_budget_ms": 2000, "conversation": "c-1", "max_tier": "fast"}
    ask(client, extra_body={"router": hints}, extra_headers={"x-router-stakes": "low"})
    assert "router" not in tap.last().fields
    assert not [name for name in tap.last().headers if name.startswith("x-router-")]


@plain_and_streamed
def test_what_is_dropped_is_not_sent(ask: Ask, client: OpenAI, tap: Tap) -> None:
    ask(client, temperature=0, top_p=0.9)
    assert "temperature" not in tap.last().fields
    assert tap.last().fields["top_p"] == 0.9


def test_the_engine_is_asked_for_usage_whether_the_caller_wants_it_or_not(client: OpenAI, tap: Tap) -> None:
    with client.chat.completions.create(
        model="auto", messages=[{"role": "user", "content": PROMPT}], max_tokens=24, stream=True
    ) as stream:
        list(stream)
    assert tap.last().fields["stream_options"] == {"include_usage": True}


def test_the_engine_gets_the_routers_id_and_not_the_callers_key(client: OpenAI, tap: Tap) -> None:
    reply = ask(client, extra_headers={"x-request-id": "the-callers-own", "cookie": "session=1"})
    assert tap.last().headers["x-request-id"] == reply.request_id != "the-callers-own"
    assert "a-secret" not in str(tap.last().headers)
    assert "cookie" not in tap.last().headers


def test_a_trace_goes_on_behind_the_router(client: OpenAI, tap: Tap) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    ask(client, extra_headers={"traceparent": traceparent})
    assert tap.last().headers["traceparent"].split("-")[1] == traceparent.split("-")[1]


def test_the_engine_is_asked_for_its_own_model_with_the_callers_messages(client: OpenAI, tap: Tap) -> None:
    conversation = [{"role": "system", "content": "Être bref."}, {"role": "user", "content": "Tell me 🌊."}]
    ask(client, conversation, model="fast")
    assert tap.last().fields["model"] == "tier1"
    assert tap.last().fields["messages"] == conversation


def test_a_tenant_shares_its_cached_prefixes_with_itself(client: OpenAI, tap: Tap) -> None:
    salts = []
    for _ in range(2):
        ask(client)
        salts.append(tap.last().fields["cache_salt"])
    assert salts[0] == salts[1]
    assert len(salts[0]) == 32
