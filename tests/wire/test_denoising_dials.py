"""What a request may set of its own denoising, and what the step scheduler tells of it."""

from typing import Any

import pytest

from tests.wire.engines import WireEngine
from tests.wire.shapes import SPECULATIVE, chunks, payloads, pieces, shape

WITH_USAGE = {"include_usage": True}
COMMIT = 1
"""Passes of a canvas on top of its denoising."""


def test_passes_are_told_canvas_by_canvas(fast: WireEngine) -> None:
    told = passes_of(fast, max_tokens=300)

    assert sum(told["per_step_accepted"]) == 2 * fast.canvas_tokens
    assert [each for each in told["per_step_accepted"] if each] == [fast.canvas_tokens] * 2
    assert told["per_step_accepted"][-1] == fast.canvas_tokens
    assert told["num_spec_steps"] == len(told["per_step_accepted"])
    assert set(told["per_step_drafted"]) == {fast.canvas_tokens}


def test_the_counts_of_passes_agree(fast: WireEngine) -> None:
    told = passes_of(fast, max_tokens=300)

    steps, taken = told["num_spec_steps"], told["num_accepted_draft_tokens"]
    assert taken == sum(told["per_step_accepted"])
    assert told["num_draft_tokens"] == sum(told["per_step_drafted"])
    assert told["draft_acceptance_rate"] == pytest.approx(taken / told["num_draft_tokens"])
    assert told["mean_acceptance_length"] == pytest.approx(1 + taken / steps)
    assert len(told["acceptance_histogram"]) == told["num_spec_tokens"] + 1 == fast.canvas_tokens + 1
    assert sum(told["acceptance_histogram"]) == steps


def test_a_whole_canvas_is_counted_however_little_of_it_is_used(fast: WireEngine) -> None:
    told = passes_of(fast, max_tokens=1)

    assert told["num_accepted_draft_tokens"] == fast.canvas_tokens


@pytest.mark.parametrize("cap", [1, 2])
def test_a_cap_bounds_the_passes_of_each_canvas(fast: WireEngine, cap: int) -> None:
    told = passes_of(fast, max_tokens=300, vllm_xargs={"diffusion_max_steps": cap})

    assert told["num_spec_steps"] <= 2 * (cap + COMMIT)


def test_a_cap_of_one_is_one_pass_and_the_commit(fast: WireEngine) -> None:
    told = passes_of(fast, vllm_xargs={"diffusion_max_steps": 1})

    assert told["per_step_accepted"] == [0, fast.canvas_tokens]


def test_a_cap_above_the_engines_own_changes_nothing(fast: WireEngine) -> None:
    assert passes_of(fast, vllm_xargs={"diffusion_max_steps": 1000})["num_spec_steps"] <= 48 + COMMIT


def test_a_narrow_canvas_gives_narrow_blocks(fast: WireEngine) -> None:
    asked = {"max_tokens": 80, "ignore_eos": True, "vllm_xargs": {"diffusion_canvas_length": 32}}
    usage = {"include_usage": True, "continuous_usage_stats": True}
    stream = chunks(fast.streaming(**asked, stream_options=usage))

    assert [chunk["usage"]["completion_tokens"] for chunk in stream[1:-1]] == [32, 64, 80]
    told = passes_of(fast, **asked)
    assert [each for each in told["per_step_accepted"] if each] == [32, 32, 32]
    assert set(told["per_step_drafted"]) == {32}


@pytest.mark.parametrize(
    "dials",
    [
        {"diffusion_max_steps": 0},
        {"diffusion_max_steps": -1},
        {"diffusion_max_steps": "abc"},
        {"diffusion_canvas_length": 0},
        {"diffusion_canvas_length": -5},
        {"diffusion_canvas_length": 300},
    ],
    ids=str,
)
def test_a_dial_that_cannot_be_set_is_refused_late(fast: WireEngine, dials: dict[str, Any]) -> None:
    plain = fast.chat(vllm_xargs=dials)
    streamed = fast.streaming(vllm_xargs=dials)

    assert (plain.status, plain.error["type"], plain.error["param"]) == (400, "BadRequestError", "extra_args")
    assert streamed.status == 200
    assert len(payloads(streamed.body)) == 2


def test_dials_mean_nothing_to_the_autoregressive_engine(strong: WireEngine) -> None:
    dials = {"diffusion_max_steps": 0, "diffusion_canvas_length": 300}

    assert strong.chat(vllm_xargs=dials).json["metrics"] is None


def test_in_a_stream_passes_come_with_the_usage(fast: WireEngine) -> None:
    *_, usage = chunks(fast.streaming(max_tokens=300, ignore_eos=True, stream_options=WITH_USAGE))

    assert list(usage)[-2:] == ["system_fingerprint", "metrics"]
    assert shape(usage["metrics"]) == f"{{speculative_decoding:{SPECULATIVE}}}"
    assert usage["metrics"]["speculative_decoding"]["num_accepted_draft_tokens"] == 2 * fast.canvas_tokens


def test_in_a_stream_without_usage_passes_do_not_come(fast: WireEngine) -> None:
    stream = chunks(fast.streaming(max_tokens=300, ignore_eos=True))

    assert len(pieces(stream)) == 2
    assert not any("metrics" in chunk for chunk in stream)


def test_passes_of_several_choices_are_not_told(fast: WireEngine) -> None:
    assert fast.chat(n=2).json["metrics"] is None
    *_, usage = chunks(fast.streaming(n=2, stream_options=WITH_USAGE))
    assert "metrics" not in usage


def test_the_autoregressive_engine_tells_nothing_of_the_kind(strong: WireEngine) -> None:
    *_, usage = chunks(strong.streaming(stream_options=WITH_USAGE))

    assert "metrics" not in usage
    assert strong.chat().json["metrics"] is None


def passes_of(engine: WireEngine, **beside: Any) -> Any:
    """What the step scheduler tells of a request that does not stop early."""
    return engine.chat(**{"ignore_eos": True, **beside}).json["metrics"]["speculative_decoding"]
