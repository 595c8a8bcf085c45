"""The histograms of OpenTelemetry's GenAI conventions (v1.41) as Prometheus spells them: what the router does for its
callers (`gen_ai.server.*`, once a request) and what engines do for it (`gen_ai.client.*`, once an attempt).

What is not known is not reported: when blocks came, only of attempts whose blocks were judged. What an engine calls its
model in an answer is no label: it may say anything."""

from functools import lru_cache
from itertools import pairwise

from router.core.record import AttemptRecord, Record
from router.telemetry import names
from router.telemetry import span_names as conventions
from router.telemetry.instruments import MAX_SERIES, OTHER, Distribution, Labels, Pointer, Register
from router.telemetry.known import Known
from router.telemetry.spans import NO_FAULT

OPERATION, PROVIDER, MODEL = "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model"
ADDRESS, PORT, ERROR, TOKEN_TYPE = "server_address", "server_port", "error_type", "gen_ai_token_type"
TIER = "router_tier"

CHAT: Labels = (conventions.CHAT, conventions.OPENAI)
NO_ERROR = ""
"""What Prometheus takes for a label that is not there."""


class GenAiMeter:
    """Durations and tokens by the conventions; where the trace of a request is kept, with its id as an example."""

    def __init__(self, register: Register, known: Known) -> None:
        self._known = known
        server, client = (OPERATION, PROVIDER, MODEL, TIER), (OPERATION, PROVIDER, MODEL, ADDRESS, PORT, TIER)
        self._request = register(
            Distribution(names.SERVER_DURATION, "From a request's arrival to its end.", names.SECONDS, *server, ERROR)
        )
        self._first_token = register(
            Distribution(
                names.SERVER_BEGINNING, "From its arrival to the first of its answer.", names.FIRST_TOKEN, *server
            )
        )
        self._per_token = register(
            Distribution(names.SERVER_PACE, "For each token of an answer after the first.", names.PER_TOKEN, *server)
        )
        self._attempt = register(
            Distribution(names.CLIENT_DURATION, "Of a call to an engine.", names.SECONDS, *client, ERROR)
        )
        self._first_chunk = register(
            Distribution(names.CLIENT_FIRST_CHUNK, "From a call to the first of its answer.", names.SECONDS, *client)
        )
        self._per_chunk = register(
            Distribution(names.CLIENT_PER_CHUNK, "Between two blocks of an answer.", names.SECONDS, *client)
        )
        self._tokens = register(
            Distribution(
                names.CLIENT_TOKENS,
                "Tokens of a call, as its engine counts them.",
                names.TOKEN_COUNTS,
                *client,
                TOKEN_TYPE,
            )
        )
        self._callees = lru_cache(MAX_SERIES)(self._callee)

    def count(self, record: Record) -> None:
        """One more request."""
        pointer = self._pointer(record)
        labels = (*CHAT, self._known.model(record), record.tier or "none")
        self._request.add((*labels, _error(record)), record.elapsed_s, pointer)
        if record.outcome == "served":
            self._count_answer(record, labels, pointer)
        for attempt in record.attempts:
            if attempt.backend:
                self._count_attempt(attempt, pointer)

    def _pointer(self, record: Record) -> Pointer | None:
        """To its trace, where that can be looked at."""
        if record.trace is None or not self._known.has_trace(record):
            return None
        return Pointer(record.trace.trace_id, record.time_s + record.elapsed_s)

    def _count_answer(self, record: Record, labels: Labels, pointer: Pointer | None) -> None:
        if record.first_block_s is None or not record.attempts:
            return
        first_s = record.attempts[-1].start_s + record.first_block_s
        self._first_token.add(labels, first_s, pointer)
        if record.usage is not None and record.usage.completion_tokens > 1:
            self._per_token.add(labels, (record.elapsed_s - first_s) / (record.usage.completion_tokens - 1))

    def _count_attempt(self, attempt: AttemptRecord, pointer: Pointer | None) -> None:
        labels = self._callees(attempt.backend, attempt.tier)
        error = NO_ERROR if attempt.outcome in NO_FAULT else attempt.outcome
        self._attempt.add((*labels, error), attempt.elapsed_s, pointer)
        if attempt.first_block_s is not None:
            self._first_chunk.add(labels, attempt.first_block_s)
        if attempt.gate is not None:
            for earlier, note in pairwise(attempt.gate.notes):
                self._per_chunk.add(labels, note.at_s - earlier.at_s)
        if attempt.usage is not None:
            self._tokens.add((*labels, "input"), attempt.usage.prompt_tokens)
            self._tokens.add((*labels, "output"), attempt.usage.completion_tokens)

    def _callee(self, backend: str, tier: str) -> Labels:
        station = self._known.stations.get(backend)
        if station is None:
            return (*CHAT, OTHER, "", "", tier)
        return (*CHAT, station.model, station.host, str(station.port), tier)


def _error(record: Record) -> str:
    """By the status, as the conventions for HTTP have it; what broke off after a good one goes by its outcome."""
    if record.status >= 400:
        return str(record.status)
    return record.outcome if record.outcome == "broken" else NO_ERROR
