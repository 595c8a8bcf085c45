"""What spans say of requests, by the records of these."""

from typing import Any

from msgspec.structs import replace

from router.core.denoise import Chosen
from router.core.gate import Assessment, BlockNote
from router.core.reading.reading import ReadingNote
from router.core.record import AttemptRecord, LookUp, Record
from router.core.trace import DECIDE, LOOK_UP, Trace
from router.core.values import Imprint, Usage
from router.core.verdict import Finding, Verdict
from router.telemetry.otlp_wire import CLIENT, INTERNAL, SERVER, Span
from router.telemetry.spans import Station, Transcript, spans_of

TRACE = Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00000000000000ff", is_sampled=True)
STATIONS = {"fast-1": Station("diffusiongemma", "10.0.0.1", 8000), "strong-1": Station("gemma", "strong.example", 443)}
BEGAN_S = 1_800_000_000.0

SERVED = AttemptRecord(
    1,
    "fast",
    "fast-1",
    "served",
    0.5,
    0.25,
    Usage(20, 30),
    start_s=0.125,
    imprint=Imprint("chatcmpl-1", "diffusiongemma", ("stop",)),
)
RECORD = Record(
    request_id="r1",
    time_s=BEGAN_S,
    elapsed_s=0.75,
    status=200,
    outcome="served",
    tenant="t" * 16,
    key_id="key-1",
    model="auto",
    policy="default@1234",
    rule="everyday",
    reason="rule",
    annotations={"team": "shop"},
    tier="fast",
    ladder=("fast", "strong"),
    stakes="low",
    stakes_score=0.25,
    difficulty="low",
    difficulty_score=0.5,
    latency_budget_ms=2000,
    predicted_p90_ms=900,
    attempts=(SERVED,),
    conversation="c" * 16,
    trace=TRACE,
    decided_s=0.0625,
    parameters={"max_tokens": 99, "temperature": 0.5, "n": 1, "seed": 7},
)


def spans(record: Record, **about: Any) -> dict[str, Span]:
    """The spans by their names; attempts with their numbers."""
    found = spans_of(record, STATIONS, "sampled", **about)
    return {f"{each.name} {at}" if each.kind == CLIENT else each.name: each for at, each in enumerate(found)}


def about(span: Span) -> dict[str, Any]:
    found = dict(span.attributes)
    assert len(found) == len(span.attributes), "an attribute is there twice"
    return found


def ns(after_s: float) -> int:
    return int((BEGAN_S + after_s) * 1e9)


def climbed(*attempts: AttemptRecord) -> list[Span]:
    return [each for each in spans_of(replace(RECORD, attempts=attempts), STATIONS, "sampled") if each.kind == CLIENT]


def test_a_request_is_a_chain_below_its_caller() -> None:
    span = spans(RECORD)["POST /v1/chat/completions"]

    assert (span.span_id, span.parent_id, span.kind, span.is_remote) == (TRACE.span_id, TRACE.parent_id, SERVER, True)
    assert (span.start_ns, span.end_ns, span.error) == (ns(0), ns(0.75), None)
    assert about(span) == {
        "openinference.span.kind": "CHAIN",
        "http.request.method": "POST",
        "http.route": "/v1/chat/completions",
        "url.path": "/v1/chat/completions",
        "http.response.status_code": 200,
        "router.request_id": "r1",
        "router.trace.kept_for": "sampled",
        "router.outcome": "served",
        "user.id": "t" * 16,
        "session.id": "c" * 16,
        "router.key_id": "key-1",
        "router.asked_model": "auto",
        "router.tier": "fast",
        "router.rule": "everyday",
        "router.attempts": 1,
        "router.wasted_tokens": 0,
        "router.annotation.team": "shop",
    }


