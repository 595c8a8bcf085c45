"""Puts tracing together from the settings."""

import asyncio
import os
import platform
import re
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from router import __version__
from router.config.settings import Settings
from router.config.tracing_settings import TracingSpec
from router.core.trace import Sampling
from router.ports import Answer, Asked
from router.telemetry import names, span_names
from router.telemetry.decision_entries import DecisionSink, encode_entries
from router.telemetry.decision_log import Sink
from router.telemetry.metrics import Metrics
from router.telemetry.otlp_senders import LOGS, TRACES, GrpcSender, HttpSender, Sender, Signal
from router.telemetry.otlp_wire import Attributes, encode_resource, encode_scope
from router.telemetry.outbox import Outbox
from router.telemetry.spans import Station
from router.telemetry.traces import Keeping, Origin, TraceSink, encode_batch
from router.telemetry.transcripts import Redaction, Transcripts

RESOURCE_VARIABLE = "OTEL_RESOURCE_ATTRIBUTES"
"""More that is said of this process, as OpenTelemetry has it: `name=value,name=value`."""


class Traced(Struct, frozen=True):
    """How requests are traced: what is decided at their beginning, how their answers are listened to (None: not at
    all), and who reads their records."""

    sampling: Sampling = Sampling()
    listen: Callable[[Asked, Answer], Answer] | None = None
    sinks: tuple[Sink, ...] = ()


@asynccontextmanager
async def open_tracing(settings: Settings, metrics: Metrics) -> AsyncGenerator[Traced, None]:
    """Sends traces while the block runs, and what is still waiting at its end. Raises SettingsError."""
    spec = settings.tracing
    if spec is None:
        yield Traced()
        return
    origin = Origin(
        encode_resource(_resource(spec)), encode_scope(span_names.SCOPE, __version__), stations_of(settings)
    )
    outbox = Outbox(partial(encode_batch, origin), _sender(spec, TRACES), spec.max_waiting)
    transcripts = _transcripts(spec) if spec.content else None
    metrics.watch(names.TRACES_LOST, "Requests whose traces no collector took.", lambda: outbox.lost)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_sending(outbox))
        sinks: list[Sink] = [TraceSink(keeping_of(spec), outbox.post, transcripts)]
        if spec.decisions:
            sinks.append(await stack.enter_async_context(_sending_decisions(spec, origin, metrics)))
        yield Traced(Sampling(spec.share), None if transcripts is None else transcripts.listen, tuple(sinks))


@asynccontextmanager
async def _sending_decisions(spec: TracingSpec, origin: Origin, metrics: Metrics) -> AsyncGenerator[DecisionSink, None]:
    """Who takes the records for it. A thread of its own: a collector may take the one and not the other."""
    outbox = Outbox(partial(encode_entries, origin), _sender(spec, LOGS), spec.max_waiting, "decisions")
    metrics.watch(names.DECISIONS_LOST, "Requests whose decisions no collector took.", lambda: outbox.lost)
    async with _sending(outbox):
        yield DecisionSink(outbox.post)


@asynccontextmanager
async def _sending(outbox: Outbox[Any]) -> AsyncGenerator[None, None]:
    outbox.start()
    try:
        yield
    finally:
        await asyncio.to_thread(outbox.stop)


def keeping_of(spec: TracingSpec) -> Keeping:
    """Whose traces are kept though they were not sampled."""
    return Keeping(spec.keep.errors, spec.keep.escalations, spec.keep.slow_s)


def stations_of(settings: Settings) -> Mapping[str, Station]:
    """Where each backend is, by the name that records have for it."""
    found = {}
    for tier, spec in settings.tiers.items():
        for name, backend in spec.named(tier).items():
            parts = urlsplit(backend.url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            found[name] = Station(backend.model, parts.hostname or "", port)
    return found


def _sender(spec: TracingSpec, signal: Signal) -> Sender:
    headers = {name: value.get_secret_value() for name, value in spec.headers.items()}
    make: Callable[[str, Mapping[str, str], float, Signal], Sender]
    make = HttpSender if spec.protocol == "http" else GrpcSender
    return make(spec.endpoint, headers, spec.timeout_s, signal)


def _transcripts(spec: TracingSpec) -> Transcripts:
    return Transcripts(Redaction(tuple(map(re.compile, spec.redact)), spec.content_chars))


def _resource(spec: TracingSpec) -> Attributes:
    """Who sends the spans; what the environment says of it comes first."""
    pairs = [each.partition("=") for each in os.environ.get(RESOURCE_VARIABLE, "").split(",") if "=" in each]
    said = {name.strip(): unquote(value.strip()) for name, _, value in pairs}
    usual = {
        "service.name": spec.service,
        "service.version": __version__,
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
        "telemetry.sdk.language": "python",
        "process.runtime.version": platform.python_version(),
    }
    return list((usual | said).items())
