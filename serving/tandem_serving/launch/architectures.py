"""How the models are built, and what their weights take. Values and sums only."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Quantisation = Literal["bf16", "fp8", "int8", "int4", "nvfp4"]
Part = Literal["experts", "attention", "mlp"]

VOCABULARY_TOKENS = 262_144
BF16_BYTES = 2.0

BYTES_PER_WEIGHT: Mapping[Quantisation, float] = MappingProxyType(
    {"bf16": BF16_BYTES, "fp8": 1.0, "int8": 1.0, "int4": 0.5 + 2 / 32, "nvfp4": 0.5 + 1 / 16}
)
"""What a quantised weight takes with its share of a scale: 16 bits for 32 weights of INT4, 8 bits for 16 of NVFP4."""


@dataclass(frozen=True)
class Attention:
    """The attention layers of one kind: `heads` ask, `kv_heads` are kept in the cache, both `width` wide."""

    layers: int
    heads: int
    kv_heads: int
    width: int
    shares_values: bool = False

    def parameters(self, hidden: int) -> int:
        """The weights of all its layers. Where values are the keys, the checkpoint holds one projection for both."""
        kept = 1 if self.shares_values else 2
        return self.layers * hidden * self.width * (2 * self.heads + kept * self.kv_heads)


@dataclass(frozen=True)
class Architecture:
    """A model of the Gemma 4 family. `canvas_tokens` is 0 where tokens are written one after another.

    `mlp` is the width of the dense part of a layer, `expert` that of each of its `experts`. `vision` counts the weights
    of the tower that reads images, which is never quantised.
    """

    name: str
    hidden: int
    sliding: Attention
    full: Attention
    mlp: int
    experts: int = 0
    expert: int = 0
    window_tokens: int = 1024
    vision: int = 550_000_000
    canvas_tokens: int = 0

    @property
    def layers(self) -> int:
        """Layers of either kind."""
        return self.sliding.layers + self.full.layers

    def parameters(self) -> Mapping[Part | Literal["embeddings", "vision"], int]:
        """Weights by what they are for. The output layer is the embeddings again."""
        return {
            "experts": self.layers * self.experts * 3 * self.hidden * self.expert,
            "attention": self.sliding.parameters(self.hidden) + self.full.parameters(self.hidden),
            "mlp": self.layers * 3 * self.hidden * self.mlp,
            "embeddings": VOCABULARY_TOKENS * self.hidden,
            "vision": self.vision,
        }


# The checkpoints' config.json: hidden 2816, 30 layers, every sixth with full attention, 128 experts of 704 beside a
# dense part of 2112. 25.2 billion weights by the model card.
_MOE = Architecture(
    name="gemma4-26b",
    hidden=2816,
    sliding=Attention(layers=25, heads=16, kv_heads=8, width=256),
    full=Attention(layers=5, heads=16, kv_heads=2, width=512, shares_values=True),
    mlp=2112,
    experts=128,
    expert=704,
)
_DIFFUSION = Architecture(
    name="diffusiongemma-26b",
    hidden=_MOE.hidden,
    sliding=_MOE.sliding,
    full=_MOE.full,
    mlp=_MOE.mlp,
    experts=_MOE.experts,
    expert=_MOE.expert,
    canvas_tokens=256,
)
# config.json of google/gemma-4-31B-it. 30.7 billion weights.
_DENSE = Architecture(
    name="gemma4-31b",
    hidden=5376,
    sliding=Attention(layers=50, heads=32, kv_heads=16, width=256),
    full=Attention(layers=10, heads=32, kv_heads=4, width=512, shares_values=True),
    mlp=21504,
)

ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType({each.name: each for each in (_MOE, _DIFFUSION, _DENSE)})


def weights_bytes(model: Architecture, quantisation: Quantisation, kept: frozenset[Part] = frozenset()) -> float:
    """What the weights of a checkpoint take, `kept` being the parts that its makers left in BF16.

    vLLM adds the values' projection of the layers that share it with their keys: 0.02 to 0.2 GB, not counted.
    """
    narrow = BYTES_PER_WEIGHT[quantisation]
    width: dict[str, float] = {part: BF16_BYTES if part in kept else narrow for part in ("experts", "attention", "mlp")}
    return sum(count * width.get(part, BF16_BYTES) for part, count in model.parameters().items())
