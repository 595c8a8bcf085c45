"""What a benchmark reports: one figure per line, as JSON."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Series:
    """One value per round, and how many answers behind them were wrong."""

    values: Sequence[float]
    failures: int = 0

    @property
    def middle(self) -> float | None:
        """The median; None where a wrong answer makes the values meaningless, or there are none."""
        return median(self.values) if self.values and not self.failures else None


@dataclass(frozen=True)
class Goal:
    """What a figure should stay under: `at_most`, of its `value` or of its `ratio` to the baseline."""

    of: str
    at_most: float

    def __str__(self) -> str:
        return f"{self.of} <= {self.at_most:g}"


@dataclass(frozen=True)
class Figure:
    """One line of the report. `value` is a median over rounds, `ratio` is `value / baseline`.

    None stands for what does not apply, and for every number of a figure with `failures`: such a run is invalid.
    """

    figure: str
    unit: str
    value: float | None
    min: float | None
    max: float | None
    baseline: float | None
    ratio: float | None
    goal: str | None
    met: bool | None
    failures: int


def make_figure(name: str, unit: str, series: Series, baseline: Series | None, goal: Goal | None) -> Figure:
    """The figure of a series, compared with a baseline and a goal where there are any."""
    value = series.middle
    base = baseline.middle if baseline else None
    ratio = value / base if value is not None and base else None
    return Figure(
        figure=name,
        unit=unit,
        value=_rounded(value),
        min=_rounded(None if value is None else min(series.values)),
        max=_rounded(None if value is None else max(series.values)),
        baseline=_rounded(base),
        ratio=_rounded(ratio),
        goal=str(goal) if goal else None,
        met=_met(goal, value if goal and goal.of == "value" else ratio),
        failures=series.failures,
    )


def print_figure(figure: Figure) -> None:
    """Write a figure on stdout as one line of JSON."""
    print(json.dumps(asdict(figure)), flush=True)


def say(text: str) -> None:
    """Tell whoever watches the run, on stderr."""
    print(text, file=sys.stderr, flush=True)


def _met(goal: Goal | None, reached: float | None) -> bool | None:
    if goal is None:
        return None
    return reached is not None and reached <= goal.at_most


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
