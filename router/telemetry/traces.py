"""Traces: a sink of the decision log that keeps some records, whose spans an `Outbox` sends to a collector."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from router.core.record import Record
from router.telemetry import span_names as names
from router.telemetry.otlp_wire import encode_request, encode_span
from router.telemetry.spans import FAILED, Station, Transcript, spans_of
from router.telemetry.transcripts import Transcripts


class Keeping(Struct, frozen=True, gc=False):
    """Whose traces are kept though they were not sampled: those of requests that failed, that took more than one
    attempt, or that took `slow_s` (None: however long)."""

    errors: bool = True
    escalations: bool = True
    slow_s: float | None = None

    def why(self, record: Record) -> str:
        """Why the trace of a request is kept; empty: it is not."""
        if record.trace is None or not record.trace.span_id:
            return ""
        if record.trace.is_sampled:
            return "sampled"
        if self.errors and record.outcome in FAILED:
            return "error"
        if self.escalations and len(record.attempts) > 1:
            return "escalation"
        return "slow" if self.slow_s is not None and record.elapsed_s >= self.slow_s else ""


class Origin(Struct, frozen=True):
    """Who sends: the resource and the scope as they are on the wire, and where the backends are, by their names."""

    resource: bytes
    scope: bytes
    stations: Mapping[str, Station]


class Kept(Struct, frozen=True):
    """A request whose trace is to be sent, and why."""

    record: Record
    why: str
    transcript: Transcript | None = None


class TraceSink:
    """Hands on the records whose traces are kept: a `decision_log.Sink`."""

    def __init__(self, keeping: Keeping, post: Callable[[Kept], None], transcripts: Transcripts | None = None) -> None:
        self._keeping = keeping
        self._post = post
        self._transcripts = transcripts

    def take(self, records: Sequence[Record]) -> None:
        """See `Sink`."""
        for record in records:
            why = self._keeping.why(record)
            heard = None if self._transcripts is None else self._transcripts.claim(record.request_id)
            if why:
                transcript = None if heard is None or self._transcripts is None else self._transcripts.told(heard)
                self._post(Kept(record, why, transcript))


def encode_batch(origin: Origin, batch: Iterable[Kept]) -> bytes:
    """The export request with the spans of these requests."""
    spans = [
        encode_span(span)
        for kept in batch
        for span in spans_of(kept.record, origin.stations, kept.why, kept.transcript)
    ]
    return encode_request(origin.resource, origin.scope, names.SCHEMA, spans)
