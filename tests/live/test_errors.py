"""Errors as an OpenAI client sees them: a real status, the right class, a code to branch on, and no engine named."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from openai import APIError, APIStatusError, AuthenticationError, BadRequestError, NotFoundError, OpenAI

from tests.live.asking import (
    ENDLESS_PROMPT,
    PROMPT,
    UNDERESTIMATED_PROMPT,
    Reply,
    ask,
    ask_streamed,
    openai_client,
    plain_and_streamed,
)
from tests.live.engines import LiveEngine
from tests.live.routers import Router

Ask = Callable[..., Reply]

OUTSIDE_THE_VOCABULARY = {"99999": 1}


@plain_and_streamed
def test_an_unknown_model_is_not_found(ask: Ask, tenant: OpenAI) -> None:
    with pytest.raises(NotFoundError) as caught:
        ask(tenant, model="gpt-9")
    assert caught.value.code == "model_not_found"
    assert caught.value.param == "model"


@pytest.mark.parametrize("key", ["tdm-000000000000-wrong", "sk-something-else"])
def test_nobody_gets_in_without_a_key_that_is_known(key: str, keyed_router: Router) -> None:
    with openai_client(keyed_router.address, key) as stranger, pytest.raises(AuthenticationError) as caught:
        ask(stranger)
    assert caught.value.code == "invalid_api_key"


@plain_and_streamed
def test_a_prompt_that_is_too_long_is_refused_after_both_engines_had_their_say(ask: Ask, tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(tenant, UNDERESTIMATED_PROMPT)
    assert caught.value.code == "context_length_exceeded"
    assert caught.value.param == "messages"
    assert caught.value.response.headers["x-router-attempts"] == "fast:refused, strong:refused"


@plain_and_streamed
def test_a_prompt_beyond_every_window_is_left_to_the_engine_that_counts(ask: Ask, tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(tenant, ENDLESS_PROMPT)
    assert caught.value.code == "context_length_exceeded"
    assert caught.value.response.headers["x-router-attempts"] == "strong:refused"
    assert caught.value.response.headers["x-router-decision"] == "capability; fast:context; strong:context"


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"temperature": 3}, "temperature"),
        ({"n": 0}, "n"),
        ({"n": 1000}, "n"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"top_p": 1.5}, "top_p"),
    ],
    ids=str,
)
def test_a_value_out_of_range_is_refused_by_name(asked: Mapping[str, Any], param: str, tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(tenant, **asked)
    assert caught.value.param == param
    assert caught.value.response.headers["x-request-id"]


def test_the_engine_itself_refuses_within_a_stream_that_has_begun_with_200(strong_engine: LiveEngine) -> None:
    """What the next test rests on."""
    with openai_client(strong_engine.address) as directly, pytest.raises(APIError) as caught:
        ask_streamed(directly, model="tier2", logit_bias=OUTSIDE_THE_VOCABULARY)
    assert not isinstance(caught.value, APIStatusError)


@plain_and_streamed
def test_a_refusal_within_a_stream_becomes_a_real_status_that_names_the_parameter(ask: Ask, owner: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="out-of-vocab") as caught:
        ask(owner, model="strong", logit_bias=OUTSIDE_THE_VOCABULARY)
    assert caught.value.param == "logit_bias"
    assert caught.value.response.headers["x-router-attempts"] == "strong:refused"


@plain_and_streamed
def test_a_refusal_by_the_fast_engine_that_no_table_foresaw_is_an_escalation(ask: Ask, owner: OpenAI) -> None:
    anew = f"{PROMPT} {uuid4()}"  # what went up before goes straight up
    reply = ask(owner, anew, extra_body={"vllm_xargs": {"diffusion_max_steps": 0}})
    assert reply.tier == "strong"
    assert reply.headers["x-router-decision"] == "otherwise"
    assert [attempt["outcome"] for attempt in (reply.router or {})["attempts"]] == ["refused", "served"]
    assert reply.text


@plain_and_streamed
def test_what_both_engines_refuse_is_refused_with_the_engines_own_reason(ask: Ask, tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError, match="greater than max allowed: 20") as caught:
        ask(tenant, logprobs=True, top_logprobs=21)
    assert caught.value.response.headers["x-router-attempts"] == "fast:refused, strong:refused"


def test_an_error_tells_the_client_not_to_ask_again(tenant: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(tenant, temperature=3)
    assert caught.value.response.headers["x-should-retry"] == "false"
