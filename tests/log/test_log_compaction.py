"""Closed segments become Parquet files, and nothing of them is lost on the way."""

from pathlib import Path

import pyarrow.parquet

from router.core.errors import FileError
from router.core.record import Record
from router.log.columns import column_types
from router.log.compaction import Compacted, compact
from router.log.locks import locked
from router.log.reader import log_lines
from router.log.rows import Row, row_of
from router.log.segments import segments_in
from tests.log.records import NOON_S, a_mixed_log, a_served, an_audit, an_escalated, lines_of, write_segment


def texts_in(log: Path) -> list[bytes]:
    return [line.text for line in log_lines(log)]


def test_every_line_is_kept_byte_by_byte_and_its_values_have_columns(tmp_path: Path) -> None:
    records = [a_served(0), an_escalated(1), an_audit(0)]
    write_segment(tmp_path, NOON_S, records, ".jsonl.gz")

    (told,) = compact(tmp_path)

    assert isinstance(told, Compacted)
    assert told.lines == 3
    assert texts_in(tmp_path) == lines_of(records).splitlines()
    table = pyarrow.parquet.read_table(told.file)
    assert table.column_names == [*column_types(), "line"]
    assert table.column("escalations").to_pylist() == [[], ["fast: rejected"], []]
    assert table.column("over_budget").to_pylist() == [False, True, None]
    assert table.column("kind").to_pylist() == ["request", "request", "audit"]


def test_a_line_that_nobody_can_read_is_kept_too(tmp_path: Path) -> None:
    path = write_segment(tmp_path, NOON_S, [a_served(0)])
    path.write_bytes(path.read_bytes() + b"\xff\xfe no line\n" + lines_of([a_served(1)]))

    list(compact(tmp_path))

    assert texts_in(tmp_path)[1] == b"\xff\xfe no line"
    assert [row_of(each).kind for each in texts_in(tmp_path)] == ["request", "unreadable", "request"]


def test_compacting_again_changes_nothing(tmp_path: Path) -> None:
    a_mixed_log(tmp_path)
    before = texts_in(tmp_path)

    first, again = list(compact(tmp_path)), list(compact(tmp_path))

    assert (len(first), again) == (2, [])
    assert texts_in(tmp_path) == before
    assert {each.form for each in segments_in(tmp_path)} == {"parquet"}


def test_what_a_crash_left_is_made_again_or_removed(tmp_path: Path) -> None:
    crashed_early = write_segment(tmp_path, NOON_S, [a_served(0)], ".jsonl.gz")
    (tmp_path / crashed_early.name.replace(".jsonl.gz", ".parquet.part")).write_bytes(b"PAR1 and no more")
    crashed_late = write_segment(tmp_path, NOON_S + 1, [a_served(1)], ".jsonl.gz")
    kept = crashed_late.read_bytes()
    list(compact(tmp_path))
    crashed_late.write_bytes(kept)

    assert texts_in(tmp_path) == lines_of([a_served(0), a_served(1)]).splitlines()
    assert list(compact(tmp_path)) == []

    assert [each.suffix for each in tmp_path.iterdir()] == [".parquet", ".parquet"]


def test_a_damaged_segment_is_told_and_left_and_the_others_are_compacted(tmp_path: Path) -> None:
    damaged = write_segment(tmp_path, NOON_S, [a_served(0)], ".jsonl.gz")
    damaged.write_bytes(damaged.read_bytes()[:-12])
    write_segment(tmp_path, NOON_S + 1, [a_served(1)], ".jsonl.gz")

    wrong, well = compact(tmp_path)

    assert isinstance(wrong, FileError)
    assert "is damaged" in wrong.message
    assert isinstance(well, Compacted)
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".gz", ".parquet"]


def test_a_segment_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    path = write_segment(tmp_path, NOON_S, [a_served(0)])

    with locked(path) as is_ours:
        assert is_ours
        assert list(compact(tmp_path)) == []

    assert [each.form for each in segments_in(tmp_path)] == ["plain"]


def test_a_row_has_every_value_of_a_record_that_is_one(tmp_path: Path) -> None:
    row = row_of(lines_of([an_escalated(1)]))

    same = set(Row.__struct_fields__) & set(Record.__struct_fields__) - {"attempts"}
    assert {name: getattr(row, name) for name in same} == {name: getattr(an_escalated(1), name) for name in same}
    assert (row.attempts, row.escalated, row.checks) == (2, True, ("fences",))
    assert (row.completion_tokens, row.written_fast, row.written_strong) == (80, 90, 80)
