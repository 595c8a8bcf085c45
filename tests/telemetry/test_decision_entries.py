"""Decisions as OTLP log records: every one reaches a collector whole, and one that takes none costs nothing."""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from functools import partial

import msgspec
import pytest
from msgspec.structs import replace

from router.core.record import AttemptRecord, Record
from router.core.trace import Trace
from router.telemetry.decision_entries import DecisionSink, encode_entries
from router.telemetry.otlp_senders import LOGS, GrpcSender, HttpSender, Sender, Signal
from router.telemetry.otlp_wire import encode_resource, encode_scope
from router.telemetry.outbox import MOST_AT_ONCE, Outbox
from router.telemetry.traces import Origin
from tests.collector import Collector, collecting, collecting_by_grpc
from tests.patience import until

ORIGIN = Origin(encode_resource([("service.name", "tandem")]), encode_scope("tandem", "1"), {})
TRACE = Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", is_sampled=True)
RECORD = Record(
    "r1",
    1_800_000_000.0,
    0.5,
    200,
    "served",
    tenant="f00d",
    policy="default@1",
    rule="otherwise",
    tier="fast",
    trace=TRACE,
    attempts=(AttemptRecord(1, "fast", "fast-1", "served", 0.2, cost_microusd=7),),
)

Speaks = Callable[[str, Mapping[str, str], float, Signal], Sender]


def outbox_of(sender: Sender, most: int = 1_000) -> Outbox[Record]:
    return Outbox(partial(encode_entries, ORIGIN), sender, most, "decisions")


@pytest.mark.parametrize(
    ("collected", "speaks"), [(collecting, HttpSender), (collecting_by_grpc, GrpcSender)], ids=["http", "grpc"]
)
def test_a_decision_reaches_a_collector_whole(
    collected: Callable[[], AbstractContextManager[Collector]], speaks: Speaks
) -> None:
    with collected() as collector:
        outbox = outbox_of(speaks(collector.endpoint, {"x-key": "secret"}, 5.0, LOGS))
        outbox.start()
        DecisionSink(outbox.post).take([RECORD])

        (entry,) = until(lambda: collector.entries)
        outbox.stop()

    assert msgspec.json.decode(entry.body, type=Record) == RECORD
    assert (entry.name, entry.severity, entry.t_ns) == ("router.decision", 9, 1_800_000_000_500_000_000)
    assert (entry.trace_id, entry.span_id) == (TRACE.trace_id, TRACE.span_id)
    assert entry.resource == {"service.name": "tandem"}
    assert entry.about == {
        "router.request_id": "r1",
        "router.outcome": "served",
        "http.response.status_code": 200,
        "router.tier": "fast",
        "router.rule": "otherwise",
        "router.decision.policy.version": "default@1",
        "user.id": "f00d",
        "router.attempts": 1,
    }
    assert collector.headers[0]["x-key"] == "secret"


def test_a_failure_is_an_error_and_what_has_no_trace_belongs_to_none() -> None:
    with collecting() as collector, closing(HttpSender(collector.endpoint, {}, 5.0, LOGS)) as sender:
        sender.send(encode_entries(ORIGIN, [replace(RECORD, outcome="failed", trace=None)]))

    (entry,) = collector.entries
    assert (entry.severity, entry.trace_id, entry.span_id) == (17, "", "")


@pytest.mark.parametrize(
    ("path", "sent_to"), [("", "/v1/logs"), ("/v1/traces", "/v1/logs"), ("/otel/v1/traces/?a=b", "/otel/v1/logs?a=b")]
)
def test_over_http_they_go_beside_the_traces(path: str, sent_to: str) -> None:
    with collecting() as collector, closing(HttpSender(collector.endpoint + path, {}, 5.0, LOGS)) as sender:
        sender.send(b"")

    assert collector.paths == [sent_to]


def test_many_are_sent_together_and_all_of_them() -> None:
    with collecting() as collector:
        outbox = outbox_of(HttpSender(collector.endpoint, {}, 5.0, LOGS))
        for number in range(3 * MOST_AT_ONCE):
            outbox.post(replace(RECORD, request_id=f"r{number}"))
        outbox.start()
        outbox.stop()

    found = [json.loads(each.body)["request_id"] for each in collector.entries]
    assert found == [f"r{number}" for number in range(3 * MOST_AT_ONCE)]
    assert len(collector.bodies) == 3


def test_a_collector_that_takes_no_logs_costs_a_bounded_queue_and_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with collecting() as collector, caplog.at_level(logging.WARNING):
        collector.answer = lambda: 404
        outbox = outbox_of(HttpSender(collector.endpoint, {}, 5.0, LOGS), most=2)
        for _ in range(5):
            outbox.post(RECORD)
        outbox.start()
        outbox.stop()

    assert outbox.lost == 5
    assert [each.message for each in caplog.records] == [
        "the collector does not take decisions: it answered with status 404; those of 5 requests are lost"
    ]
