"""Traces of real requests, from their callers to a real collector, with what engines are told of them."""

import json
from collections.abc import Iterator, Mapping
from statistics import median
from time import perf_counter

import pytest

from tests.collector import Collector, Seen, collecting, collecting_by_grpc, slowly
from tests.conftest import BOTH_WAYS, FAST_TEXT, Routers, Way
from tests.faults import answers, fails
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import open_stream, post, request_fields

CANARY = "xylophone-canary-7731"
ANSWERED = f"an answer, {CANARY}"
TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

REQUIRED: Mapping[str, set[str]] = {
    "CHAIN": {"http.request.method", "http.response.status_code", "user.id", "session.id", "router.request_id"},
    "DECISION": {"decision.system", "router.decision.tier", "router.decision.rule", "router.decision.policy.version"},
    "RETRIEVER": {"router.cache.outcome", "router.cache.hit"},
    "LLM": {
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.request.model",
        "server.address",
        "server.port",
        "llm.model_name",
        "router.attempt",
        "router.tier",
    },
}
"""By the kind of a span, what each of these has."""


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """A collector over HTTP."""
    with collecting() as opened:
        yield opened


@pytest.fixture
def traced(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector) -> RouterProcess:
    """A router that sends every trace."""
    fast.does(answers(ANSWERED))
    return routers.serve(tracing={"endpoint": collector.endpoint})


@pytest.fixture
def telling(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector) -> RouterProcess:
    """A router whose traces hold texts, but for card numbers."""
    return routers.serve(tracing={"endpoint": collector.endpoint, "content": True, "redact": [r"\d{4}-\d{4}"]})


def kinds(spans: list[Seen]) -> list[str]:
    return [each.about["openinference.span.kind"] for each in spans]


def calls(spans: list[Seen]) -> list[Seen]:
    return [each for each in spans if each.name.startswith("chat ")]


def span_id_in(engine: ScriptedEngine, number: int = -1) -> str:
    """The span below which an engine is to put its own."""
    return engine.received[number].headers["traceparent"].split("-")[2]


@BOTH_WAYS
def test_every_span_has_what_the_conventions_ask_for_and_no_text(
    traced: RouterProcess, collector: Collector, fast: ScriptedEngine, way: Way
) -> None:
    asked = request_fields(
        f"{CANARY} {sorted(way)}", stop=[CANARY], user=CANARY, metadata={"a": CANARY}, max_tokens=50, **way
    )

    response = post(traced.public, {**asked, "model": "auto:kept"})
    spans = collector.await_trace(response.header("x-trace-id"))

    request, decision, look_up, call = spans
    assert kinds(spans) == ["CHAIN", "DECISION", "RETRIEVER", "LLM"]
    assert [each.parent_id for each in spans] == ["", *[request.span_id] * 3]
    for span in spans:
        assert span.about.keys() >= REQUIRED[span.about["openinference.span.kind"]]
        assert request.start_ns <= span.start_ns <= span.end_ns <= request.end_ns
    assert request.about["router.request_id"] == response.header("x-request-id")
    assert call.about["gen_ai.request.max_tokens"] == 50
    assert call.about["gen_ai.response.finish_reasons"] == ["stop"]
    assert call.about["gen_ai.usage.output_tokens"] == call.about["llm.token_count.completion"] > 0
    assert call.about["server.port"] == int(fast.url.rpartition(":")[2])
    assert (decision.error, look_up.about["router.cache.hit"]) == (None, False)
    assert not any(CANARY.encode() in body for body in collector.bodies)


def test_a_caller_s_trace_goes_on_to_the_engine_through_us(
    traced: RouterProcess, collector: Collector, fast: ScriptedEngine
) -> None:
    headers = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01", "tracestate": "vendor=1"}

    response = post(traced.public, request_fields(), headers=headers)
    spans = collector.await_trace(TRACE_ID)

    (call,) = calls(spans)
    assert response.header("x-trace-id") == TRACE_ID
    assert (spans[0].parent_id, spans[0].state) == (SPAN_ID, "vendor=1")
    assert fast.received[-1].headers["traceparent"] == f"00-{TRACE_ID}-{call.span_id}-01"
    assert fast.received[-1].headers["tracestate"] == "vendor=1"


