"""How long an answer is expected to take before anything was learned: what it pays for, and what it waits for."""

import math

import pytest
from msgspec.structs import replace

from router.core.latency import Duration, Pace, capped_duration, expect_course, expect_duration, load_of, size_of
from router.core.values import Signals
from tests.examples import signals

DIFFUSION = Pace(
    prefill_tokens_per_s=1_000, step_ms=10, crowding=0.5, slots=4, canvas_tokens=256, passes=10, passes_p90=20
)
TOKEN_BY_TOKEN = Pace(prefill_tokens_per_s=1_000, step_ms=5, crowding=0.0, slots=2)


def asking(prompt: int = 0, p50: int = 100, p90: int = 100):
    return signals(prompt_tokens=prompt, answer_tokens=p50, answer_tokens_p90=p90)


def expected_of(pace: Pace, asked: Signals, in_flight: int) -> Duration:
    return expect_duration(pace, asked, expect_course(pace, asked, in_flight))


@pytest.mark.parametrize(("tokens", "expected_ms"), [(1, 100), (256, 100), (257, 200), (1_024, 400)])
def test_a_diffusion_engine_is_paid_by_whole_canvases(tokens: int, expected_ms: float) -> None:
    assert expected_of(DIFFUSION, asking(p50=tokens, p90=tokens), 0).p50_ms == pytest.approx(expected_ms)


def test_an_autoregressive_engine_is_paid_by_the_token() -> None:
    expected = expected_of(TOKEN_BY_TOKEN, asking(p50=100, p90=300), 0)

    assert (expected.p50_ms, expected.p90_ms) == (pytest.approx(500), pytest.approx(1_500))


def test_the_prompt_is_read_first() -> None:
    assert expected_of(TOKEN_BY_TOKEN, asking(prompt=2_000), 0).p50_ms == pytest.approx(2_500)


def test_the_spreads_of_length_and_passes_come_together_as_independent_ones() -> None:
    expected = expected_of(DIFFUSION, asking(p50=256, p90=1_024), 0)

    assert math.log(expected.p90_ms / expected.p50_ms) == pytest.approx(math.hypot(math.log(4), math.log(2)))


@pytest.mark.parametrize(("in_flight", "expected_ms"), [(0, 100), (1, 150), (3, 250)])
def test_a_step_takes_longer_with_each_request_that_runs(in_flight: int, expected_ms: float) -> None:
    assert expected_of(DIFFUSION, asking(), in_flight).p50_ms == pytest.approx(expected_ms)


@pytest.mark.parametrize(("in_flight", "expected_ms"), [(3, 250), (4, 250 + 62.5), (11, 250 + 8 * 62.5)])
def test_who_finds_every_slot_taken_waits_for_those_before(in_flight: int, expected_ms: float) -> None:
    assert expected_of(DIFFUSION, asking(), in_flight).p50_ms == pytest.approx(expected_ms)


def test_a_request_of_which_nothing_is_known_still_takes_a_canvas() -> None:
    unknown = replace(asking(), answer_tokens=0, answer_tokens_p90=0)

    assert expected_of(DIFFUSION, unknown, 0).p50_ms == pytest.approx(100)
    assert expected_of(DIFFUSION, unknown, 0).p90_ms == pytest.approx(200)


@pytest.mark.parametrize(
    ("steps", "p50_ms", "p90_ms"), [(1, 40, 80), (9, 200, 400), (12, 200, 520), (19, 200, 533), (100, 200, 533)]
)
def test_an_answer_takes_no_longer_than_its_canvases_with_every_pass_they_may_take(
    steps: int, p50_ms: float, p90_ms: float
) -> None:
    asked = asking(p50=500, p90=1_000)
    usual, course = expected_of(DIFFUSION, asked, 0), expect_course(DIFFUSION, asked, 0)

    capped = capped_duration(usual, course, asked, steps)

    assert (capped.p50_ms, capped.p90_ms) == (pytest.approx(p50_ms), pytest.approx(p90_ms, abs=1))


def test_answers_have_a_size_in_canvases_and_backends_a_load_in_slots() -> None:
    assert [size_of(tokens) for tokens in (0, 256, 257, 1_024, 1_025)] == [
        "short",
        "short",
        "middle",
        "middle",
        "long",
    ]
    assert [load_of(DIFFUSION, in_flight) for in_flight in (0, 1, 3, 4)] == ["alone", "shared", "shared", "queued"]
