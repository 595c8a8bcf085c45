"""The spans of a request, made of its record after it was answered. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

from router.core.price import usd_of
from router.core.record import REPAIRED, AttemptRecord, Record
from router.core.trace import DECIDE, LOOK_UP, Trace
from router.telemetry import span_names as names
from router.telemetry.otlp_wire import CLIENT, INTERNAL, SERVER, Attributes, Happening, Span

NO_FAULT: Final = frozenset(("served", "abandoned", "rejected", REPAIRED))
"""Outcomes of attempts that are no failure of an engine's."""

FAILED: Final = frozenset(("failed", "broken"))
"""Outcomes of requests that are a failure of ours, or of our engines'."""

HITS: Final = {"hit": "exact", "semantic": "semantic", "shared": "shared"}


class Station(Struct, frozen=True):
    """Where a backend is: the host and the port of its engine, and the name that it serves its model under."""

    model: str
    host: str
    port: int


class Transcript(Struct, frozen=True):
    """What was said in a request, as far as it may be told: all of it text, and as the GenAI conventions have messages
    in JSON."""

    question: str
    answer: str
    input_messages: str
    output_messages: str


def spans_of(
    record: Record, stations: Mapping[str, Station], kept_for: str, transcript: Transcript | None = None
) -> list[Span]:
    """All spans of a request: its own, and below that one for the decision, the look into the cache and each attempt,
    with links from attempt to attempt. `kept_for`: why its trace is kept."""
    trace = record.trace
    if trace is None or not trace.span_id:
        return []
    spans = [_request(record, trace, kept_for, transcript)]
    if record.decided_s is not None:
        spans.append(_decision(record, trace, record.decided_s))
    if record.look_up is not None:
        spans.append(_look_up(record, trace))
    spans += _attempts(record, trace, stations, transcript)
    return spans


def _request(record: Record, trace: Trace, kept_for: str, transcript: Transcript | None) -> Span:
    is_error = record.outcome in FAILED
    said = transcript
    attributes = [
        (names.KIND, names.CHAIN),
        (names.METHOD, "POST"),
        (names.ROUTE, "/v1/chat/completions"),
        (names.PATH, "/v1/chat/completions"),
        (names.STATUS, record.status),
        (names.REQUEST_ID, record.request_id),
        (names.KEPT_FOR, kept_for),
        (names.OUTCOME, record.outcome),
        (names.ERROR_TYPE, _kind_of(record.error) if record.status >= 400 or is_error else None),
        (names.USER, record.tenant),
        (names.SESSION, record.conversation),
        (names.KEY_ID, record.key_id),
        (names.ASKED_MODEL, record.model),
        (names.TIER, record.tier),
        (names.RULE, record.rule),
        (names.ATTEMPTS, len(record.attempts)),
        (names.WASTED_TOKENS, record.wasted_tokens),
        (names.FIRST_BLOCK, record.first_block_s),
        (names.COST, usd_of(record.cost_microusd)),
        (names.WASTED_COST, usd_of(record.wasted_microusd)),
        (names.CACHE_OUTCOME, record.cache),
        *[(names.ANNOTATION + name, value) for name, value in record.annotations.items()],
        (names.INPUT_VALUE, None if said is None else said.question),
        (names.OUTPUT_VALUE, None if said is None else said.answer),
    ]
    return Span(
        trace.trace_id,
        trace.span_id,
        trace.parent_id,
        names.REQUEST,
        SERVER,
        _ns(record, 0.0),
        _ns(record, record.elapsed_s),
        _told(attributes),
        error=(record.error or record.outcome) if is_error else None,
        state=trace.state,
        is_remote=bool(trace.parent_id),
        is_sampled=trace.is_sampled,
    )


