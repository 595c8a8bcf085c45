"""The metrics of OpenTelemetry's GenAI conventions: once a request as a server, once an attempt as a client."""

from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from router.core.gate import Assessment, BlockNote
from router.core.record import AttemptRecord, Record
from router.core.trace import Trace
from router.core.verdict import ACCEPTED
from router.telemetry import names
from router.telemetry.instruments import OTHER
from router.telemetry.known import Known
from router.telemetry.metrics import Metrics
from router.telemetry.spans import Station
from router.telemetry.traces import Keeping
from tests.telemetry.test_metrics import SERVED, Samples, samples_of, series, value

KNOWN = Known(
    frozenset(("auto", "fast", "tier1")),
    {"fast-1": Station("tier1", "10.0.0.1", 8000), "strong-1": Station("tier2", "10.0.0.2", 8001)},
)
OPERATION = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "openai"}
SERVER = {**OPERATION, "gen_ai_request_model": "auto", "router_tier": "fast"}
CLIENT = {
    **OPERATION,
    "gen_ai_request_model": "tier1",
    "server_address": "10.0.0.1",
    "server_port": "8000",
    "router_tier": "fast",
}
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"

ANSWERED = replace(SERVED, attempts=(replace(SERVED.attempts[0], start_s=0.05),))


def told(*records: Record) -> Samples:
    """What is exposed of these, where some names are known."""
    metrics = Metrics(KNOWN)
    metrics.take(records)
    return samples_of(metrics)


def models(samples: Samples) -> set[str]:
    """The models that requests are counted under."""
    return {dict(labels)["gen_ai_request_model"] for _, labels in series(samples, f"{names.SERVER_DURATION}_count")}


def test_a_request_is_measured_once_as_a_server_has_it() -> None:
    samples = told(ANSWERED)

    assert value(samples, f"{names.SERVER_DURATION}_count", **SERVER, error_type="") == 1
    assert value(samples, f"{names.SERVER_BEGINNING}_sum", **SERVER) == pytest.approx(0.2)
    assert value(samples, f"{names.SERVER_PACE}_sum", **SERVER) == pytest.approx(0.1 / 29)


def test_each_attempt_is_measured_as_a_client_has_it_with_its_tokens() -> None:
    failed = AttemptRecord(1, "fast", "fast-1", "timed_out", 2.0)
    samples = told(replace(ANSWERED, attempts=(failed, replace(ANSWERED.attempts[0], number=2))))

    assert value(samples, f"{names.CLIENT_DURATION}_sum", **CLIENT, error_type="timed_out") == 2.0
    assert value(samples, f"{names.CLIENT_DURATION}_count", **CLIENT, error_type="") == 1
    assert value(samples, f"{names.CLIENT_FIRST_CHUNK}_sum", **CLIENT) == 0.15
    assert value(samples, f"{names.CLIENT_TOKENS}_sum", **CLIENT, gen_ai_token_type="input") == 20
    assert value(samples, f"{names.CLIENT_TOKENS}_sum", **CLIENT, gen_ai_token_type="output") == 30


def test_the_time_between_two_blocks_is_measured_where_blocks_were_judged() -> None:
    notes = (BlockNote(90, at_s=0.1), BlockNote(90, at_s=0.4), BlockNote(20, at_s=0.5))
    judged = replace(ANSWERED.attempts[0], gate=Assessment("block", 3, ACCEPTED, 60, 0, notes=notes))

    samples = told(ANSWERED, replace(ANSWERED, attempts=(judged,)))

    assert value(samples, f"{names.CLIENT_PER_CHUNK}_count", **CLIENT) == 2
    assert value(samples, f"{names.CLIENT_PER_CHUNK}_sum", **CLIENT) == pytest.approx(0.4)


def test_tokens_that_no_engine_has_counted_are_not_reported() -> None:
    samples = told(replace(ANSWERED, usage=None, attempts=(replace(ANSWERED.attempts[0], usage=None),)))

    assert series(samples, f"{names.CLIENT_TOKENS}_count") == {}
    assert series(samples, f"{names.SERVER_PACE}_count") == {}


