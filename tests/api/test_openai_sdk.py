"""The router through OpenAI's own client: what works against OpenAI works here."""

from collections.abc import Iterator

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.conftest import FAST_TEXT
from tests.faults import answers, calls_a_tool, fails, is_overloaded, never_answers, opens_and_then, says_it_failed
from tests.router_process import RouterProcess
from tests.scripted_engine import Reply, ScriptedEngine

MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hi."}]


def client_of(router: RouterProcess, key: str = "none") -> openai.OpenAI:
    """A client that does not retry: what the router says is what the test sees."""
    http = openai.DefaultHttpxClient(trust_env=False)
    return openai.OpenAI(base_url=router.base_url, api_key=key, max_retries=0, http_client=http)


@pytest.fixture
def client(router: RouterProcess) -> Iterator[openai.OpenAI]:
    """A client of a router without keys."""
    with client_of(router) as client:
        yield client


@pytest.fixture
def impatient_client(impatient: RouterProcess) -> Iterator[openai.OpenAI]:
    """A client of the router that does not wait for long."""
    with client_of(impatient) as client:
        yield client


def test_a_plain_answer(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model="auto", messages=MESSAGES)

    assert completion.choices[0].message.content == FAST_TEXT
    assert completion.usage is not None
    assert completion.usage.total_tokens == 19
    assert completion.model_extra is not None
    assert completion.model_extra["router"]["tier"] == "fast"


def test_a_streamed_answer(client: openai.OpenAI, fast: ScriptedEngine) -> None:
    fast.does(answers("one ", "two ", "three"))

    stream = client.chat.completions.create(
        model="auto", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)

    assert "".join(each.choices[0].delta.content or "" for each in chunks if each.choices) == "one two three"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 3


def test_a_streamed_tool_call(client: openai.OpenAI, fast: ScriptedEngine) -> None:
    fast.does(calls_a_tool())
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}

    with client.chat.completions.stream(model="auto", messages=MESSAGES, tools=[tool]) as stream:  # type: ignore[list-item]
        completion = stream.get_final_completion()

    calls = completion.choices[0].message.tool_calls
    assert calls is not None
    assert calls[0].function.name == "get_weather"
    assert calls[0].function.arguments == '{"city": "Paris"}'


def test_hints_travel_as_extra_headers_and_as_an_extra_body(client: openai.OpenAI) -> None:
    by_header = client.chat.completions.create(
        model="auto", messages=MESSAGES, extra_headers={"x-router-stakes": "high"}
    )
    by_body = client.chat.completions.create(model="auto", messages=MESSAGES, extra_body={"router": {"stakes": "high"}})

    for completion in (by_header, by_body):
        assert completion.model_extra is not None
        assert completion.model_extra["router"]["rule"] == "high"


def test_the_models(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]

    assert names[0] == "auto"
    assert {"auto:fast-only", "fast", "strong", "tier1", "tier2"} <= set(names)
    assert client.models.retrieve("auto:fast-only").id == "auto:fast-only"


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        (fails(500), openai.InternalServerError, "upstream_error"),
        (is_overloaded("3"), openai.RateLimitError, "rate_limit_exceeded"),
        (never_answers(), openai.InternalServerError, "deadline_exceeded"),
    ],
)
def test_a_backends_failure_is_the_clients_own_error(
    impatient_client: openai.OpenAI, fast: ScriptedEngine, reply: Reply, error: type[openai.APIError], code: str
) -> None:
    fast.does(reply)

    with pytest.raises(error) as raised:
        impatient_client.chat.completions.create(model="auto:fast-only", messages=MESSAGES)

    assert raised.value.code == code


def test_a_callers_mistake_is_the_clients_own_error(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as bad:
        client.chat.completions.create(model="auto", messages=[])
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-99", messages=MESSAGES)

    assert (bad.value.param, unknown.value.code) == ("messages", "model_not_found")


def test_a_key_that_is_not_known_is_the_clients_own_error(keyed: RouterProcess) -> None:
    with client_of(keyed, key="wrong") as client, pytest.raises(openai.AuthenticationError) as raised:
        client.chat.completions.create(model="auto", messages=MESSAGES)

    assert raised.value.code == "invalid_api_key"


def test_a_failure_after_the_first_text_is_raised_from_the_stream(client: openai.OpenAI, fast: ScriptedEngine) -> None:
    fast.does(opens_and_then("so far", then=says_it_failed("the engine died")))

    stream = client.chat.completions.create(model="auto:breaks-off", messages=MESSAGES, stream=True)
    with pytest.raises(openai.APIError) as raised:
        list(stream)

    assert raised.value.code == "upstream_error"