def _decision(record: Record, trace: Trace, decided_s: float) -> Span:
    tier = record.ladder[0] if record.ladder else None
    shadow = record.shadow
    attributes = [
        (names.KIND, names.DECISION),
        (names.DECISION_MODEL, record.policy),
        (names.DECISION_SYSTEM, names.SCOPE),
        (names.OUTPUT_VALUE, tier),
        (names.DECIDED_TIER, tier),
        (names.DECIDED_RULE, record.rule),
        (names.DECIDED_REASON, record.reason),
        (names.DECIDED_POLICY, record.policy.partition("@")[0]),
        (names.DECIDED_VERSION, record.policy),
        (names.DECIDED_ARM, record.arm),
        (names.CANDIDATES, record.ladder),
        (names.EXCLUDED, record.excluded),
        (names.FAILED_RULES, record.failed_rules),
        (names.STAKES, record.stakes),
        (names.STAKES_SCORE, record.stakes_score),
        (names.STAKES_REASONS, record.stakes_reasons),
        (names.DIFFICULTY, record.difficulty),
        (names.DIFFICULTY_SCORE, record.difficulty_score),
        (names.DIFFICULTY_REASONS, record.difficulty_reasons),
        (names.TASK, record.task),
        (names.ABSTAINED, record.abstained),
        (names.BUDGET, record.latency_budget_ms),
        (names.PREDICTED_P50, record.predicted_p50_ms or None),
        (names.PREDICTED_P90, record.predicted_p90_ms or None),
        (names.PROMPT_ESTIMATE, record.prompt_tokens_estimate),
        (names.ANSWER_ESTIMATE, record.answer_tokens_estimate),
        (names.DECISION_ELAPSED, round(decided_s * 1e6)),
        (names.DECIDED_SHADOW, None if shadow is None else shadow.policy),
        (names.DECIDED_SHADOW_CHANGED, None if shadow is None else shadow.changed),
    ]
    return _below(record, trace, DECIDE, (names.DECIDE, INTERNAL, 0.0, decided_s), _told(attributes))


def _look_up(record: Record, trace: Trace) -> Span:
    assert record.look_up is not None
    look_up = record.look_up
    attributes = [
        (names.KIND, names.RETRIEVER),
        (names.CACHE_OUTCOME, record.cache),
        (names.CACHE_HIT, record.cache in HITS),
        (names.CACHE_TIER, HITS.get(record.cache or "")),
        (names.CACHE_SIMILARITY, look_up.similarity),
    ]
    what = (names.LOOK_UP, INTERNAL, look_up.start_s, look_up.elapsed_s)
    return _below(record, trace, LOOK_UP, what, _told(attributes))


def _attempts(
    record: Record, trace: Trace, stations: Mapping[str, Station], transcript: Transcript | None
) -> Iterator[Span]:
    """One span for each attempt, in their order; each but the first links to the one before it."""
    for earlier, attempt in pairwise((None, *record.attempts)):
        assert attempt is not None
        station = stations.get(attempt.backend)
        attributes = [
            *_call(record, attempt, station),
            *_answer(attempt),
            *_course(attempt),
            (names.ESCALATION, None if earlier is None else earlier.outcome),
        ]
        if transcript is not None and attempt is record.attempts[-1]:
            attributes.append((names.INPUT_MESSAGES, transcript.input_messages))
            attributes.append((names.OUTPUT_MESSAGES, transcript.output_messages))
        model = attempt.tier if station is None else station.model
        yield Span(
            trace.trace_id,
            trace.span_of(attempt.number),
            trace.span_id,
            f"{names.CHAT} {model}",
            CLIENT,
            _ns(record, attempt.start_s),
            _ns(record, attempt.start_s + attempt.elapsed_s),
            _told(attributes),
            events=_blocks(record, attempt),
            links=() if earlier is None else (trace.span_of(earlier.number),),
            error=None if attempt.outcome in NO_FAULT else attempt.outcome,
            is_sampled=trace.is_sampled,
        )


def _call(record: Record, attempt: AttemptRecord, station: Station | None) -> Iterator[tuple[str, Any]]:
    """What was asked of which engine."""
    yield names.OPERATION, names.CHAT
    yield names.PROVIDER, names.OPENAI
    yield names.API_TYPE, names.CHAT_COMPLETIONS
    yield names.KIND, names.LLM
    if station is not None:
        yield names.REQUEST_MODEL, station.model
        yield names.MODEL_NAME, station.model
        yield names.ADDRESS, station.host
        yield names.PORT, station.port
    yield names.REQUEST_STREAM, record.streamed or attempt.gate is not None
    # Where two parameters mean the same, the one that counts comes later, and an attribute is there once.
    asked = {
        names.PARAMETERS[name]: value
        for name, value in sorted(record.parameters.items(), reverse=True)
        if name not in record.dropped or attempt.tier != record.tier
    }
    if asked.get(names.PARAMETERS["n"]) == 1:
        del asked[names.PARAMETERS["n"]]
    yield from asked.items()


