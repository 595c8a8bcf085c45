"""A log is read alike whether it is a file or a folder, and whatever form its segments have."""

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from router.core.errors import FileError
from router.log.find import Found, find, latest
from router.log.follow import Follower
from router.log.reader import count_lines, log_lines, record_lines
from router.log.selection import ALL, Selection
from router.log.tidying import close_abandoned
from router.review.calibration import read_latencies
from router.review.judgements import read_judged
from router.review.pairs import read_audited
from router.review.requests_file import Row, count_rows, read_requests
from tests.log.records import NOON_S, a_mixed_log, a_served, an_audit, an_escalated, lines_of, write_segment
from tests.usual import FIRST_REQUEST


def numbers(lines: Iterator[bytes]) -> list[int]:
    return [int(json.loads(line)["request_id"], 16) for line in lines]


def test_a_folder_is_read_in_the_order_in_which_its_segments_were_begun(tmp_path: Path) -> None:
    log = a_mixed_log(tmp_path)

    assert numbers(line.text for line in record_lines(log)) == [0, 1, 2, 3, 4, 5]
    assert len(list(log_lines(log))) == 7
    assert count_lines(log) >= 7


def test_every_review_reads_a_folder(tmp_path: Path) -> None:
    log = a_mixed_log(tmp_path)

    rows = [row for row in read_requests(log, FIRST_REQUEST.question) if isinstance(row, Row)]
    assert [row.number for row in rows] == [1, 2, 1, 2, 1, 2]
    assert count_rows(log) >= 6
    assert len(list(read_latencies(log))) == len(list(read_judged(log))) == 6
    assert len(list(read_audited(log, None))) == 1


@pytest.mark.parametrize("form", [".jsonl", ".jsonl.gz", ".parquet"])
def test_one_segment_is_a_log_as_well(tmp_path: Path, form: str) -> None:
    log = a_mixed_log(tmp_path)

    (segment,) = [each for each in log.iterdir() if each.name.endswith(form)]

    assert len(list(record_lines(segment))) == 2
    assert len(list(read_requests(segment, FIRST_REQUEST.question))) == 2


def test_what_is_wrong_is_told_with_the_segment_and_its_line(tmp_path: Path) -> None:
    path = write_segment(tmp_path, NOON_S, [a_served(0)])
    path.write_bytes(path.read_bytes() + b'{"time_s": "then"}\n')

    *_, error = read_judged(tmp_path)

    assert isinstance(error, FileError)
    assert error.message.startswith(f"{path}:2:1: ")


def test_a_line_that_is_still_being_written_is_no_line_yet(tmp_path: Path) -> None:
    path = write_segment(tmp_path, NOON_S, [a_served(0)])
    path.write_bytes(path.read_bytes() + b'{"request_id": "hal')

    assert len(list(log_lines(tmp_path))) == 1


def test_other_files_in_the_folder_are_none_of_the_log(tmp_path: Path) -> None:
    log = a_mixed_log(tmp_path)
    (log / "notes.jsonl").write_text("{}\n")
    (log / ".decisions.swp").write_bytes(b"\x00")

    assert len(list(log_lines(log))) == 7


@pytest.mark.parametrize("number", range(6))
def test_a_request_is_found_in_any_segment(tmp_path: Path, number: int) -> None:
    found = find(a_mixed_log(tmp_path), f"{number:032x}")

    assert found is not None
    assert numbers(iter([found.record])) == [number]
    assert found.beside == ((lines_of([an_audit(0)]).strip(),) if number == 0 else ())


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    assert find(a_mixed_log(tmp_path), "f" * 32) is None
    assert find(tmp_path, "rejected") is None


def test_a_request_is_found_in_a_file_too_where_its_id_is_cut_by_the_end_of_a_piece(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    filler = b'{"request_id":"x","model":"' + b"m" * (1024 * 1024 - 50) + b'"}\n'
    path.write_bytes(gzip.compress(filler + lines_of([a_served(7)])))

    assert find(path, f"{7:032x}") == Found(lines_of([a_served(7)]).strip())


def test_the_latest_are_those_of_the_newest_segments(tmp_path: Path) -> None:
    log = a_mixed_log(tmp_path)

    assert [int(row.request_id, 16) for row, _ in latest(log, ALL, 3)] == [3, 4, 5]
    assert [int(row.request_id, 16) for row, _ in latest(log, Selection(escalated=True), 5)] == [1, 5]
    assert latest(log, Selection(rule="no such"), 5) == []


def test_the_latest_of_replicas_are_found_in_whichever_segment_they_are(tmp_path: Path) -> None:
    long_open = write_segment(tmp_path, NOON_S, [a_served(0), a_served(50)])
    short = write_segment(tmp_path, NOON_S + 10, [a_served(n) for n in range(10, 13)])
    for path, ended_s in ((long_open, NOON_S + 51), (short, NOON_S + 14)):
        os.utime(path, (ended_s, ended_s))
    close_abandoned(tmp_path)

    assert [int(row.request_id, 16) for row, _ in latest(tmp_path, ALL, 2)] == [12, 50]
    assert [int(row.request_id, 16) for row, _ in latest(tmp_path, Selection(since_s=NOON_S + 20), 9)] == [50]
    assert latest(tmp_path, ALL, 0) == []


@pytest.mark.parametrize(
    ("selection", "meant"),
    [
        (Selection(tier="strong"), [1, 5]),
        (Selection(policy="careful"), [0, 2, 3, 4]),
        (Selection(policy="quick@0123456789ab"), [1, 5]),
        (Selection(tenant="globex"), [3]),
        (Selection(since_s=NOON_S + 4), [4, 5]),
        (Selection(until_s=NOON_S + 2, escalated=True), [1]),
    ],
)
def test_requests_are_selected_by_what_their_lines_say(tmp_path: Path, selection: Selection, meant: list[int]) -> None:
    assert [int(row.request_id, 16) for row, _ in latest(a_mixed_log(tmp_path), selection, 9)] == meant


# --- following --------------------------------------------------------------------------------------------------


def test_new_lines_are_followed_through_new_segments_and_closed_ones(tmp_path: Path) -> None:
    path = write_segment(tmp_path, NOON_S, [a_served(0)])
    with closing(Follower(tmp_path)) as follower:
        with path.open("ab") as file:
            file.write(lines_of([a_served(1)]) + b'{"request_id"')
        assert numbers(line.text for line in follower.read()) == [1]

        path.write_bytes(lines_of([a_served(n) for n in range(3)]))
        write_segment(tmp_path, NOON_S + 1, [an_escalated(3)])
        assert numbers(line.text for line in follower.read())[-1] == 3

        close_abandoned(tmp_path)
        write_segment(tmp_path, NOON_S + 2, [a_served(4)], ".jsonl.gz")
        assert numbers(line.text for line in follower.read()) == [4]
        assert list(follower.read()) == []


def test_a_file_that_is_renamed_is_read_to_its_end_and_then_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines_of([a_served(0)]))
    with closing(Follower(path)) as follower:
        path.write_bytes(lines_of([a_served(0), a_served(1)]))
        path.rename(tmp_path / "log.jsonl.1")
        path.write_bytes(lines_of([a_served(2)]))

        assert numbers(line.text for line in follower.read()) == [1]
        assert numbers(line.text for line in follower.read()) == [2]
