"""A line of scores for every row, in the order of the rows."""

import json
from io import BytesIO
from typing import Any

from router.core.errors import FileError
from router.core.values import ChatRequest
from router.learn.exam import ask
from router.learn.score import Scored, write_scores
from tests.classifiers import heads_that_know

KEYS = [
    "difficulty",
    "difficulty_band",
    "stakes",
    "stakes_band",
    "stakes_domain",
    "task",
    "answer_tokens",
    "abstained",
    "reasons",
]
HEADS = heads_that_know({"integral": {"difficulty": 4.0, "competition_maths": 4.0}})


def lines_of(*rows: ChatRequest | FileError) -> list[dict[str, Any]]:
    file = BytesIO()
    write_scores(HEADS, rows, file)
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_every_line_has_the_same_fields() -> None:
    (line,) = lines_of(ask("What is the integral of this function?"))

    assert list(line) == KEYS
    assert list(line["answer_tokens"]) == ["p50", "p90"]


def test_the_lines_are_in_the_order_of_the_rows() -> None:
    tasks = [line["task"] for line in lines_of(ask("Solve this integral"), ask("Translate this letter into French."))]

    assert tasks == ["competition_maths", "translation"]


def test_a_row_that_is_no_request_abstains_on_everything_and_says_why() -> None:
    (line,) = lines_of(FileError("rows.jsonl", 3, 1, "is not a request: no prompt"))

    assert line["abstained"] == ["difficulty", "stakes", "task", "answer_tokens"]
    assert line["difficulty"] is None
    assert line["error"] == "rows.jsonl:3:1: is not a request: no prompt"
    assert set(KEYS) < set(line)


def test_rows_are_counted() -> None:
    rows = [ask("Solve this integral"), FileError("rows.jsonl", 2, 1, "is not a request")]

    assert write_scores(HEADS, rows, BytesIO()) == Scored(rows=2, bad=1)
