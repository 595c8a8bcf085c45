"""What became of drafts that the strong tier was to read, as a decision log tells it: what was cut, where and by what,
how surprised the reader was, and what was not read. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from router.core.gate import CHARS_PER_TOKEN
from router.review.judgements import LoggedAttempt, LoggedReading, LoggedRequest
from router.review.named import Named, Names

PLACES: Final = 10
"""Into so many equal parts an answer is divided to say where it was cut."""

SURPRISES: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""The bounds, in nats a token, between which surprise is counted; each is the upper one of its part, and above the last
there is one part more."""


class Surprise(Struct, frozen=True):
    """Of drafts of one kind, how surprised the reader was on average, in nats a token: their mean, and how many there
    are in each part of `SURPRISES`."""

    mean: float
    counts: tuple[int, ...]

    @property
    def drafts(self) -> int:
        """How many drafts these are."""
        return sum(self.counts)


class Readings(Struct, frozen=True):
    """What reading found. `drafts`: how many were to be read; `reasons`: the criteria by which drafts were cut;
    `unread`: why part of a draft was not read; `places`: in which of `PLACES` parts of the answer, as the caller got
    it, they were cut. None: no draft of that kind has a profile."""

    drafts: int
    reasons: tuple[Named, ...]
    unread: tuple[Named, ...]
    places: tuple[int, ...]
    accepted: Surprise | None
    cut: Surprise | None


class ReadingTally:
    """What is counted, in memory that does not grow with the log."""

    def __init__(self) -> None:
        self._drafts = 0
        self._reasons, self._unread = Names(), Names()
        self._places = [0] * PLACES
        self._accepted, self._cut = _Surprises(), _Surprises()

    def count(self, line: LoggedRequest) -> None:
        """One more request."""
        for place in places_of_cuts(line):
            self._places[place] += 1
        for reading in readings_of(line):
            self._drafts += 1
            self._reasons.count(sorted(set(reading.reasons)), line.request_id)
            self._unread.count([reading.unread] if reading.unread else [], line.request_id)
            if reading.profile is not None:
                (self._cut if reading.reasons else self._accepted).count(reading.profile.mean)

    def readings(self) -> Readings | None:
        """What was counted; None: nothing was to be read."""
        if not self._drafts:
            return None
        reasons, unread = self._reasons.ranked(), self._unread.ranked()
        accepted, cut = self._accepted.surprise(), self._cut.surprise()
        return Readings(self._drafts, reasons, unread, tuple(self._places), accepted, cut)


def readings_of(line: LoggedRequest) -> list[LoggedReading]:
    """The drafts of a request that were to be read."""
    return [each.reading for each in line.attempts if each.reading is not None]


def places_of_cuts(line: LoggedRequest) -> Iterator[int]:
    """In which part of the answer each cut is, from 0 on. Of requests that came to no whole answer nothing is said."""
    lengths = [_released_chars(each) for each in line.attempts]
    whole = sum(lengths)
    if line.outcome != "served" or not whole:
        return
    for at, attempt in enumerate(line.attempts):
        if attempt.reading is not None and attempt.reading.reasons:
            before = sum(lengths[:at]) + attempt.reading.accepted_chars
            yield min(PLACES * before // whole, PLACES - 1)


def _released_chars(attempt: LoggedAttempt) -> int:
    """How much of an attempt is in the answer. Where no gate counted characters they are told from the tokens."""
    if attempt.gate is not None and attempt.gate.released_chars is not None:
        return attempt.gate.released_chars
    return attempt.written_tokens * CHARS_PER_TOKEN


class _Surprises:
    def __init__(self) -> None:
        self._sum = 0.0
        self._counts = [0] * (len(SURPRISES) + 1)

    def count(self, mean: float) -> None:
        self._sum += mean
        self._counts[bisect_left(SURPRISES, mean)] += 1

    def surprise(self) -> Surprise | None:
        drafts = sum(self._counts)
        return Surprise(self._sum / drafts, tuple(self._counts)) if drafts else None