def test_a_decision_says_what_was_decided_and_why() -> None:
    span = spans(RECORD)["router.decide"]

    assert (span.span_id, span.parent_id, span.kind) == (TRACE.span_of(DECIDE), TRACE.span_id, INTERNAL)
    assert (span.start_ns, span.end_ns) == (ns(0), ns(0.0625))
    assert about(span).items() >= {
        ("openinference.span.kind", "DECISION"),
        ("decision.system", "tandem"),
        ("decision.model_name", "default@1234"),
        ("router.decision.tier", "fast"),
        ("router.decision.rule", "everyday"),
        ("router.decision.reason", "rule"),
        ("router.decision.policy.name", "default"),
        ("router.decision.policy.version", "default@1234"),
        ("router.decision.candidates", ("fast", "strong")),
        ("router.decision.stakes", "low"),
        ("router.decision.score", 0.5),
        ("router.decision.latency_budget_ms", 2000),
        ("router.decision.predicted_p90_ms", 900),
        ("router.decision.elapsed_us", 62500),
    }


def test_an_attempt_is_a_call_of_a_model() -> None:
    span = spans(RECORD)["chat diffusiongemma 2"]

    assert (span.span_id, span.parent_id, span.kind) == (TRACE.span_of(1), TRACE.span_id, CLIENT)
    assert (span.start_ns, span.end_ns) == (ns(0.125), ns(0.625))
    assert about(span) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "openai.api.type": "chat_completions",
        "openinference.span.kind": "LLM",
        "gen_ai.request.model": "diffusiongemma",
        "llm.model_name": "diffusiongemma",
        "server.address": "10.0.0.1",
        "server.port": 8000,
        "gen_ai.request.stream": False,
        "gen_ai.request.max_tokens": 99,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.seed": 7,
        "gen_ai.response.id": "chatcmpl-1",
        "gen_ai.response.model": "diffusiongemma",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 30,
        "llm.token_count.prompt": 20,
        "llm.token_count.completion": 30,
        "llm.token_count.total": 50,
        "router.attempt": 1,
        "router.tier": "fast",
        "router.backend": "fast-1",
        "router.outcome": "served",
    }


def test_a_parameter_that_was_dropped_is_not_said_to_have_been_sent() -> None:
    span = spans(replace(RECORD, dropped=("temperature",)))["chat diffusiongemma 2"]

    assert "gen_ai.request.temperature" not in about(span)


def test_of_two_caps_the_one_that_counts_is_told() -> None:
    parameters = {"max_tokens": 99, "max_completion_tokens": 50}

    span = spans(replace(RECORD, parameters=parameters))["chat diffusiongemma 2"]

    assert about(span)["gen_ai.request.max_tokens"] == 50


def test_an_attempt_links_to_the_one_before_it_and_says_why_that_was_given_up() -> None:
    failed = replace(SERVED, outcome="unavailable", usage=None, imprint=None, first_block_s=None)
    strong = replace(SERVED, number=2, tier="strong", backend="strong-1", start_s=0.5)

    first, second = climbed(failed, strong)

    assert (first.error, about(first)["error.type"], first.links) == ("unavailable", "unavailable", ())
    assert (second.name, second.error, second.links) == ("chat gemma", None, (first.span_id,))
    assert about(second)["router.escalation.reason"] == "unavailable"


def test_what_the_gate_rejected_is_no_failure_of_the_engine() -> None:
    (span,) = climbed(replace(SERVED, outcome="rejected"))

    assert span.error is None
    assert "error.type" not in about(span)


def test_each_block_at_the_gate_is_an_event_with_its_time_and_the_last_has_the_verdict() -> None:
    verdict = Verdict((Finding("repetition", ""),))
    gate = Assessment("block", 2, verdict, 60, 30, 90, (BlockNote(90, None, 0.25), BlockNote(70, None, 0.375)))

    (span,) = climbed(replace(SERVED, outcome="rejected", gate=gate))

    (first, first_ns), (second, second_ns) = [(dict(each.attributes), each.t_ns) for each in span.events]
    assert first == {"router.gate.block": 1, "router.gate.chars": 90, "router.gate.accepted": True}
    assert second["router.gate.accepted"] is False
    assert second["router.gate.reasons"] == ("repetition",)
    assert (first_ns, second_ns) == (ns(0.375), ns(0.5))
    assert about(span)["router.gate.discarded_tokens"] == 30


