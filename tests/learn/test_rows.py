"""The rows that are trained on, and the labels they teach."""

from pathlib import Path

import pytest

from router.core.errors import FileError
from router.core.heads import TASKS
from router.learn.rows import FILES, NO_TASK, SPLITS, Rows, hash_data, read_rows, with_requests, with_subjects
from tests.learn.generated import write_data, write_rows


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of generated rows."""
    return write_data(tmp_path)


def test_the_target_of_difficulty_is_the_mean_over_the_weak_model_and_the_others(data: Path) -> None:
    row = {"item_id": "1", "prompt": "a question", "source": "s", "domain": "d", "task": "t", "weak_score": 1.0}
    row |= {"strong_score": 0.5}
    alone = {**row, "item_id": "2", "prompt": "another"}
    write_rows(data / "train" / "routing.parquet", [row, alone])
    write_rows(data / "train" / "matrix.parquet", [{"item_id": "1", "score": score} for score in (0.0, 0.0, 1.0, 1.0)])

    graded = read_rows(data / "train").graded

    assert [(each.failed, each.strong, each.target) for each in graded] == [(0.0, 0.5, 0.25), (0.0, 0.5, 0.0)]


def test_only_learned_tasks_are_read_by_the_names_they_have_here(data: Path) -> None:
    named = {row.task for row in read_rows(data / "train").tasked}

    assert named == {"reading_qa", "science_qa", "summarise", "classification", "knowledge_quiz", "code_execution"}
    assert named <= set(TASKS)


def test_the_parts_of_a_source_count_as_one(data: Path) -> None:
    assert {row.source for row in read_rows(data / "train").staked} == {"medical", "legal", "financial", "CLINC150"}


def test_questions_are_staked_by_their_subject_unless_they_are_labelled_already(data: Path) -> None:
    rows = read_rows(data / "train")
    again = Rows((*rows.graded, rows.graded[0]), (*rows.staked, rows.staked[0]), rows.tasked)

    more = with_subjects(rows)[len(rows.staked) :]

    assert {(row.domain, row.level) for row in more} == {
        ("medical", "high"),
        ("legal", "high"),
        ("financial", "medium"),
        ("general", "low"),
    }
    assert len(more) == len(rows.graded)
    assert len(with_subjects(again)) == len(again.staked) + len(again.graded)


def test_requests_to_an_assistant_are_no_task(data: Path) -> None:
    rows = read_rows(data / "train")

    more = with_requests(rows)[len(rows.tasked) :]

    assert {(row.source, row.task) for row in more} == {("CLINC150", NO_TASK)}


def test_every_file_of_both_splits_is_hashed(data: Path) -> None:
    hashes = hash_data(data)

    assert set(hashes) == {f"{split}/{name}" for split in SPLITS for name in FILES}
    assert all(len(each) == 64 for each in hashes.values())


def test_a_missing_column_is_named(data: Path) -> None:
    write_rows(data / "train" / "stakes.parquet", [{"prompt": "a", "source": "b", "stakes_domain": "c"}])

    with pytest.raises(FileError, match=r"stakes\.parquet:1:1: has no column stakes_level; expected prompt, source"):
        read_rows(data / "train")


def test_what_is_not_parquet_is_refused(data: Path) -> None:
    (data / "train" / "matrix.parquet").write_bytes(b"not parquet at all")

    with pytest.raises(FileError, match=r"matrix\.parquet:1:1: is not a parquet file"):
        read_rows(data / "train")
