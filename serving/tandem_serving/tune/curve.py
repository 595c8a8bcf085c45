"""Quality and latency by step cap, with intervals, and which cap to take. Values and arithmetic; pure.

All comparisons are paired: each cap answers the same prompts, and it is the differences to the most passes that are
looked at. Caps are tried from many passes to few, and the first that is not shown to be good enough ends it (a fixed
sequence), so that the chance of recommending a cap that costs more than the margin is that of a single test.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random
from statistics import NormalDist, fmean, median
from typing import Final

from msgspec import Struct

RESAMPLES: Final = 2000
SURE: Final = 0.95
FEWEST: Final = 10
"""Prompts below which nothing is recommended, whatever they show."""

MOST_NEEDED: Final = 100_000


class Answered(Struct, frozen=True):
    """One answer at one cap. `quality`: from 0 to 1; `seconds`: until all of it was there; `tokens`: how long it is."""

    quality: float
    seconds: float
    tokens: int


class Interval(Struct, frozen=True):
    """A figure, and where it lies with 95% probability."""

    value: float
    low: float
    high: float


class CapPoint(Struct, frozen=True):
    """One cap: what its answers are worth and how long they take, and how much more or less than with the most passes.
    `proved`: its loss is shown to be within the margin."""

    cap: int
    quality: Interval
    seconds: Interval
    difference: Interval
    faster: Interval
    proved: bool


class Advice(Struct, frozen=True):
    """Which cap to take, and why. `cap`: None where nothing can be recommended; `needed`: about how many prompts would
    be enough (None: these are, or none would be)."""

    cap: int | None
    why: str
    needed: int | None = None


class Curve(Struct, frozen=True):
    """All caps, from few passes to many. `graded_by`: how quality was told; `margin`: what may be lost of it."""

    url: str
    prompts: int
    graded_by: str
    margin: float
    points: tuple[CapPoint, ...]
    advice: Advice


def curve_of(url: str, graded_by: str, margin: float, answers: Mapping[int, Sequence[Answered]]) -> Curve:
    """The curve of these answers, by cap: to the same prompts in the same order."""
    most = max(answers)
    is_binary = all(each.quality in (0.0, 1.0) for found in answers.values() for each in found)
    points, proved = [], True
    for cap in sorted(answers, reverse=True):
        difference = _difference(answers[cap], answers[most], is_binary=is_binary)
        enough = len(answers[cap]) >= FEWEST
        proved = proved and (cap == most or (enough and difference.low >= -margin))
        points.append(_point(cap, answers, difference, proved=proved, is_binary=is_binary))
    points.reverse()
    advice = _advice(points, len(answers[most]), margin)
    return Curve(url, len(answers[most]), graded_by, margin, tuple(points), advice)


def wilson(right: float, of: int) -> Interval:
    """A share, with Wilson's score interval."""
    z = NormalDist().inv_cdf((1.0 + SURE) / 2.0)
    value, spread = right / of, z * z / of
    middle = (value + spread / 2.0) / (1.0 + spread)
    half = z / (1.0 + spread) * math.sqrt(value * (1.0 - value) / of + spread / of / 4.0)
    return Interval(value, max(middle - half, 0.0), min(middle + half, 1.0))


def paired_shares(lost: int, won: int, of: int) -> Interval:
    """The difference of two paired shares, `won` less `lost`, by the adjusted interval of Bonett and Price (2012): one
    pair of either kind is added, so that a few pairs that agree prove little."""
    z = NormalDist().inv_cdf((1.0 + SURE) / 2.0)
    down, up = (lost + 1) / (of + 2), (won + 1) / (of + 2)
    half = z * math.sqrt(max(down + up - (up - down) ** 2, 0.0) / (of + 2))
    return Interval((won - lost) / of, max(up - down - half, -1.0), min(up - down + half, 1.0))


def bootstrap(values: Sequence[float], of: Callable[[Sequence[float]], float]) -> Interval:
    """A figure of values, with the interval of its percentiles when they are drawn again and again."""
    chance = Random(len(values))  # noqa: S311 - the same data give the same interval
    drawn = sorted(of(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = round(RESAMPLES * (1.0 - SURE) / 2.0)
    return Interval(of(values), drawn[cut], drawn[-cut - 1])


def _point(
    cap: int, answers: Mapping[int, Sequence[Answered]], difference: Interval, *, proved: bool, is_binary: bool
) -> CapPoint:
    found, most = answers[cap], answers[max(answers)]
    qualities = [each.quality for each in found]
    quality = wilson(sum(qualities), len(found)) if is_binary else bootstrap(qualities, fmean)
    ratios = [theirs.seconds / mine.seconds for mine, theirs in zip(found, most, strict=True)]
    seconds = bootstrap([each.seconds for each in found], median)
    return CapPoint(cap, quality, seconds, difference, bootstrap(ratios, median), proved)


def _difference(found: Sequence[Answered], most: Sequence[Answered], *, is_binary: bool) -> Interval:
    pairs = [(mine.quality, theirs.quality) for mine, theirs in zip(found, most, strict=True)]
    if found is most:
        return Interval(0.0, 0.0, 0.0)
    if is_binary:
        lost, won = sum(mine < theirs for mine, theirs in pairs), sum(mine > theirs for mine, theirs in pairs)
        return paired_shares(lost, won, len(pairs))
    return bootstrap([mine - theirs for mine, theirs in pairs], fmean)


def _advice(points: Sequence[CapPoint], prompts: int, margin: float) -> Advice:
    most = points[-1]
    good = [each for each in points if each.proved and each.cap != most.cap]
    if good:
        best = min(good, key=lambda each: each.seconds.value)
        if best.faster.value > 1.0:
            return Advice(best.cap, _praise(best, most, margin))
        return Advice(most.cap, f"fewer passes lose nothing that shows, and gain no time either: {most.cap} it stays")
    nearest = points[-2] if len(points) > 1 else None
    if nearest is None:
        return Advice(None, "only one cap was tried")
    if nearest.difference.high < -margin:
        lost = f"a cap of {nearest.cap} loses {-nearest.difference.value:.1%} of the quality"
        return Advice(most.cap, f"{lost}, more than {margin:.0%}: keep {most.cap}")
    return _too_few(nearest, prompts, margin)


def _praise(best: CapPoint, most: CapPoint, margin: float) -> str:
    worst = max(-best.difference.low, 0.0)
    return (
        f"answers with at most {best.cap} passes come {best.faster.value:.2f} times as fast as with {most.cap}, and "
        f"lose at most {worst:.1%} of the quality (less than {margin:.0%}), with 95% probability"
    )


def _too_few(nearest: CapPoint, prompts: int, margin: float) -> Advice:
    """Intervals shrink with the root of how many prompts there are."""
    if prompts < FEWEST:
        return Advice(None, f"{prompts} prompts are not enough to tell anything: {FEWEST} are the least", FEWEST)
    half = (nearest.difference.high - nearest.difference.low) / 2.0
    room = margin + nearest.difference.value
    said = (
        f"{prompts} prompts are not enough: a cap of {nearest.cap} may lose up to "
        f"{max(-nearest.difference.low, 0.0):.1%} of the quality, which is more than {margin:.0%}"
    )
    if room <= 0.0:
        return Advice(None, f"{said}; what they show is a loss of {-nearest.difference.value:.1%}")
    needed = max(math.ceil(prompts * (half / room) ** 2), FEWEST, prompts + 1)
    if needed > MOST_NEEDED:
        return Advice(None, said)
    return Advice(None, f"{said}; about {needed:,} would be", needed)
