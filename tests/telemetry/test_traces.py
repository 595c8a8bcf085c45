"""Traces on their way out: whose are kept, and what a collector that does not take them costs."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from threading import active_count

import pytest
from msgspec.structs import replace

from router.core.record import AttemptRecord, Record
from router.core.trace import Trace
from router.telemetry.otlp_senders import GrpcSender, HttpSender, NotTaken, Sender
from router.telemetry.otlp_wire import encode_resource, encode_scope
from router.telemetry.outbox import MOST_AT_ONCE, Outbox
from router.telemetry.traces import Keeping, Kept, Origin, TraceSink, encode_batch
from tests.collector import Collector, collecting, collecting_by_grpc, slowly
from tests.patience import until

SAMPLED = Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", is_sampled=True)
UNSAMPLED = replace(SAMPLED, is_sampled=False)
SERVED = AttemptRecord(1, "fast", "fast-1", "served", 0.2)
RECORD = Record("r1", 1_800_000_000.0, 0.3, 200, "served", trace=UNSAMPLED, attempts=(SERVED,))
ORIGIN = Origin(encode_resource([("service.name", "tandem")]), encode_scope("tandem", "1"), {})
KEPT = Kept(replace(RECORD, trace=SAMPLED), "sampled")

Speaks = Callable[[str, Mapping[str, str], float], Sender]
BOTH = pytest.mark.parametrize(
    ("collected", "speaks"), [(collecting, HttpSender), (collecting_by_grpc, GrpcSender)], ids=["http", "grpc"]
)


@contextmanager
def sending(sender: Sender, most: int = 100) -> Iterator[Outbox[Kept]]:
    outbox = Outbox(partial(encode_batch, ORIGIN), sender, most)
    outbox.start()
    try:
        yield outbox
    finally:
        outbox.stop()


def nowhere() -> HttpSender:
    """To where nobody listens."""
    return HttpSender("http://127.0.0.1:9", {}, 1.0)


# --- whose are kept ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (replace(RECORD, trace=SAMPLED), "sampled"),
        (replace(RECORD, outcome="failed", status=503), "error"),
        (replace(RECORD, outcome="broken"), "error"),
        (replace(RECORD, attempts=(SERVED, SERVED)), "escalation"),
        (replace(RECORD, elapsed_s=30.0), "slow"),
        (RECORD, ""),
        (replace(RECORD, outcome="refused", status=401), ""),
        (replace(RECORD, outcome="failed", trace=None), ""),
        (replace(RECORD, outcome="failed", trace=replace(SAMPLED, span_id="")), ""),
    ],
)
def test_what_was_not_sampled_is_kept_where_it_matters(record: Record, why: str) -> None:
    assert Keeping(slow_s=30.0).why(record) == why


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, outcome="failed"),
        replace(RECORD, attempts=(SERVED, SERVED)),
        replace(RECORD, elapsed_s=3000.0),
    ],
)
def test_nothing_is_kept_besides_where_nothing_is_to_be(record: Record) -> None:
    assert Keeping(errors=False, escalations=False, slow_s=None).why(record) == ""


def test_a_sink_hands_on_the_records_that_are_kept() -> None:
    posted: list[Kept] = []

    TraceSink(Keeping(), posted.append).take([RECORD, KEPT.record, replace(RECORD, outcome="failed")])

    assert [each.why for each in posted] == ["sampled", "error"]


# --- to a collector ---------------------------------------------------------------------------------------------


@BOTH
def test_spans_reach_a_collector_with_what_is_to_be_sent_along(
    collected: Callable[[], AbstractContextManager[Collector]], speaks: Speaks
) -> None:
    with collected() as collector, sending(speaks(collector.endpoint, {"x-key": "secret"}, 5.0)) as outbox:
        outbox.post(KEPT)

        spans = collector.await_trace(SAMPLED.trace_id)

    assert [each.name for each in spans] == ["POST /v1/chat/completions", "chat fast"]
    assert spans[0].resource == {"service.name": "tandem"}
    assert collector.headers[0]["x-key"] == "secret"
    assert collector.paths[0] in ("/v1/traces", "Export")


def test_a_path_of_its_own_is_kept() -> None:
    with collecting() as collector:
        path = f"{collector.endpoint}/api/public/otel/v1/traces?a=b"
        with closing(HttpSender(path, {}, 5.0)) as sender:
            sender.send(b"")

    assert collector.paths == ["/api/public/otel/v1/traces?a=b"]


def test_what_waits_is_sent_at_the_end() -> None:
    with collecting() as collector:
        with sending(HttpSender(collector.endpoint, {}, 5.0), most=1000) as outbox:
            for _ in range(3 * MOST_AT_ONCE):
                outbox.post(KEPT)

        assert len(collector.spans) == 2 * 3 * MOST_AT_ONCE
        assert len(collector.bodies) == 3


def test_a_connection_that_the_collector_closed_is_opened_again() -> None:
    with collecting() as collector, closing(HttpSender(collector.endpoint, {}, 5.0)) as sender:
        collector.hangs_up = True
        sender.send(b"")

        sender.send(b"")

    assert len(collector.bodies) == 2


# --- one that does not take them --------------------------------------------------------------------------------


@BOTH
def test_a_refusal_says_how_it_was_refused(
    collected: Callable[[], AbstractContextManager[Collector]], speaks: Speaks
) -> None:
    with collected() as collector:
        collector.answer = lambda: 500

        refused = pytest.raises(NotTaken, match=r"it answered with (status 500|UNAVAILABLE)")
        with closing(speaks(collector.endpoint, {}, 5.0)) as sender, refused:
            sender.send(b"")


@BOTH
def test_a_slow_collector_is_not_waited_for_longer_than_was_said(
    collected: Callable[[], AbstractContextManager[Collector]], speaks: Speaks
) -> None:
    with collected() as collector:
        collector.answer = slowly(1.0)
        began_s = time.monotonic()

        given_up = pytest.raises(NotTaken, match=r"in time|DEADLINE_EXCEEDED")
        with closing(speaks(collector.endpoint, {}, 0.2)) as sender, given_up:
            sender.send(b"")

        assert time.monotonic() - began_s < 0.9


def test_what_finds_no_room_is_lost_and_counted() -> None:
    outbox = Outbox(partial(encode_batch, ORIGIN), nowhere(), 2)

    for _ in range(5):
        outbox.post(KEPT)

    assert outbox.lost == 3


def test_a_dead_collector_is_complained_of_once(caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(partial(encode_batch, ORIGIN), nowhere(), 1000)

    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            outbox.post(KEPT)
            assert not outbox._send_all()

    assert [each.message for each in caplog.records] == [
        "the collector does not take traces: it cannot be reached (ConnectionRefusedError); "
        "those of 1 requests are lost"
    ]
    assert outbox.lost == 5


def test_a_record_of_which_no_spans_can_be_made_does_not_end_all_traces(caplog: pytest.LogCaptureFixture) -> None:
    with collecting() as collector:
        outbox = Outbox(partial(encode_batch, ORIGIN), HttpSender(collector.endpoint, {}, 5.0), 100)
        outbox.post(replace(KEPT, record=replace(KEPT.record, status=200j)))

        assert outbox._send_all()
        outbox.start()
        outbox.post(KEPT)
        outbox.stop()

    assert outbox.lost == 1
    assert len(collector.spans) == 2
    assert "met a bug" in caplog.text


def test_posting_to_a_collector_that_hangs_costs_microseconds() -> None:
    with collecting() as collector:
        collector.answer = slowly(2.0)
        with sending(HttpSender(collector.endpoint, {}, 5.0), most=50) as outbox:
            outbox.post(KEPT)
            until(lambda: collector.bodies)
            began_s = time.perf_counter()
            for _ in range(1000):
                outbox.post(KEPT)

            assert time.perf_counter() - began_s < 0.1
            assert outbox.lost == 950


def test_no_thread_is_left_over() -> None:
    before = active_count()

    with sending(nowhere()) as outbox:
        outbox.post(KEPT)

    assert active_count() == before
