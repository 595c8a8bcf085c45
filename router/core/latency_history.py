"""How long answers have taken beside what was expected of them, and what that makes of the next expectation. Pure.

What is kept are logarithms of ratios: of the time an answer took to the expected median, and to the expected 90%
quantile. Each of the two is then corrected by the same quantile of its own ratios, so that half, and 9 in 10, of the
answers to come stay below them, however the expectation was wrong. Quantiles do not mind an outlier; only the latest
`KEPT` answers count, so that a slow hour is forgotten; and the first `WARMING_UP` after a start teach nothing, because
an engine compiles while it serves them.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Final

from msgspec import Struct

from router.core.latency import (
    Course,
    Duration,
    Load,
    Pace,
    Size,
    capped_duration,
    expect_course,
    expect_duration,
    load_of,
    size_of,
)
from router.core.policy import Denoise
from router.core.record import AttemptRecord, Record, found_open
from router.core.values import Signals

PRIOR: Final = 20
"""Answers that the expectation stands for before there are any; each real one takes the place of one of these."""

KEPT: Final = 100
"""The latest answers that count."""

ENOUGH: Final = 30
"""Answers of one size under one load from which these are judged by themselves; before, by all of their backend."""

WARMING_UP: Final = 3
"""Answers after a start, or after nothing answered at the backend's address, that do not count."""

FRESH_S: Final = 60.0
"""For so long after the latest answer it is known how fast the backend is."""

CUT: Final = frozenset(("abandoned", "deadline_exceeded"))
"""Outcomes of attempts that would have taken longer, but were given up from this side."""

WAS_DOWN: Final = frozenset(("unavailable", "not_admitted"))
"""Outcomes of attempts after which whatever answers next may have been started anew."""

_SPREAD = math.log(2.0)
"""Of ratios that nothing is known of: 1 in 10 answers takes more than twice the expected median. A guess."""

_NORMAL_P90 = NormalDist().inv_cdf(0.9)

Ratios = tuple[float, float]
"""Logarithms of the time taken to the expected median, and to the expected 90% quantile."""

Kind = tuple[Size, Load]


class SeenDuration(Struct, frozen=True, gc=False):
    """How an attempt compares with what was expected. `was_cut`: it would have taken longer."""

    backend: str
    kind: Kind
    ratios: Ratios
    was_cut: bool


def duration_seen(record: Record, paces: Mapping[str, Pace]) -> SeenDuration | None:
    """What the last attempt of a request tells of its backend. None: it tells of no whole answer, or there were several
    choices, which take longer than one."""
    situation = record.situation
    if situation is None or situation.choices != 1 or not _tells(record.attempts):
        return None
    attempt = record.attempts[-1]
    pace, found = paces.get(attempt.backend), found_open(attempt, situation)
    if pace is None or found is None:
        return None
    course = expect_course(pace, situation.signals, found)
    expected = _as_asked(expect_duration(pace, situation.signals, course), course, situation.signals, attempt.denoise)
    took = math.log(attempt.elapsed_s * 1000.0)
    ratios = (took - math.log(expected.p50_ms), took - math.log(expected.p90_ms))
    kind = (size_of(situation.signals.answer_tokens), load_of(pace, found))
    return SeenDuration(attempt.backend, kind, ratios, attempt.outcome in CUT)


def _as_asked(expected: Duration, course: Course, signals: Signals, asked: Denoise | None) -> Duration:
    if asked is None or asked.steps is None:
        return expected
    course = Course(course.before_ms, course.pass_ms, asked.canvas or course.canvas_tokens)
    return capped_duration(expected, course, signals, asked.steps)


def was_down(record: Record) -> frozenset[str]:
    """The backends that could not be reached."""
    return frozenset(each.backend for each in record.attempts if each.outcome in WAS_DOWN)


def _tells(attempts: Sequence[AttemptRecord]) -> bool:
    """An attempt after one that gave a block may only have had the rest to write."""
    if not attempts or any(each.first_block_s is not None for each in attempts[:-1]):
        return False
    last = attempts[-1]
    return last.elapsed_s > 0.0 and (last.outcome == "served" or last.outcome in CUT)


