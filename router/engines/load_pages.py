"""How many requests an engine has, read off its own pages. Pure, and quick: a page of metrics has a thousand lines of
which two are wanted, so that it is searched and never parsed. A page that does not say it, or not as expected, says
nothing: None, never an error.
"""

import re
from typing import Final

RUNNING: Final = b"vllm:num_requests_running"
WAITING: Final = b"vllm:num_requests_waiting"
"""Gauges of vLLM, with one series for each of its engines: those in execution, and those in the queue."""

MOST: Final = 1_000_000
"""No engine has so many. A larger figure is a mistake."""

_LOAD: Final = re.compile(rb'\s*\{\s*"server_load"\s*:\s*(\d{1,7})\s*\}\s*')


def read_load(body: bytes) -> int | None:
    """What the page `/load` of vLLM says: requests that its server has accepted and not answered yet."""
    found = _LOAD.fullmatch(body)
    return None if found is None or int(found[1]) > MOST else int(found[1])


def read_metrics(page: bytes) -> int | None:
    """What a page of metrics says: requests that run or wait, in all engines behind this address."""
    running, waiting = _sum_of(RUNNING, page), _sum_of(WAITING, page)
    return None if running is None or waiting is None else running + waiting


def _sum_of(name: bytes, page: bytes) -> int | None:
    """The sum over all series of a metric, which follow one another. None: there is none, or one is malformed."""
    at = _first_series(name, page)
    if at < 0:
        return None
    total = 0
    while page.startswith(name, at):
        end = page.find(b"\n", at)
        value = _value_of(page[at + len(name) : end if end >= 0 else len(page)])
        if value is None:
            return None
        total += value
        if end < 0:
            break
        at = end + 1
    return total


def _first_series(name: bytes, page: bytes) -> int:
    """Where the first line begins that has a value of this metric, not of one whose name goes on; -1: nowhere."""
    at = page.find(name)
    while at >= 0:
        begins_a_line = at == 0 or page[at - 1 : at] == b"\n"
        if begins_a_line and page[at + len(name) : at + len(name) + 1] in (b"{", b" "):
            return at
        at = page.find(name, at + 1)
    return -1


def _value_of(rest: bytes) -> int | None:
    """The value in what follows a metric's name: labels, if there are any, a number, and sometimes a time."""
    words = rest[rest.rfind(b"}") + 1 :].split()
    try:
        value = float(words[0])
    except (IndexError, ValueError):
        return None
    return int(value) if 0.0 <= value <= MOST else None
