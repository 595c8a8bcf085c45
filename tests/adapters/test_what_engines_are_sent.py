"""What reaches an engine: the caller's request, the few things the router sets itself, and nothing of the caller's
that is none of the engine's business."""

import json
import threading
from collections.abc import Mapping

import pytest

from router.engines.dialects.vllm import VLLM
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from tests.conftest import BOTH_WAYS, ENGINE_KEY, Routers, Way
from tests.examples import chat_request
from tests.faults import answers, fails
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@BOTH_WAYS
def test_an_engine_gets_the_routers_headers_and_none_of_the_callers(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine, way: Way
) -> None:
    theirs = {
        "cookie": "session=theirs",
        "user-agent": "their/1.0",
        "x-forwarded-for": "10.0.0.1",
        "openai-organization": "theirs",
        "accept-encoding": "gzip",
        "x-request-id": "theirs",
    }

    response = post(keyed.public, request_fields(**way), keys["ordinary"], theirs)

    headers = dict(fast.received[0].headers)
    assert headers.pop("host") == fast.url.removeprefix("http://")
    assert headers.pop("content-length") == str(len(fast.received[0].body))
    assert headers == {"content-type": "application/json", "x-request-id": response.header("x-request-id")}


def test_an_engine_that_asks_for_a_key_gets_its_own(elaborate: RouterProcess, fast: ScriptedEngine) -> None:
    post(elaborate.public, request_fields(), key="the caller's key")

    assert fast.received[0].headers["authorization"] == f"Bearer {ENGINE_KEY}"


