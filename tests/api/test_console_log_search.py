"""What the console asks the log for: further back than memory, never for longer than somebody waits."""

import asyncio
import os
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import psutil
import pytest
from starlette.requests import Request

from router.console.child import LEAST_URGENT, Child
from router.console.leaving import CallerLeft, unless_left
from router.console.log_search import LogSearch
from router.console.session_turns import SessionTurns
from router.core.errors import InvalidRequest
from router.log.selection import Selection
from router.log.wanted import Wanted
from tests.log.records import a_mixed_log, a_served, an_escalated, lines_of
from tests.patience import until

ME = "my session"


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A log that nobody ever comes to the end of."""
    path = tmp_path / "endless.jsonl"
    os.mkfifo(path)
    return path


def readers() -> list[psutil.Process]:
    """The processes of this one's that read a log."""
    running = [each for each in psutil.Process().children() if each.status() != psutil.STATUS_ZOMBIE]
    return [each for each in running if "log" in each.cmdline()]


async def reader_begun() -> psutil.Process:
    """One of them, once there is one."""
    return (await asyncio.to_thread(until, readers))[0]


def request_of(left: asyncio.Event) -> Request:
    """A request whose caller leaves when that is set."""
    messages: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "headers": []}, receive)


def test_a_text_is_found_however_many_requests_came_after_it(tmp_path: Path) -> None:
    log = tmp_path / "decisions.jsonl"
    log.write_bytes(lines_of([an_escalated(0), *map(a_served, range(1, 3001))]))

    page = asyncio.run(LogSearch(log).search(ME, Wanted(text="QUICK")))

    assert [each.rule for each in page.lines] == ["code"]
    assert (page.looked, page.ended, page.unread) == (3001, "whole", ())


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (Wanted(Selection(escalated=True)), [5, 1]),
        (Wanted(Selection(tenant="globex")), [3]),
        (Wanted(Selection(rule="otherwise", policy="careful"), "00004"), [4]),
        (Wanted(text="--help"), []),
        (Wanted(Selection(rule="--help")), []),
    ],
)
def test_all_that_the_form_asks_for_counts(tmp_path: Path, wanted: Wanted, meant: list[int]) -> None:
    page = asyncio.run(LogSearch(a_mixed_log(tmp_path)).search(ME, wanted))

    assert [int(each.request_id, 16) for each in page.lines] == meant


def test_a_request_is_found_with_what_was_done_afterwards(tmp_path: Path) -> None:
    log = LogSearch(a_mixed_log(tmp_path))

    told, nothing = asyncio.run(log.find(ME, f"{0:032x}")), asyncio.run(log.find(ME, "f" * 32))

    assert told is not None
    assert told.record.request_id == f"{0:032x}"
    assert [each["kind"] for each in told.beside] == ["audit"]
    assert nothing is None


def test_a_log_that_is_not_there_yet_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no such log yet"):
        asyncio.run(LogSearch(tmp_path / "nothing").search(ME, Wanted()))


def test_nothing_is_read_any_more_once_the_caller_has_left(endless: Path) -> None:
    async def leave() -> int:
        left = asyncio.Event()
        asking = asyncio.create_task(unless_left(request_of(left), LogSearch(endless).search(ME, Wanted())))
        reader = await reader_begun()
        niceness = reader.nice()
        left.set()
        with pytest.raises(CallerLeft):
            await asking
        return niceness

    assert asyncio.run(leave()) == LEAST_URGENT
    until(lambda: not readers())


def test_nothing_is_read_for_longer_than_anybody_waits(endless: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"took over 0\.2 s"):
        asyncio.run(LogSearch(endless, 0.2).search(ME, Wanted()))

    until(lambda: not readers())


def test_what_is_ended_before_it_has_begun_never_begins(tmp_path: Path) -> None:
    child = Child(["touch", str(tmp_path / "begun")])

    child.end()

    assert child.run().code != 0
    assert not (tmp_path / "begun").exists()


def test_who_does_not_leave_gets_what_was_made() -> None:
    async def make() -> str:
        return "made"

    async def wait_for_it() -> str:
        return await unless_left(request_of(asyncio.Event()), make())

    assert asyncio.run(wait_for_it()) == "made"


def test_a_session_has_one_turn_at_a_time_and_all_together_have_few() -> None:
    async def count() -> tuple[int, int]:
        turns, now, most, most_of_one = SessionTurns(at_once=2), list[str](), 0, 0

        async def take(session: str) -> None:
            nonlocal most, most_of_one
            async with turns.turn(session):
                now.append(session)
                most, most_of_one = max(most, len(now)), max(most_of_one, now.count(session))
                await asyncio.sleep(0.001)
                now.remove(session)

        await asyncio.gather(*(take(each) for each in "abcabcabc"))
        return most, most_of_one

    assert asyncio.run(count()) == (2, 1)


def test_whose_turn_is_cut_short_makes_way() -> None:
    async def cut_short() -> None:
        turns = SessionTurns(at_once=1)
        with pytest.raises(InvalidRequest):
            async with turns.turn("a"):
                raise InvalidRequest("no")
        async with asyncio.timeout(1), turns.turn("b"):
            pass

    asyncio.run(cut_short())
