"""How long answers took beside what was predicted of them, as a decision log tells it: by tier and size. Pure, but for
reading the log.

Only answers of the tier that was tried first count, for of it the record tells the prediction. Those that were given up
from this side would have taken longer, nobody knows how much: they are counted apart.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from statistics import NormalDist, median
from typing import Any, Final

import msgspec
from msgspec import Struct

from router.core.errors import FileError
from router.core.latency import Size, size_of
from router.core.latency_history import CUT
from router.core.values import TIERS, Tier
from router.log.reader import record_lines
from router.review.intake import BAD_ROW, LeftOut, left_out
from router.review.requests_file import misread

ALL: Final = "all"
SIZES_SHOWN: Final = ("short", "middle", "long", ALL)

UNPREDICTED = "logged requests of which nothing was predicted"
GIVEN_UP = "answers that were given up, by the caller or at the deadline"
NOT_SERVED = "requests that the tier tried first did not serve"


class LoggedAttempt(Struct, frozen=True):
    """What a line says of one attempt."""

    tier: Tier
    outcome: str
    elapsed_s: float


class LoggedLatency(Struct, frozen=True):
    """What a line of a log says of time."""

    predicted_p50_ms: int = 0
    predicted_p90_ms: int = 0
    answer_tokens_estimate: int = 0
    attempts: tuple[LoggedAttempt, ...] = ()


class Share(Struct, frozen=True):
    """A share of answers, and the interval in which it lies with 95% probability (Wilson's)."""

    value: float
    low: float
    high: float


class Calibration(Struct, frozen=True):
    """One tier's answers of one size. `within_p50` and `within_p90`: the shares that took no longer than predicted;
    `predicted_ms` and `took_ms`: medians."""

    tier: Tier
    size: str
    answers: int
    within_p50: Share
    within_p90: Share
    predicted_ms: float
    took_ms: float


class LatencyReport(Struct, frozen=True):
    """How well a log's predictions held. `rows`: by tier, the sizes that there are and then all of them."""

    source: str
    answers: int
    rows: tuple[Calibration, ...]
    left_out: tuple[LeftOut, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


_LINES = msgspec.json.Decoder(LoggedLatency)

Lines = Iterable[LoggedLatency | FileError]
Seen = tuple[float, LoggedLatency]


def read_latencies(log: Path) -> Iterator[LoggedLatency | FileError]:
    """The lines of a decision log. Raises FileError when the log cannot be read at all."""
    for line in record_lines(log):
        try:
            yield _LINES.decode(line.text)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield misread(line.file, line.number, line.text, error)


def calibrate(lines: Lines, source: str) -> LatencyReport:
    """The report on these lines; those that are errors are counted."""
    groups: dict[tuple[Tier, str], list[Seen]] = defaultdict(list)
    left = Counter[str]()
    for line in lines:
        why = _why_left_out(line)
        if why or isinstance(line, FileError):
            left[why] += 1
            continue
        seen = line.attempts[0].elapsed_s * 1000.0, line
        size: Size = size_of(line.answer_tokens_estimate)
        for each in (size, ALL):
            groups[line.attempts[0].tier, each].append(seen)
    keys = [(tier, size) for tier in TIERS for size in SIZES_SHOWN if (tier, size) in groups]
    rows = tuple([_calibration(*key, groups[key]) for key in keys])
    return LatencyReport(source, sum(row.answers for row in rows if row.size == ALL), rows, left_out(left))


def share_of(count: int, of: int) -> Share:
    """Wilson's score interval."""
    z = NormalDist().inv_cdf(0.975)
    value, spread = count / of, z * z / of
    middle = (value + spread / 2.0) / (1.0 + spread)
    half = z / (1.0 + spread) * sqrt(value * (1.0 - value) / of + spread / of / 4.0)
    return Share(value, max(middle - half, 0.0), min(middle + half, 1.0))


def _why_left_out(line: LoggedLatency | FileError) -> str:
    """Empty: it counts."""
    if isinstance(line, FileError):
        return BAD_ROW
    if line.predicted_p90_ms == 0 or not line.attempts:
        return UNPREDICTED
    outcome = line.attempts[0].outcome
    return "" if outcome == "served" else GIVEN_UP if outcome in CUT else NOT_SERVED


def _calibration(tier: Tier, size: str, seen: Sequence[Seen]) -> Calibration:
    count = len(seen)
    return Calibration(
        tier,
        size,
        count,
        share_of(sum(took_ms <= said.predicted_p50_ms for took_ms, said in seen), count),
        share_of(sum(took_ms <= said.predicted_p90_ms for took_ms, said in seen), count),
        median(said.predicted_p50_ms for _, said in seen),
        median(took_ms for took_ms, _ in seen),
    )
