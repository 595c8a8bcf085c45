"""What an OpenAI client gets: the answers themselves, plain and streamed, and what they say of their own way."""

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from openai import AsyncOpenAI, DefaultAsyncHttpxClient, OpenAI

from tests.live.asking import (
    CLIENT_TIMEOUT_S,
    PROMPT,
    RISKY_PROMPT,
    Reply,
    ask,
    ask_streamed,
    chunks_of,
    lines_of,
    openai_client,
    plain_and_streamed,
    user,
)
from tests.live.engines import LiveEngine
from tests.live.routers import Router

Ask = Callable[..., Reply]

TO_THE_LIMIT = {"ignore_eos": True}
"""Makes an engine write as many tokens as it may, where its random weights would stop anywhere."""

CONVERSATION = [
    {"role": "system", "content": "You are a harbour master."},
    {"role": "user", "content": PROMPT},
    {"role": "assistant", "content": "It comes and it goes."},
    {"role": "user", "content": "Tell me about it as a poem would."},
]


@plain_and_streamed
def test_an_easy_prompt_is_answered_by_the_fast_tier(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner, max_tokens=24)
    assert reply.tier == "fast"
    assert reply.text
    assert reply.model == "tier1"


@plain_and_streamed
def test_a_risky_prompt_is_answered_by_the_strong_tier(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner, RISKY_PROMPT, extra_body=TO_THE_LIMIT)
    assert reply.tier == "strong"
    assert reply.text
    assert reply.model == "tier2"


@plain_and_streamed
@pytest.mark.parametrize("prompt", [PROMPT, RISKY_PROMPT], ids=["easy", "risky"])
def test_every_answer_says_where_it_went_and_why(ask: Ask, prompt: str, owner: OpenAI) -> None:
    reply = ask(owner, prompt)
    assert re.fullmatch(r"[0-9a-f]{32}", reply.request_id)
    assert reply.headers["x-router-tier"] in ("fast", "strong")
    assert reply.headers["x-router-rule"] in ("otherwise", "high-stakes")
    assert re.fullmatch(r"default@[0-9a-f]{12}", reply.headers["x-router-policy"])
    assert reply.headers["x-router-attempts"].startswith(f"{reply.tier}:")
    assert reply.headers["x-router-decision"] in ("otherwise", "rule")


@plain_and_streamed
def test_the_router_object_of_an_answer_says_the_same_as_its_headers(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner, temperature=0, extra_body=TO_THE_LIMIT)
    assert reply.router is not None
    assert reply.router["tier"] == reply.tier
    assert reply.router["rule"] == reply.headers["x-router-rule"]
    assert reply.router["policy"] == reply.headers["x-router-policy"]
    assert reply.router["decision"] == reply.headers["x-router-decision"]
    assert reply.router["dropped"] == ["temperature"]
    assert [attempt["outcome"] for attempt in reply.router["attempts"]] == ["served"]
    assert reply.router["attempts"][0]["completion_tokens"] == reply.usage.completion_tokens == 24
    assert reply.router["wasted_tokens"] == 0


@plain_and_streamed
def test_the_id_of_an_answer_holds_the_request_id(ask: Ask, owner: OpenAI) -> None:
    reply = ask(owner)
    assert reply.id == f"chatcmpl-{reply.request_id}"


def test_a_stream_ends_with_its_usage_when_it_is_asked_for(owner: OpenAI) -> None:
    *earlier, last = chunks_of(owner, stream_options={"include_usage": True}, extra_body=TO_THE_LIMIT)
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.completion_tokens == 24
    assert last.model_extra is not None
    assert last.model_extra["router"]["tier"] == "fast"
    assert all(chunk.usage is None for chunk in earlier)


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": False}}], ids=["unsaid", "declined"])
def test_a_stream_has_no_usage_when_it_is_not_asked_for(options: dict[str, object], owner: OpenAI) -> None:
    *earlier, last = chunks_of(owner, **options)
    assert all(chunk.usage is None for chunk in (*earlier, last))
    assert last.choices[0].finish_reason is not None
    assert last.model_extra is not None
    assert last.model_extra["router"]["tier"] == "fast"
    assert all("router" not in (chunk.model_extra or {}) for chunk in earlier)


@pytest.mark.parametrize("prompt", [PROMPT, RISKY_PROMPT], ids=["fast", "strong"])
def test_a_stream_opens_with_one_role_and_never_changes_its_name(prompt: str, owner: OpenAI) -> None:
    chunks = chunks_of(owner, prompt, extra_body=TO_THE_LIMIT)
    assert [chunk.choices[0].delta.role for chunk in chunks].count("assistant") == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1


def test_a_stream_on_the_wire_is_events_and_ends_with_done(owner: OpenAI) -> None:
    lines = lines_of(owner)
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"
    assert lines.count("data: [DONE]") == 1


def test_an_answer_of_several_canvases_is_streamed_block_by_block(owner: OpenAI) -> None:
    chunks = chunks_of(owner, max_tokens=600, stream_options={"include_usage": True}, extra_body=TO_THE_LIMIT)
    # Three canvases; the engine hands on two at once when nobody was quick enough to take the first.
    assert len([chunk for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]) in (2, 3)
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 600