@BOTH_WAYS
def test_each_attempt_is_a_span_of_its_own_which_its_engine_is_told(
    traced: RouterProcess, collector: Collector, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(fails(500))

    response = post(traced.public, request_fields(**way))
    spans = collector.await_trace(response.header("x-trace-id"))

    *failed, served = calls(spans)
    assert {each.error for each in failed} == {"failed"}
    assert served.error is None
    assert served.links == [failed[-1].span_id]
    assert served.about["router.escalation.reason"] == failed[-1].about["error.type"]
    assert span_id_in(strong) == served.span_id
    assert span_id_in(fast) == failed[-1].span_id


def test_blocks_that_were_judged_are_events_of_their_attempt(
    traced: RouterProcess, collector: Collector, fast: ScriptedEngine
) -> None:
    with open_stream(traced.public, request_fields(model="auto:gated", stream=True)) as stream:
        trace_id = stream.headers["x-trace-id"]
        stream.payloads()

    call, *_ = calls(collector.await_trace(trace_id))

    assert call.events
    for name, t_ns, about in call.events:
        assert (name, about["router.gate.block"] > 0) == ("router.gate", True)
        assert call.start_ns <= t_ns <= call.end_ns


def test_an_answer_from_the_cache_has_no_call(traced: RouterProcess, collector: Collector) -> None:
    asked = request_fields("What is kept, is kept?", model="auto:kept")
    post(traced.public, asked)

    response = post(traced.public, asked)
    spans = collector.await_trace(response.header("x-trace-id"))

    assert kinds(spans) == ["CHAIN", "DECISION", "RETRIEVER"]
    assert spans[2].about["router.cache.tier"] == "exact"


def test_a_refused_request_has_a_trace_and_is_told_its_id(traced: RouterProcess, collector: Collector) -> None:
    response = post(traced.public, b"no JSON")

    (span,) = collector.await_trace(response.header("x-trace-id"))

    assert (response.status, span.about["http.response.status_code"], span.error) == (400, 400, None)


def test_the_record_names_the_trace(traced: RouterProcess) -> None:
    response = post(traced.public, request_fields())

    record = traced.await_record(response.header("x-request-id"))

    assert record["trace"]["trace_id"] == response.header("x-trace-id")


# --- whose are kept ---------------------------------------------------------------------------------------------


def test_of_those_that_are_not_sampled_the_ones_that_went_wrong_are_kept(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector
) -> None:
    router = routers.serve(tracing={"endpoint": collector.endpoint, "share": 0.0})
    good = [post(router.public, request_fields()).header("x-trace-id") for _ in range(5)]
    fast.does(fails(500))

    climbed = post(router.public, request_fields()).header("x-trace-id")
    strong.does(fails(500))
    failed = post(router.public, request_fields()).header("x-trace-id")

    kept = [collector.await_trace(each)[0].about["router.trace.kept_for"] for each in (climbed, failed)]
    assert kept == ["escalation", "error"]
    assert fast.received[-1].headers["traceparent"].endswith("-00")
    assert not any(collector.spans_of(each or "") for each in good)


def test_a_caller_who_does_not_sample_decides(traced: RouterProcess, collector: Collector) -> None:
    unsampled = "1" * 32
    post(traced.public, request_fields(), headers={"traceparent": f"00-{unsampled}-{SPAN_ID}-00"})

    later = post(traced.public, request_fields())
    collector.await_trace(later.header("x-trace-id"))

    assert collector.spans_of(unsampled) == []


# --- texts ------------------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_texts_are_told_where_that_is_switched_on_without_what_is_redacted(
    telling: RouterProcess, collector: Collector, fast: ScriptedEngine, way: Way
) -> None:
    fast.does(answers("Your card 1234-5678 is fine."))

    response = post(telling.public, request_fields("Is my card 8765-4321 fine?", **{**way, "model": "auto:fast-only"}))
    request, *_, call = collector.await_trace(response.header("x-trace-id"))

    assert request.about["input.value"] == "Is my card __REDACTED__ fine?"
    assert request.about["output.value"] == "Your card __REDACTED__ is fine."
    (asked,), (said,) = (json.loads(call.about[f"gen_ai.{each}.messages"]) for each in ("input", "output"))
    assert (asked["role"], asked["parts"][0]["content"]) == ("user", "Is my card __REDACTED__ fine?")
    assert (said["role"], said["parts"][0]["content"]) == ("assistant", "Your card __REDACTED__ is fine.")
    assert b"1234-5678" not in b"".join(collector.bodies)
    assert b"8765-4321" not in telling.decision_log()


# --- collectors -------------------------------------------------------------------------------------------------


def test_traces_go_out_by_grpc_too(routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine) -> None:
    with collecting_by_grpc() as collector:
        router = routers.serve(tracing={"endpoint": collector.endpoint, "protocol": "grpc"})

        response = post(router.public, request_fields())
        spans = collector.await_trace(response.header("x-trace-id"))

    assert kinds(spans) == ["CHAIN", "DECISION", "LLM"]


@pytest.mark.parametrize("trouble", ["dead", "slow", "500"])
def test_a_collector_in_trouble_changes_nothing_for_callers(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, trouble: str
) -> None:
    fast.does(answers(FAST_TEXT))
    usual = routers.serve()
    with collecting() as collector:
        collector.answer = slowly(10.0) if trouble == "slow" else lambda: 500
        endpoint = "http://127.0.0.1:9" if trouble == "dead" else collector.endpoint
        tracing = {"endpoint": endpoint, "timeout_s": 1.0, "max_waiting": 50, "decisions": True}
        troubled = routers.serve(tracing=tracing)

        times_s: dict[int, list[float]] = {0: [], 1: []}
        for _ in range(100):
            for at, router in enumerate((usual, troubled)):
                began_s = perf_counter()
                assert post(router.public, request_fields()).status == 200
                times_s[at].append(perf_counter() - began_s)

        assert median(times_s[1]) < 1.5 * median(times_s[0]) + 0.002
        complaints = troubled.read_log().splitlines()
        assert len([each for each in complaints if "take traces" in each]) <= 1
        assert len([each for each in complaints if "take decisions" in each]) <= 1


# --- decisions beside them --------------------------------------------------------------------------------------


def test_every_decision_goes_to_the_collector_as_it_stands_in_the_log_whoever_is_traced(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, collector: Collector
) -> None:
    fast.does(answers(ANSWERED))
    router = routers.serve(tracing={"endpoint": collector.endpoint, "share": 0.0, "decisions": True})

    request_id = post(router.public, request_fields(CANARY)).header("x-request-id")

    (entry,) = until(lambda: [each for each in collector.entries if each.about["router.request_id"] == request_id])
    assert json.loads(entry.body) == router.await_record(request_id)
    assert CANARY not in entry.body