def test_how_an_engine_denoised_and_how_it_was_read_is_told() -> None:
    note = ReadingNote(reads=3, tokens_read=900, reasons=("improbable",))

    (span,) = climbed(replace(SERVED, denoise=Chosen(8, 64), reading=note))

    assert about(span).items() >= {
        ("router.denoise.steps", 8),
        ("router.denoise.canvas", 64),
        ("router.reading.reads", 3),
        ("router.reading.cut", ("improbable",)),
    }


def test_money_is_told_in_dollars_once_for_the_call_and_once_for_the_request() -> None:
    note = ReadingNote(reads=1, cost_microusd=300)
    attempt = replace(SERVED, cost_microusd=2_000, reading=note)

    (span,) = climbed(attempt)
    request = spans(replace(RECORD, attempts=(attempt,), cost_microusd=2_300, wasted_microusd=0))[
        "POST /v1/chat/completions"
    ]

    assert about(span).items() >= {("llm.cost.total", 0.002), ("router.reading.cost_usd", 0.0003)}
    assert about(request).items() >= {("router.cost_usd", 0.0023), ("router.wasted_cost_usd", 0.0)}


def test_a_kept_answer_has_a_look_up_and_no_attempt() -> None:
    record = replace(RECORD, attempts=(), cache="semantic", look_up=LookUp(0.0625, 0.125, 0.75))

    found = spans(record)

    span = found["router.cache.lookup"]
    assert list(found) == ["POST /v1/chat/completions", "router.decide", "router.cache.lookup"]
    assert (span.span_id, span.start_ns, span.end_ns) == (TRACE.span_of(LOOK_UP), ns(0.0625), ns(0.1875))
    assert about(span) == {
        "openinference.span.kind": "RETRIEVER",
        "router.cache.outcome": "semantic",
        "router.cache.hit": True,
        "router.cache.tier": "semantic",
        "router.cache.similarity": 0.75,
    }


def test_a_request_that_failed_says_of_what_kind_its_error_was() -> None:
    span = spans(replace(RECORD, outcome="failed", status=503, error="unavailable: nobody is there"))

    request = span["POST /v1/chat/completions"]
    assert (request.error, about(request)["error.type"]) == ("unavailable: nobody is there", "unavailable")


def test_a_caller_s_own_error_is_no_failure_of_ours() -> None:
    record = Record("r2", BEGAN_S, 0.01, 401, "refused", error="Unauthenticated: no key", trace=TRACE)

    (span,) = spans_of(record, STATIONS, "sampled")

    assert (span.error, about(span)["error.type"]) == (None, "Unauthenticated")


def test_texts_are_there_only_when_they_are_told() -> None:
    said = Transcript("a question", "an answer", "[asked]", "[said]")

    silent, telling = spans(RECORD), spans(RECORD, transcript=said)

    told = [about(each) for each in telling.values()]
    assert told[0].items() >= {("input.value", "a question"), ("output.value", "an answer")}
    assert told[2].items() >= {("gen_ai.input.messages", "[asked]"), ("gen_ai.output.messages", "[said]")}
    assert not any("messages" in name or name == "input.value" for each in silent.values() for name in about(each))


def test_a_request_without_a_trace_of_ours_has_no_spans() -> None:
    handed_on = Trace(TRACE.trace_id, parent_id=TRACE.parent_id, is_sampled=True)

    assert spans_of(replace(RECORD, trace=None), STATIONS, "sampled") == []
    assert spans_of(replace(RECORD, trace=handed_on), STATIONS, "sampled") == []
