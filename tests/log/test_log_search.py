"""Searching a log from its newest requests back."""

import json
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.log.backwards import lines_backwards
from router.log.search import Found, how_far, search
from router.log.selection import Selection
from router.log.wanted import Wanted
from tests.cli.commands import succeeded, tandem
from tests.log.records import NOON_S, a_mixed_log, a_served, an_audit, lines_of, write_segment


def numbers(found: Found) -> list[int]:
    return [int(json.loads(line)["request_id"], 16) for line in found.lines]


def never() -> bool:
    return False


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Six requests in three segments, each in another form."""
    return a_mixed_log(tmp_path)


@pytest.fixture(params=["duckdb", "plain"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With DuckDB and without it."""
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "duckdb", None)
    return str(request.param)


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        (Wanted(), [5, 4, 3, 2, 1, 0]),
        (Wanted(text="QUICK@"), [5, 1]),
        (Wanted(text=f"{1:032x}"), [1]),
        (Wanted(text="fast-1"), [5, 4, 3, 2, 1, 0]),
        (Wanted(Selection(tier="fast"), "otherwise"), [4, 3, 2, 0]),
        (Wanted(Selection(policy="quick", escalated=True)), [5, 1]),
        (Wanted(Selection(since_s=NOON_S + 1, until_s=NOON_S + 4)), [3, 2, 1]),
        (Wanted(text='"request_id"'), []),
        (Wanted(text="a'b\\"), []),
        (Wanted(text="schr\xf6dinger"), []),
    ],
)
@pytest.mark.usefixtures("by")
def test_what_is_wanted_is_found_in_every_form_of_a_segment(log: Path, wanted: Wanted, meant: list[int]) -> None:
    assert numbers(search(log, wanted, 100, never)) == meant


@pytest.mark.usefixtures("by")
def test_it_says_that_it_went_through_the_whole_log(log: Path) -> None:
    found = search(log, Wanted(text="code"), 100, never)

    assert (found.looked, found.since_s, found.ended, found.unread) == (6, NOON_S, "whole", ())
    assert how_far(found).startswith("looked through 6 requests, back to 2026-09-2")
    assert how_far(found).endswith("that is the whole log")


def test_it_goes_no_further_back_than_it_must(log: Path) -> None:
    one, three = (search(log, Wanted(), count, never) for count in (1, 3))

    assert (numbers(one), one.looked, one.ended, one.since_s) == ([5], 1, "enough", NOON_S + 5)
    assert (numbers(three), three.ended, three.since_s) == ([5, 4, 3], "enough", NOON_S + 2)


@pytest.mark.parametrize(("lines", "meant"), [(0, []), (1, [5]), (2, [5, 4]), (3, [5, 4]), (4, [5, 4])])
def test_when_it_is_late_it_says_how_far_it_went(log: Path, lines: int, meant: list[int]) -> None:
    left = iter([False] * (lines + 1))

    found = search(log, Wanted(), 100, lambda: next(left, True))

    assert numbers(found) == meant
    assert (found.looked, found.ended) == (len(meant), "late")
    assert how_far(found).endswith("there was no time for older ones")


def test_a_text_is_found_whatever_its_case_and_its_letters(tmp_path: Path) -> None:
    named = [msgspec.structs.replace(a_served(n), model=name) for n, name in enumerate(['Stra\xdfe "1"', "KATZE"])]
    log = tmp_path / "decisions.jsonl"
    log.write_bytes(lines_of(named))

    assert numbers(search(log, Wanted(text="stra\xdfe"), 9, never)) == [0]
    assert numbers(search(log, Wanted(text='E "1"'), 9, never)) == [0]
    assert numbers(search(log, Wanted(text="katze"), 9, never)) == [1]


def test_a_segment_that_cannot_be_read_is_named_and_the_others_are_searched(tmp_path: Path) -> None:
    write_segment(tmp_path, NOON_S, [a_served(0)])
    broken = write_segment(tmp_path, NOON_S + 1, [a_served(1)], ".jsonl.gz")
    broken.write_bytes(broken.read_bytes()[:40])

    found = search(tmp_path, Wanted(), 9, never)

    assert numbers(found) == [0]
    assert len(found.unread) == 1
    assert broken.name in found.unread[0]


def test_what_is_not_about_a_request_or_not_whole_is_passed_over(tmp_path: Path) -> None:
    path = write_segment(tmp_path, NOON_S, [an_audit(0), a_served(1)])
    path.write_bytes(b"{nonsense\n\n" + path.read_bytes() + lines_of([a_served(2)])[:-1])

    assert numbers(search(tmp_path, Wanted(), 9, never)) == [1]


@given(st.lists(st.binary(max_size=12)), st.integers(1, 9))
def test_lines_come_backwards_wherever_chunks_end(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], chunk_bytes: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "backwards"
    path.write_bytes(b"\n".join(parts))
    whole = [each for each in path.read_bytes().split(b"\n")[:-1] if each.strip()]

    assert list(lines_backwards(path, chunk_bytes)) == whole[::-1]


def test_the_command_tells_what_was_found_and_how_far_it_looked(log: Path) -> None:
    result = tandem("log", "search", "code", "--log", log, "--lines", 1)

    (line,) = succeeded(result).splitlines()
    assert "quick/code" in line
    assert "looked through 1 request," in result.stderr


def test_the_command_tells_it_to_machines(log: Path) -> None:
    told = json.loads(succeeded(tandem("log", "search", "--json", "--log", log, "--", "code")))

    assert [int(each["request_id"], 16) for each in told["lines"]] == [5, 1]
    assert (told["looked"], told["ended"], told["unread"]) == (6, "whole", [])
