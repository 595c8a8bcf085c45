"""What the launcher says that a request takes of the KV cache is what the real vLLM sets aside for it, to the byte."""

import json
import os
import subprocess
from dataclasses import asdict
from typing import Any

from tandem_serving.launch.architectures import ARCHITECTURES
from tandem_serving.launch.memory import BATCHES_IN_FLIGHT, BLOCK_TOKENS, Serving, request_bytes
from tandem_serving.tiny.engines import ensure_checkpoints
from tandem_serving.tiny.specs import SETTINGS, STRONG
from tests.live.engines import MODELS, PYTHON, skip_or_fail

SHAPES = ((262_144, 8192, 2, 1), (32_768, 2048, 1, 1), (36_864, 4096, 1, 1), (10_000, 10_240, 2, 2))
CASES = [
    (name, Serving(context_tokens=tokens, slots=1, batched_tokens=batched, utilization=0.9, kv_bytes=kv, cards=cards))
    for name in ("gemma4-26b", "gemma4-31b")
    for tokens, batched, kv, cards in SHAPES
]

# The layers of the real models, laid out and counted by vLLM; nothing of that size is made. The configuration is that
# of a tiny model, with the length and the batch of each case.
COUNT = """
import json, sys
import torch
from vllm.engine.arg_utils import EngineArgs
from vllm.v1.core.kv_cache_utils import _max_memory_usage_bytes_from_groups, get_kv_cache_groups
from vllm.v1.kv_cache_interface import FullAttentionSpec, SlidingWindowSpec

config = EngineArgs(model=sys.argv[1], max_model_len=4096, enforce_eager=True).create_engine_config()
config.cache_config.kv_cache_layout = "NHD"  # settled by the engine's process, which there is none of

def layers(case):
    every = (case["sliding"]["layers"] + case["full"]["layers"]) // case["full"]["layers"]
    for layer in range(every * case["full"]["layers"]):
        is_full = layer % every == every - 1
        kind = case["full" if is_full else "sliding"]
        spec = dict(
            block_size=case["block"], num_kv_heads=kind["kv_heads"] // case["cards"], head_size=kind["width"],
            dtype=torch.bfloat16 if case["kv_bytes"] == 2 else torch.float8_e4m3fn,
        )
        windowed = dict(spec, sliding_window=case["window"])
        yield str(layer), FullAttentionSpec(**spec) if is_full else SlidingWindowSpec(**windowed)

counted = []
for case in json.loads(sys.argv[2]):
    config.model_config.max_model_len = case["context"]
    config.scheduler_config.max_num_batched_tokens = case["in_flight"] // config.max_concurrent_batches
    groups = get_kv_cache_groups(config, dict(layers(case)))
    counted.append(_max_memory_usage_bytes_from_groups(config, groups))
print(json.dumps(counted))
"""


def test_a_request_takes_what_vllm_sets_aside_for_it() -> None:
    if not PYTHON.exists():
        skip_or_fail(".venv-live is missing, which holds vLLM: `make live` makes it")
    ensure_checkpoints(PYTHON, MODELS)

    done = subprocess.run(
        (PYTHON, "-c", COUNT, str(MODELS / STRONG.checkpoint), json.dumps([told(*case) for case in CASES])),
        env={**os.environ, **SETTINGS, "TRITON_INTERPRET": "0"},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )

    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout.splitlines()[-1])
    assert counted == [request_bytes(ARCHITECTURES[name], serving) for name, serving in CASES]


def told(name: str, serving: Serving) -> dict[str, Any]:
    model = ARCHITECTURES[name]
    return {
        "sliding": asdict(model.sliding),
        "full": asdict(model.full),
        "window": model.window_tokens,
        "block": BLOCK_TOKENS,
        "context": serving.context_tokens,
        "in_flight": BATCHES_IN_FLIGHT * serving.batched_tokens,
        "kv_bytes": serving.kv_bytes,
        "cards": serving.cards,
    }
