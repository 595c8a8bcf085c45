"""What an exam is read from."""

from pathlib import Path

import pytest

from router.core.errors import FileError
from router.learn.exam import Pair, read_exam
from tests.learn.generated import write_data, write_rows


def test_an_exam_needs_no_grades_of_other_models(tmp_path: Path) -> None:
    row = {"prompt": "Who?", "source": "quiz", "task": "mcq_knowledge", "weak_score": 0.0, "strong_score": 1.0}
    write_data(tmp_path)
    write_rows(tmp_path / "dev" / "routing.parquet", [row])
    (tmp_path / "dev" / "matrix.parquet").unlink()

    exam = read_exam(tmp_path / "dev")

    assert exam.pairs == (Pair("Who?", "quiz", weak=0.0, strong=1.0),)
    assert "knowledge_quiz" in {each.task for each in exam.tasked}
    assert {each.level for each in exam.staked} == {"high", "low"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write_data(tmp_path)
    (tmp_path / "dev" / "stakes.parquet").unlink()

    with pytest.raises(FileError, match=r"stakes\.parquet"):
        read_exam(tmp_path / "dev")
