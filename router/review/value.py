"""Whether the fast tier is worth its GPU on the traffic of a log, against the strong tier alone. Pure, but for reading
the log.

The baseline is stated, not observed: every request to the strong tier, which takes over an answer what a line through
the log's own answers of that tier alone says, `a + b x tokens` (least squares). What the fast tier saves is that time,
less the strong tier's time that was spent all the same: on escalations, continuations and reading. A GPU of the strong
tier gives time to as many answers at once as it has seats, so that saved seconds over seats are seconds of a GPU; they
are set against the GPUs that the fast tier holds for the whole span of the log. Intervals are of percentiles, requests
and the answers behind the line being drawn again (bootstrap).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from router.core.errors import FileError
from router.core.record import READER
from router.core.values import Tier
from router.log.reader import record_lines
from router.review.intake import BAD_ROW, LeftOut, left_out
from router.review.requests_file import misread

RESAMPLES: Final = 1000
SURE: Final = 0.95
FEWEST: Final = 20
"""Answers of the strong tier alone through which a line is drawn."""

UNANSWERED: Final = "requests that were not answered"
FROM_CACHE: Final = "answers from the cache, for which no tier worked"
UNCOUNTED: Final = "answers of which the log does not say how long they are"

Verdict = Literal["worth", "not_worth", "open"]


class LoggedReading(Struct, frozen=True):
    """Reading, as far as it is the strong tier's time."""

    elapsed_s: float = 0.0


class LoggedUsage(Struct, frozen=True):
    """How long an answer is."""

    completion_tokens: int = 0


class LoggedAttempt(Struct, frozen=True):
    """What a line says of one attempt."""

    tier: Tier
    elapsed_s: float
    reading: LoggedReading | None = None


class LoggedRequest(Struct, frozen=True):
    """What a line says of a request, as far as its worth is concerned."""

    outcome: str
    time_s: float = 0.0
    elapsed_s: float = 0.0
    usage: LoggedUsage | None = None
    attempts: tuple[LoggedAttempt, ...] = ()


class Interval(Struct, frozen=True):
    """A figure, and where it lies with 95% probability."""

    value: float
    low: float
    high: float


class Terms(Struct, frozen=True):
    """What is assumed. `seats`: answers that one GPU of the strong tier writes at once; `fast_gpus`: those that the
    fast tier holds; `price`: of one of these, in GPUs of the strong tier."""

    seats: float = 32.0
    fast_gpus: float = 1.0
    price: float = 1.0


class Line(Struct, frozen=True):
    """What the strong tier takes over an answer: `fixed_s` and `token_s` for each token, through so many answers of the
    log (0: it was given)."""

    fixed_s: float
    token_s: float
    answers: int