@plain_and_streamed
@pytest.mark.parametrize("model", ["fast", "strong"])
def test_two_choices_are_two_answers(ask: Ask, model: str, owner: OpenAI) -> None:
    reply = ask(owner, model=model, n=2, extra_body=TO_THE_LIMIT)
    assert len(reply.texts) == 2
    assert all(reply.texts)
    assert reply.texts[0] != reply.texts[1]
    assert reply.finish_reasons == ("length", "length")
    assert reply.usage.completion_tokens == 2 * 24


@plain_and_streamed
@pytest.mark.parametrize("model", ["fast", "strong"])
def test_an_answer_stops_where_it_is_told_to(ask: Ask, model: str, owner: OpenAI) -> None:
    stop = ["a", "e", "s", "~"]
    reply = ask(owner, model=model, max_tokens=200, stop=stop, extra_body=TO_THE_LIMIT)
    assert reply.finish_reasons == ("stop",)
    assert not set(stop) & set(reply.text)


@plain_and_streamed
@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize("model", ["fast", "strong"])
def test_an_answer_is_as_long_as_it_may_be(ask: Ask, model: str, limit: str, owner: OpenAI) -> None:
    reply = ask(owner, model=model, **{"max_tokens": None, limit: 19}, extra_body=TO_THE_LIMIT)
    assert reply.usage.completion_tokens == 19
    assert reply.finish_reasons == ("length",)


@pytest.mark.parametrize("model", ["fast", "strong"])
def test_log_probabilities_come_with_every_token_of_a_plain_answer(model: str, owner: OpenAI) -> None:
    completion = owner.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": PROMPT}],
        max_tokens=12,
        logprobs=True,
        top_logprobs=2,
        extra_body=TO_THE_LIMIT,
    )
    assert completion.choices[0].logprobs is not None
    tokens = completion.choices[0].logprobs.content or []
    assert len(tokens) == 12
    assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in tokens)


def test_log_probabilities_come_with_every_token_of_a_stream(owner: OpenAI) -> None:
    chunks = chunks_of(owner, model="fast", max_tokens=12, logprobs=True, extra_body=TO_THE_LIMIT)
    spoken = [choice.logprobs for chunk in chunks for choice in chunk.choices if choice.logprobs is not None]
    assert sum(len(logprobs.content or ()) for logprobs in spoken) == 12


@plain_and_streamed
def test_a_conversation_of_several_turns_is_answered_as_a_whole(ask: Ask, owner: OpenAI) -> None:
    whole, last_turn = ask(owner, CONVERSATION), ask(owner, CONVERSATION[-1:])
    assert whole.text
    assert whole.usage.prompt_tokens > last_turn.usage.prompt_tokens


def test_text_in_parts_is_the_same_as_text_in_one(owner: OpenAI) -> None:
    in_parts = ask(owner, user({"type": "text", "text": PROMPT}))
    assert in_parts.usage.prompt_tokens == ask(owner, PROMPT).usage.prompt_tokens


@pytest.mark.parametrize("tier", ["fast", "strong"])
def test_usage_is_what_the_engine_counted(tier: str, owner: OpenAI, request: pytest.FixtureRequest) -> None:
    engine: LiveEngine = request.getfixturevalue(f"{tier}_engine")
    with openai_client(engine.address) as directly:
        counted = ask(directly, CONVERSATION, model=engine.launch.spec.served_model, extra_body=TO_THE_LIMIT).usage
    for asking in (ask, ask_streamed):
        usage = asking(owner, CONVERSATION, model=tier, extra_body=TO_THE_LIMIT).usage
        assert usage.prompt_tokens == counted.prompt_tokens
        assert usage.completion_tokens == counted.completion_tokens
        assert usage.total_tokens == counted.total_tokens


def test_many_callers_at_once_each_get_their_own_answer(open_router: Router) -> None:
    async def ask_all() -> list[str]:
        async with (
            DefaultAsyncHttpxClient(trust_env=False, timeout=CLIENT_TIMEOUT_S) as http_client,
            AsyncOpenAI(
                base_url=f"{open_router.address}/v1", api_key="none", max_retries=0, http_client=http_client
            ) as client,
        ):
            create = client.chat.completions.create
            asked = [
                create(
                    model="auto",
                    messages=[{"role": "user", "content": prompt}],
                    max_tokens=20,
                    extra_body=TO_THE_LIMIT,
                )
                for prompt in (PROMPT, RISKY_PROMPT) * 8
            ]
            answers = await asyncio.gather(*asked)
        return [f"{answer.model} {answer.id}" for answer in answers]

    answers = asyncio.run(ask_all())
    assert [answer.partition(" ")[0] for answer in answers] == ["tier1", "tier2"] * 8
    assert all(one != other for one, other in pairwise(sorted(answers)))


def test_an_engine_that_streams_is_relayed_while_it_streams(owner: OpenAI) -> None:
    arrivals: list[bool] = []
    request = {"model": "strong", "messages": [{"role": "user", "content": PROMPT}], "max_tokens": 400}
    with owner.chat.completions.create(**request, stream=True, extra_body=TO_THE_LIMIT) as stream:
        for chunk in stream:
            arrivals.append(chunk.choices[0].finish_reason is None)
            if len(arrivals) == 3:
                break
    assert arrivals == [True, True, True]
