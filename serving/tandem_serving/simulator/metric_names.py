"""The names, texts and buckets of vLLM 0.32's metrics. Data only."""

from msgspec import Struct

ENGINE_LABELS = ("engine", "model_name")
_LATENCIES = (0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680)
_FIRST_TOKEN = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80)
_FIRST_TOKEN_TAIL = (160, 640, 2560)
_PER_TOKEN = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80)
_TOKENS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_STEP_TOKENS = (1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)

COUNTERS = {
    "prefix_cache_queries": "Prefix cache queries, in terms of number of queried tokens.",
    "prefix_cache_hits": "Prefix cache hits, in terms of number of cached tokens.",
    "num_preemptions": "Cumulative number of preemption from the engine.",
    "prompt_tokens": "Number of prefill tokens processed.",
    "generation_tokens": "Number of generation tokens processed.",
    "external_prefix_cache_queries": "External prefix cache queries, in terms of number of queried tokens.",
    "external_prefix_cache_hits": "External prefix cache hits, in terms of number of cached tokens.",
    "mm_cache_queries": "Multi-modal cache queries, in terms of number of queried items.",
    "mm_cache_hits": "Multi-modal cache hits, in terms of number of cached items.",
    "prompt_tokens_cached": "Number of cached prompt tokens (local + external).",
    "estimated_flops_per_gpu": "Estimated number of floating point operations per GPU.",
    "estimated_read_bytes_per_gpu": "Estimated number of bytes read from memory per GPU.",
    "estimated_write_bytes_per_gpu": "Estimated number of bytes written to memory per GPU.",
}
"""By name, without the prefix. Some never count here: no GPU is simulated."""

DIFFUSION_COUNTERS = {
    "diffusion_num_denoising_steps": "Number of denoising steps.",
    "diffusion_num_canvas_positions": "Number of canvas positions evaluated.",
    "diffusion_num_committed_tokens": "Number of committed (finalized) tokens.",
}
HISTOGRAMS: dict[str, tuple[str, tuple[float, ...]]] = {
    "request_prompt_tokens": ("Number of prefill tokens processed.", _TOKENS),
    "request_generation_tokens": ("Number of generation tokens processed.", _TOKENS),
    "iteration_tokens_total": ("Histogram of number of tokens per engine_step.", _STEP_TOKENS),
    "request_max_num_generation_tokens": ("Histogram of maximum number of requested generation tokens.", _TOKENS),
    "request_params_n": ("Histogram of the n request parameter.", (1, 2, 5, 10, 20)),
    "request_params_max_tokens": ("Histogram of the max_tokens request parameter.", _TOKENS),
    "time_to_first_token_seconds": (
        "Histogram of time to first token in seconds.",
        _FIRST_TOKEN + _FIRST_TOKEN_TAIL,
    ),
    "inter_token_latency_seconds": ("Histogram of inter-token latency in seconds.", _PER_TOKEN),
    "request_time_per_output_token_seconds": (
        "Histogram of time_per_output_token_seconds per request.",
        _PER_TOKEN,
    ),
    "e2e_request_latency_seconds": ("Histogram of e2e request latency in seconds.", _LATENCIES),
    "request_queue_time_seconds": ("Histogram of time spent in WAITING phase for request.", _LATENCIES),
    "request_inference_time_seconds": ("Histogram of time spent in RUNNING phase for request.", _LATENCIES),
    "request_prefill_time_seconds": ("Histogram of time spent in PREFILL phase for request.", _LATENCIES),
    "request_num_preemptions": ("Histogram of the number of times a request was preempted.", (1, 2, 3, 4, 5, 10, 20)),
    "request_prefill_kv_computed_tokens": ("Histogram of new KV tokens computed during prefill.", _TOKENS),
    "request_decode_time_seconds": ("Histogram of time spent in DECODE phase for request.", _LATENCIES),
}


class Labelled(Struct, frozen=True):
    """A counter with a label of its own besides the usual ones."""

    name: str
    text: str
    label: str
    values: tuple[str, ...]
    per_engine: bool = True


FINISHED_REASONS = ("stop", "length", "abort", "error", "repetition")
FINISHED = Labelled("request_success", "Count of successfully processed requests.", "finished_reason", FINISHED_REASONS)
PROMPT_SOURCES = Labelled(
    "prompt_tokens_by_source",
    "Number of prompt tokens by source.",
    "source",
    ("local_compute", "local_cache_hit", "external_kv_transfer"),
)
NEVER_COUNTED = (
    Labelled(
        "prompt_tokens_cached_by_source",
        "Prefix-cache hit tokens by the cache tier that supplied them.",
        "source",
        ("device", "host", "p2p", "disk", "external_unspecified"),
    ),
    Labelled(
        "admission_rejections",
        "Number of admission attempts rejected by a queue limit, by reason.",
        "reason",
        ("max_num_queued_reqs", "max_num_queued_tokens"),
        per_engine=False,
    ),
)
SLEEP_STATES = {"awake": 1, "weights_offloaded": 0, "discard_all": 0}
CACHE_BLOCK_TOKENS = 128
CACHE_CONFIG = {
    "_block_size_resolved": "True",
    "block_size": str(CACHE_BLOCK_TOKENS),
    "cache_dtype": "auto",
    "cache_hit_alignment_tokens": "None",
    "effective_attention_block_size": str(CACHE_BLOCK_TOKENS),
    "enable_mamba_shared_prefix_checkpoint": "False",
    "enable_prefix_caching": "True",
    "gpu_memory_utilization": "0.92",
    "hash_block_size": "None",
    "is_attention_free": "False",
    "kv_cache_dtype_skip_layers": "[]",
    "kv_cache_layout": "None",
    "kv_offloading_backend": "native",
    "kv_offloading_size": "None",
    "kv_sharing_fast_prefill": "False",
    "mamba_block_size": "None",
    "mamba_cache_dtype": "auto",
    "mamba_cache_mode": "none",
    "mamba_page_size_padded": "None",
    "mamba_ssm_cache_dtype": "float32",
    "num_cpu_blocks": "None",
    "num_gpu_blocks_override": "None",
    "prefix_cache_retention_interval": "0",
    "prefix_caching_hash_algo": "sha256",
    "prefix_match_unit": "None",
    "replayssm_buffer_len": "16",
    "skip_page_size_padded": "None",
    "sliding_window": "None",
    "swa_bounded_replay": "True",
    "use_kda_recoverssm": "False",
    "use_replayssm": "False",
    "user_specified_block_size": "False",
}
"""The labels of the cache as the real engine writes them, those left out that tell its size."""
