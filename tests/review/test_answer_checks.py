"""What the gate says of recorded answers, row by row."""

from pathlib import Path

import pytest

from router.config.doubt_file import read_doubt
from router.core.checks.table import check_set
from router.core.errors import FileError
from router.review.answer_checks import BLOCK_TOKENS, check_row, first_block_of, whole_of
from router.review.answers_file import AnswerRow, count_answers, read_answers
from tests.doubts import SHIPPED_DOUBT

SCORERS, STANDARD = read_doubt(SHIPPED_DOUBT).scorers, check_set("standard")
SUM = "How many are 20 and 1 more?"
COUNTING = " ".join(f"Pebble {number} goes beside pebble {number - 1}." for number in range(1, 40)) + " "


def test_an_answer_is_judged_as_a_whole_and_by_its_first_block() -> None:
    line = check_row(SCORERS, STANDARD, AnswerRow(SUM, COUNTING + "<pad> The answer is 21."))

    assert (line["rejected"], line["reasons"]) == (True, ["special_tokens"])
    assert line["first_block"] == {"rejected": False, "reasons": []}
    assert line["final"] == "21"
    assert 0 < line["doubt"] < 1


def test_an_open_answer_has_no_doubt() -> None:
    line = check_row(SCORERS, STANDARD, AnswerRow("Tell me about otters.", "They swim well. They eat fish, too."))

    assert (line["doubt"], line["final"], line["rejected"]) == (None, None, False)


def test_a_row_that_is_none_says_why() -> None:
    line = check_row(SCORERS, STANDARD, FileError("answers.jsonl", 3, 1, "is not a row"))

    assert line["error"] == "answers.jsonl:3:1: is not a row"
    assert (line["doubt"], line["final"]) == (None, None)


@pytest.mark.parametrize(("letter", "per_token"), [("a", 4.0), ("\u6c34", 1.5), ("\u0436", 2.5)])
def test_the_first_block_is_as_long_as_its_tokens_in_this_script(letter: str, per_token: float) -> None:
    block = first_block_of(AnswerRow(SUM, letter * 5_000))

    assert len(block.text) == BLOCK_TOKENS * per_token
    assert not block.is_last


def test_a_short_answer_is_its_own_first_and_last_block() -> None:
    row = AnswerRow(SUM, "21", finish="length")

    assert first_block_of(row) == whole_of(row)
    assert (whole_of(row).is_last, whole_of(row).finish) == (True, "length")


def test_rows_of_a_file_come_in_order_with_what_is_known_of_them(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"prompt": "a?", "answer": "b", "finish": "length", "more": 1}\n\n{"prompt": "a?"}\nnot json\n')

    first, second, third = read_answers(path)

    assert count_answers(path) >= 3
    assert first == AnswerRow("a?", "b", finish="length")
    assert isinstance(second, FileError)
    assert "'answer' must hold a text" in second.message
    assert isinstance(third, FileError)
    assert ":4:1: is not a row" in third.message
