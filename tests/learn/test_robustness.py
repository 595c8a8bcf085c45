"""Asking the same in other words: what each perturbation leaves as it was, and how decisions are counted."""

from pathlib import Path
from random import Random

import pytest

from router.core.errors import FileError
from router.core.folding import fold_text
from router.core.values import Band, ChatRequest
from router.learn.attacks import ATTACKS, PADDING_CHARACTERS, disguise, split_words, widen
from router.learn.perturbations import BENIGN, LANGUAGES, mistype, relabelled
from router.learn.robustness import (
    ALL_SOURCES,
    PERTURBATIONS,
    Asked,
    Figures,
    Outcome,
    Robustness,
    draw_rows,
    share_of,
    summarise,
    try_row,
)
from tests.learn.generated import write_data

PROMPT = 'Which of these "planets" has 2 moons - and why?\nA. Mars\nB. Venus\nAnswer:'
FAST = Outcome(("fast", "strong"), "low", "low", "")
STRONG = Outcome(("strong",), "high", "low", "")


def text_of(request: ChatRequest) -> str:
    return request.messages[-1].parts[0].text


def tried(row: Asked, shaken: Outcome, usual: Outcome) -> Robustness:
    """What is found when a row is decided as usual where it reads as it was drawn, and else in another way."""
    trials = list(try_row(row, lambda request: usual if text_of(request) == row.prompt else shaken))
    return summarise("policy", 1, trials)


def figures_of(found: Robustness, name: str) -> Figures:
    return next(each for each in found.figures if (each.perturbation, each.source) == (name, ALL_SOURCES))


@pytest.mark.parametrize("each", PERTURBATIONS, ids=lambda each: each.name)
def test_a_perturbation_changes_a_prompt_and_is_the_same_each_time(each: object) -> None:
    prompt = f"How many moons are there? {PROMPT} " * 10

    first, second = (each.pair(prompt, Random(7)) for _ in range(2))

    assert first == second
    assert first is not None
    assert first.before != first.after


def test_perturbations_have_names_of_their_own() -> None:
    assert len({each.name for each in PERTURBATIONS}) == len(PERTURBATIONS) == len(BENIGN + LANGUAGES + ATTACKS)


def test_typos_are_few_and_leave_digits_and_signs_alone() -> None:
    text = "The sum of 1,234 and 5,678 is (roughly) 6,900; isn't it? " * 40

    typed = mistype(text, Random(1))

    assert typed != text
    assert abs(len(typed) - len(text)) < len(text) * 0.03
    assert [sign for sign in typed if not sign.isalpha()] == [sign for sign in text if not sign.isalpha()]


def test_options_keep_their_words_in_another_layout() -> None:
    asked = relabelled("({}) ", "Question: ", "\nThe answer is")(PROMPT, Random(1))

    assert asked == ('Question: Which of these "planets" has 2 moons - and why?\n(A) Mars\n(B) Venus\nThe answer is')


def test_a_prompt_without_options_has_no_other_layout() -> None:
    assert relabelled("({}) ", "", "")("How are you?", Random(1)) == "How are you?"


@pytest.mark.parametrize("edit", [disguise, split_words, widen], ids=lambda edit: edit.__name__)
def test_disguises_look_like_the_prompt(edit: object) -> None:
    prompt = "Please explain the mortgage of my house in simple words. " * 5

    assert edit(prompt, Random(1)) != prompt
    assert fold_text(edit(prompt, Random(1))) == prompt


@pytest.mark.parametrize("name", ["padding.before", "padding.behind", "padding.around", "padding.lorem"])
def test_padding_is_50_kb_and_leaves_the_prompt_in_one_piece(name: str) -> None:
    padding = next(each for each in ATTACKS if each.name == name)

    padded = text_of(padding.pair(PROMPT, Random(1)).after)

    assert PROMPT in padded
    assert len(padded) > PADDING_CHARACTERS * 0.9


def test_a_decision_that_stays_is_unchanged() -> None:
    found = figures_of(tried(Asked(PROMPT, "s"), STRONG, STRONG), "polite.please")

    assert (found.unchanged.value, found.up.value, found.down.value, found.high_down.value) == (1.0, 0.0, 0.0, 0.0)


def test_going_down_on_high_stakes_is_counted_apart() -> None:
    found = figures_of(tried(Asked(PROMPT, "s"), shaken=FAST, usual=STRONG), "polite.please")

    assert (found.unchanged.value, found.down.value) == (0.0, 1.0)
    assert (found.high_down.value, found.high_lost.value, found.owed_down.value) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(("level", "rows"), [("high", 1), ("low", 0), ("", 0)])
def test_what_the_data_calls_high_is_counted_apart(level: str, rows: int) -> None:
    found = figures_of(tried(Asked(PROMPT, "s", level), shaken=FAST, usual=STRONG), "polite.please")

    assert (found.labelled_down.rows, found.high_down.rows) == (rows, 1)


def test_going_up_harms_nobody() -> None:
    found = figures_of(tried(Asked(PROMPT, "s"), shaken=STRONG, usual=FAST), "polite.please")

    assert (found.up.value, found.down.value, found.high_down.rows, found.owed_down.rows) == (1.0, 0.0, 0, 0)


@pytest.mark.parametrize(("stakes", "owed"), [("low", 0), ("high", 1)])
def test_an_answer_too_short_for_the_fast_tier_is_not_owed_the_strong_one(stakes: Band, owed: int) -> None:
    usual = Outcome(("strong",), stakes, "low", "")

    assert figures_of(tried(Asked(PROMPT, "s"), FAST, usual), "polite.please").owed_down.rows == owed


def test_figures_come_by_perturbation_by_kind_and_by_source() -> None:
    found = tried(Asked(PROMPT, "quiz"), FAST, STRONG)

    assert {each.source for each in found.figures} == {"quiz", ALL_SOURCES}
    assert [each.perturbation for each in found.kinds] == ["benign", "language", "attack"]
    assert [(each.kind, each.source) for each in found.sources][:2] == [("benign", "quiz"), ("language", "quiz")]


def test_a_share_has_wilsons_interval() -> None:
    share = share_of([True] * 97 + [False] * 3)

    assert share.value == 0.97
    assert (round(share.low, 4), round(share.high, 4)) == (0.9155, 0.9897)
    assert share_of([]).rows == 0


def test_rows_are_drawn_alike_each_time_and_each_once(tmp_path: Path) -> None:
    folder = write_data(tmp_path) / "dev"

    drawn = draw_rows(folder, 5)

    assert drawn == draw_rows(folder, 5)
    assert len({row.prompt for row in drawn}) == len(drawn)
    assert {source.partition(":")[0] for source in {row.source for row in drawn}} == {"routing", "stakes", "tasktype"}
    assert max(sum(row.source == each.source for row in drawn) for each in drawn) == 5


def test_a_folder_without_rows_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"routing\.parquet"):
        draw_rows(tmp_path, 5)