def test_an_attempt_that_asked_no_engine_is_no_call() -> None:
    nobody = AttemptRecord(1, "strong", "", "escalations_spent", 0.0)

    assert series(told(replace(ANSWERED, attempts=(nobody,))), f"{names.CLIENT_DURATION}_count") == {}


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [("refused", 400, "400"), ("failed", 503, "503"), ("caller_left", 499, "499"), ("broken", 200, "broken")],
)
def test_the_kind_of_an_error_is_its_status_or_that_it_broke_off(outcome: Any, status: int, error: str) -> None:
    samples = told(replace(ANSWERED, outcome=outcome, status=status))

    assert value(samples, f"{names.SERVER_DURATION}_count", **SERVER, error_type=error) == 1
    assert series(samples, f"{names.SERVER_BEGINNING}_count") == {}


# --- how few labels -----------------------------------------------------------------------------------------------


def test_ten_thousand_random_models_make_one_series() -> None:
    random = Random(11)
    asked = [replace(ANSWERED, model=f"{random.getrandbits(64):x}") for _ in range(10_000)]

    samples = told(*asked)

    assert models(samples) == {OTHER}
    assert len(samples) == len(told(asked[0]))


def test_a_model_that_is_configured_is_told_and_a_policy_once_it_has_decided() -> None:
    decided = replace(ANSWERED, model="auto:cost-saver", policy="cost-saver@1")
    unknown = replace(ANSWERED, model="auto:made-up", policy="")

    assert models(told(replace(ANSWERED, model="tier1"), decided, unknown)) == {"tier1", "auto:cost-saver", OTHER}


def test_a_backend_that_is_not_configured_is_no_label() -> None:
    samples = told(replace(ANSWERED, attempts=(replace(ANSWERED.attempts[0], backend="canary"),)))

    (key,) = series(samples, f"{names.CLIENT_DURATION}_count")
    assert dict(key[1])["gen_ai_request_model"] == OTHER
    assert dict(key[1])["server_address"] == ""


# --- examples -----------------------------------------------------------------------------------------------------


def examples(record: Record, known: Known = KNOWN) -> dict[str, tuple[str, float, Any]]:
    """By metric: the trace that a bucket points to, its value and its time."""
    metrics = Metrics(known)
    metrics.take([record])
    return {
        family.name: (sample.exemplar.labels["trace_id"], sample.exemplar.value, float(sample.exemplar.timestamp or 0))
        for family in text_string_to_metric_families(metrics.expose().decode())
        for sample in family.samples
        if sample.exemplar is not None
    }


def test_a_bucket_points_to_the_trace_of_its_latest_request() -> None:
    found = examples(replace(ANSWERED, trace=Trace(TRACE_ID, "b7ad6b7169203331", is_sampled=True)))

    assert found[names.SERVER_DURATION] == (TRACE_ID, 0.3, pytest.approx(1.3))
    assert found[names.CLIENT_DURATION] == (TRACE_ID, 0.25, pytest.approx(1.3))
    assert set(found) == {names.SERVER_DURATION, names.SERVER_BEGINNING, names.CLIENT_DURATION}


@pytest.mark.parametrize("trace", [None, Trace(TRACE_ID, "b7ad6b7169203331", is_sampled=False)])
def test_no_bucket_points_to_a_trace_that_nobody_can_look_at(trace: Trace | None) -> None:
    assert examples(replace(ANSWERED, trace=trace)) == {}


@pytest.mark.parametrize(("slow_s", "is_kept"), [(0.3, True), (0.31, False)])
def test_a_bucket_points_to_a_trace_that_is_kept_for_what_became_of_the_request(slow_s: float, is_kept: bool) -> None:
    known = replace(KNOWN, keeping=Keeping(slow_s=slow_s))

    found = examples(replace(ANSWERED, trace=Trace(TRACE_ID, "b7ad6b7169203331")), known)

    assert (names.SERVER_DURATION in found) is is_kept


def test_a_scrape_that_does_not_ask_for_openmetrics_gets_no_examples() -> None:
    metrics = Metrics(KNOWN)
    metrics.take([replace(ANSWERED, trace=Trace(TRACE_ID, "b7ad6b7169203331", is_sampled=True))])

    assert TRACE_ID.encode() not in metrics.expose_as("text/plain").text
    assert TRACE_ID.encode() in metrics.expose_as("application/openmetrics-text; version=1.0.0").text
