"""What published scores of both tiers say about a kind of work, beside all other kinds."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.priors import NO_PRIORS, Benchmark, derive_priors, log_odds_gap

EVEN = Benchmark(fast=0.6, strong=0.6)
WORSE = Benchmark(fast=0.5, strong=0.8)


def test_a_tier_that_fails_half_where_the_other_fails_a_fifth_is_behind_by_the_log_of_four() -> None:
    assert log_odds_gap(WORSE) == pytest.approx(log(4))


def test_tiers_that_score_alike_are_not_apart() -> None:
    assert log_odds_gap(EVEN) == 0.0


def test_only_what_lies_beside_the_usual_gap_shifts_a_task() -> None:
    found = derive_priors({"quiz": EVEN, "maths": WORSE}, {"knowledge_quiz": "quiz", "competition_maths": "maths"}, {})

    assert found.tasks == pytest.approx({"knowledge_quiz": -log(2), "competition_maths": log(2)})


def test_a_benchmark_that_stands_for_nothing_still_tells_what_is_usual() -> None:
    found = derive_priors({"quiz": EVEN, "maths": WORSE}, {"competition_maths": "maths"}, {})

    assert found.tasks == pytest.approx({"competition_maths": log(2)})


def test_a_circumstance_never_makes_a_task_easier() -> None:
    found = derive_priors({"talk": EVEN, "seen": WORSE}, {}, {"images": "seen", "other_language": "talk"})

    assert found.circumstances == pytest.approx({"images": log(2), "other_language": 0.0})


def test_without_benchmarks_nothing_shifts() -> None:
    assert derive_priors({}, {}, {}) == NO_PRIORS


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), min_size=1, max_size=9))
def test_the_shifts_of_all_benchmarks_cancel_out(scores: list[tuple[float, float]]) -> None:
    benchmarks = {str(at): Benchmark(fast, strong) for at, (fast, strong) in enumerate(scores)}

    found = derive_priors(benchmarks, {name: name for name in benchmarks}, {})

    assert sum(found.tasks.values()) == pytest.approx(0.0, abs=1e-9)
