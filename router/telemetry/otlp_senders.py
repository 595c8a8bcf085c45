"""The ways to a collector: OTLP over HTTP, and over gRPC. They block, and belong in a thread of their own."""

import http.client
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from router.core.errors import SettingsError

MAX_REPLY_BYTES: Final = 64 * 1024


class Signal(Struct, frozen=True):
    """A kind of what is sent: where it goes over HTTP, and the gRPC method that takes it."""

    http_path: str
    grpc_method: str

    def path_at(self, path: str) -> str:
        """Its path at an endpoint, of which this one is said: where it is that of traces, the one beside it."""
        said = path.rstrip("/")
        beside = said.removesuffix(TRACES.http_path) + self.http_path if said.endswith(TRACES.http_path) else said
        return beside or self.http_path


TRACES: Final = Signal("/v1/traces", "/opentelemetry.proto.collector.trace.v1.TraceService/Export")
LOGS: Final = Signal("/v1/logs", "/opentelemetry.proto.collector.logs.v1.LogsService/Export")


class NotTaken(Exception):
    """The collector did not take what it was sent; the text says why, without its address."""


class Sender(Protocol):
    """Sends one export request. `send` raises NotTaken, and nothing else."""

    def send(self, request: bytes) -> None: ...
    def close(self) -> None: ...


class HttpSender:
    """POSTs to a collector, on one connection that is kept while it lasts."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], timeout_s: float, signal: Signal = TRACES) -> None:
        parts = urlsplit(endpoint)
        self._path = signal.path_at(parts.path) + (f"?{parts.query}" if parts.query else "")
        self._headers = {**headers, "Content-Type": "application/x-protobuf"}
        host = parts.hostname or ""
        self._connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._connection = http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=context)
        else:
            self._connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_s)

    def send(self, request: bytes) -> None:
        """See `Sender`. A kept connection that the collector has closed is opened once more."""
        is_kept = self._connection.sock is not None
        try:
            status = self._post(request)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            if not is_kept or isinstance(error, TimeoutError):
                raise NotTaken(_why(error)) from None
            status = self._post_afresh(request)
        if not 200 <= status < 300:
            raise NotTaken(f"it answered with status {status}")

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _post_afresh(self, request: bytes) -> int:
        try:
            return self._post(request)
        except (http.client.HTTPException, OSError) as error:
            self.close()
            raise NotTaken(_why(error)) from None

    def _post(self, request: bytes) -> int:
        self._connection.request("POST", self._path, request, self._headers)
        response = self._connection.getresponse()
        if len(response.read(MAX_REPLY_BYTES)) == MAX_REPLY_BYTES:
            self.close()
        return response.status


class GrpcSender:
    """Calls a collector's services. Raises SettingsError where the extra `grpc` is not installed."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], timeout_s: float, signal: Signal = TRACES) -> None:
        try:
            import grpc
        except ImportError:
            raise SettingsError("tracing.protocol is grpc, which needs the extra: tandem-router[grpc]") from None
        parts = urlsplit(endpoint)
        place = f"{parts.hostname}:{parts.port or 4317}"
        self._failed: type[Exception] = grpc.RpcError
        self._channel: Any
        if parts.scheme == "https":
            self._channel = grpc.secure_channel(place, grpc.ssl_channel_credentials())
        else:
            self._channel = grpc.insecure_channel(place)
        self._export = self._channel.unary_unary(signal.grpc_method)
        self._metadata = tuple((name.lower(), value) for name, value in headers.items())
        self._timeout_s = timeout_s

    def send(self, request: bytes) -> None:
        """See `Sender`."""
        try:
            self._export(request, timeout=self._timeout_s, metadata=self._metadata)
        except self._failed as error:
            code = getattr(error, "code", None)
            raise NotTaken(f"it answered with {code().name}" if callable(code) else "it failed") from None

    def close(self) -> None:
        """Closes the channel."""
        with suppress(ValueError):
            self._channel.close()


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return f"it cannot be reached ({type(error).__name__})"
