"""What a study of reading found, answer by answer, and what follows from it. Nothing here measures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, median

RESAMPLES = 2000
SURE = 0.95
"""Of intervals, which are made by drawing prompts again (percentile bootstrap), both modes of a ratio with the same."""

ALONE = "strong alone"
LATENCY_GOAL, WORK_GOAL = 0.35, 0.20
"""The most that the best mode may take of what the strong tier takes alone: of a caller's time, of engine time."""


@dataclass(frozen=True)
class Taken:
    """One answer in one mode. Seconds as at the profile's own speed; `strong_s` and `fast_s` are the engines'.
    `wrong`: it is not what the strong tier would have said. `outcomes`: what came of its attempts, in order."""

    mode: str
    kind: str
    prompt: int
    tokens: int
    first_s: float
    total_s: float
    strong_s: float
    fast_s: float
    wrong: bool
    outcomes: Sequence[str]


@dataclass(frozen=True)
class Interval:
    """A figure and the bounds it lies within."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """One mode over answers of one kind. Ratios are to the strong tier alone; `released_errors` counts answers."""

    mode: str
    kind: str
    answers: int
    tokens: float
    first_s: Interval
    total_s: Interval
    total_p50_s: float
    strong_s: Interval
    fast_s: Interval
    latency_ratio: Interval
    work_ratio: Interval
    released_errors: int
    outcomes: Mapping[str, int]
    goal: str
    met: bool


def summaries(taken: Sequence[Taken]) -> list[Summary]:
    """Each mode in its order, for each kind of answer."""
    kinds = dict.fromkeys(each.kind for each in taken)
    modes = dict.fromkeys(each.mode for each in taken)
    return [_summary(taken, mode, kind) for kind in kinds for mode in modes]


def table_of(found: Sequence[Summary]) -> str:
    """The same for eyes."""
    lines = [_line("answers", "mode", "latency", "of alone", "strong", "of alone", "fast", "wrong")]
    for each in found:
        shares = f"{each.latency_ratio.value:.1%}", f"{each.work_ratio.value:.1%}"
        times = [f"{taken.value:.3f} s" for taken in (each.total_s, each.strong_s, each.fast_s)]
        errors = f"{each.released_errors}/{each.answers}"
        lines.append(_line(each.kind, each.mode, times[0], shares[0], times[1], shares[1], times[2], errors))
    return "\n".join(lines)


def _line(kind: str, mode: str, *cells: str) -> str:
    return f"{kind:8}{mode:18}" + "".join(f"{cell:>10}" for cell in cells)


def _summary(taken: Sequence[Taken], mode: str, kind: str) -> Summary:
    own = [each for each in taken if (each.mode, each.kind) == (mode, kind)]
    alone = [each for each in taken if (each.mode, each.kind) == (ALONE, kind)]
    latency, work = _ratio(own, alone, lambda each: each.total_s), _ratio(own, alone, lambda each: each.strong_s)
    errors = sum(each.wrong for each in own)
    told = [outcome for each in own for outcome in each.outcomes]
    return Summary(
        mode=mode,
        kind=kind,
        answers=len(own),
        tokens=fmean(each.tokens for each in own),
        first_s=_mean(own, lambda each: each.first_s),
        total_s=_mean(own, lambda each: each.total_s),
        total_p50_s=median(each.total_s for each in own),
        strong_s=_mean(own, lambda each: each.strong_s),
        fast_s=_mean(own, lambda each: each.fast_s),
        latency_ratio=latency,
        work_ratio=work,
        released_errors=errors,
        outcomes={outcome: told.count(outcome) for outcome in dict.fromkeys(told)},
        goal=f"latency <= {LATENCY_GOAL:.0%} and work <= {WORK_GOAL:.0%} of {ALONE}, no released error",
        met=latency.value <= LATENCY_GOAL and work.value <= WORK_GOAL and not errors,
    )


def _mean(taken: Sequence[Taken], read: Callable[[Taken], float]) -> Interval:
    values = [read(each) for each in taken]
    return _interval(fmean(values), [fmean(values[at] for at in drawn) for drawn in _drawn(len(values))])


def _ratio(own: Sequence[Taken], alone: Sequence[Taken], read: Callable[[Taken], float]) -> Interval:
    """Of two means over the same prompts."""
    above, below = [read(each) for each in own], [read(each) for each in alone]

    def of(places: Sequence[int]) -> float:
        return sum(above[at] for at in places) / sum(below[at] for at in places)

    return _interval(of(range(len(above))), [of(drawn) for drawn in _drawn(len(above))])


def _drawn(count: int) -> list[list[int]]:
    chance = Random(1)
    return [chance.choices(range(count), k=count) for _ in range(RESAMPLES)]


def _interval(value: float, found: Sequence[float]) -> Interval:
    ordered = sorted(found)
    outside = round(len(ordered) * (1 - SURE) / 2)
    return Interval(value, ordered[outside], ordered[-1 - outside])
