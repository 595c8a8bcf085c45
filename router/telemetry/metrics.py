"""Prometheus metrics, made from records. Labels are bounded by configuration: never a key, a text, or a model name
as a caller sent it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from router import __version__
from router.core.errors import EscalationsSpent
from router.core.length_history import length_seen
from router.core.reading.reading import ReadingNote
from router.core.record import REPAIRED, AttemptRecord, Record, ShadowDecision
from router.core.values import TIERS
from router.telemetry import names

CONTENT_TYPE = CONTENT_TYPE_LATEST
SPENT = EscalationsSpent.outcome
MAX_CHILDREN = 4096
"""Label combinations that are kept at hand; far above what any policy brings about."""


class Metrics:
    """The first set of metrics: a sink of the decision log, and `/metrics`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        build = Gauge(names.BUILD, "The version that runs.", ["version"], registry=self.registry)
        build.labels(__version__).set(1)
        requests = self._counter(names.REQUESTS, "Finished requests.", "tier", "rule", "outcome", "status")
        duration = self._seconds(names.REQUEST_DURATION, "From the request's arrival to its end.", "tier")
        first_block = self._seconds(names.FIRST_BLOCK, "From the attempt that served to its first block.", "tier")
        attempts = self._counter(names.ATTEMPTS, "Calls made to engines.", "tier", "outcome")
        attempt_duration = self._seconds(names.ATTEMPT_DURATION, "From the opening of an attempt to its end.", "tier")
        by_backend = self._counter(names.BACKEND_ATTEMPTS, "Calls made to each backend.", "backend", "outcome")
        escalations = self._counter(names.ESCALATIONS, "Moves up the ladder.", "tier", "outcome")
        tokens = self._counter(names.TOKENS, "Tokens of served answers.", "tier", "type")
        reads = self._counter(names.READS, "Drafts read by the strong tier, block by block.", "outcome")
        self._tokens_read = self._counter(names.TOKENS_READ, "Tokens that were taken in to read drafts.")
        self._repairs = self._counter(names.REPAIRS, "Drafts that were mended where reading cut them.")
        met = self._counter(names.CACHE, "Requests by how they met the cache.", "outcome")
        self._cache = lru_cache(MAX_CHILDREN)(met.labels)
        rollouts = self._counter(
            names.ROLLOUT_REQUESTS, "Requests while a candidate decides a share of them.", "policy", "arm", "outcome"
        )
        shadows = self._counter(names.SHADOW_DECISIONS, "Decisions of candidates in shadow.", "policy", "changed")
        lengths = self._counter(names.ANSWER_LENGTHS, "Answers by the estimate they kept within.", "task", "within")
        # Bound once per combination: `labels()` on every request costs more than the increment.
        self._requests = lru_cache(MAX_CHILDREN)(requests.labels)
        self._duration = lru_cache(MAX_CHILDREN)(duration.labels)
        self._first_block = lru_cache(MAX_CHILDREN)(first_block.labels)
        self._attempts = lru_cache(MAX_CHILDREN)(attempts.labels)
        self._attempt_duration = lru_cache(MAX_CHILDREN)(attempt_duration.labels)
        self._by_backend = lru_cache(MAX_CHILDREN)(by_backend.labels)
        self._escalations = lru_cache(MAX_CHILDREN)(escalations.labels)
        self._tokens = lru_cache(MAX_CHILDREN)(tokens.labels)
        self._reads = lru_cache(MAX_CHILDREN)(reads.labels)
        self._rollouts = lru_cache(MAX_CHILDREN)(rollouts.labels)
        self._shadows = lru_cache(MAX_CHILDREN)(shadows.labels)
        self._lengths = lru_cache(MAX_CHILDREN)(lengths.labels)

    def take(self, records: Sequence[Record]) -> None:
        """See `decision_log.Sink`."""
        for record in records:
            self._count(record)

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

    def _count(self, record: Record) -> None:
        tier = record.tier or "none"
        self._requests(tier, record.rule or "none", record.outcome, record.status).inc()
        self._duration(tier).observe(record.elapsed_s)
        if record.first_block_s is not None:
            self._first_block(tier).observe(record.first_block_s)
        if record.usage is not None:
            self._tokens(tier, "prompt").inc(record.usage.prompt_tokens)
            self._tokens(tier, "completion").inc(record.usage.completion_tokens)
        answer = length_seen(record)
        if answer is not None:
            self._lengths(answer.task or "none", answer.within).inc()
        self._count_candidates(record)
        self._tokens_read.inc(record.tokens_read)
        self._repairs.inc(record.repairs)
        if record.cache is not None:
            self._cache(record.cache).inc()
        for attempt in record.attempts:
            self._write_attempt(attempt)
        for attempt, following in pairwise(each for each in record.attempts if each.outcome != REPAIRED):
            if TIERS.index(following.tier) > TIERS.index(attempt.tier) and following.outcome != SPENT:
                self._escalations(attempt.tier, attempt.outcome).inc()

    def _count_candidates(self, record: Record) -> None:
        if record.arm:
            self._rollouts(_name(record.policy), record.arm, record.outcome).inc()
        if record.shadow is not None:
            self._shadows(_name(record.shadow.policy), _what_changed(record.shadow)).inc()

    def _write_attempt(self, attempt: AttemptRecord) -> None:
        self._attempts(attempt.tier, attempt.outcome).inc()
        self._attempt_duration(attempt.tier).observe(attempt.elapsed_s)
        if attempt.backend:
            self._by_backend(attempt.backend, attempt.outcome).inc()
        if attempt.reading is not None:
            for outcome, count in _read_by_outcome(attempt.reading).items():
                self._reads(outcome).inc(count)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)

    def _seconds(self, name: str, about: str, *labels: str) -> Histogram:
        return Histogram(name, about, labels, buckets=names.SECONDS, registry=self.registry)


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


def _read_by_outcome(reading: ReadingNote) -> Mapping[str, int]:
    """A draft is cut by one read at most, the last; what was not read was given up once, for one reason."""
    cut = 1 if reading.reasons else 0
    counts = {"accepted": reading.reads - cut, "cut": cut, "unread": 1 if reading.unread else 0}
    return {outcome: count for outcome, count in counts.items() if count > 0}


def _name(version: str) -> str:
    """The policy's name: of its versions there is no end."""
    return version.partition("@")[0]


def _what_changed(shadow: ShadowDecision) -> str:
    if "ladder" in shadow.changed:
        return "ladder"
    return "settings" if shadow.changed else "nothing"