def _answer(attempt: AttemptRecord) -> Iterator[tuple[str, Any]]:
    """What the engine said of its answer; the tokens by both conventions."""
    imprint, usage = attempt.imprint, attempt.usage
    if imprint is not None:
        yield names.RESPONSE_ID, imprint.response_id
        yield names.RESPONSE_MODEL, imprint.model
        yield names.FINISH_REASONS, imprint.finish_reasons
    if usage is not None:
        yield names.INPUT_TOKENS, usage.prompt_tokens
        yield names.OUTPUT_TOKENS, usage.completion_tokens
        yield names.TOKENS_PROMPT, usage.prompt_tokens
        yield names.TOKENS_COMPLETION, usage.completion_tokens
        yield names.TOKENS_TOTAL, usage.prompt_tokens + usage.completion_tokens
    yield names.COST_TOTAL, usd_of(attempt.cost_microusd)
    yield names.FIRST_CHUNK, attempt.first_block_s
    yield names.ERROR_TYPE, None if attempt.outcome in NO_FAULT else attempt.outcome


def _course(attempt: AttemptRecord) -> Iterator[tuple[str, Any]]:
    """What the router made of it."""
    yield names.ATTEMPT, attempt.number
    yield names.TIER, attempt.tier
    yield names.BACKEND, attempt.backend
    yield names.OUTCOME, attempt.outcome
    if attempt.denoise is not None:
        yield names.DENOISE_STEPS, attempt.denoise.steps
        yield names.DENOISE_CANVAS, attempt.denoise.canvas
    if attempt.gate is not None:
        yield names.GATE_MODE, attempt.gate.mode
        yield names.GATE_BLOCKS, attempt.gate.blocks
        yield names.GATE_ACCEPTED, attempt.gate.verdict.is_accepted
        yield names.GATE_REASONS, attempt.gate.verdict.reasons
        yield names.GATE_DISCARDED, attempt.gate.discarded_tokens
    if attempt.reading is not None:
        yield names.READS, attempt.reading.reads
        yield names.READ_TOKENS, attempt.reading.tokens_read
        yield names.READ_CUT, attempt.reading.reasons
        yield names.READ_UNREAD, attempt.reading.unread
        yield names.READ_COST, usd_of(attempt.reading.cost_microusd)


def _blocks(record: Record, attempt: AttemptRecord) -> tuple[Happening, ...]:
    """An event for each block that was judged; the verdict is on the last of them."""
    gate = attempt.gate
    if gate is None:
        return ()
    happenings = []
    for number, note in enumerate(gate.notes, start=1):
        is_last = number == gate.blocks
        about = [
            (names.GATE_BLOCK, number),
            (names.GATE_CHARS, note.chars),
            (names.GATE_PASSES, None if note.passes is None else note.passes.passes),
            (names.GATE_ACCEPTED, gate.verdict.is_accepted or not is_last),
            (names.GATE_REASONS, gate.verdict.reasons if is_last else ()),
        ]
        at_s = attempt.start_s + min(note.at_s, attempt.elapsed_s)
        happenings.append(Happening(names.GATE_EVENT, _ns(record, at_s), _told(about)))
    return tuple(happenings)


def _below(
    record: Record, trace: Trace, number: int, what: tuple[str, int, float, float], attributes: Attributes
) -> Span:
    name, kind, start_s, elapsed_s = what
    return Span(
        trace.trace_id,
        trace.span_of(number),
        trace.span_id,
        name,
        kind,
        _ns(record, start_s),
        _ns(record, start_s + elapsed_s),
        attributes,
        is_sampled=trace.is_sampled,
    )


def _told(attributes: Iterable[tuple[str, Any]]) -> Attributes:
    """Those that say something."""
    return [each for each in attributes if each[1] is not None and each[1] != "" and each[1] != ()]


def _ns(record: Record, after_s: float) -> int:
    return int((record.time_s + after_s) * 1e9)


def _kind_of(error: str | None) -> str:
    return "_OTHER" if error is None else error.partition(":")[0]
