"""Limits from evidence: the target is kept as surely as is said, and what is not known is not claimed."""

import io
import random
from collections.abc import Sequence
from functools import lru_cache
from math import exp
from typing import Any

import pytest
from rich.console import Console, RenderableType

from router.core.errors import FileError
from router.core.reading.criteria import Criteria
from router.review.intake import BAD_ROW, LeftOut
from router.review.limits import FACTORS, UNFIGURED, LimitReport, Target, fit_limits, needed
from router.review.limits_page import draw, render_limits
from router.review.limits_text import limits_text, verdict_words
from router.review.pairs import UNREAD, Pair, Unusable
from tests.review.test_diff_page import Page

USUAL = Target(0.02, 0.95)
SHIPPED = Criteria({"mean": 1.5, "out_of_top": 9.0, "top_k": 3.0})
DRAWS = 200
TOO_MANY = 20
"""Of 200 draws, 5% and somewhat more than three standard deviations."""

FIGURE = 0.9
"""The mean figure of an answer; figures are distributed exponentially."""


def risk(figure: float) -> float:
    """How likely an answer of this figure is worse."""
    return 1.0 / (1.0 + exp(-(figure - 2.2) / 0.3))


@lru_cache
def risk_at(limit: float) -> float:
    """How likely an answer is worse that is released at this limit."""
    steps = [limit * (at + 0.5) / 2_000 for at in range(2_000)]
    density = [exp(-each / FIGURE) for each in steps]
    return sum(each * risk(figure) for each, figure in zip(density, steps, strict=True)) / sum(density)


def an_answer(rng: random.Random, weight: float = 1.0) -> Pair:
    figure = rng.expovariate(1.0 / FIGURE)
    return Pair({"mean": figure}, rng.random() < risk(figure), weight, strong_tokens=100, tokens_read=300)


def sample(seed: int, size: int) -> list[Pair]:
    rng = random.Random(seed)
    return [an_answer(rng) for _ in range(size)]


def fit(lines: Sequence[Pair | Unusable | FileError]) -> LimitReport:
    return fit_limits(lines, "pairs.jsonl", USUAL, SHIPPED)


def pair(figure: float, *, worse: bool = False, **about: Any) -> Pair:
    return Pair({"mean": figure}, worse, **about)


def printed(shown: RenderableType) -> str:
    screen = Console(file=io.StringIO(), width=200, markup=False, highlight=False)
    with screen.capture() as said:
        screen.print(shown)
    return said.get()


# --- the guarantee ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [250, 900])
def test_limits_keep_the_target_in_as_many_draws_as_is_said(size: int) -> None:
    found = [fit(sample(seed, size)).chosen for seed in range(DRAWS)]

    missed = sum(each is not None and risk_at(each.limits["mean"]) > USUAL.rate for each in found)

    assert sum(each is not None for each in found) > DRAWS / 3
    assert missed <= TOO_MANY


def test_they_do_so_where_answers_were_drawn_with_different_shares() -> None:
    found = []
    for seed in range(DRAWS):
        rng = random.Random(seed)
        found.append(fit([an_answer(rng, 1.0 / share) for share in rng.choices([0.01, 0.02], k=900)]).chosen)

    assert sum(each is not None for each in found) > DRAWS / 2
    assert sum(each is not None and risk_at(each.limits["mean"]) > USUAL.rate for each in found) <= TOO_MANY


def test_where_all_limits_miss_the_target_by_little_they_are_seldom_chosen() -> None:
    missed = 0
    for seed in range(DRAWS):
        rng = random.Random(seed)
        answers = [pair(rng.expovariate(1.0), worse=rng.random() < 0.0202) for _ in range(400)]
        missed += fit(answers).chosen is not None

    assert missed <= TOO_MANY


def test_with_enough_evidence_limits_come_near_the_laxest_that_keep_the_target() -> None:
    laxest = max(1.5 * factor for factor in FACTORS if risk_at(1.5 * factor) <= USUAL.rate)

    chosen = [fit(sample(seed, 5_000)).chosen for seed in range(10)]

    assert all(each is not None and each.limits["mean"] >= 0.8 * laxest for each in chosen)


# --- the path ---------------------------------------------------------------------------------------------------


def test_limits_of_all_criteria_move_together_and_all_must_be_kept() -> None:
    answers = [Pair({"mean": 0.1, "out_of_top": top}, worse=False) for top in (1.0, 5.0, 9.0)]

    report = fit(answers)

    assert [point.rows for point in report.points] == [1, 2, 3]
    assert report.points[-1].limits == {"mean": 1.5, "out_of_top": 9.0}
    assert report.points[-1].factor == 1.0


