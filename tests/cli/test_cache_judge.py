"""`tandem cache judge`: what the cache takes for the same question."""

import json
from pathlib import Path

from tests.cli.commands import ended, errors, succeeded, tandem

PAIRS = (
    {"a": "How do I reset my password?", "b": "Could you tell me how to reset my password?"},
    {"a": "Is 5 prime?", "b": "Is 7 prime?"},
)


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "pairs.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_every_pair_gets_a_line_in_order(tmp_path: Path) -> None:
    told = succeeded(tandem("cache", "judge", a_file(tmp_path, *map(json.dumps, PAIRS)), "--json"))

    same, other = [json.loads(line) for line in told.splitlines()]
    assert same == {"hit": True, "similarity": 1.0, "reason": "the same question"}
    assert other["hit"] is False
    assert 0.0 <= other["similarity"] <= 1.0


def test_people_read_why(tmp_path: Path) -> None:
    told = succeeded(tandem("cache", "judge", a_file(tmp_path, *map(json.dumps, PAIRS))))

    assert told.startswith("hit   1.00  the same question\nmiss")


def test_a_row_that_is_no_pair_is_named_by_its_line_and_the_others_are_judged(tmp_path: Path) -> None:
    path = a_file(tmp_path, "nothing", '{"a": 1, "b": "x"}', json.dumps(PAIRS[0]))

    result = ended(tandem("cache", "judge", path, "--json"), 1)

    assert [json.loads(line)["hit"] for line in result.stdout.splitlines()] == [False, False, True]
    first, second = errors(result)
    assert f"{path}:1:1" in first
    assert f"{path}:2:1" in second
    assert "'a' must hold a text" in second


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = ended(tandem("cache", "judge", tmp_path / "none.jsonl"), 1)

    assert len(errors(result)) == 1
