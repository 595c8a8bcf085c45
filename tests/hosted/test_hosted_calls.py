"""The real litellm, in its own process, before a provider that does what a test tells it."""

import json
import time
from typing import Any

import pytest

from tests.conftest import BOTH_WAYS, Way
from tests.faults import (
    answers,
    calls_a_tool,
    ends_early,
    fails,
    hangs_up,
    is_overloaded,
    never_answers,
    opens_and_then,
    refuses,
    resets_now,
    says_it_failed,
    sends_half_a_chunk,
    sends_html,
    stalls,
)
from tests.hosted_process import PROVIDER_KEY, HostedProcess, hosted_fields
from tests.patience import until
from tests.scripted_engine import ScriptedEngine
from tests.vllm_wire import PROMPT_TOKENS
from tests.wire_client import CHAT, payload

PROMPT_USD, COMPLETION_USD = 10e-6, 100e-6


def chunks(body: bytes) -> list[dict[str, Any]]:
    """The chunks of a whole stream."""
    found = [payload(each) for each in body.decode().split("\n\n")]
    return [json.loads(each) for each in found if each and each != "[DONE]"]


# --- answers ------------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_an_answer_comes_through_with_what_it_cost(hosted: HostedProcess, provider: ScriptedEngine, way: Way) -> None:
    provider.does(answers("Hello", " there"))

    response = hosted.post(**way, **({"stream_options": {"include_usage": True}} if way else {}))

    assert response.status == 200
    usage = chunks(response.body)[-1]["usage"] if way else response.json["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (PROMPT_TOKENS, 2)
    assert usage["cost"] == pytest.approx(PROMPT_TOKENS * PROMPT_USD + 2 * COMPLETION_USD)
    said = (
        "".join(each["choices"][0]["delta"].get("content") or "" for each in chunks(response.body)[:-1]) if way else ""
    )
    assert (said or response.json["choices"][0]["message"]["content"]) == "Hello there"


def test_a_stream_ends_like_one_of_openais(hosted: HostedProcess, provider: ScriptedEngine) -> None:
    provider.does(answers("Hello", " there"))

    body = hosted.post(stream=True, stream_options={"include_usage": True}).body

    *before, finish, counted = chunks(body)
    assert body.endswith(b"data: [DONE]\n\n")
    assert counted["choices"] == []
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert all("usage" not in each for each in (*before, finish))


def test_usage_is_streamed_only_to_who_asks_for_it(hosted: HostedProcess, provider: ScriptedEngine) -> None:
    provider.does(answers("Hello"))
    spent = hosted.spent()["spent_usd"]

    body = hosted.post(stream=True).body

    assert all("usage" not in each for each in chunks(body))
    assert hosted.spent()["spent_usd"] == pytest.approx(spent + PROMPT_TOKENS * PROMPT_USD + COMPLETION_USD)


@BOTH_WAYS
def test_tools_are_called(hosted: HostedProcess, provider: ScriptedEngine, way: Way) -> None:
    provider.does(calls_a_tool())
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}

    response = hosted.post(tools=[tool], **way)

    assert response.status == 200
    assert b"get_weather" in response.body
    assert provider.received[0].fields["tools"] == [tool]


def test_the_provider_gets_its_key_and_what_was_asked_and_no_more(
    hosted: HostedProcess, provider: ScriptedEngine
) -> None:
    provider.does(answers("Hello"))

    hosted.post({"x-secret-of-the-router": "s"}, temperature=0.5, max_tokens=7)

    (received,) = provider.received
    assert received.headers["authorization"] == f"Bearer {PROVIDER_KEY}"
    assert "x-secret-of-the-router" not in received.headers
    assert received.fields == {
        "model": "gpt-any",
        "messages": hosted_fields()["messages"],
        "temperature": 0.5,
        "max_tokens": 7,
    }


def test_no_answer_is_longer_than_the_settings_have_it(hosted: HostedProcess, provider: ScriptedEngine) -> None:
    provider.does(answers("Hello"))

    hosted.post(max_tokens=100_000)

    assert provider.received[0].fields["max_tokens"] == 100


def test_its_models_are_listed(hosted: HostedProcess) -> None:
    listed = hosted.ask("GET", "/v1/models").json

    assert [each["id"] for each in listed["data"]] == ["best"]


# --- what may be asked ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    "api_base api_key base_url custom_llm_provider mock_response fallbacks callbacks num_retries timeout metadata "
    "input_cost_per_token extra_headers extra_body guardrails cache model_list litellm_params".split(),
)
def test_a_field_that_steers_litellm_is_refused(hosted: HostedProcess, provider: ScriptedEngine, field: str) -> None:
    provider.does(answers("Hello"))

    response = hosted.post(**{field: "http://elsewhere.example"})

    assert (response.status, response.error["param"], response.error["code"]) == (400, field, "unsupported_parameter")
    assert provider.received == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"model": "best"}', b'{"model": "best", "messages": []}'])
