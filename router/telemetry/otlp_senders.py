"""The ways to a collector: OTLP over HTTP, and over gRPC. They block, and belong in a thread of their own."""

import http.client
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from router.core.errors import SettingsError

HTTP_PATH: Final = "/v1/traces"
GRPC_METHOD: Final = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
MAX_REPLY_BYTES: Final = 64 * 1024


class NotTaken(Exception):
    """The collector did not take what it was sent; the text says why, without its address."""


class Sender(Protocol):
    """Sends one export request. `send` raises NotTaken, and nothing else."""

    def send(self, request: bytes) -> None: ...
    def close(self) -> None: ...


class HttpSender:
    """POSTs to a collector, on one connection that is kept while it lasts."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], timeout_s: float) -> None:
        parts = urlsplit(endpoint)
        self._path = (parts.path.rstrip("/") or HTTP_PATH) + (f"?{parts.query}" if parts.query else "")
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
    """Calls a collector's trace service. Raises SettingsError where the extra `grpc` is not installed."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], timeout_s: float) -> None:
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
        self._export = self._channel.unary_unary(GRPC_METHOD)
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
