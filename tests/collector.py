"""Collectors of traces: real servers on loopback, over HTTP and over gRPC, which decode what they are sent by
OpenTelemetry's own definitions, or do what a test tells them instead."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import add_LogsServiceServicer_to_server
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import add_TraceServiceServicer_to_server
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.common.v1.common_pb2 import KeyValue as Attribute

from tests.patience import until


@dataclass(frozen=True)
class Seen:
    """One span as a collector got it; ids are hexadecimal."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    about: Mapping[str, Any]
    events: Sequence[tuple[str, int, Mapping[str, Any]]]
    links: Sequence[str]
    error: str | None
    state: str
    resource: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One log record as a collector got it."""

    name: str
    t_ns: int
    severity: int
    body: str
    about: Mapping[str, Any]
    trace_id: str
    span_id: str
    resource: Mapping[str, Any]


@dataclass
class Collector:
    """What came in: `bodies` as bytes, and their `headers`. `answer` says with which status each is answered, and may
    take its time; who `hangs_up` does so after each answer, without a word."""

    endpoint: str
    answer: Callable[[], int] = lambda: 200
    hangs_up: bool = False
    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        """Keeps one request, and says how it is answered."""
        self.paths.append(path)
        self.headers.append(headers)
        self.bodies.append(body)
        return self.answer()

    @property
    def spans(self) -> list[Seen]:
        """Every span so far."""
        return [span for path, body in self._came if not _is_of_logs(path) for span in spans_in(body)]

    @property
    def entries(self) -> list[Entry]:
        """Every log record so far."""
        return [entry for path, body in self._came if _is_of_logs(path) for entry in entries_in(body)]

    @property
    def _came(self) -> list[tuple[str, bytes]]:
        return list(zip(tuple(self.paths), tuple(self.bodies), strict=False))

    def spans_of(self, trace_id: str) -> list[Seen]:
        """The spans of one trace so far."""
        return [each for each in self.spans if each.trace_id == trace_id]

    def await_trace(self, trace_id: str | None) -> list[Seen]:
        """The spans of one trace, once they have come."""
        assert trace_id is not None
        return until(lambda: self.spans_of(trace_id))


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that is spoken to over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = collector.take(self.path, headers, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()
            self.close_connection = collector.hangs_up

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def collecting_by_grpc() -> Iterator[Collector]:
    """A collector that is spoken to over gRPC. A status that is not 200 is answered as UNAVAILABLE."""

    class Service:
        def Export(self, request: ExportTraceServiceRequest, context: Any) -> ExportTraceServiceResponse:  # noqa: N802
            headers = {name: str(value) for name, value in context.invocation_metadata()}
            if collector.take("Export", headers, request.SerializeToString()) != 200:
                context.abort(grpc.StatusCode.UNAVAILABLE, "no")
            return ExportTraceServiceResponse()

    class LogsService:
        def Export(self, request: ExportLogsServiceRequest, context: Any) -> ExportLogsServiceResponse:  # noqa: N802
            headers = {name: str(value) for name, value in context.invocation_metadata()}
            if collector.take("Export/logs", headers, request.SerializeToString()) != 200:
                context.abort(grpc.StatusCode.UNAVAILABLE, "no")
            return ExportLogsServiceResponse()

    server = grpc.server(ThreadPoolExecutor(2))
    add_TraceServiceServicer_to_server(Service(), server)
    add_LogsServiceServicer_to_server(LogsService(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    collector = Collector(f"http://127.0.0.1:{port}")
    server.start()
    try:
        yield collector
    finally:
        server.stop(0.1).wait()


def slowly(seconds: float) -> Callable[[], int]:
    """Takes its time over every answer."""

    def answer() -> int:
        time.sleep(seconds)
        return 200

    return answer


def spans_in(body: bytes) -> list[Seen]:
    """The spans of an export request, decoded."""
    request = ExportTraceServiceRequest.FromString(body)
    found = []
    for of_resource in request.resource_spans:
        resource = _attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            found += [_seen(span, resource) for span in of_scope.spans]
    return found


def entries_in(body: bytes) -> list[Entry]:
    """The log records of an export request, decoded."""
    request = ExportLogsServiceRequest.FromString(body)
    found = []
    for of_resource in request.resource_logs:
        resource = _attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_logs:
            found += [_entry(each, resource) for each in of_scope.log_records]
    return found


def _is_of_logs(path: str) -> bool:
    return path.endswith("/logs")


def _entry(entry: Any, resource: Mapping[str, Any]) -> Entry:
    return Entry(
        entry.event_name,
        entry.time_unix_nano,
        entry.severity_number,
        entry.body.string_value,
        _attributes(entry.attributes),
        entry.trace_id.hex(),
        entry.span_id.hex(),
        resource,
    )


def _seen(span: Any, resource: Mapping[str, Any]) -> Seen:
    return Seen(
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        span.name,
        span.kind,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _attributes(span.attributes),
        [(each.name, each.time_unix_nano, _attributes(each.attributes)) for each in span.events],
        [each.span_id.hex() for each in span.links],
        span.status.message if span.status.code == 2 else None,
        span.trace_state,
        resource,
    )


def _attributes(attributes: Sequence[Attribute]) -> dict[str, Any]:
    assert len({each.key for each in attributes}) == len(attributes), "an attribute is there twice"
    return {each.key: _value(each.value) for each in attributes}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    assert kind is not None
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind)
