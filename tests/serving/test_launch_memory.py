"""What a model takes of a card: the sums agree with every footprint that has been published, and with known crashes."""

from dataclasses import replace

import pytest

from tandem_serving.launch.architectures import ARCHITECTURES, Part, Quantisation, weights_bytes
from tandem_serving.launch.memory import GIB, Budget, Serving, budget, canvas_bytes, request_bytes, transient_bytes

DIFFUSION = ARCHITECTURES["diffusiongemma-26b"]
MOE = ARCHITECTURES["gemma4-26b"]
DENSE = ARCHITECTURES["gemma4-31b"]
WITHIN = 0.15
ATTENTION: frozenset[Part] = frozenset({"attention"})
MLP: frozenset[Part] = frozenset({"mlp"})
NOTHING: frozenset[Part] = frozenset()

ONE = Serving(context_tokens=32768, slots=1, batched_tokens=2048, utilization=0.9, kv_bytes=1)
RTX_5090_GIB = 32607 / 1024


@pytest.mark.parametrize(
    ("name", "quantisation", "kept", "gigabytes"),
    [
        ("diffusiongemma-26b", "nvfp4", ATTENTION, 17.0),
        ("diffusiongemma-26b", "nvfp4", ATTENTION, 17.5),
        ("diffusiongemma-26b", "int4", MLP, 16.4),
        ("diffusiongemma-26b", "int4", MLP, 17.22),
        ("diffusiongemma-26b", "int8", NOTHING, 26.0),
        ("diffusiongemma-26b", "fp8", NOTHING, 25.33 * GIB / 1e9),
        ("diffusiongemma-26b", "bf16", NOTHING, 49 * GIB / 1e9),
        ("gemma4-26b", "nvfp4", ATTENTION, 16.0),
        ("gemma4-26b", "fp8", NOTHING, 25.67 * GIB / 1e9),
        ("gemma4-31b", "nvfp4", NOTHING, 19.0),
        ("gemma4-31b", "int4", NOTHING, 20.0),
    ],
)
def test_weights_take_what_their_makers_and_users_say(
    name: str, quantisation: Quantisation, kept: frozenset[Part], gigabytes: float
) -> None:
    assert weights_bytes(ARCHITECTURES[name], quantisation, kept) / 1e9 == pytest.approx(gigabytes, rel=WITHIN)


@pytest.mark.parametrize(
    ("name", "quantisation", "kept", "gigabytes"),
    [
        ("diffusiongemma-26b", "bf16", NOTHING, 64),
        ("diffusiongemma-26b", "fp8", NOTHING, 32),
        ("diffusiongemma-26b", "nvfp4", ATTENTION, 24),
        ("gemma4-26b", "bf16", NOTHING, 64),
        ("gemma4-26b", "fp8", NOTHING, 32),
        ("gemma4-31b", "bf16", NOTHING, 75),
        ("gemma4-31b", "fp8", NOTHING, 38),
    ],
)
def test_the_smallest_card_is_the_one_that_the_recipes_name(
    name: str, quantisation: Quantisation, kept: frozenset[Part], gigabytes: float
) -> None:
    model = ARCHITECTURES[name]

    least = budget(model, weights_bytes(model, quantisation, kept), 1000, ONE).least

    assert least * GIB / 1e9 == pytest.approx(gigabytes, rel=WITHIN)


def test_the_models_have_as_many_weights_as_their_cards_say() -> None:
    def billions(name: str) -> float:
        parameters = ARCHITECTURES[name].parameters()
        return (sum(parameters.values()) - parameters["vision"]) / 1e9

    assert billions("gemma4-26b") == pytest.approx(25.2, rel=0.01)
    assert billions("gemma4-31b") == pytest.approx(30.7, rel=0.01)


def test_a_canvas_of_logits_takes_268_megabytes_and_32_slots_what_was_measured() -> None:
    assert canvas_bytes(DIFFUSION) == 268_435_456
    assert transient_bytes(DIFFUSION, 32) / GIB == pytest.approx(23.9, rel=0.02)
    assert transient_bytes(MOE, 32) == 0


def test_a_request_takes_the_blocks_that_were_traced_in_the_source_of_vllm() -> None:
    """13,637 and 9,797 blocks of 2,621,440 bytes for Gemma 4 31B, with 8192 and 2048 tokens a batch."""
    whole = Serving(context_tokens=262_144, slots=1, batched_tokens=8192, utilization=0.9)

    assert request_bytes(DENSE, whole) == 13_637 * 2_621_440
    assert request_bytes(DENSE, replace(whole, batched_tokens=2048)) == 9_797 * 2_621_440


def test_a_cache_of_8_bits_and_a_second_card_each_halve_what_a_request_takes_of_a_card() -> None:
    alone = Serving(context_tokens=65536, slots=1, batched_tokens=4096, utilization=0.9)

    assert request_bytes(MOE, replace(alone, kv_bytes=1)) * 2 == request_bytes(MOE, alone)
    assert request_bytes(MOE, replace(alone, cards=2)) * 2 == request_bytes(MOE, alone)


def test_layers_with_a_window_keep_no_more_of_a_longer_context() -> None:
    short = Serving(context_tokens=131_072, slots=1, batched_tokens=2048, utilization=0.9)
    longer = replace(short, context_tokens=262_144)

    more = request_bytes(MOE, longer) - request_bytes(MOE, short)

    assert more == 131_072 * 5 * 2 * 2 * 512 * 2


@pytest.mark.parametrize(
    ("slots", "utilization", "survives"),
    [(4, 0.80, True), (8, 0.70, True), (8, 0.80, True), (8, 0.85, False), (8, 0.90, False)],
)
def test_an_rtx_5090_survives_a_full_batch_where_its_users_say_so(
    slots: int, utilization: float, survives: bool
) -> None:
    found = on_an_rtx_5090(slots, utilization)

    assert (found.outside >= found.batch and found.cache >= found.request) is survives


def on_an_rtx_5090(slots: int, utilization: float) -> Budget:
    serving = Serving(context_tokens=36864, slots=slots, batched_tokens=2048, utilization=utilization, kv_bytes=1)
    return budget(DIFFUSION, weights_bytes(DIFFUSION, "nvfp4", ATTENTION), RTX_5090_GIB, serving)
