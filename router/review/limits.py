"""Limits for the criteria of reading, from answers of which is known whether the strong tier's were better: the laxest
that keep a target, and how sure that is. Pure.

Limits are tried along one path, from strict to lax: those that ship, times round factors that are the same whatever the
data. For each it is tested whether more than the target of what it releases is worse (`bounds.exceeds`). A test hands
its level on to the next where it passes: a fixed sequence (Learn then Test, Angelopoulos et al. 2021, arXiv
2110.01052). The level is shared among three starts (the fallback procedure, Wiens 2003; there: a sequential graph), so
that bad luck at the strict end, where few answers are released, is not the end of it.

INVARIANT: the probability that limits are chosen which do not keep the target is at most 1 - sure, over draws of the
data, provided that laxer limits do not release better answers (on which the starts rest: they are placed by how many
answers are released). What became of answers that were cut is not known, so limits go no further than those by which
the answers were read when they were served.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import ceil, isfinite
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from router.core.errors import FileError
from router.core.reading.criteria import Criteria
from router.review.bounds import Evidence, at_most, evidence_of, exceeds, fewest, highest, lowest
from router.review.intake import BAD_ROW, LeftOut, left_out
from router.review.pairs import Pair, Unusable

ROUND: Final = (10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91)
"""Round numbers that divide a decade evenly (the series E24 of IEC 60063)."""

FACTORS: Final = tuple([round(each * 10.0**power, 3) for power in (-3, -2, -1, 0) for each in ROUND])
"""From a hundredth of the limits that ship to nearly a hundred times these."""

STARTS: Final = (0.25, 0.5, 0.75)
"""The path is entered where limits first release these shares of the answers, with as many shares of the level."""

ONE_START: Final = (0.5,)
"""The same where the answers are so few that a share of the level would hardly ever do."""

UNFIGURED: Final = "answers without a figure for every criterion"
MOST_NEEDED: Final = 10_000_000
"""Where more answers than this were needed, none would do."""


class Target(Struct, frozen=True):
    """At most `rate` of the released answers worse than the strong tier's, with probability `sure`."""

    rate: float
    sure: float


class Point(Struct, frozen=True):
    """Limits that were tried: those that ship, times `factor`. They release so many `rows`, of which `worse` are worse;
    by weight, `released` is their share of all, and `rate` the share of them that is worse, which lies between `low`
    and `high`: each with the probability that was asked for, by itself. `saved`: the share of the strong tier's tokens
    that it need not write (None: not known of all). `passes`: they are proved to keep the target."""

    factor: float
    limits: Mapping[str, float]
    rows: int
    worse: int
    released: float
    rate: float
    low: float
    high: float
    saved: float | None
    passes: bool


class Shortfall(Struct, frozen=True):
    """Why no limits keep the target. `nearest`: those that come closest; `needed`: about how many answers
    would prove it, were the rate of these the true one (None: none would, for it exceeds the target)."""

    nearest: Point | None
    needed: int | None


