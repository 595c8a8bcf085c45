"""Searching a log from its newest requests back, for as long as somebody waits; what is found says how far it went."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, Protocol

from msgspec import Struct

from router.core.errors import FileError
from router.core.log_lines import is_record
from router.log.backwards import lines_backwards
from router.log.database import search_table
from router.log.find import ended_before, newest_files
from router.log.reader import file_lines
from router.log.rows import row_of
from router.log.wanted import Wanted

Ended = Literal["whole", "enough", "late"]
"""Why no older requests were looked at: there are none, enough were found, or there was no time."""

_WHY: Final[dict[Ended, str]] = {
    "whole": "that is the whole log",
    "enough": "as many as were asked for were found by then",
    "late": "there was no time for older ones",
}


class Looked(Protocol):
    """How far was looked; see `Found`."""

    @property
    def looked(self) -> int: ...
    @property
    def since_s(self) -> float | None: ...
    @property
    def ended(self) -> Ended: ...


class Found(Struct, frozen=True):
    """The lines that are wanted, the newest first. `looked`: so many requests were looked at, of which the oldest began
    at `since_s` (None: there was none). `unread`: what is wrong with segments that could not be read."""

    lines: tuple[bytes, ...]
    looked: int
    since_s: float | None
    ended: Ended
    unread: tuple[str, ...] = ()


class Part(Struct, frozen=True):
    """What one file told, the newest first; what is left out means as in `Found`."""

    lines: tuple[bytes, ...] = ()
    looked: int = 0
    since_s: float | None = None
    ended: Ended = "whole"


def search(log: Path, wanted: Wanted, count: int, is_late: Callable[[], bool]) -> Found:
    """The last `count` requests that are wanted, among those that are looked at before it is late. Raises FileError
    for a log that cannot be listed."""
    parts: list[Part] = []
    unread: list[str] = []
    for path in newest_files(log):
        if parts and parts[-1].ended != "whole":
            break
        left = count - sum(len(each.lines) for each in parts)
        if left <= 0 or is_late():
            parts.append(Part(ended="late" if left > 0 else "enough"))
            break
        if ended_before(path, wanted.selection.since_s):
            continue
        try:
            parts.append(_part(path, wanted, left, is_late))
        except FileError as error:
            unread.append(error.message)
    return _found(parts, tuple(unread))


def how_far(found: Looked) -> str:
    """How far was looked, in words, in the time of this place."""
    if found.since_s is None:
        return "no request was looked at: " + ("there is none" if found.ended == "whole" else _WHY[found.ended])
    since = datetime.fromtimestamp(found.since_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    looked = "1 request" if found.looked == 1 else f"{found.looked:,} requests"
    return f"looked through {looked}, back to {since}: {_WHY[found.ended]}"


def _found(parts: Sequence[Part], unread: tuple[str, ...]) -> Found:
    lines = sorted((line for part in parts for line in part.lines), key=lambda each: -row_of(each).time_s)
    times_s = [part.since_s for part in parts if part.since_s is not None]
    ended = parts[-1].ended if parts else "whole"
    return Found(tuple(lines), sum(part.looked for part in parts), min(times_s, default=None), ended, unread)


def _part(path: Path, wanted: Wanted, count: int, is_late: Callable[[], bool]) -> Part:
    if path.suffix == ".parquet" and find_spec("duckdb") is not None:
        table = search_table(path, wanted, count)
        return Part(table.lines, table.looked, table.since_s)
    if path.suffix in (".gz", ".parquet"):
        return _forwards(path, wanted, count, is_late)
    return _backwards(path, wanted, count, is_late)


def _backwards(path: Path, wanted: Wanted, count: int, is_late: Callable[[], bool]) -> Part:
    found: list[bytes] = []
    looked, last = 0, b""
    ended: Ended = "whole"
    for line in _requests(lines_backwards(path)):
        if is_late() or len(found) == count:
            ended = "enough" if len(found) == count else "late"
            break
        looked, last = looked + 1, line
        if wanted.admits(line):
            found.append(line)
    return Part(tuple(found), looked, _began_s(last), ended)


def _forwards(path: Path, wanted: Wanted, count: int, is_late: Callable[[], bool]) -> Part:
    """Its newest lines are at its end: one that is not read to there has told nothing."""
    found: deque[bytes] = deque(maxlen=count)
    looked, first = 0, b""
    for line in _requests(each.text for each in file_lines(path)):
        if is_late():
            return Part(ended="late")
        looked, first = looked + 1, first or line
        if wanted.admits(line):
            found.append(line)
    return Part(tuple(reversed(found)), looked, _began_s(first))


def _requests(lines: Iterator[bytes]) -> Iterator[bytes]:
    return (line for line in lines if is_record(line))


def _began_s(line: bytes) -> float | None:
    return row_of(line).time_s if line else None
