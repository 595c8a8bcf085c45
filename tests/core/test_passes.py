"""How many passes a canvas took: counted, or estimated."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.checks.written import Passes
from router.core.passes import PassTime, exact, of_block, spacing

CAP = 48
TIME = PassTime(pass_s=0.02, spread=0.1, jitter_s=0.005)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def counts(*steps: Any) -> dict[str, Any]:
    """A chunk or a body that says what each step took."""
    return {"metrics": {"speculative_decoding": {"per_step_accepted": list(steps)}}}


def passes_of(*steps: int) -> list[float]:
    told = exact(counts(*steps), CAP)
    assert told is not None
    return [each.passes for each in told]


def test_each_canvas_took_the_steps_before_its_commit() -> None:
    assert exact(counts(0, 0, 256, 0, 0, 0, 256), CAP) == (Passes(2, CAP, "exact"), Passes(3, CAP, "exact"))


def test_passes_of_a_canvas_that_was_not_committed_are_of_no_canvas() -> None:
    assert passes_of(0, 0, 256, 0) == [2]
    assert passes_of(0, 0) == []


def test_commits_without_a_pass_between_them_are_canvases_of_none() -> None:
    assert passes_of(16, 16, 0, 16, 16) == [0, 0, 1, 0]


def test_a_block_is_judged_by_the_worst_of_the_canvases_it_brings() -> None:
    told = exact(counts(0, 256, 0, 0, 0, 256, 0, 0, 256), CAP)
    assert told is not None
    assert of_block(told, told_before=0) == of_block(told, told_before=1) == Passes(3, CAP, "exact")
    assert of_block(told, told_before=2) == Passes(2, CAP, "exact")
    assert of_block(told, told_before=3) is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 256)), max_size=20))
def test_steps_written_for_canvases_are_read_as_those_canvases(canvases: list[tuple[int, int]]) -> None:
    steps = [taken for passes, width in canvases for taken in (*[0] * passes, width)]
    assert passes_of(*steps) == [passes for passes, _ in canvases]


@pytest.mark.parametrize(
    "said",
    [
        None,
        "text",
        [],
        {},
        {"metrics": None},
        {"metrics": {"speculative_decoding": None}},
        {"metrics": {"speculative_decoding": {"num_spec_steps": 3}}},
        {"metrics": {"speculative_decoding": {"per_step_accepted": "0,256"}}},
        counts(0, -1),
        counts(0, 256.0),
        counts(0, True),
        counts(0, None),
        counts([0]),
    ],
)
def test_what_cannot_be_a_count_counts_nothing(said: object) -> None:
    assert exact(said, CAP) is None


@given(JSON)
def test_whatever_an_engine_says_nothing_is_raised(said: object) -> None:
    for at in (said, {"metrics": said}, {"metrics": {"speculative_decoding": {"per_step_accepted": said}}}):
        exact(at, CAP)


def test_passes_are_estimated_from_the_time_between_two_blocks() -> None:
    estimate = spacing(0.02 * 13, TIME, CAP)
    assert estimate is not None
    assert (estimate.passes, estimate.cap, estimate.kind) == (pytest.approx(12), CAP, "spacing")
    assert estimate.error == pytest.approx(math.hypot(1.3, math.sqrt(2) * 0.25))


def test_an_estimate_stays_within_what_a_canvas_can_take() -> None:
    assert [spacing(s, TIME, CAP).passes for s in (0.0, 100.0)] == [1, CAP]  # type: ignore[union-attr]


def test_the_error_of_an_estimate_grows_with_the_passes_and_with_the_jitter() -> None:
    few, many = spacing(0.1, TIME, CAP), spacing(0.9, TIME, CAP)
    jittery = spacing(0.1, PassTime(0.02, 0.1, jitter_s=0.05), CAP)
    assert few is not None
    assert many is not None
    assert jittery is not None
    assert few.error < min(many.error, jittery.error)


@given(st.floats(), st.floats(), st.integers())
def test_times_that_are_none_give_no_estimate_or_a_finite_one(since_last_s: float, pass_s: float, cap: int) -> None:
    estimate = spacing(since_last_s, PassTime(pass_s), cap)
    assert estimate is None or math.isfinite(estimate.passes)


@pytest.mark.parametrize("pass_s", [0.0, -1.0, math.nan, math.inf])
def test_there_is_no_estimate_without_a_pass_time(pass_s: float) -> None:
    assert spacing(1.0, PassTime(pass_s), CAP) is None
