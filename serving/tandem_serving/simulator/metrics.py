"""What a scrape of vLLM 0.32 finds, under its names: counters and histograms of requests, passes and the queue."""

from collections.abc import Callable, Iterable

from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from tandem_serving.simulator.metric_names import (
    CACHE_BLOCK_TOKENS,
    CACHE_CONFIG,
    COUNTERS,
    DIFFUSION_COUNTERS,
    ENGINE_LABELS,
    FINISHED,
    HISTOGRAMS,
    NEVER_COUNTED,
    PROMPT_SOURCES,
    SLEEP_STATES,
    Labelled,
)

_ENGINE = "0"


class Load(Struct, frozen=True, gc=False):
    """What is going on in an engine right now. `kv_share` of its cache (0..1) is in use."""

    running: int
    waiting: int
    kv_share: float


class Finished(Struct, frozen=True, gc=False):
    """One choice that came to its end. Durations in seconds, as a caller's clock shows them."""

    finish: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    max_tokens: int
    choices: int
    queue_s: float
    prefill_s: float
    first_s: float
    total_s: float

    @property
    def measurements(self) -> dict[str, float]:
        """What each histogram is told of it."""
        decode_s = self.total_s - self.first_s
        return {
            "request_prompt_tokens": self.prompt_tokens,
            "request_generation_tokens": self.completion_tokens,
            "request_max_num_generation_tokens": self.completion_tokens,
            "request_params_n": self.choices,
            "request_num_preemptions": 0,
            "request_prefill_kv_computed_tokens": self.prompt_tokens - self.cached_tokens,
            "request_params_max_tokens": self.max_tokens,
            "request_time_per_output_token_seconds": decode_s / max(1, self.completion_tokens - 1),
            "e2e_request_latency_seconds": self.total_s,
            "request_queue_time_seconds": self.queue_s,
            "request_inference_time_seconds": self.total_s - self.queue_s,
            "request_prefill_time_seconds": self.prefill_s,
            "request_decode_time_seconds": decode_s,
        }


class Metrics:
    """All that is counted of one engine, which can hold `kv_tokens`. `load` is asked at each scrape."""

    def __init__(self, model: str, tier: str, kv_tokens: int, load: Callable[[], Load]) -> None:
        self._registry = registry = CollectorRegistry()
        GCCollector(registry)
        PlatformCollector(registry)
        ProcessCollector(registry=registry)
        self._model = model
        diffusion = DIFFUSION_COUNTERS if tier == "fast" else {}
        self._counters = {name: self._counter(name, text) for name, text in {**diffusion, **COUNTERS}.items()}
        self._gauges(load)
        self._cache(kv_tokens)
        self._finished = self._labelled(FINISHED)
        self._prompt_sources = self._labelled(PROMPT_SOURCES)
        for never in NEVER_COUNTED:
            self._labelled(never)
        self._histograms = {name: self._histogram(name, *told) for name, told in HISTOGRAMS.items()}
        self._to_first_token = self._histograms["time_to_first_token_seconds"]
        self._between_tokens = self._histograms["inter_token_latency_seconds"]
        self._step_tokens = self._histograms["iteration_tokens_total"]

    def text(self) -> bytes:
        """The answer to a scrape."""
        return generate_latest(self._registry)

    def count_step(self, tokens: int, firsts_s: Iterable[float], gaps_s: Iterable[float]) -> None:
        """One step of the engine: the tokens it brought, how long after their requests the first ones came, and how
        long after the ones before them the others."""
        self._step_tokens.observe(tokens)
        for first_s in firsts_s:
            self._to_first_token.observe(first_s)
        for gap_s in gaps_s:
            self._between_tokens.observe(gap_s)

    def count_denoising(self, steps: int, positions: int, committed: int) -> None:
        """What one step did on a diffusion engine."""
        self._counters["diffusion_num_denoising_steps"].inc(steps)
        self._counters["diffusion_num_canvas_positions"].inc(positions)
        self._counters["diffusion_num_committed_tokens"].inc(committed)

    def count_finished(self, finished: Finished) -> None:
        """One choice that came to its end."""
        self._finished[finished.finish].inc()
        for name, value in finished.measurements.items():
            self._histograms[name].observe(value)
        self._counters["prompt_tokens"].inc(finished.prompt_tokens)
        self._prompt_sources["local_compute"].inc(finished.prompt_tokens - finished.cached_tokens)
        self._prompt_sources["local_cache_hit"].inc(finished.cached_tokens)
        self._counters["prefix_cache_queries"].inc(finished.prompt_tokens)
        self._counters["prefix_cache_hits"].inc(finished.cached_tokens)
        self._counters["generation_tokens"].inc(finished.completion_tokens)

    def _counter(self, name: str, text: str) -> Counter:
        return Counter(f"vllm:{name}", text, ENGINE_LABELS, registry=self._registry).labels(_ENGINE, self._model)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        made = Histogram(f"vllm:{name}", text, ENGINE_LABELS, buckets=buckets, registry=self._registry)
        return made.labels(_ENGINE, self._model)

    def _gauges(self, load: Callable[[], Load]) -> None:
        readings: dict[str, tuple[str, Callable[[], float]]] = {
            "num_requests_running": ("Number of requests in model execution batches.", lambda: load().running),
            "num_requests_waiting": ("Number of requests waiting to be processed.", lambda: load().waiting),
            "kv_cache_usage_perc": ("KV-cache usage. 1 means 100 percent usage.", lambda: load().kv_share),
        }
        for name, (text, read) in readings.items():
            gauge = Gauge(f"vllm:{name}", text, ENGINE_LABELS, registry=self._registry)
            gauge.labels(_ENGINE, self._model).set_function(read)
        reasons = Gauge(
            "vllm:num_requests_waiting_by_reason",
            "Number of waiting requests by reason.",
            (*ENGINE_LABELS, "reason"),
            registry=self._registry,
        )
        reasons.labels(_ENGINE, self._model, "capacity").set_function(lambda: load().waiting)
        reasons.labels(_ENGINE, self._model, "deferred").set(0)
        text = "Engine sleep state; awake = 0 means engine is sleeping; awake = 1 means engine is awake."
        sleep = Gauge("vllm:engine_sleep_state", text, (*ENGINE_LABELS, "sleep_state"), registry=self._registry)
        for state, value in SLEEP_STATES.items():
            sleep.labels(_ENGINE, self._model, state).set(value)

    def _cache(self, kv_tokens: int) -> None:
        blocks = str(kv_tokens // CACHE_BLOCK_TOKENS)
        sizes = {"kv_cache_size_tokens": str(kv_tokens), "num_gpu_blocks": blocks}
        labels = {"engine": _ENGINE, **CACHE_CONFIG, **sizes}
        text = "Information of the LLMEngine CacheConfig"
        Gauge("vllm:cache_config_info", text, tuple(labels), registry=self._registry).labels(**labels).set(1)

    def _labelled(self, told: Labelled) -> dict[str, Counter]:
        labels = (*(ENGINE_LABELS if told.per_engine else ENGINE_LABELS[1:]), told.label)
        made = Counter(f"vllm:{told.name}", told.text, labels, registry=self._registry)
        known = (_ENGINE, self._model) if told.per_engine else (self._model,)
        return {value: made.labels(*known, value) for value in told.values}