class ValueReport(Struct, frozen=True):
    """The worth of the fast tier over the span of a log. `saved_gpus`: GPUs of the strong tier that it kept free;
    `net_gpus`: those less what its own cost; `sooner_s`: by how much an answer that began on it came sooner than the
    strong tier's would have; `busy`: its own share of the span; `break_even_seats`: with fewer seats a GPU of the
    strong tier it is worth its own."""

    source: str
    terms: Terms
    baseline: Line
    span_s: float
    requests: int
    begun_fast: int
    ended_fast: int
    saved_gpus: Interval
    net_gpus: Interval
    sooner_s: Interval
    busy: float
    break_even_seats: Interval
    verdict: Verdict
    left_out: tuple[LeftOut, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class TooFew(Struct, frozen=True):
    """Why nothing can be said: so many answers of the strong tier alone, and so many that began on the fast one."""

    strong: int
    fast: int


_LINES = msgspec.json.Decoder(LoggedRequest)
Floats = NDArray[np.float64]


def read_values(log: Path) -> Iterator[LoggedRequest | FileError]:
    """The lines of a decision log. Raises FileError when the log cannot be read at all."""
    for line in record_lines(log):
        try:
            yield _LINES.decode(line.text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield misread(line.file, line.number, line.text, error)


def value_of(
    lines: Iterable[LoggedRequest | FileError], source: str, terms: Terms, given: Line | None = None
) -> ValueReport | TooFew:
    """The report on these lines; what is of no use is counted. `given`: the baseline, where it is not to be drawn from
    the log."""
    left, requests = Counter[str](), list[LoggedRequest]()
    for line in lines:
        why = _why_left_out(line)
        if why or isinstance(line, FileError):
            left[why] += 1
        else:
            requests.append(line)
    alone = [each for each in requests if len(each.attempts) == 1 and each.attempts[0].tier == READER]
    fast = [each for each in requests if each.attempts[0].tier == "fast"]
    if (given is None and len(alone) < FEWEST) or not fast:
        return TooFew(len(alone), len(fast))
    return _report(source, terms, requests, _Drawn(alone, fast, given), left_out(left))


class _Drawn:
    """The answers that count, and what follows from them when they are drawn again."""

    def __init__(self, alone: Sequence[LoggedRequest], fast: Sequence[LoggedRequest], given: Line | None) -> None:
        self.fast = fast
        self._given = given
        self._alone_tokens, self._alone_s = _tokens(alone), _column([each.attempts[0].elapsed_s for each in alone])
        self._tokens, self._strong_s = _tokens(fast), _column([_time_of(each, READER) for each in fast])
        self._took_s = _column([each.elapsed_s for each in fast])
        self.line = self._line(np.arange(len(alone)))
        others = max(len(alone), 1)
        chance = np.random.default_rng(len(alone) + len(fast))
        again = [
            self._saved_and_sooner(
                self._line(chance.integers(0, others, len(alone))), chance.integers(0, len(fast), len(fast))
            )
            for _ in range(RESAMPLES)
        ]
        self._drawn = np.array(again)
        self._seen = self._saved_and_sooner(self.line, np.arange(len(fast)))

    def saved_s(self) -> Interval:
        """Seconds of the strong tier's seats that were kept free."""
        return self._interval(0)

    def sooner_s(self) -> Interval:
        """Seconds by which an answer came sooner, in the mean."""
        return self._interval(1)

    def _line(self, some: NDArray[np.int64]) -> Line:
        if self._given is not None:
            return self._given
        tokens, seconds = self._alone_tokens[some], self._alone_s[some]
        spread = tokens - tokens.mean()
        weight = float((spread**2).sum())
        slope = max(float((spread * seconds).sum()) / weight, 0.0) if weight else 0.0
        return Line(float(seconds.mean() - slope * tokens.mean()), slope, len(self._alone_s))

    def _saved_and_sooner(self, line: Line, some: NDArray[np.int64]) -> tuple[float, float]:
        would_s = np.maximum(line.fixed_s + line.token_s * self._tokens[some], 0.0)
        return float((would_s - self._strong_s[some]).sum()), float((would_s - self._took_s[some]).mean())

    def _interval(self, at: int) -> Interval:
        low, high = np.quantile(self._drawn[:, at], [(1.0 - SURE) / 2.0, (1.0 + SURE) / 2.0])
        return Interval(self._seen[at], float(low), float(high))


def _report(
    source: str, terms: Terms, requests: Sequence[LoggedRequest], drawn: _Drawn, left: tuple[LeftOut, ...]
) -> ValueReport:
    begun_s = min(each.time_s for each in requests)
    span_s = max(max(each.time_s + each.elapsed_s for each in requests) - begun_s, 1e-9)
    cost = terms.fast_gpus * terms.price
    saved = _times(drawn.saved_s(), 1.0 / (span_s * terms.seats))
    net = Interval(saved.value - cost, saved.low - cost, saved.high - cost)
    return ValueReport(
        source,
        terms,
        drawn.line,
        span_s,
        len(requests),
        len(drawn.fast),
        sum(all(attempt.tier == "fast" for attempt in each.attempts) for each in drawn.fast),
        saved,
        net,
        drawn.sooner_s(),
        sum(_time_of(each, "fast") for each in requests) / (span_s * terms.fast_gpus),
        _times(drawn.saved_s(), 1.0 / (span_s * cost)),
        "worth" if net.low > 0.0 else "not_worth" if net.high < 0.0 else "open",
        left,
    )


def _times(interval: Interval, factor: float) -> Interval:
    return Interval(interval.value * factor, interval.low * factor, interval.high * factor)


def _why_left_out(line: LoggedRequest | FileError) -> str:
    """Empty: it counts."""
    if isinstance(line, FileError):
        return BAD_ROW
    if line.outcome != "served":
        return UNANSWERED
    if not line.attempts:
        return FROM_CACHE
    return "" if line.usage is not None and line.usage.completion_tokens > 0 else UNCOUNTED


def _time_of(request: LoggedRequest, tier: Tier) -> float:
    """Seconds that this tier was kept at a request, reading included."""
    written_s = sum(each.elapsed_s for each in request.attempts if each.tier == tier)
    read_s = sum(each.reading.elapsed_s for each in request.attempts if each.reading is not None)
    return written_s + (read_s if tier == READER else 0.0)


def _tokens(requests: Sequence[LoggedRequest]) -> Floats:
    return _column([float(each.usage.completion_tokens) if each.usage is not None else 0.0 for each in requests])


def _column(values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)
