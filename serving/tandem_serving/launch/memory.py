"""Whether a model fits a card, with the sum written out. It measures nothing and starts nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from tandem_serving.launch.architectures import VOCABULARY_TOKENS, Architecture, Attention

MIB_PER_GIB = 1024
GIB = 2**30

REST_GIB = 2.5
"""CUDA context, graphs and activations of one card: assumed, from 4090s on which a tuned engine left 3.7 GiB for it."""

TRANSIENT_COPIES = 3
"""Canvas-wide copies of all logits in FP32 that a diffusion slot needs while it samples. vLLM 0.32 bounds its tiles by
as many, and 32 slots took 23.9 GiB before there were tiles (pull request 45672)."""

BLOCK_TOKENS = 16
BATCHES_IN_FLIGHT = 2
"""What asynchronous scheduling has vLLM keep room for: one batch that runs and one that is being prepared."""


@dataclass(frozen=True)
class Serving:
    """The options of vLLM that memory depends on. `kv_bytes` is what one number in the KV cache takes."""

    context_tokens: int
    slots: int
    batched_tokens: int
    utilization: float
    kv_bytes: int = 2
    cards: int = 1


@dataclass(frozen=True)
class Line:
    """One line of the sum. `how` says where the figure comes from."""

    label: str
    figure: str
    how: str


@dataclass(frozen=True)
class Budget:
    """What one card must hold, in GiB.

    `allowed` is what vLLM may take, `request` the KV cache of one request that fills the context, `batch` what a full
    batch needs on top of `allowed`, where only what vLLM was not allowed (`outside`) is left for it.
    """

    card: float
    allowed: float
    weights: float
    request: float
    batch: float
    rest: float = REST_GIB

    @property
    def cache(self) -> float:
        """What is left for the KV cache; below zero where not even the weights fit."""
        return self.allowed - self.weights - self.rest

    @property
    def outside(self) -> float:
        """What vLLM leaves alone."""
        return self.card - self.allowed

    @property
    def requests(self) -> float:
        """How many requests that fill the context the KV cache holds."""
        return max(self.cache, 0.0) / self.request

    @property
    def least(self) -> float:
        """The smallest card that could serve one such request at a time."""
        return self.weights + self.rest + self.request + self.batch


def budget(model: Architecture, weights: float, card_gib: float, serving: Serving) -> Budget:
    """The sum for each of `serving.cards` cards of `card_gib`; `weights` is those of the whole model, in bytes."""
    return Budget(
        card=card_gib,
        allowed=card_gib * serving.utilization,
        weights=weights / serving.cards / GIB,
        request=request_bytes(model, serving) / GIB,
        batch=transient_bytes(model, serving.slots) / GIB,
    )


def request_bytes(model: Architecture, serving: Serving) -> int:
    """What vLLM sets aside on each card for one request that fills the context.

    Layers share one pool of blocks, in groups of as many layers as there are of the rarer kind. All blocks of a group
    are as large as the largest, so that one holds more tokens of layers whose tokens are smaller. Sliding layers keep
    their window and all tokens that may be in flight (`max_admission_blocks_per_request` of vLLM 0.32).
    """
    sliding_bytes = _token_bytes(model.sliding, serving)
    full_bytes = _token_bytes(model.full, serving)
    page_bytes = max(sliding_bytes, full_bytes) * BLOCK_TOKENS
    group = min(model.sliding.layers, model.full.layers)
    kept_tokens = model.window_tokens - 1 + BATCHES_IN_FLIGHT * serving.batched_tokens
    sliding = ceil(min(kept_tokens, serving.context_tokens) / (page_bytes // sliding_bytes)) + 1
    full = ceil(serving.context_tokens / (page_bytes // full_bytes))
    blocks = sliding * ceil(model.sliding.layers / group) + full * ceil(model.full.layers / group)
    return blocks * group * page_bytes


def _token_bytes(layers: Attention, serving: Serving) -> int:
    """Keys and values of one token in one layer, on each card."""
    return 2 * ceil(layers.kv_heads / serving.cards) * layers.width * serving.kv_bytes


def transient_bytes(model: Architecture, slots: int) -> int:
    """What a full batch needs while it samples: `[slots, canvas, vocabulary]` in FP32, as often as it is copied."""
    return TRANSIENT_COPIES * slots * canvas_bytes(model)


def canvas_bytes(model: Architecture) -> int:
    """All logits of one canvas in FP32: 268 MB for 256 tokens. Nothing where there is no canvas."""
    return model.canvas_tokens * VOCABULARY_TOKENS * 4


@dataclass(frozen=True)
class Told:
    """What the first lines of the sum say of where their figures come from."""

    card: str
    weights: str


def written_out(found: Budget, model: Architecture, serving: Serving, told: Told) -> Iterator[Line]:
    """The sum as one would write it on paper."""
    held = f"holds {found.requests:.1f} requests of {serving.context_tokens} tokens"
    share = f"1/{serving.cards} of " if serving.cards > 1 else ""
    yield Line("one card", _gib(found.card), told.card)
    yield Line("vLLM may take", _gib(found.allowed), f"{serving.utilization:g} of it (gpu-memory-utilization)")
    yield Line("- weights", _gib(found.weights), share + told.weights)
    yield Line("- the rest", _gib(found.rest), "CUDA context, graphs, activations: assumed")
    yield Line("= KV cache", _gib(found.cache), held)
    yield Line("one request", _gib(found.request), _request_how(model, serving))
    yield Line("outside", _gib(found.outside), "what vLLM leaves alone")
    if model.canvas_tokens:
        yield Line("- a full batch", _gib(found.batch), _batch_how(model, serving))


def _request_how(model: Architecture, serving: Serving) -> str:
    full, sliding = model.full, model.sliding
    return (
        f"{full.layers} layers keep {serving.context_tokens} tokens, {sliding.layers} keep "
        f"{model.window_tokens} and {BATCHES_IN_FLIGHT} x {serving.batched_tokens} in flight; "
        f"{serving.kv_bytes} byte{'s' if serving.kv_bytes > 1 else ''} a number"
    )


def _batch_how(model: Architecture, serving: Serving) -> str:
    return (
        f"{serving.slots} slot{'s' if serving.slots > 1 else ''} x {TRANSIENT_COPIES} copies of "
        f"[{model.canvas_tokens}, {VOCABULARY_TOKENS}] FP32, {canvas_bytes(model) / 1e6:.0f} MB each"
    )


def _gib(value: float) -> str:
    return f"{value:.1f} GiB"
