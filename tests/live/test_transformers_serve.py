"""The dialect `transformers`, on the real `transformers serve` with the tiny Gemma 4: what its table says of it,
asked of the server itself; and the router in front of it."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from openai import BadRequestError, OpenAI

from router.engines.dialects.transformers import TRANSFORMERS
from tests.live.asking import TOOL, Reply, ask, ask_streamed, lines_of, openai_client, plain_and_streamed
from tests.live.engines import PYTHON
from tests.live.routers import router_of, shipped_policies
from tests.live.transformers_server import TransformersServer, transformers_server

Ask = Callable[..., Reply]

MESSAGES = [{"role": "user", "content": "Name a sea."}]


@pytest.fixture(scope="module")
def server() -> Iterator[TransformersServer]:
    if not PYTHON.exists():
        reason = ".venv-live is missing: `make live` makes it"
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with transformers_server() as running:
        yield running


@pytest.fixture(scope="module")
def client(server: TransformersServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAI]:
    """Of a router that has this server for its strong tier, and no other."""
    folder = tmp_path_factory.mktemp("transformers")
    policies = str(shipped_policies(folder))
    with router_of(folder, server.tiers(), policies=policies) as router, openai_client(router.address) as each:
        yield each


# --- what the table says of the server --------------------------------------------------------------------------


def status_of(server: TransformersServer, **fields: Any) -> int:
    body = json.dumps({"model": server.model, "messages": MESSAGES, "max_tokens": 2, **fields}).encode()
    request = urllib.request.Request(
        f"{server.address}/v1/chat/completions", body, {"content-type": "application/json"}
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=40) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


HONOURED: dict[str, Any] = {
    "temperature": 0.7,
    "top_p": 0.5,
    "seed": 7,
    "stop": ["sea"],
    "max_tokens": 3,
    "stream": True,
    "tools": [TOOL],
}


@pytest.mark.parametrize("name", HONOURED)
def test_what_is_passed_is_taken(server: TransformersServer, name: str) -> None:
    assert name in TRANSFORMERS.passes
    assert status_of(server, **{name: HONOURED[name]}) == 200


@pytest.mark.parametrize("name", ["top_k", "min_p", "cache_salt", "continue_final_message", "vllm_xargs", "foo"])
def test_what_openai_does_not_know_is_refused(server: TransformersServer, name: str) -> None:
    assert name not in TRANSFORMERS.passes
    assert status_of(server, **{name: 1}) == 422


@pytest.mark.parametrize(
    "fields",
    [{"chat_template_kwargs": None}, {"logit_bias": {"5": -100}}],
    ids=["null where an object belongs", "a bias in whole numbers, as OpenAI's clients send it"],
)
def test_some_of_what_openai_knows_breaks_it(server: TransformersServer, fields: dict[str, Any]) -> None:
    assert status_of(server, **fields) == 500


# --- the router in front of it ----------------------------------------------------------------------------------


@plain_and_streamed
def test_an_answer_comes_back_counted(ask: Ask, client: OpenAI) -> None:
    reply = ask(client, max_tokens=6)

    assert reply.tier == "strong"
    assert reply.usage.completion_tokens <= 6
    assert reply.usage.prompt_tokens > 0
    assert reply.finish_reasons[0] in ("stop", "length")


def test_a_stream_ends_as_openai_ends_one(client: OpenAI) -> None:
    *_, last = lines_of(client, max_tokens=4)

    assert last == "data: [DONE]"


@plain_and_streamed
def test_the_newer_name_of_the_limit_is_kept_to(ask: Ask, client: OpenAI) -> None:
    reply = ask(client, max_tokens=None, max_completion_tokens=3)

    assert reply.usage.completion_tokens <= 3


@plain_and_streamed
def test_what_would_be_refused_there_is_left_out_and_said(ask: Ask, client: OpenAI) -> None:
    reply = ask(client, presence_penalty=0.5, extra_body={"top_k": 5, "min_p": 0.1})

    assert set(reply.headers["x-router-dropped"].split(", ")) == {"presence_penalty", "top_k", "min_p"}


@plain_and_streamed
def test_what_asks_for_nothing_does_no_harm_there(ask: Ask, client: OpenAI) -> None:
    neutral = {"top_k": -1, "min_p": 0, "repetition_penalty": 1.0, "echo": False, "documents": None}

    reply = ask(client, n=1, logprobs=False, response_format={"type": "text"}, extra_body=neutral)

    assert "x-router-dropped" not in reply.headers


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("n", {"n": 2}),
        ("logprobs", {"logprobs": True}),
        ("response_format", {"response_format": {"type": "json_object"}}),
        ("logit_bias", {"logit_bias": {"5": -100}}),
        ("tool_choice", {"tools": [TOOL], "tool_choice": "required"}),
        ("min_tokens", {"extra_body": {"min_tokens": 4}}),
    ],
)
def test_what_it_would_take_without_a_word_and_not_do_is_refused_by_name(
    client: OpenAI, name: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(BadRequestError) as refused:
        ask(client, **fields)

    assert refused.value.param == name


@plain_and_streamed
def test_a_developers_word_and_tools_are_taken(ask: Ask, client: OpenAI) -> None:
    spoken = [{"role": "developer", "content": "Be brief."}, *MESSAGES]

    assert ask(client, spoken, tools=[TOOL]).usage.completion_tokens > 0


def test_a_seed_makes_an_answer_repeatable(client: OpenAI) -> None:
    assert ask(client, seed=7).text == ask_streamed(client, seed=7).text
