"""Prometheus metrics, made from records. Labels are bounded by configuration: never a key, a text, or a model name
as a caller sent it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from router import __version__
from router.core.record import Record
from router.telemetry import names
from router.telemetry.attempt_meter import AttemptMeter
from router.telemetry.gen_ai_meter import GenAiMeter
from router.telemetry.instruments import Instrument
from router.telemetry.known import Known
from router.telemetry.request_meter import CostMeter, RequestMeter


class Page(Struct, frozen=True):
    """What a scrape gets."""

    text: bytes
    content_type: str


class Metrics:
    """A sink of the decision log, and `/metrics`. `known`: what may be a label."""

    def __init__(self, known: Known | None = None) -> None:
        known = Known() if known is None else known
        self.registry = CollectorRegistry()
        build = Gauge(names.BUILD, "The version that runs.", ["version"], registry=self.registry)
        build.labels(__version__).set(1)
        self._meters = (
            RequestMeter(self.register),
            CostMeter(self.register, known),
            AttemptMeter(self.register),
            GenAiMeter(self.register, known),
        )

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        for meter in self._meters:
            for record in records:
                meter.count(record)

    def register(self, instrument: Instrument, /) -> Instrument:
        """See `instruments.Register`."""
        self.registry.register(instrument)
        return instrument

    def watch(self, name: str, about: str, read: Callable[[], float]) -> None:
        """A gauge whose value is read when it is scraped."""
        Gauge(name, about, registry=self.registry).set_function(read)

    def watch_each(self, name: str, about: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        """As `watch`, with a value for each value of a label."""
        self.registry.register(_Families(lambda: _family(GaugeMetricFamily(name, about, labels=[label]), read())))

    def count_each(self, name: str, about: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        """Counts that are kept elsewhere, for each value of a label, read when they are scraped."""
        self.registry.register(_Families(lambda: _family(CounterMetricFamily(name, about, labels=[label]), read())))

    def expose(self) -> bytes:
        """All metrics in OpenMetrics text."""
        return bytes(generate_latest(self.registry))  # type: ignore[no-untyped-call]

    def expose_as(self, accept: str) -> Page:
        """All metrics in the text that this `Accept` header asks for: OpenMetrics, which alone has examples, or
        Prometheus' own."""
        encode, content_type = choose_encoder(accept)
        return Page(bytes(encode(self.registry)), content_type)


class _Families(Collector):
    """One family that is made whenever it is scraped."""

    def __init__(self, make: Callable[[], Metric]) -> None:
        self._make = make

    def collect(self) -> Iterable[Metric]:
        return (self._make(),)


def _family(family: GaugeMetricFamily | CounterMetricFamily, values: Mapping[str, float]) -> Metric:
    for label, value in values.items():
        family.add_metric([label], value)
    return family