def test_what_is_no_request_is_refused(hosted: HostedProcess, provider: ScriptedEngine, body: bytes) -> None:
    provider.does(answers("Hello"))

    response = hosted.ask("POST", CHAT, body)

    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("beside", "param"),
    [
        ({"tools": [{"type": "mcp", "server_url": "litellm_proxy"}]}, "tools"),
        ({"tools": "litellm_proxy"}, "tools"),
        ({"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]}]}, "messages"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://a.b/c"}}]}]},
            "messages",
        ),
        ({"n": 1_000}, "n"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_completion_tokens": 5}, "max_tokens"),
    ],
)
def test_what_would_have_litellm_reach_out_or_spend_without_end_is_refused(
    hosted: HostedProcess, provider: ScriptedEngine, beside: dict[str, Any], param: str
) -> None:
    provider.does(answers("Hello"))

    response = hosted.post(**beside)

    assert (response.status, response.error["param"]) == (400, param)
    assert provider.received == []


def test_a_model_that_is_not_there_is_a_404_that_names_those_that_are(hosted: HostedProcess) -> None:
    response = hosted.post(model="openai/gpt-4o")

    assert (response.status, response.error["code"]) == (404, "model_not_found")
    assert "best" in response.error["message"]


# --- providers that fail --------------------------------------------------------------------------------------------


@BOTH_WAYS
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (fails(500), 502, "provider_failed"),
        (fails(503), 503, "provider_unavailable"),
        (refuses(401, {"error": {"message": f"bad key {PROVIDER_KEY}"}}), 502, "provider_key"),
        (refuses(403, {"error": {"message": "not allowed"}}), 502, "provider_key"),
        (refuses(404, {"error": {"message": "no such model"}}), 502, "provider_model"),
        (refuses(400, {"error": {"message": f"bad value for {PROVIDER_KEY}"}}), 400, "invalid_value"),
        (hangs_up(), 502, None),
        (sends_html(), 502, None),
        (never_answers(), 504, "provider_timeout"),
    ],
    ids=["500", "503", "401", "403", "404", "400", "hangs-up", "html", "silent"],
)
def test_a_provider_that_fails_is_an_error_in_openais_shape_without_its_key(
    hosted: HostedProcess, provider: ScriptedEngine, fault: Any, status: int, code: str | None, way: Way
) -> None:
    provider.does(fault)

    response = hosted.post({"x-request-timeout-ms": "1500"} if status == 504 else {}, **way)

    assert response.status == status, response.body
    assert response.error["code"] == (code or response.error["code"])
    assert PROVIDER_KEY.encode() not in response.body
    assert len(provider.received) == 1, "nothing is tried again here"


@BOTH_WAYS
def test_a_dead_provider_is_a_502(hosted: HostedProcess, provider: ScriptedEngine, way: Way) -> None:
    provider.does(answers("Hello"))

    with provider.refusing_connections():
        response = hosted.post(**way)

    assert (response.status, response.error["type"]) == (502, "api_error")
    assert provider.url not in response.error["message"]


def test_a_rate_limit_is_passed_on_with_its_time(hosted: HostedProcess, provider: ScriptedEngine) -> None:
    provider.does(is_overloaded("17"))

    response = hosted.post()

    assert (response.status, response.error["code"]) == (429, "rate_limit_exceeded")
    assert response.header("retry-after") == "17"


@pytest.mark.parametrize(
    "then",
    [resets_now, stalls, ends_early, sends_half_a_chunk, says_it_failed("no more")],
    ids=["resets", "stalls", "ends-early", "half-a-chunk", "says-so"],
)
def test_a_stream_that_breaks_off_ends_in_an_error(hosted: HostedProcess, provider: ScriptedEngine, then: Any) -> None:
    provider.does(opens_and_then("Hello", then=then))

    body = hosted.post({"x-request-timeout-ms": "1500"}, stream=True).body

    assert chunks(body)[-1]["error"]["code"] in (502, 504)
    assert b"[DONE]" not in body


def test_what_fails_at_once_costs_nothing(hosted: HostedProcess, provider: ScriptedEngine) -> None:
    provider.does(fails(500))
    before = hosted.spent()

    hosted.post()
    hosted.post(stream=True)

    assert hosted.spent() == before


# --- callers who leave ------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_when_the_caller_leaves_the_provider_is_hung_up_on(
    hosted: HostedProcess, provider: ScriptedEngine, way: Way
) -> None:
    provider.does(opens_and_then("Hello", then=stalls) if way else never_answers())
    connection = hosted.connect()
    connection.request("POST", CHAT, json.dumps(hosted_fields(**way)))
    provider.await_received()
    if way:
        connection.getresponse().readline()
    left_s = time.monotonic()

    connection.sock.close()
    connection.close()

    assert provider.await_left() - left_s < 2.0
    until(lambda: hosted.spent()["held_usd"] == 0)


# --- what leaks -------------------------------------------------------------------------------------------------------


def test_neither_prompts_nor_keys_are_written_anywhere(hosted: HostedProcess, provider: ScriptedEngine) -> None:
    provider.does(answers("Hello"), fails(500), fails(500, "canary of the provider's"), never_answers())
    messages = [{"role": "user", "content": "the canary of the prompt"}]

    for _ in range(3):
        hosted.post(messages=messages)
    hosted.post({"x-request-timeout-ms": "300"}, messages=messages)

    assert "canary" not in hosted.log
    assert hosted.log.count("\n") == 2, hosted.log
