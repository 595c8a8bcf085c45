"""A log that is a folder: bounded, and nobody's lines lost, whatever crashes and whoever else writes there."""

import gzip
import logging
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from router.log.reader import log_lines
from router.log.segments import Rotation, every_file, new_name, segments_in
from router.log.tidying import tidy
from router.telemetry.log_files import JsonLines, SegmentedLines
from tests.log.records import NOON_S, a_served, lines_of, write_segment
from tests.patience import until

SMALL = Rotation(segment_bytes=4_000, segment_s=3600.0, max_bytes=1_000_000)


def ids_in(log: Path) -> list[int]:
    """The numbers of the requests in a log, in its order."""
    return [int(msgspec.json.decode(line.text)["request_id"], 16) for line in log_lines(log)]


def forms_in(folder: Path) -> list[str]:
    return [each.form for each in segments_in(folder)]


def write_each(log: SegmentedLines, numbers: range) -> None:
    """One batch for each."""
    for number in numbers:
        log.take([a_served(number)])


def size_of(path: Path) -> int:
    """Nothing once it is removed."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As if the disk were full: the kernel takes what still fits of a write, and refuses the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_segments_are_closed_when_they_are_full_and_compressed_meanwhile(tmp_path: Path) -> None:
    with closing(SegmentedLines(tmp_path / "log", SMALL)) as log:
        write_each(log, range(50))
        assert until(lambda: forms_in(tmp_path / "log").count("gzip") > 3)

    assert ids_in(tmp_path / "log") == list(range(50))
    assert log.dropped == 0


def test_a_segment_is_closed_when_it_is_old(tmp_path: Path) -> None:
    now = [NOON_S]
    with closing(SegmentedLines(tmp_path, Rotation(segment_s=60.0), lambda: now[0])) as log:
        write_each(log, range(2))
        now[0] += 61
        write_each(log, range(2, 3))

    assert len(segments_in(tmp_path)) == 2
    assert [each.opened_s for each in segments_in(tmp_path)] == [NOON_S, NOON_S + 61]


def test_routers_that_share_a_folder_each_write_their_own(tmp_path: Path) -> None:
    with closing(SegmentedLines(tmp_path, SMALL)) as one, closing(SegmentedLines(tmp_path, SMALL)) as other:
        for number in range(20):
            one.take([a_served(number)])
            other.take([a_served(100 + number)])
        tidy(tmp_path, SMALL)
        one.take([a_served(20)])

    assert sorted(ids_in(tmp_path)) == [*range(21), *range(100, 120)]


def test_many_that_tidy_up_at_once_lose_nothing(tmp_path: Path) -> None:
    for number in range(60):
        write_segment(tmp_path, NOON_S + number, [a_served(number)])

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: tidy(tmp_path, SMALL), range(30)))

    assert ids_in(tmp_path) == list(range(60))
    assert set(forms_in(tmp_path)) == {"gzip"}


def test_what_a_killed_router_left_is_closed_by_the_next_one_and_only_the_torn_line_is_missing(tmp_path: Path) -> None:
    left = tmp_path / new_name(NOON_S)
    left.write_bytes(lines_of([a_served(0), a_served(1)]) + b'{"request_id":"torn')

    with closing(SegmentedLines(tmp_path, SMALL)) as log:
        log.take([a_served(2)])

    assert ids_in(tmp_path) == [0, 1, 2]
    assert forms_in(tmp_path)[0] == "gzip"


KILLED = """
import os, sys
from pathlib import Path
from router.log.segments import Rotation
from router.telemetry.log_files import SegmentedLines
from tests.log.records import a_served

log = SegmentedLines(Path(sys.argv[1]), Rotation(segment_bytes=20_000, max_bytes=100_000_000))
number = 0
while True:
    log.take([a_served(number)])
    os.write(1, b"%d\\n" % number)
    number += 1
"""


def test_a_router_that_is_killed_in_the_midst_loses_nothing_that_it_had_written(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 300:
            break
    process.kill()
    said = [300, *map(int, process.stdout.read().split())]
    process.wait()
    process.stdout.close()

    tidy(tmp_path, SMALL)

    found = ids_in(tmp_path)
    assert found == list(range(len(found)))
    assert len(found) > said[-1]
    assert set(forms_in(tmp_path)) == {"gzip"}
    assert not [each for each in every_file(tmp_path) if each.is_part]


def test_a_crash_between_two_forms_of_a_segment_tells_nothing_twice(tmp_path: Path) -> None:
    plain = write_segment(tmp_path, NOON_S, [a_served(0)])
    plain.with_name(plain.name + ".gz").write_bytes(gzip.compress(lines_of([a_served(0)])))
    plain.with_name(new_name(NOON_S) + ".gz.part").write_bytes(b"half of it")

    assert ids_in(tmp_path) == [0]
    tidy(tmp_path, SMALL)

    assert ids_in(tmp_path) == [0]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_stays_within_its_bounds_and_the_oldest_go_first(tmp_path: Path) -> None:
    rotation = Rotation(segment_bytes=4_000, max_bytes=32_000)
    with closing(SegmentedLines(tmp_path, rotation)) as log:
        for number in range(400):
            log.take([a_served(number)])
            assert sum(map(size_of, tmp_path.iterdir())) < 32_000 + 2 * 4_000

    tidy(tmp_path, rotation)

    found = ids_in(tmp_path)
    assert found == sorted(found)
    assert len(found) < 400
    assert found[-5:] == list(range(395, 400))
    assert sum(map(size_of, tmp_path.iterdir())) <= 32_000


def test_a_full_disk_costs_whole_batches_which_are_counted_and_is_survived(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(SegmentedLines(tmp_path, Rotation())) as log:
        with no_file_larger_than(3_000), caplog.at_level(logging.ERROR):
            write_each(log, range(10))
        write_each(log, range(10, 12))

    found = ids_in(tmp_path)
    assert found == [*range(10 - log.dropped), 10, 11]
    assert 0 < log.dropped < 10
    assert len(caplog.records) == log.dropped


def test_a_segment_that_cannot_be_compressed_stays_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_segment(tmp_path, NOON_S, [a_served(n, f"tenant-{n}") for n in range(300)])

    with no_file_larger_than(2_000), caplog.at_level(logging.ERROR):
        SegmentedLines(tmp_path, SMALL).close()

    assert "the decision log cannot be tidied up: File too large" in caplog.text
    assert forms_in(tmp_path) == ["plain"]
    assert ids_in(tmp_path) == list(range(300))


def test_a_segment_that_somebody_removed_is_not_written_any_more(tmp_path: Path) -> None:
    with closing(SegmentedLines(tmp_path, Rotation())) as log:
        log.take([a_served(0)])
        for each in tmp_path.iterdir():
            each.unlink()
        log.take([a_served(1)])

    assert ids_in(tmp_path) == [1]


def test_a_plain_file_with_a_torn_line_is_gone_on_with_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines_of([a_served(0)]) + b'{"request_id":"torn')

    JsonLines(path).take([a_served(1)])

    lines = path.read_bytes().splitlines()
    assert [lines[0], lines[2]] == lines_of([a_served(0), a_served(1)]).splitlines()
    assert len(lines) == 3