class LimitReport(Struct, frozen=True):
    """What a target does to limits. `points`: the path, as far as limits differ in what they release; `chosen`: the
    laxest that keep the target; `shortfall`: where there are none. `is_even`: all answers weigh the same, and so tests
    are exact. `in_force`: the path ends at limits by which the answers were read when they were served.
    `strong_tokens`, `tokens_read`: what an answer of the strong tier took on average, and what reading one did."""

    source: str
    target: Target
    answers: int
    worse: int
    points: tuple[Point, ...]
    chosen: Point | None
    shortfall: Shortfall | None
    is_even: bool
    in_force: bool
    strong_tokens: float | None
    tokens_read: float | None
    left_out: tuple[LeftOut, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report for machines."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


Lines = Iterable[Pair | Unusable | FileError]


def fit_limits(lines: Lines, source: str, target: Target, shipped: Criteria) -> LimitReport:
    """The report on these answers; what is none of use is counted."""
    left, pairs = Counter[str](), list[Pair]()
    for line in lines:
        if isinstance(line, Pair):
            pairs.append(line)
        else:
            left[BAD_ROW if isinstance(line, FileError) else line.which] += 1
    names = [name for name in shipped.limits if any(name in pair.figures for pair in pairs)]
    usable = [pair for pair in pairs if all(isfinite(pair.figures.get(name, float("nan"))) for name in names)]
    if len(usable) < len(pairs):
        left[UNFIGURED] += len(pairs) - len(usable)
    path = _Path({name: shipped.limits[name] for name in names}, usable if names else [])
    points = path.points(target)
    chosen = next((point for point in reversed(points) if point.passes), None)
    return LimitReport(
        source,
        target,
        len(path.pairs),
        sum(pair.worse for pair in path.pairs),
        points,
        chosen,
        None if chosen is not None else _shortfall(path, points, target),
        path.is_even,
        path.is_capped,
        _mean([pair.strong_tokens for pair in path.pairs]),
        _mean([pair.tokens_read for pair in path.pairs]),
        left_out(left),
    )


def needed(rate: float, target: Target) -> int | None:
    """How many answers, of which this rate is worse, prove that the target is kept. None: none do."""
    rows = fewest(target.rate, target.sure)
    while rows <= MOST_NEEDED and rate < target.rate:
        if at_most(ceil(rate * rows), rows, target.rate) <= 1.0 - target.sure:
            return rows
        rows = ceil(rows * 1.02)
    return None


class _Path:
    """Answers along the path of limits."""

    def __init__(self, shipped: Mapping[str, float], pairs: Sequence[Pair]) -> None:
        self.pairs = pairs
        self._limits = {name: [_rounded(limit * factor) for factor in FACTORS] for name, limit in shipped.items()}
        heaviest = max([pair.weight for pair in pairs], default=1.0)
        self.is_even = all(pair.weight == heaviest for pair in pairs)
        fresh: list[list[Pair]] = [[] for _ in range(len(FACTORS) + 1)]
        for pair in pairs:
            fresh[max(bisect_left(each, pair.figures[name]) for name, each in self._limits.items())].append(pair)
        self._released = list(accumulate([_evidence(each, heaviest) for each in fresh], Evidence.with_more))
        is_known = all(pair.strong_tokens is not None for pair in pairs)
        self._kept = list(accumulate([_strong_work(each) if is_known else 0.0 for each in fresh]))
        everything = bisect_left(self._released, len(pairs), key=_rows)
        capped = min([self._cap_of(pair) for pair in pairs], default=0)
        self.is_capped = capped < min(everything, len(FACTORS) - 1)
        self._last = min(everything, capped, len(FACTORS) - 1)

    @property
    def dilution(self) -> float:
        """How many answers prove about as much as one of the heaviest."""
        whole = self._released[-1]
        return whole.heaviest * whole.count / whole.weight

    def points(self, target: Target) -> tuple[Point, ...]:
        """The steps that release anything new, tested in their order."""
        starts, level, found = self._starts(target), 0.0, list[Point]()
        for at, evidence in enumerate(self._released[: self._last + 1] if self.pairs else ()):
            level += starts.get(at, 0.0)
            passes = level > 0.0 and exceeds(evidence, target.rate) <= level
            level = level if passes else 0.0
            if evidence.count > (found[-1].rows if found else 0):
                found.append(self._point(at, target, passes=passes))
            elif passes:
                found[-1] = replace(found[-1], factor=FACTORS[at], limits=self._limits_at(at), passes=True)
        return tuple(found)

    def _starts(self, target: Target) -> Mapping[int, float]:
        """The steps at which tests start, each with its share of the level: the first that release enough."""
        level = (1.0 - target.sure) / len(STARTS)
        is_small = len(self.pairs) < 2 * fewest(target.rate, 1.0 - level)
        shares, level = (ONE_START, 1.0 - target.sure) if is_small else (STARTS, level)
        least = fewest(target.rate, 1.0 - level)
        starts = defaultdict[int, float](float)
        for share in shares:
            starts[bisect_left(self._released, max(ceil(share * len(self.pairs)), least), key=_rows)] += level
        return starts

    def _cap_of(self, pair: Pair) -> int:
        """The last step that is no laxer than the limits by which the answer was read."""
        steps = [
            bisect_right(self._limits[name], pair.limits[name]) - 1 for name in pair.limits if name in self._limits
        ]
        return min(steps, default=len(FACTORS))

    def _point(self, at: int, target: Target, *, passes: bool) -> Point:
        evidence, total = self._released[at], self._released[-1].weight
        return Point(
            FACTORS[at],
            self._limits_at(at),
            evidence.count,
            evidence.worse.total(),
            evidence.weight / total,
            evidence.rate,
            lowest(evidence, target.sure),
            highest(evidence, target.sure),
            self._kept[at] / self._kept[-1] if self._kept[-1] else None,
            passes,
        )

    def _limits_at(self, at: int) -> dict[str, float]:
        return {name: each[at] for name, each in self._limits.items()}


def _rows(evidence: Evidence) -> int:
    return evidence.count


def _evidence(pairs: Sequence[Pair], heaviest: float) -> Evidence:
    return evidence_of([pair.weight for pair in pairs], [pair.weight for pair in pairs if pair.worse], heaviest)


def _strong_work(pairs: Sequence[Pair]) -> float:
    """What the strong tier wrote for these."""
    return sum([pair.weight * (pair.strong_tokens or 0) for pair in pairs])


def _shortfall(path: _Path, points: Sequence[Point], target: Target) -> Shortfall:
    if not points:
        return Shortfall(None, fewest(target.rate, target.sure))
    nearest = min(points, key=lambda point: point.high)
    released = needed(nearest.rate, target)
    return Shortfall(nearest, None if released is None else ceil(released * path.dilution / nearest.released))


def _mean(values: Sequence[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _rounded(limit: float) -> float:
    return float(f"{limit:.3g}")