class Ledger(Struct, frozen=True, gc=False):
    """The latest ratios, the oldest first; the first `assumed` of them stand for the expectation. `answers`: how many
    real ones there have been. `p50` and `p90`: what the expected quantiles are to be multiplied by.
    INVARIANT: at most `KEPT` ratios."""

    ratios: tuple[Ratios, ...]
    assumed: int
    answers: int
    p50: float
    p90: float

    def after(self, seen: SeenDuration) -> "Ledger":
        """With one more. One that was cut counts as the oldest here that took no less: its own time would teach how
        patient callers are, and leaving it out would teach the times of quick answers."""
        ratios = seen.ratios
        if seen.was_cut:
            ratios = next((each for each in self.ratios if each[0] >= ratios[0]), ratios)
        is_full = self.assumed > 0 or len(self.ratios) >= KEPT
        kept = self.ratios[1:] if is_full else self.ratios
        return _ledger((*kept, ratios), max(self.assumed - 1, 0), self.answers + (not seen.was_cut))

    def correct(self, expected: Duration) -> Duration:
        """What is to be expected where this was."""
        p50_ms = expected.p50_ms * self.p50
        return Duration(p50_ms, max(expected.p90_ms * self.p90, p50_ms))


def _ledger(ratios: tuple[Ratios, ...], assumed: int, answers: int) -> Ledger:
    middle, late = (sorted(each) for each in zip(*ratios, strict=True))
    return Ledger(ratios, assumed, answers, math.exp(_quantile(0.5, middle)), math.exp(_quantile(0.9, late)))


def _quantile(share: float, ranked: list[float]) -> float:
    """The value that the next one stays below with this probability, if it is like these: the (n + 1) rule."""
    at = min(max((len(ranked) + 1) * share - 1.0, 0.0), len(ranked) - 1.0)
    low, high = ranked[math.floor(at)], ranked[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


_AS_EXPECTED = tuple([_SPREAD * NormalDist().inv_cdf((at + 0.5) / PRIOR) / _NORMAL_P90 for at in range(PRIOR)])
_STRIDE = 7
_BEFORE: Final = _ledger(
    tuple([(each, each - _SPREAD) for each in (_AS_EXPECTED[at * _STRIDE % PRIOR] for at in range(PRIOR))]), PRIOR, 0
)
"""In an order in which any run of them is about as spread as all: they leave from the front."""

_EMPTY: Final = Ledger((), 0, 0, 1.0, 1.0)


class LatencyHistory(Struct, frozen=True):
    """What the answers of one backend taught: all of them, and those of each kind. `unheeded`: how many of the next
    ones do not count; `latest_s`: when the latest one did."""

    whole: Ledger = _BEFORE
    kinds: Mapping[Kind, Ledger] = {}
    unheeded: int = WARMING_UP
    latest_s: float = -math.inf

    def after(self, seen: SeenDuration, now_s: float) -> "LatencyHistory":
        """With one more, which ended now."""
        if self.unheeded > 0:
            heeded_from = self.unheeded - (not seen.was_cut)
            return LatencyHistory(self.whole, self.kinds, heeded_from, self.latest_s)
        kind = self.kinds.get(seen.kind, _EMPTY).after(seen)
        latest_s = self.latest_s if seen.was_cut else now_s
        return LatencyHistory(self.whole.after(seen), {**self.kinds, seen.kind: kind}, 0, latest_s)

    def restarted(self) -> "LatencyHistory":
        """The same, but the next answers may come from an engine that is not warm."""
        return LatencyHistory(self.whole, self.kinds, WARMING_UP, self.latest_s)

    def correct(self, expected: Duration, kind: Kind) -> Duration:
        """What is to be expected of an answer of this kind, where this was."""
        ledger = self.kinds.get(kind, _EMPTY)
        return (ledger if ledger.answers >= ENOUGH else self.whole).correct(expected)

    def answers(self, now_s: float) -> int:
        """How many answers what is expected now rests on; 0 when the latest is not fresh: what is refused because a
        backend was slow must be tried again some time."""
        return self.whole.answers if now_s - self.latest_s <= FRESH_S else 0
