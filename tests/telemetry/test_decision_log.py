"""The decision log: every record once, whole, and never in a request's way."""

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from router.core.audit import Audit
from router.core.record import Record
from router.core.upgrade import Upgrade
from router.telemetry.decision_log import MAX_WAITING, BatchedLog, open_batched_log
from router.telemetry.log_files import JsonLines
from tests.patience import until

RECORD = Record(request_id="a1", time_s=1.0, elapsed_s=0.3, status=200, outcome="served", model="auto")


class Kept:
    """A sink that keeps what it is given: the protocol `Sink`."""

    def __init__(self) -> None:
        self.batches: list[list[Record]] = []

    def take(self, records: Sequence[Record]) -> None:
        self.batches.append(list(records))

    @property
    def records(self) -> list[Record]:
        return [record for batch in self.batches for record in batch]


def numbered(count: int) -> list[Record]:
    return [replace(RECORD, request_id=str(n)) for n in range(count)]


def lines_of(path: Path) -> list[Record]:
    return [msgspec.json.decode(line, type=Record) for line in path.read_bytes().splitlines()]


# --- lines ------------------------------------------------------------------------------------------------------


def test_records_become_lines_that_give_them_back(tmp_path: Path) -> None:
    records = numbered(3)

    JsonLines(tmp_path / "log.jsonl").take(records)

    assert lines_of(tmp_path / "log.jsonl") == records


def test_lines_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    JsonLines(path).take(numbered(2))

    log = JsonLines(path)
    log.take(numbered(1))
    log.take(numbered(1))

    assert [record.request_id for record in lines_of(path)] == ["0", "1", "0", "0"]


def test_what_a_caller_wrote_cannot_begin_a_line_of_its_own(tmp_path: Path) -> None:
    forged = 'auto\n{"request_id": "forged"}\r\n\x1b[31m\u2028'

    JsonLines(tmp_path / "log.jsonl").take([replace(RECORD, model=forged)])

    content = (tmp_path / "log.jsonl").read_bytes()
    assert content.count(b"\n") == 1
    assert b"\x1b" not in content
    assert lines_of(tmp_path / "log.jsonl")[0].model == forged


def test_a_disk_that_takes_nothing_is_counted_said_once_a_batch_and_never_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = JsonLines(tmp_path / "missing" / "log.jsonl")

    with caplog.at_level(logging.ERROR):
        log.take(numbered(5))

    assert log.dropped == 5
    assert len(caplog.records) == 1
    assert "No such file or directory" in caplog.text


def test_a_disk_that_recovers_is_written_again(tmp_path: Path) -> None:
    log = JsonLines(tmp_path / "later" / "log.jsonl")
    log.take(numbered(2))
    (tmp_path / "later").mkdir()

    log.take(numbered(3))

    assert log.dropped == 2
    assert len(lines_of(tmp_path / "later" / "log.jsonl")) == 3


def test_audits_and_upgrades_stand_among_the_records_of_a_file_and_go_nowhere_else(tmp_path: Path) -> None:
    path, kept = tmp_path / "log.jsonl", Kept()
    file = JsonLines(path)
    log, audit = BatchedLog([kept, file], [file]), Audit("a1", 1.0, "p@1", "r", "", 0.01)
    upgrade = Upgrade("a1", "t", "p@1", "r", "done")

    log.write(RECORD)
    log.write_audit(audit)
    log.write_upgrade(upgrade)
    log.flush()

    record, audited, upgraded = path.read_bytes().splitlines()
    assert msgspec.json.decode(record, type=Record) == RECORD
    assert msgspec.json.decode(audited, type=Audit) == audit
    assert msgspec.json.decode(upgraded, type=Upgrade) == upgrade
    assert kept.records == [RECORD]


# --- batches ----------------------------------------------------------------------------------------------------


def test_what_is_written_reaches_every_sink_in_its_order() -> None:
    first, second = Kept(), Kept()
    log = BatchedLog([first, second])

    for record in numbered(3):
        log.write(record)
    log.flush()

    assert first.records == second.records == numbered(3)


def test_nothing_is_handed_on_twice() -> None:
    sink = Kept()
    log = BatchedLog([sink])
    log.write(RECORD)

    log.flush()
    log.flush()

    assert sink.records == [RECORD]


def test_more_than_may_wait_is_dropped_and_counted_and_the_rest_is_kept() -> None:
    sink = Kept()
    log = BatchedLog([sink])

    for _ in range(MAX_WAITING + 7):
        log.write(RECORD)
    log.flush()

    assert log.dropped == 7
    assert len(sink.records) == MAX_WAITING
    log.write(RECORD)
    log.flush()
    assert len(sink.records) == MAX_WAITING + 1


def test_a_log_hands_batches_on_while_it_is_open_without_being_told_to() -> None:
    sink = Kept()

    async def write_and_look() -> int:
        async with open_batched_log([sink]) as log:
            for record in numbered(3):
                log.write(record)
            await asyncio.to_thread(until, lambda: sink.batches)
            return len(sink.records)

    assert asyncio.run(write_and_look()) == 3


def test_what_was_just_written_when_the_log_closes_is_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"

    async def write_and_leave() -> None:
        async with open_batched_log([JsonLines(path)]) as log:
            for record in numbered(1_000):
                log.write(record)

    asyncio.run(write_and_leave())

    assert lines_of(path) == numbered(1_000)


def test_what_waits_for_a_thread_when_the_log_closes_is_not_lost() -> None:
    sink, release = Kept(), threading.Event()

    async def write_while_every_thread_is_busy() -> None:
        with ThreadPoolExecutor(1) as threads:
            asyncio.get_running_loop().set_default_executor(threads)
            busy = threads.submit(release.wait, 10)
            async with open_batched_log([sink]) as log:
                log.write(RECORD)
                await asyncio.sleep(0.3)
            release.set()
            assert busy.result()

    asyncio.run(write_while_every_thread_is_busy())

    assert sink.records == [RECORD]


def test_what_a_slow_sink_is_still_writing_when_the_log_closes_is_neither_lost_nor_doubled() -> None:
    release, slow = threading.Event(), Kept()

    class Slow:
        """A sink on a disk that hangs for a while."""

        def take(self, records: Sequence[Record]) -> None:
            entered.set()
            release.wait(10)
            slow.take(records)

    entered = threading.Event()

    async def write_around_a_slow_batch() -> None:
        async with open_batched_log([Slow()]) as log:
            log.write(numbered(2)[0])
            await asyncio.to_thread(entered.wait, 5)
            log.write(numbered(2)[1])
            release.set()

    asyncio.run(write_around_a_slow_batch())

    assert sorted(record.request_id for record in slow.records) == ["0", "1"]


def test_a_request_does_not_wait_for_a_slow_sink() -> None:
    release, entered = threading.Event(), threading.Event()

    class Stuck:
        """A sink on a disk that hangs."""

        def take(self, records: Sequence[Record]) -> None:
            entered.set()
            release.wait(10)

    async def write_while_it_hangs() -> float:
        async with open_batched_log([Stuck()]) as log:
            log.write(RECORD)
            await asyncio.to_thread(entered.wait, 5)
            clock = asyncio.get_running_loop().time
            started_s = clock()
            for _ in range(1_000):
                log.write(RECORD)
            await asyncio.sleep(0)
            elapsed_s = clock() - started_s
            release.set()
            return elapsed_s

    assert asyncio.run(write_while_it_hangs()) < 1.0
