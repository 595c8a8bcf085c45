"""Traces: a sink of the decision log that keeps some records, and a thread that sends their spans to a collector.

Requests never wait for it, and a collector that is dead or slow costs a bounded queue and a line in the log now and
then.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import monotonic, sleep
from typing import Final

from msgspec import Struct

from router.core.record import Record
from router.telemetry import span_names as names
from router.telemetry.otlp_senders import NotTaken, Sender
from router.telemetry.otlp_wire import encode_request, encode_span
from router.telemetry.spans import FAILED, Station, Transcript, spans_of
from router.telemetry.transcripts import Transcripts

EXPORT_EVERY_S: Final = 1.0
"""A request that is sent alone costs several times what one among others does."""

MOST_AT_ONCE: Final = 128
"""Requests whose spans are sent together."""

REST_S: Final = 0.0002
"""How long is rested after the spans of each request: two threads that compute take turns of half a millisecond, which
whoever is served meanwhile waits for again and again; so each turn is as short as making these spans."""

LEAST_PAUSE_S, MOST_PAUSE_S = 1.0, 30.0
"""How long a collector that fails is left alone, at first and at last."""

COMPLAIN_EVERY_S: Final = 60.0
STOP_S: Final = 3.0
"""What is still to be sent when the router stops gets so long."""

_log = logging.getLogger(__name__)


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


class Outbox:
    """What waits for the collector, `most` requests at most. `lost`: how many found no room, or were not taken."""

    def __init__(self, origin: Origin, sender: Sender, most: int) -> None:
        self.lost = 0
        self._origin = origin
        self._sender = sender
        self._most = most
        self._waiting: deque[Kept] = deque()
        self._stopping = threading.Event()
        self._complained_s: float | None = None
        self._told_lost = 0
        self._thread = threading.Thread(target=self._run, name="traces", daemon=True)

    def start(self) -> None:
        """Begins to send."""
        self._thread.start()

    def post(self, kept: Kept) -> None:
        """Takes a request whose trace is to be sent. Never blocks and never fails."""
        if len(self._waiting) < self._most:
            self._waiting.append(kept)
        else:
            self.lost += 1

    def stop(self) -> None:
        """Has what is waiting sent, as far as the collector takes it within `STOP_S`. Blocks until then."""
        self._stopping.set()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        pause_s = EXPORT_EVERY_S
        while not self._stopping.wait(pause_s):
            pause_s = EXPORT_EVERY_S if self._send_all() else min(max(2 * pause_s, LEAST_PAUSE_S), MOST_PAUSE_S)
        self._send_all()
        self._sender.close()

    def _send_all(self) -> bool:
        """Sends what is waiting; whether the collector took it."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            try:
                self._sender.send(encode_batch(self._origin, self._unhurried(batch)))
            except NotTaken as error:
                self.lost += len(batch)
                self._complain(str(error))
                return False
            except Exception:  # noqa: BLE001 - the thread would end here, and with it all traces
                self.lost += len(batch)
                _log.exception("the spans of %d requests met a bug", len(batch))
        return True

    def _unhurried(self, batch: Sequence[Kept]) -> Iterator[Kept]:
        for kept in batch:
            yield kept
            if not self._stopping.is_set():
                sleep(REST_S)

    def _complain(self, why: str) -> None:
        now_s = monotonic()
        if self._complained_s is not None and now_s - self._complained_s < COMPLAIN_EVERY_S:
            return
        self._complained_s = now_s
        lost, self._told_lost = self.lost - self._told_lost, self.lost
        _log.warning("the collector does not take traces: %s; those of %d requests are lost", why, lost)


def encode_batch(origin: Origin, batch: Iterable[Kept]) -> bytes:
    """The export request with the spans of these requests."""
    spans = [
        encode_span(span)
        for kept in batch
        for span in spans_of(kept.record, origin.stations, kept.why, kept.transcript)
    ]
    return encode_request(origin.resource, origin.scope, names.SCHEMA, spans)
