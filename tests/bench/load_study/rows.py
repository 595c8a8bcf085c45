"""What a study of load found, stretch by stretch, and what follows from it. Nothing here plays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.bench.load_study.workload import Scene

TANDEM: Final = "Tandem"
ORACLE: Final = "oracle"
SPLITS: Final[Mapping[str, float]] = {f"{percent}% strong": percent / 100 for percent in (10, 30, 50, 70, 90)}
FIXED: Final[Mapping[str, float]] = {"always fast": 0.0, "always strong": 1.0, **SPLITS}

RESAMPLES: Final = 1000
SURE: Final = 0.95
"""Of intervals, made by drawing stretches of runs again (percentile bootstrap), for all contenders the same ones."""

SPLIT_GOAL, ORACLE_GOAL = 1.2, 0.9
"""Of the goodput of the best split, where bursts come around the knee, and of the oracle's."""

AROUND_THE_KNEE: Final = (0.7, 1.3)


@dataclass(frozen=True)
class Row:
    """Who asked during one stretch of a run, and what one contender served of it in time; `worth` is how many of these
    answers are likely right."""

    profile: str
    arrivals: str
    load: float
    budget_s: float
    seed: int
    stretch: int
    contender: str
    asked: int
    served: int
    worth: float


@dataclass(frozen=True)
class Interval:
    """A figure and the bounds it lies within."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """One scene. `goodput`: right answers in time, of all asked, by contender; the ratios are Tandem's to the best of
    the fixed contenders, to the best split among them, and to the oracle."""

    scene: Scene
    asked: int
    goodput: Mapping[str, Interval]
    best: str
    to_best: Interval
    to_best_split: Interval
    to_oracle: Interval

    @property
    def holds(self) -> bool:
        """Whether Tandem is within the interval of the best fixed contender, or above it."""
        return self.goodput[TANDEM].value >= self.goodput[self.best].low

    @property
    def beats_splits(self) -> bool | None:
        """Whether it is that much above the best split; None: bursts around the knee are asked for, and this is not."""
        low, high = AROUND_THE_KNEE
        if self.scene.arrivals != "bursty" or not low <= self.scene.load <= high:
            return None
        return self.to_best_split.value >= SPLIT_GOAL

    @property
    def oracle_beats_splits(self) -> bool:
        """Whether the oracle is that much above the best split: whether there is so much to be had."""
        best = max(self.goodput[name].value for name in SPLITS)
        return self.goodput[ORACLE].value >= SPLIT_GOAL * best

    @property
    def nears_oracle(self) -> bool:
        """Whether it is that near the oracle."""
        return self.to_oracle.value >= ORACLE_GOAL


def summary_of(scene: Scene, rows: Sequence[Row]) -> Summary:
    """What the rows of a scene say."""
    names = list(dict.fromkeys(row.contender for row in rows))
    worth = np.array([[row.worth for row in rows if row.contender == name] for name in names])
    asked = np.array([row.asked for row in rows if row.contender == names[0]], dtype=float)
    drawn = _redrawn(worth, asked)
    middle = worth.sum(axis=1) / asked.sum()
    goodput = {name: _interval(middle[at], drawn[:, at]) for at, name in enumerate(names)}
    best, split = (max(among, key=lambda name: goodput[name].value) for among in (FIXED, SPLITS))

    def to(other: str) -> Interval:
        mine, theirs = names.index(TANDEM), names.index(other)
        return _interval(_ratio(middle[mine], middle[theirs]), _ratio(drawn[:, mine], drawn[:, theirs]))

    return Summary(scene, int(asked.sum()), goodput, best, to(best), to(split), to(ORACLE))


def table_of(found: Sequence[Summary]) -> str:
    """The same for eyes, with how many scenes reach each goal."""
    head = f"{'profile':15}{'arrivals':9}{'budget':>7}{'load':>6}{'asked':>7}  {'Tandem':>23}  {'best fixed':>29}"
    lines = [f"{head}{'of it':>8}{'of split':>9}{'of oracle':>10}"]
    return "\n".join([*lines, *map(_line, found), *tally_of(found)])


def tally_of(found: Sequence[Summary]) -> Sequence[str]:
    """How many scenes reach each goal."""
    bursts = [each for each in found if each.beats_splits is not None]
    splits, could = sum(each.beats_splits is True for each in bursts), sum(each.oracle_beats_splits for each in bursts)
    return (
        f"within the interval of the best fixed one or above it: {sum(each.holds for each in found)}/{len(found)}",
        f"{SPLIT_GOAL} x the best split on bursts at loads of {AROUND_THE_KNEE[0]} to {AROUND_THE_KNEE[1]}: "
        f"{splits}/{len(bursts)} (the oracle: {could}/{len(bursts)})",
        f"{ORACLE_GOAL:.0%} of the oracle: {sum(each.nears_oracle for each in found)}/{len(found)}",
    )


def _line(each: Summary) -> str:
    scene, tandem, best = each.scene, each.goodput[TANDEM], each.goodput[each.best]
    marks = [
        f"{each.to_best.value:6.2f}{' ' if each.holds else '!'}",
        f"{each.to_best_split.value:8.2f}{'!' if each.beats_splits is False else ' '}",
        f"{each.to_oracle.value:9.2f}{' ' if each.nears_oracle else '!'}",
    ]
    return (
        f"{scene.profile:15}{scene.arrivals:9}{scene.budget_s:5g} s{scene.load:6g}{each.asked:7}  {_said(tandem):>23}  "
        f"{each.best:>13} {best.value:.3f} {best.low:.3f}+{''.join(marks):>28}"
    )


def _said(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _redrawn(worth: NDArray[np.float64], asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """The goodput of each contender (columns) of stretches drawn again (rows)."""
    stretches = len(asked)
    counts = np.random.default_rng(1).multinomial(stretches, [1.0 / stretches] * stretches, RESAMPLES)
    return np.asarray((counts @ worth.T) / np.maximum(counts @ asked, 1.0)[:, None])


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 of 0 is 1."""
    return np.where(below > 0.0, above / np.where(below > 0.0, below, 1.0), np.where(above > 0.0, np.inf, 1.0))


def _interval(value: float, drawn: NDArray[np.float64]) -> Interval:
    low, high = np.quantile(drawn, [(1.0 - SURE) / 2.0, (1.0 + SURE) / 2.0])
    return Interval(float(value), float(low), float(high))
