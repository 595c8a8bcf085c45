"""The metrics that the router and its dashboards read: their names, their labels, and how they move."""

import pytest

from tests.patience import until
from tests.wire.engines import WireEngine
from tests.wire.page import Samples

BOTH = {"engine", "model_name"}
GAUGES = {
    "vllm:num_requests_running": BOTH,
    "vllm:num_requests_waiting": BOTH,
    "vllm:num_requests_waiting_by_reason": BOTH | {"reason"},
    "vllm:kv_cache_usage_perc": BOTH,
    "vllm:engine_sleep_state": BOTH | {"sleep_state"},
    "vllm:cache_config_info": {"engine", "block_size", "cache_dtype", "kv_cache_size_tokens"},
}
COUNTERS = {
    "vllm:prompt_tokens": BOTH,
    "vllm:generation_tokens": BOTH,
    "vllm:request_success": BOTH | {"finished_reason"},
    "vllm:num_preemptions": BOTH,
    "vllm:prefix_cache_queries": BOTH,
    "vllm:prefix_cache_hits": BOTH,
    "vllm:admission_rejections": {"model_name", "reason"},
}
HISTOGRAMS = """
    vllm:time_to_first_token_seconds vllm:inter_token_latency_seconds vllm:request_time_per_output_token_seconds
    vllm:e2e_request_latency_seconds vllm:request_queue_time_seconds vllm:request_prefill_time_seconds
    vllm:request_decode_time_seconds vllm:request_inference_time_seconds vllm:request_prompt_tokens
    vllm:request_generation_tokens vllm:request_params_n vllm:request_params_max_tokens
""".split()
DIFFUSION = """
    vllm:diffusion_num_denoising_steps_total vllm:diffusion_num_canvas_positions_total
    vllm:diffusion_num_committed_tokens_total
""".split()
SUCCESS = "vllm:request_success_total"
REASONS = {"stop", "length", "abort", "error", "repetition"}

SOON_S = 10.0
"""Counters are moved behind the answer, not before it."""


def test_the_page_is_prometheus_text(engine: WireEngine) -> None:
    response = engine.get("/metrics")

    assert response.status == 200
    assert response.header("content-type") == "text/plain; version=1.0.0; charset=utf-8"


@pytest.mark.parametrize(("name", "labels"), GAUGES.items())
def test_a_gauge_is_there_with_its_labels(engine: WireEngine, name: str, labels: set[str]) -> None:
    samples = engine.samples()

    assert samples.types[name] == "gauge"
    assert labels <= samples.labels_of(name)


@pytest.mark.parametrize(("name", "labels"), COUNTERS.items())
def test_a_counter_is_there_with_its_labels(engine: WireEngine, name: str, labels: set[str]) -> None:
    samples = engine.samples()

    assert samples.types[name] == "counter"
    assert labels == samples.labels_of(f"{name}_total")


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_a_histogram_is_there_with_its_labels(engine: WireEngine, name: str) -> None:
    samples = engine.samples()

    assert samples.types[name] == "histogram"
    assert samples.labels_of(f"{name}_count") == samples.labels_of(f"{name}_sum") == BOTH
    assert samples.labels_of(f"{name}_bucket") == BOTH | {"le"}


def test_samples_are_labelled_with_the_served_model(engine: WireEngine) -> None:
    assert engine.samples().of("vllm:num_requests_running", engine="0", model_name=engine.model) >= 0


def test_reasons_to_finish_are_all_there_from_the_start(engine: WireEngine) -> None:
    found = {each.labels["finished_reason"] for each in engine.samples().all if each.name == SUCCESS}

    assert found == REASONS


@pytest.mark.parametrize("name", DIFFUSION)
def test_only_a_diffusion_engine_counts_denoising(fast: WireEngine, strong: WireEngine, name: str) -> None:
    assert fast.samples().labels_of(name) == BOTH
    assert not strong.samples().has(name)


def test_the_load_of_an_idle_engine_is_zero(idle: WireEngine) -> None:
    samples = idle.samples()

    assert idle.load() == 0
    assert samples.of("vllm:num_requests_running") == samples.of("vllm:num_requests_waiting") == 0
    assert samples.of("vllm:kv_cache_usage_perc") == 0


def test_tokens_are_counted_as_usage_counts_them(idle: WireEngine) -> None:
    before = idle.samples()
    usage = idle.chat(max_tokens=40, ignore_eos=True).json["usage"]

    until(lambda: grown(idle, before, "vllm:generation_tokens_total") == usage["completion_tokens"], SOON_S)
    assert grown(idle, before, "vllm:prompt_tokens_total") == usage["prompt_tokens"]


def test_an_answer_is_counted_under_the_reason_it_finished_for(idle: WireEngine) -> None:
    before = idle.samples()
    idle.chat(max_tokens=2, ignore_eos=True)
    idle.chat(max_tokens=300, stop=["e", " ", "a"], ignore_eos=True)

    until(lambda: grown(idle, before, SUCCESS, finished_reason="stop") == 1, SOON_S)
    assert grown(idle, before, SUCCESS, finished_reason="length") == 1
    assert grown(idle, before, SUCCESS) == 2


def test_each_choice_is_counted_as_an_answer(idle: WireEngine) -> None:
    before = idle.samples()
    idle.chat(n=2, max_tokens=2, ignore_eos=True)

    until(lambda: grown(idle, before, SUCCESS, finished_reason="length") == 2, SOON_S)


def test_a_refused_request_is_not_counted(idle: WireEngine) -> None:
    before = idle.samples()
    idle.chat(max_tokens=0)
    idle.chat(model="nope")

    assert grown(idle, before, SUCCESS) == 0


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_every_answer_is_observed_once(idle: WireEngine, name: str) -> None:
    before = idle.samples()
    idle.chat(max_tokens=1, ignore_eos=True)

    tokens = "vllm:inter_token_latency_seconds"
    until(lambda: grown(idle, before, f"{name}_count") == (0 if name == tokens else 1), SOON_S)


def test_the_time_between_blocks_is_observed_once_for_each_but_the_first(fast: WireEngine) -> None:
    until(fast.is_idle, SOON_S)
    before = fast.samples()
    fast.chat(max_tokens=600, ignore_eos=True)

    until(lambda: grown(fast, before, "vllm:inter_token_latency_seconds_count") == 2, SOON_S)


def test_the_time_between_tokens_is_observed_once_for_each_but_the_first(strong: WireEngine) -> None:
    until(strong.is_idle, SOON_S)
    before = strong.samples()
    strong.chat(max_tokens=20, ignore_eos=True)

    until(lambda: grown(strong, before, "vllm:inter_token_latency_seconds_count") == 19, SOON_S)


def test_denoising_is_counted_by_whole_canvases(fast: WireEngine) -> None:
    until(fast.is_idle, SOON_S)
    before = fast.samples()
    told = fast.chat(max_tokens=300, ignore_eos=True).json["metrics"]["speculative_decoding"]

    steps, positions, committed = DIFFUSION
    until(lambda: grown(fast, before, committed) == 2 * fast.canvas_tokens, SOON_S)
    assert grown(fast, before, steps) == told["num_spec_steps"]
    assert grown(fast, before, positions) == told["num_draft_tokens"]


def grown(engine: WireEngine, before: Samples, name: str, **labels: str) -> float:
    """By how much a counter has grown."""
    return engine.samples().of(name, **labels) - before.of(name, **labels)
