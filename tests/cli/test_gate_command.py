"""`tandem gate`: what it writes, what it prints, and how it ends."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from router.core.checks.table import CHECKS
from router.core.reading import criteria
from tests.cli.commands import ended, errors, succeeded, tandem
from tests.learn.answered import answer_rows, write_answers

ROWS = [
    {"prompt": "How many are 20 and 1 more?", "answer": "We add them. The answer is 21."},
    {"prompt": "Tell me about otters.", "answer": "<pad>"},
]


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    return path


def test_every_answer_of_a_file_gets_a_line(answers: Path, tmp_path: Path) -> None:
    out = tmp_path / "checked.jsonl"

    said = succeeded(tandem("gate", "check", answers, "--out", out))

    first, second = (json.loads(line) for line in out.read_text().splitlines())
    assert list(first) == ["rejected", "reasons", "doubt", "final", "first_block"]
    assert (first["rejected"], first["final"]) == (False, "21")
    assert (second["rejected"], second["doubt"]) == (True, None)
    assert "special_tokens" in second["reasons"]
    assert "2 rows, 1 rejected, an opinion on 1" in said


def test_columns_of_parquet_are_read_too(tmp_path: Path) -> None:
    path, out = tmp_path / "answers.parquet", tmp_path / "checked.jsonl"
    pq.write_table(pa.Table.from_pylist(answer_rows(0)), path)

    succeeded(tandem("gate", "check", path, "--out", out, "--checks", "strict"))

    assert len(out.read_text().splitlines()) == len(answer_rows(0))


def test_a_row_that_is_no_answer_ends_the_command_with_1_after_all_rows(answers: Path, tmp_path: Path) -> None:
    answers.write_text('{"prompt": "a?"}\n' + answers.read_text())

    ended(tandem("gate", "check", answers, "--out", tmp_path / "checked.jsonl"), 1)

    assert len((tmp_path / "checked.jsonl").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("answers.csv", "is of no known kind; expected a file that ends in .jsonl, .parquet"),
        ("none.jsonl", "cannot be read"),
        ("none.parquet", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_line(tmp_path: Path, name: str, said: str) -> None:
    result = ended(tandem("gate", "check", tmp_path / name, "--out", tmp_path / "out.jsonl"), 1)

    assert said in errors(result)[0]


def test_a_parquet_file_without_answers_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"prompt": ["a?"]}), tmp_path / "prompts.parquet")

    result = ended(tandem("gate", "check", tmp_path / "prompts.parquet", "--out", tmp_path / "out.jsonl"), 1)

    assert "has no column 'answer'; there are: prompt" in errors(result)[0]


def test_what_is_trained_can_be_evaluated_and_drawn(tmp_path: Path) -> None:
    data, doubt, page = write_answers(tmp_path / "rows"), tmp_path / "doubt", tmp_path / "page.html"

    told = succeeded(tandem("gate", "train", "--data", data, "--out", doubt))
    said = succeeded(tandem("gate", "evaluate", "--data", data / "dev", "--doubt", doubt, "--out", page))
    found = json.loads(succeeded(tandem("gate", "evaluate", "--data", data / "dev", "--doubt", doubt, "--json")))

    assert "auroc: " in told
    assert "doubt and second answer" in said
    assert page.read_text("utf-8").count("<svg") == 5 + 4
    assert set(found) == {"orderings", "coverage", "rejections", "times", "calibration"}
    assert {row["ordering"] for row in found["orderings"]} == {
        "doubt", "doubt and second answer", "length alone", "prompt alone", "second answer alone",
    }  # fmt: skip


def test_what_it_was_not_taught_by_is_measured(tmp_path: Path) -> None:
    said = succeeded(tandem("gate", "unseen", "--data", write_answers(tmp_path / "rows")))

    assert "items and models source of sum" in " ".join(said.split())


def test_data_without_answers_is_refused(tmp_path: Path) -> None:
    result = ended(tandem("gate", "evaluate", "--data", tmp_path), 1)

    assert "answers.parquet" in errors(result)[0]


def test_the_checks_that_policies_may_name_are_listed_for_people_and_machines() -> None:
    lines = succeeded(tandem("gate", "checks")).splitlines()
    told = json.loads(succeeded(tandem("gate", "checks", "--json")))

    assert [line.split()[0] for line in lines] == [each.name for each in CHECKS]
    assert [each["name"] for each in told] == [each.name for each in CHECKS]
    assert all(each["about"] and each["limits"] for each in told)


def test_the_criteria_that_policies_may_name_are_listed_for_people_and_machines() -> None:
    lines = succeeded(tandem("gate", "criteria")).splitlines()
    told = json.loads(succeeded(tandem("gate", "criteria", "--json")))

    assert [line.split()[:2] for line in lines] == [[each.name, str(each.limit)] for each in criteria.ROWS]
    assert told == [
        {"name": each.name, "meaning": each.meaning, "limit": each.limit, "unit": each.unit} for each in criteria.ROWS
    ]
