"""How many requests an engine has, and whether it has answered any, read off its own pages. Pure, and quick: a page of
metrics has a thousand lines of which a few are wanted, so that it is searched and never parsed. A page that does not
say it, or not as expected, says nothing: None, never an error.
"""

import math
import re
from collections.abc import Callable, Iterator
from typing import Final

MOST: Final = 1_000_000
"""No engine has so many. A larger figure is a mistake."""

_LOAD: Final = re.compile(rb'\s*\{\s*"server_load"\s*:\s*(\d{1,7})\s*\}\s*')


def read_load(body: bytes) -> int | None:
    """What the page `/load` of vLLM says: requests that its server has accepted and not answered yet."""
    found = _LOAD.fullmatch(body)
    return None if found is None or int(found[1]) > MOST else int(found[1])


def gauges(*names: bytes) -> Callable[[bytes], int | None]:
    """What reads a page of metrics on which each of these says how many requests run, or wait, in one series for each
    engine behind the address: their sum."""

    def read(page: bytes) -> int | None:
        sums = [_sum_of(each, page) for each in names]
        known = [each for each in sums if each is not None]
        return sum(known) if len(known) == len(names) else None

    return read


def counted(pattern: re.Pattern[bytes]) -> Callable[[bytes], int | None]:
    """What reads a page that says it in so many figures, of which the pattern's group is one: their sum."""

    def read(page: bytes) -> int | None:
        found = [int(each) for each in pattern.findall(page)]
        return sum(found) if found and sum(found) <= MOST else None

    return read


def occurrences(pattern: re.Pattern[bytes], wanted: bytes) -> Callable[[bytes], int | None]:
    """What reads a page that says something of each of its places: how often the pattern's group is the wanted one."""

    def read(page: bytes) -> int | None:
        found = pattern.findall(page)
        return found.count(wanted) if found else None

    return read


def first_of(*readers: Callable[[bytes], int | None]) -> Callable[[bytes], int | None]:
    """What reads a page on which one of several may say it: the first that finds it."""

    def read(page: bytes) -> int | None:
        return next((count for each in readers if (count := each(page)) is not None), None)

    return read


def has_answered(page: bytes, counter: bytes) -> bool:
    """Whether a page of metrics says, by this counter with a series for each way an answer ends, that an engine behind
    this address has answered something since it started."""
    return any(_is_above_zero(rest) for rest in _series(counter, page))


def _sum_of(name: bytes, page: bytes) -> int | None:
    """The sum over all series of a metric, which follow one another. None: there is none, or one is malformed."""
    values = [_value_of(rest) for rest in _series(name, page)]
    known = [each for each in values if each is not None]
    return sum(known) if known and len(known) == len(values) else None


def _series(name: bytes, page: bytes) -> Iterator[bytes]:
    """What follows the name in each series of a metric."""
    at = _first_series(name, page)
    while at >= 0 and _is_series(name, page, at):
        end = page.find(b"\n", at)
        yield page[at + len(name) : end if end >= 0 else len(page)]
        at = end + 1 if end >= 0 else -1


def _first_series(name: bytes, page: bytes) -> int:
    """Where the first line begins that has a value of this metric, not of one whose name goes on; -1: nowhere."""
    at = page.find(name)
    while at >= 0:
        if (at == 0 or page[at - 1 : at] == b"\n") and _is_series(name, page, at):
            return at
        at = page.find(name, at + 1)
    return -1


def _is_series(name: bytes, page: bytes, at: int) -> bool:
    """Whether a value of this metric stands there, not of one whose name goes on."""
    return page.startswith(name, at) and page[at + len(name) : at + len(name) + 1] in (b"{", b" ")


def _value_of(rest: bytes) -> int | None:
    """The value in what follows a metric's name: labels, if there are any, a number, and sometimes a time."""
    value = _figure_in(rest)
    return int(value) if 0.0 <= value <= MOST else None


def _is_above_zero(rest: bytes) -> bool:
    return _figure_in(rest) > 0.0


def _figure_in(rest: bytes) -> float:
    """The number there; not a number where none stands."""
    words = rest[rest.rfind(b"}") + 1 :].split()
    try:
        return float(words[0])
    except (IndexError, ValueError):
        return math.nan
