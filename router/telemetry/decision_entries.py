"""Decisions as OTLP log records: the decision log's line of each request, for whoever keeps logs in a collector."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from router.core.record import Record
from router.telemetry import span_names as names
from router.telemetry.otlp_wire import ERROR, INFO, Attributes, LogEntry, encode_log, encode_request
from router.telemetry.spans import FAILED
from router.telemetry.traces import Origin


class DecisionSink:
    """Hands every record on: a `decision_log.Sink`."""

    def __init__(self, post: Callable[[Record], None]) -> None:
        self._post = post

    def take(self, records: Sequence[Record]) -> None:
        """See `Sink`."""
        for record in records:
            self._post(record)


def entry_of(record: Record) -> LogEntry:
    """The log record of a request: its body is the line of the decision log, its attributes what one looks for."""
    trace = record.trace
    return LogEntry(
        names.DECISION_EVENT,
        int((record.time_s + record.elapsed_s) * 1e9),
        ERROR if record.outcome in FAILED else INFO,
        msgspec.json.encode(record).decode(),
        _attributes(record),
        "" if trace is None else trace.trace_id,
        "" if trace is None else trace.span_id,
        trace is not None and trace.is_sampled,
    )


def encode_entries(origin: Origin, records: Iterable[Record]) -> bytes:
    """The export request with the log records of these requests."""
    entries = [encode_log(entry_of(each)) for each in records]
    return encode_request(origin.resource, origin.scope, names.SCHEMA, entries)


def _attributes(record: Record) -> Attributes:
    said: list[tuple[str, Any]] = [
        (names.REQUEST_ID, record.request_id),
        (names.OUTCOME, record.outcome),
        (names.STATUS, record.status),
        (names.TIER, record.tier),
        (names.RULE, record.rule),
        (names.DECIDED_REASON, record.reason),
        (names.DECIDED_VERSION, record.policy),
        (names.USER, record.tenant),
        (names.SESSION, record.conversation),
        (names.ATTEMPTS, len(record.attempts)),
    ]
    return [each for each in said if each[1] not in (None, "")]
