"""What a key may do, and how far a caller's hints reach: grants are floors and ceilings."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from openai import BadRequestError, OpenAI, PermissionDeniedError

from tests.live.asking import PROMPT, RISKY_PROMPT, Reply, ask, chunks_of, openai_client, plain_and_streamed
from tests.live.routers import Router

Ask = Callable[..., Reply]

AS_HEADERS = "headers"
AS_BODY = "body"
hinted_either_way = pytest.mark.parametrize("way", [AS_HEADERS, AS_BODY])


def hinted(way: str, **hints: Any) -> dict[str, Any]:
    """The parameters of the SDK that carry these hints."""
    if way == AS_BODY:
        return {"extra_body": {"router": hints}}
    return {"extra_headers": {f"x-router-{name.replace('_', '-')}": str(value) for name, value in hints.items()}}


@pytest.fixture
def client_of(keyed_router: Router, secrets: Mapping[str, str]) -> Iterator[Callable[[str], OpenAI]]:
    """The client that holds the key of this name."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(openai_client(keyed_router.address, secrets[name]))


# --- pins -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "tier"), [("fast", "fast"), ("tier1", "fast"), ("strong", "strong"), ("tier2", "strong")]
)
def test_a_pin_fixes_the_tier_for_a_key_that_may_pin(model: str, tier: str, client_of: Callable[[str], OpenAI]) -> None:
    reply = ask(client_of("pins"), RISKY_PROMPT, model=model, **hinted(AS_HEADERS, stakes="high"))
    assert reply.tier == tier
    assert reply.headers["x-router-decision"] == "pin"


@pytest.mark.parametrize("model", ["fast", "tier2"])
def test_a_pin_is_forbidden_to_a_key_without_the_grant(model: str, tenant: OpenAI) -> None:
    with pytest.raises(PermissionDeniedError, match="pins") as caught:
        ask(tenant, model=model)
    assert caught.value.code == "grant_missing"
    assert caught.value.param == "pins"


def test_a_key_sees_only_the_models_it_may_ask_for(client_of: Callable[[str], OpenAI]) -> None:
    shipped = ("batch", "cost-saver", "default", "latency-first", "quality-first", "regulated")
    assert {model.id for model in client_of("default").models.list()} == {"auto", *(f"auto:{name}" for name in shipped)}
    assert {"auto", "fast", "strong"} < {model.id for model in client_of("pins").models.list()}


# --- engine parameters ----------------------------------------------------------------------------------------


@plain_and_streamed
@pytest.mark.parametrize("parameter", ["vllm_xargs", "priority", "cache_salt", "chat_template"])
def test_what_steers_the_engine_is_forbidden_to_a_key_without_the_grant(
    ask: Ask, parameter: str, tenant: OpenAI
) -> None:
    with pytest.raises(PermissionDeniedError, match=parameter) as caught:
        ask(tenant, extra_body={parameter: {}})
    assert caught.value.param == "engine_parameters"


def test_what_steers_the_engine_is_passed_on_for_whoever_may(owner: OpenAI) -> None:
    narrow = {"ignore_eos": True, "vllm_xargs": {"diffusion_canvas_length": 16}}
    blocks = [chunk for chunk in chunks_of(owner, max_tokens=64, extra_body=narrow) if chunk.choices[0].delta.content]
    assert 1 < len(blocks) <= 4  # of 64 tokens, which are a single block on a canvas of the usual width


# --- stakes ---------------------------------------------------------------------------------------------------


@hinted_either_way
def test_a_hint_of_high_stakes_raises_any_request(way: str, tenant: OpenAI) -> None:
    reply = ask(tenant, PROMPT, **hinted(way, stakes="high"))
    assert reply.tier == "strong"
    assert reply.headers["x-router-rule"] == "high-stakes"


@hinted_either_way
def test_a_hint_cannot_lower_the_stakes_for_a_key_that_may_only_raise_them(way: str, tenant: OpenAI) -> None:
    reply = ask(tenant, RISKY_PROMPT, **hinted(way, stakes="low"))
    assert reply.tier == "strong"
    assert reply.headers["x-router-rule"] == "high-stakes"


@hinted_either_way
def test_a_hint_lowers_the_stakes_for_whoever_may_hint_in_full(way: str, owner: OpenAI) -> None:
    reply = ask(owner, RISKY_PROMPT, **hinted(way, stakes="low"))
    assert reply.headers["x-router-rule"] != "high-stakes"


def test_a_key_with_a_floor_is_never_treated_with_less(client_of: Callable[[str], OpenAI]) -> None:
    reply = ask(client_of("floor"), PROMPT)
    assert reply.tier == "strong"
    assert reply.headers["x-router-rule"] == "high-stakes"


@hinted_either_way
def test_a_key_that_may_not_hint_is_told_so(way: str, client_of: Callable[[str], OpenAI]) -> None:
    with pytest.raises(PermissionDeniedError, match="hints"):
        ask(client_of("floor"), **hinted(way, stakes="high"))


# --- the highest tier -----------------------------------------------------------------------------------------


@hinted_either_way
def test_a_hint_caps_the_tier_so_that_nothing_escalates(way: str, tenant: OpenAI) -> None:
    assert ask(tenant, PROMPT, **hinted(way, max_tier="fast")).tier == "fast"
    with pytest.raises(BadRequestError) as caught:
        ask(tenant, PROMPT, seed=7, **hinted(way, max_tier="fast"))
    assert caught.value.param == "seed"


def test_a_request_that_needs_more_than_its_cap_is_not_served_by_less(client_of: Callable[[str], OpenAI]) -> None:
    with pytest.raises(PermissionDeniedError, match="strong") as caught:
        ask(client_of("capped"), RISKY_PROMPT)
    assert caught.value.param == "max_tier"


@hinted_either_way
def test_a_hint_cannot_lift_a_keys_cap(way: str, client_of: Callable[[str], OpenAI]) -> None:
    with pytest.raises(PermissionDeniedError, match="strong"):
        ask(client_of("capped"), RISKY_PROMPT, **hinted(way, max_tier="strong"))


# --- malformed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "value"),
    [("stakes", "huge"), ("latency_budget_ms", "soon"), ("latency_budget_ms", "-5"), ("max_tier", "best")],
)
@pytest.mark.parametrize(("way", "named"), [(AS_HEADERS, "x-router-{}"), (AS_BODY, "router.{}")])
def test_a_malformed_hint_is_refused_by_name(way: str, named: str, hint: str, value: str, tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(tenant, **hinted(way, **{hint: value}))
    assert caught.value.param == named.format(hint.replace("_", "-") if way == AS_HEADERS else hint)


def test_a_hint_that_does_not_exist_is_refused(tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="tier_please"):
        ask(tenant, **hinted(AS_BODY, tier_please="strong"))


def test_an_unknown_policy_is_refused_by_name(tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="no policy 'frugal'"):
        ask(tenant, **hinted(AS_HEADERS, policy="frugal"))