def test_an_engine_is_asked_for_the_model_it_serves(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    post(router.public, request_fields() | {"model": "auto"})
    post(router.public, request_fields() | {"model": "strong"})

    assert (fast.received[0].fields["model"], strong.received[0].fields["model"]) == ("tier1", "tier2")


@BOTH_WAYS
def test_what_the_router_does_not_know_arrives_byte_for_byte(
    router: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    kept = [
        rb'"unknown": { "b" : [1.0, 1e2,   -0.0],"a":"\u00e9\u0041\/" }',
        rb'"logprobs":  true',
        rb'"max_tokens":000007'.replace(b"00000", b""),
        rb'"metadata":{"z":"1","a":"\ud83d\ude00"}',
        b'"messages":[{"role": "user",   "content": "caf\xc3\xa9 \\u00e9 \xf0\x9f\x98\x80", "name":"x"}]',
    ]
    sent = b'{"model":"auto", ' + b", ".join(kept) + (b', "stream":true}' if way else b"}")

    assert post(router.public, sent).status == 200

    for each in kept:
        name, _, raw = each.partition(b":")
        assert raw.strip() in fast.received[0].body, name


def test_what_is_the_routers_never_arrives(router: RouterProcess, fast: ScriptedEngine) -> None:
    asked = request_fields(router={"stakes": "low"}, temperature=0.3, presence_penalty=1, store=True)

    response = post(router.public, asked)

    assert fast.received[0].fields.keys() == {"model", "messages", "cache_salt"}
    assert response.header("x-router-dropped") == "temperature, presence_penalty, store"


def test_what_one_tier_drops_another_may_get(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(fails(500))

    response = post(router.public, request_fields(temperature=0.3))

    assert "temperature" not in fast.received[0].fields
    assert strong.received[0].fields["temperature"] == 0.3
    assert response.header("x-router-dropped") is None


def test_every_attempt_carries_the_id_of_the_request(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(fails(500))

    request_id = post(router.public, request_fields()).header("x-request-id")

    assert fast.received[0].headers["x-request-id"] == strong.received[0].headers["x-request-id"] == request_id


@BOTH_WAYS
def test_a_traceparent_is_handed_on_to_every_attempt(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(fails(500))

    post(router.public, request_fields(**way), headers={"traceparent": TRACEPARENT})

    assert fast.received[0].headers["traceparent"] == strong.received[0].headers["traceparent"] == TRACEPARENT


@pytest.mark.parametrize(
    ("options", "arrived"),
    [
        (None, {"include_usage": True}),
        ({}, {"include_usage": True}),
        ({"include_usage": False}, {"include_usage": True}),
        (
            {"include_usage": True, "continuous_usage_stats": True},
            {"include_usage": True, "continuous_usage_stats": True},
        ),
    ],
)
def test_usage_is_always_asked_for_and_other_stream_options_arrive(
    router: RouterProcess, fast: ScriptedEngine, options: object, arrived: object
) -> None:
    assert post(router.public, request_fields(stream=True, stream_options=options)).status == 200

    assert fast.received[0].fields["stream_options"] == arrived


# --- denoising ------------------------------------------------------------------------------------------------


SPENDS = {"model": "auto:spends"}


@pytest.fixture
def spending(routers: Routers) -> RouterProcess:
    """A router that thinks a pass takes 100 ms."""
    return routers.serve(backend={"latency": {"step_ms": 100}})


def within_ms(budget_ms: int) -> dict[str, str]:
    return {"x-router-latency-budget-ms": str(budget_ms)}


@BOTH_WAYS
def test_a_tighter_latency_budget_caps_the_passes_lower(
    spending: RouterProcess, fast: ScriptedEngine, way: Way
) -> None:
    for budget_ms in (500, 2_000, 60_000):
        assert post(spending.public, request_fields(**way) | SPENDS, headers=within_ms(budget_ms)).status == 200

    steps = [each.fields["vllm_xargs"]["diffusion_max_steps"] for each in fast.received]
    assert steps[0] == 8
    assert 8 < steps[1] < 48
    assert steps[2] == 48


def test_the_answer_and_its_record_say_how_its_canvases_were_to_be_denoised(
    spending: RouterProcess, fast: ScriptedEngine
) -> None:
    response = post(spending.public, request_fields() | SPENDS, headers=within_ms(2_000))

    (attempt,) = response.json["router"]["attempts"]
    sent = fast.received[0].fields["vllm_xargs"]
    assert attempt["denoise"]["steps"] == sent["diffusion_max_steps"]
    assert attempt["denoise"]["why"].startswith("2 s left for ")
    record = spending.await_record(response.header("x-request-id"))
    assert record["attempts"][0]["denoise"] == attempt["denoise"]


def test_without_a_budget_or_a_dial_an_engine_is_told_nothing(
    spending: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    fast.does(fails(500))

    post(spending.public, request_fields() | SPENDS)
    post(spending.public, request_fields() | SPENDS, headers=within_ms(2_000))

    assert "vllm_xargs" not in fast.received[0].fields
    assert "vllm_xargs" in fast.received[1].fields
    assert all("vllm_xargs" not in each.fields for each in strong.received)


# --- cache salts ----------------------------------------------------------------------------------------------


def salt_of(router: RouterProcess, engine: ScriptedEngine, key: str) -> str:
    """The salt this key's prompts are cached under."""
    assert post(router.public, request_fields(), key).status == 200
    salt: str = engine.received[-1].fields["cache_salt"]
    return salt


def test_a_tenants_salt_is_its_own_and_stays(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine
) -> None:
    ours, theirs = (salt_of(keyed, fast, keys[name]) for name in ("ordinary", "other"))

    assert ours == salt_of(keyed, fast, keys["ordinary"])
    assert ours != theirs
    assert "ordinary" not in ours
    assert len(ours) >= 32


def test_replicas_with_one_secret_agree_on_salts_and_those_with_another_do_not() -> None:
    envelope = Envelope(chat_request(), "id", "acme")

    salts = [BodyWriter("m", VLLM, secret).write(envelope) for secret in (b"pepper", b"pepper", b"salt")]

    assert salts[0] == salts[1] != salts[2]


def test_a_salt_of_the_callers_does_not_replace_the_tenants(
    keyed: RouterProcess, keys: Mapping[str, str], fast: ScriptedEngine
) -> None:
    post(keyed.public, request_fields(cache_salt="theirs"), keys["full"])

    assert fast.received[0].fields["cache_salt"] != "theirs"
    assert fast.received[0].body.count(b"cache_salt") == 1


# --- connections ----------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_one_connection_carries_request_after_request(router: RouterProcess, fast: ScriptedEngine, way: Way) -> None:
    for _ in range(20):
        assert post(router.public, request_fields(**way)).status == 200

    assert (len(fast.received), fast.connections) == (20, 1)


def test_requests_at_once_have_a_connection_each_and_later_ones_use_them_again(
    router: RouterProcess, fast: ScriptedEngine
) -> None:
    fast.does(answers("hi", after_s=0.3))
    at_once = [threading.Thread(target=post, args=(router.public, request_fields())) for _ in range(8)]

    for each in at_once:
        each.start()
    for each in at_once:
        each.join()
    fast_connections = fast.connections
    post(router.public, request_fields())

    assert fast_connections == 8
    assert fast.connections == 8


def test_a_body_goes_out_as_json_a_strict_reader_accepts(router: RouterProcess, fast: ScriptedEngine) -> None:
    post(router.public, request_fields("\u2028 \x7f \U0001f600"))

    assert json.loads(fast.received[0].body)["messages"][0]["content"] == "\u2028 \x7f \U0001f600"
