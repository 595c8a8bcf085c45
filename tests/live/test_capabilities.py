"""What the fast engine cannot do goes up, what it may ignore is dropped and said, and what would kill it never
reaches it. The tables of the dialects, proved on the engines they describe."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from openai import BadRequestError, OpenAI

from tests.live.asking import EBB_OR_FLOW, TOOL, Reply, ask, plain_and_streamed, user
from tests.live.engines import LiveEngine

Ask = Callable[..., Reply]

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

TEXT = {"type": "text", "text": "What is this?"}
IMAGE = {"type": "image_url", "image_url": {"url": PIXEL}}
AUDIO = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}

GOES_UP: Mapping[str, Mapping[str, Any]] = {
    "seed": {"seed": 7},
    "logit_bias": {"logit_bias": {"5": 1}},
    "response_format": {"response_format": EBB_OR_FLOW},
    "echo": {"extra_body": {"echo": True}},
    "min_tokens": {"extra_body": {"min_tokens": 2}},
    "bad_words": {"extra_body": {"bad_words": ["sea"]}},
    "allowed_token_ids": {"extra_body": {"allowed_token_ids": [65, 66]}},
    "structured_outputs": {"extra_body": {"structured_outputs": {"choice": ["ebb", "flow"]}}},
}
"""Requests that the fast engine refuses or dies of and the strong one serves, by the parameter at fault."""


@plain_and_streamed
@pytest.mark.parametrize("parameter", GOES_UP)
def test_what_only_the_strong_engine_honours_goes_up_to_it(ask: Ask, parameter: str, owner: OpenAI) -> None:
    reply = ask(owner, **GOES_UP[parameter])
    assert reply.tier == "strong"
    assert reply.headers["x-router-decision"] == f"capability; fast:{parameter}"
    assert [attempt["tier"] for attempt in (reply.router or {})["attempts"]] == ["strong"]


@plain_and_streamed
def test_an_answer_in_json_keeps_to_its_schema(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner, response_format=EBB_OR_FLOW)
    assert json.loads(reply.text) in ("ebb", "flow")


@plain_and_streamed
def test_a_seed_makes_an_answer_repeatable(ask: Ask, owner: OpenAI) -> None:
    assert ask(owner, seed=7).text == ask(owner, seed=7).text


@pytest.mark.parametrize("model", ["auto", "fast"])
def test_log_probabilities_of_the_prompt_never_reach_the_fast_engine(
    model: str, owner: OpenAI, fast_engine: LiveEngine
) -> None:
    asked = {"model": model, "extra_body": {"prompt_logprobs": 1}}
    if model == "auto":
        assert ask(owner, **asked).headers["x-router-decision"] == "capability; fast:prompt_logprobs"
    else:
        with pytest.raises(BadRequestError, match="prompt_logprobs"):
            ask(owner, **asked)
    assert fast_engine.is_healthy()
    assert ask(owner, model="fast").text


@pytest.mark.parametrize("parameter", ["prompt_logprobs", "echo"])
def test_a_pin_does_not_open_the_way_to_what_ends_an_engine(
    parameter: str, owner: OpenAI, fast_engine: LiveEngine
) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(owner, model="fast", extra_body={parameter: True})
    assert caught.value.param == parameter
    assert caught.value.code == "unsupported_parameter"
    assert fast_engine.is_healthy()
    assert ask(owner, model="fast").text


@plain_and_streamed
@pytest.mark.parametrize(
    ("asked", "dropped"),
    [
        ({"temperature": 0}, "temperature"),
        ({"temperature": 0.7, "presence_penalty": 0.5}, "temperature, presence_penalty"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"store": True}, "store"),
        ({"extra_body": {"min_p": 0.1}}, "min_p"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_the_fast_engine_would_refuse_or_ignore_is_dropped_and_said(
    ask: Ask, asked: Mapping[str, Any], dropped: str, owner: OpenAI
) -> None:
    reply = ask(owner, **asked)
    assert reply.tier == "fast"
    assert set(reply.headers["x-router-dropped"].split(", ")) == set(dropped.split(", "))
    assert [attempt["outcome"] for attempt in (reply.router or {})["attempts"]] == ["served"]


@plain_and_streamed
@pytest.mark.parametrize(
    "asked", [{"temperature": 1.0}, {"presence_penalty": 0}, {"top_p": 0.9}, {"user": "me"}, {"temperature": None}]
)
def test_what_the_fast_engine_takes_is_not_dropped(ask: Ask, asked: Mapping[str, Any], owner: OpenAI) -> None:
    reply = ask(owner, **asked)
    assert reply.tier == "fast"
    assert "x-router-dropped" not in reply.headers


@plain_and_streamed
def test_a_temperature_reaches_the_strong_engine(ask: Ask, owner: OpenAI) -> None:
    first, second = (ask(owner, model="strong", temperature=0) for _ in range(2))
    assert first.text == second.text
    assert "x-router-dropped" not in first.headers


@plain_and_streamed
@pytest.mark.parametrize("choice", [{}, {"tool_choice": "auto"}, {"tool_choice": "required"}], ids=str)
def test_tools_are_given_to_the_strong_tier_at_once(ask: Ask, choice: Mapping[str, Any], owner: OpenAI) -> None:
    reply = ask(owner, tools=[TOOL], **choice)
    assert reply.headers["x-router-rule"] == "tool-use"
    assert [attempt["tier"] for attempt in (reply.router or {})["attempts"]] == ["strong"]


@plain_and_streamed
def test_tools_that_the_fast_engine_refuses_are_served_by_the_strong_one(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner, model="auto:ladder", tools=[TOOL])
    assert reply.headers["x-router-attempts"].startswith("fast:refused, strong:")
    assert [attempt["outcome"] for attempt in (reply.router or {})["attempts"]] == ["refused", "served"]


@plain_and_streamed
def test_a_tool_that_must_be_called_goes_up_whatever_the_policy_says(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner, model="auto:ladder", tools=[TOOL], tool_choice="required")
    assert reply.headers["x-router-decision"] == "capability; fast:tool_choice"
    assert reply.tier == "strong"


@plain_and_streamed
@pytest.mark.parametrize(("part", "kind"), [(IMAGE, "image"), (AUDIO, "audio")], ids=["image", "audio"])
def test_media_that_no_tier_accepts_are_refused_by_name(
    ask: Ask, part: Mapping[str, Any], kind: str, owner: OpenAI
) -> None:
    with pytest.raises(BadRequestError, match=f"{kind} input") as caught:
        ask(owner, user(TEXT, part))
    assert caught.value.param == "messages"
    assert caught.value.code == "unsupported_parameter"


def test_media_at_an_address_are_refused_before_any_engine_could_fetch_them(owner: OpenAI) -> None:
    elsewhere = {"type": "image_url", "image_url": {"url": "http://169.254.169.254/latest/meta-data"}}
    with pytest.raises(BadRequestError, match="allow-list") as caught:
        ask(owner, user(TEXT, elsewhere))
    assert "169.254" not in str(caught.value.body)


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"modalities": ["text", "audio"], "audio": {"voice": "ash", "format": "wav"}}, "modalities|audio"),
        ({"web_search_options": {}}, "web_search_options"),
        ({"functions": [{"name": "get_tide"}]}, "functions"),
    ],
    ids=["audio", "web_search_options", "functions"],
)
def test_what_no_tier_does_is_refused_by_name(asked: Mapping[str, Any], parameter: str, owner: OpenAI) -> None:
    with pytest.raises(BadRequestError) as caught:
        ask(owner, **asked)
    assert caught.value.code == "unsupported_parameter"
    assert caught.value.param in parameter.split("|")