def test_along_the_path_more_is_released() -> None:
    points = fit(sample(1, 500)).points

    assert [point.rows for point in points] == sorted({point.rows for point in points})
    assert points[-1].rows == 500
    assert all(point.low <= point.rate <= point.high for point in points)


def test_what_the_strong_tier_need_not_write_counts_by_its_tokens() -> None:
    report = fit([pair(0.1, strong_tokens=300), pair(1.0, strong_tokens=100)])

    assert [point.saved for point in report.points] == [0.75, 1.0]
    assert fit([pair(0.1, strong_tokens=300), pair(1.0)]).points[0].saved is None


def test_an_answer_counts_for_as_many_as_it_was_drawn_from() -> None:
    report = fit([pair(0.1, weight=100.0), pair(1.0, worse=True, weight=25.0)])

    assert [point.released for point in report.points] == [0.8, 1.0]
    assert report.points[-1].rate == 0.2
    assert not report.is_even


def test_limits_are_not_laxer_than_those_that_cut_answers_when_they_were_served() -> None:
    free = [pair(at / 500) for at in range(1_000)]
    cut = [pair(at / 500, limits={"mean": 1.0}) for at in range(500)]

    assert fit(free).points[-1].limits["mean"] > 1.9
    report = fit([*free, *cut])
    assert report.in_force
    assert report.points[-1].limits["mean"] <= 1.0


# --- too little -------------------------------------------------------------------------------------------------


def test_too_few_answers_prove_nothing_and_it_is_said_how_many_are_needed() -> None:
    report = fit([pair(0.1)] * 100)

    assert report.chosen is None
    assert report.shortfall is not None
    assert report.shortfall.needed == 149
    assert "about 149 answers are needed, and there are 100" in verdict_words(report)


def test_just_enough_answers_without_a_worse_one_do() -> None:
    assert fit([pair(0.1)] * 148).chosen is None
    assert fit([pair(0.1)] * 149).chosen is not None


def test_where_the_rate_exceeds_the_target_no_number_of_answers_will_do() -> None:
    report = fit([pair(0.1, worse=at % 4 == 0) for at in range(400)])

    assert report.shortfall is not None
    assert report.shortfall.needed is None
    assert "no number of answers will do" in verdict_words(report)


def test_the_nearer_the_rate_is_to_the_target_the_more_answers_are_needed() -> None:
    counts = [needed(rate, USUAL) for rate in (0.0, 0.005, 0.01, 0.015)]

    assert counts[0] == 149
    assert counts == sorted(counts, key=lambda count: count or 0)
    assert needed(0.02, USUAL) is None


def test_no_answers_at_all_are_too_few() -> None:
    report = fit([])

    assert (report.points, report.chosen) == ((), None)
    assert "There are no answers" in verdict_words(report)


def test_what_is_of_no_use_is_counted() -> None:
    lines = [
        pair(0.1),
        Pair({"mean": 0.1, "out_of_top": 2.0}, worse=False),
        Unusable(UNREAD),
        FileError("p", 1, 1, "x"),
    ]

    report = fit(lines)

    assert report.answers == 1
    assert set(report.left_out) == {LeftOut(1, UNFIGURED), LeftOut(1, UNREAD), LeftOut(1, BAD_ROW)}


# --- how it is shown --------------------------------------------------------------------------------------------


def test_the_table_marks_what_is_proved_and_spells_the_limits_as_policies_do() -> None:
    report = fit(sample(3, 2_000))

    said = printed(limits_text(report))

    assert report.chosen is not None
    assert f"criteria: {{mean: {report.chosen.limits['mean']:g}}}" in said
    assert "at most 2 % of released answers worse, 95 % sure" in said
    assert "2,000 answers of pairs.jsonl" in said
    assert len(said.splitlines()) < 45


def test_the_page_stands_alone_and_draws_every_point() -> None:
    report = fit(sample(3, 2_000))

    page = Page(render_limits(report))

    assert page.open == []
    assert page.count("circle") == len(report.points)
    assert {"script", "link", "img"}.isdisjoint(name for name, _ in page.elements)
    assert "at most 2 % of released answers worse" in page.words


def test_a_name_of_a_file_cannot_act_on_the_page() -> None:
    nasty = "<script>alert('x')</script>"

    page = Page(render_limits(fit_limits(sample(3, 200), nasty, USUAL, SHIPPED)))

    assert nasty in page.words
    assert page.count("script") == 0


def test_a_page_without_answers_has_no_picture() -> None:
    page = Page(render_limits(fit([])))

    assert page.count("svg") == 0
    assert "There are no answers" in page.words


def test_what_is_drawn_stays_inside_the_picture() -> None:
    drawn = draw(fit([pair(at / 100, worse=at > 50) for at in range(100)]))

    assert all(0 <= mark.y <= 300 and 0 <= mark.x <= 720 for mark in drawn.marks)
