"""What difficulty reaches on pairs of graded answers: as the heads give it, and as it is served with cues and priors.

Where the heads abstain a request goes up: their difficulty counts as certain failure in orderings, and does not count
in calibration. What is served always has an opinion.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
from msgspec import Struct

from router.core.difficulty import BY_HEADS
from router.core.features import F64
from router.core.heads import LENGTH_BANDS, length_band
from router.core.values import BANDS
from router.learn.exam import Opinions, Pair, column
from router.learn.metrics import (
    Bin,
    Estimate,
    Measure,
    apgr,
    calibration_bins,
    calibration_error,
    chance_error,
    estimate,
    estimate_macro,
    strong_calls_to_recover,
    weak_failure_auc,
)

MACRO: Final = "macro"
ALL_LENGTHS: Final = "all"
BAND_NAMES: Final = (*(f"<{end}" for end in LENGTH_BANDS), f">={LENGTH_BANDS[-1]}")
"""What length bands are called, in characters."""

ORDERINGS: Final[Mapping[str, Measure]] = {
    "auc": weak_failure_auc,
    "apgr": apgr,
    "cpt50": strong_calls_to_recover(0.5),
    "cpt80": strong_calls_to_recover(0.8),
}

Row = TypeVar("Row")
Key = TypeVar("Key")


class DifficultyOf(Struct, frozen=True):
    """How the heads' difficulty orders and is calibrated on one source, on several of one collection together, or as
    the mean over sources. `abstained` is a share; `by_chance` is the calibration error that so many rows show where
    every probability is right."""

    source: str
    rows: int
    auc: Estimate
    apgr: Estimate
    cpt50: Estimate
    cpt80: Estimate
    calibration_error: Estimate
    by_chance: float
    abstained: float


class CalibrationOf(Struct, frozen=True):
    """The calibration of the heads' difficulty on the prompts of one length band, over all sources."""

    band: str
    rows: int
    error: Estimate
    by_chance: float
    bins: tuple[Bin, ...]


class ServedOf(Struct, frozen=True):
    """How difficulty as it is served orders and is calibrated, on rows of a source or of a length. `by_heads` is the
    share of prompts that heads had a say on."""

    rows_of: str
    rows: int
    apgr: Estimate
    calibration_error: Estimate
    by_chance: float
    by_heads: float


class ServedBand(Struct, frozen=True):
    """The prompts that serving puts in one band of difficulty: the mean of what was said, the share that the weak model
    failed, and the mean of what the strong one does better."""

    band: str
    rows: int
    said: float
    failed: float
    gained: float


def measure_difficulty(pairs: Sequence[Pair], opinions: Opinions) -> tuple[DifficultyOf, ...]:
    """The heads' difficulty, source by source."""
    by_source = group_by_source(pairs)
    found = [_difficulty_of(source, rows, opinions) for source, rows in with_collections(by_source).items()]
    if not found:
        return ()
    graded = [heads_columns(rows, opinions) for rows in by_source.values()]
    judged = [_judged(rows, opinions) for rows in by_source.values()]
    single = [each for each in found if each.source in by_source]
    macro = DifficultyOf(
        source=MACRO,
        rows=len(pairs),
        calibration_error=estimate_macro(calibration_error, judged),
        by_chance=float(np.mean([each.by_chance for each in single])),
        abstained=float(np.mean([each.abstained for each in single])),
        **{name: estimate_macro(measure, graded) for name, measure in ORDERINGS.items()},
    )
    return (*found, macro)


def measure_calibration(pairs: Sequence[Pair], opinions: Opinions) -> tuple[CalibrationOf, ...]:
    """The calibration of the heads' difficulty over all lengths and in each length band."""
    by_band = group_by(pairs, lambda row: length_band(len(row.prompt)))
    found = []
    for band, rows in [(ALL_LENGTHS, list(pairs)), *((BAND_NAMES[at], by_band[at]) for at in sorted(by_band))]:
        columns = _judged(rows, opinions)
        if len(columns[0]):
            error, by_chance = estimate(calibration_error, *columns), chance_error(columns[0])
            found.append(CalibrationOf(band, len(columns[0]), error, by_chance, calibration_bins(*columns)))
    return tuple(found)


def measure_served(pairs: Sequence[Pair], opinions: Opinions) -> tuple[ServedOf, ...]:
    """Difficulty as it is served: on all rows, by length, and source by source."""
    if not pairs:
        return ()
    by_band = group_by(pairs, lambda row: length_band(len(row.prompt)))
    by_length = {f"{BAND_NAMES[at]} characters": by_band[at] for at in sorted(by_band)}
    parts = {ALL_LENGTHS: list(pairs), **by_length, **with_collections(group_by_source(pairs))}
    found = []
    for name, rows in parts.items():
        score = column(rows, lambda row: opinions[row.prompt].served.score)
        weak, strong = _grades(rows)
        found.append(
            ServedOf(
                rows_of=name,
                rows=len(rows),
                apgr=estimate(apgr, score, weak, strong),
                calibration_error=estimate(calibration_error, score, 1.0 - weak),
                by_chance=chance_error(score),
                by_heads=float(np.mean([BY_HEADS in opinions[row.prompt].served.reasons for row in rows])),
            )
        )
    return tuple(found)


def measure_served_bands(pairs: Sequence[Pair], opinions: Opinions) -> tuple[ServedBand, ...]:
    """The bands of difficulty that have prompts, from the lowest."""
    by_band = group_by(pairs, lambda row: opinions[row.prompt].served.band)
    found = []
    for band in BANDS:
        if rows := by_band.get(band, []):
            weak, strong = _grades(rows)
            said = column(rows, lambda row: opinions[row.prompt].served.score).mean()
            means = (float(said), float((1.0 - weak).mean()), float((strong - weak).mean()))
            found.append(ServedBand(band, len(rows), *means))
    return tuple(found)


def group_by(rows: Iterable[Row], key: Callable[[Row], Key]) -> dict[Key, list[Row]]:
    """Rows by what they have in common."""
    groups: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def group_by_source(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """The pairs of each source."""
    return group_by(pairs, lambda row: row.source)


def with_collections(by_source: Mapping[str, list[Pair]]) -> dict[str, list[Pair]]:
    """The sources, and after them all sources together whose names begin with the same word, where several do."""
    names = group_by(by_source, lambda source: source.partition(" ")[0])
    pooled = {
        f"{first}, all": [row for source in sources for row in by_source[source]]
        for first, sources in names.items()
        if len(sources) > 1
    }
    return {**by_source, **pooled}


def heads_columns(rows: Sequence[Pair], opinions: Opinions) -> tuple[F64, F64, F64]:
    """The heads' difficulty, where unknown 1, and the grades of the weak and the strong model."""
    known = (opinions[row.prompt].difficulty for row in rows)
    return np.array([1.0 if each is None else each for each in known]), *_grades(rows)


def _difficulty_of(source: str, rows: Sequence[Pair], opinions: Opinions) -> DifficultyOf:
    graded, judged = heads_columns(rows, opinions), _judged(rows, opinions)
    return DifficultyOf(
        source=source,
        rows=len(rows),
        calibration_error=estimate(calibration_error, *judged),
        by_chance=chance_error(judged[0]),
        abstained=1 - len(judged[0]) / len(rows),
        **{name: estimate(measure, *graded) for name, measure in ORDERINGS.items()},
    )


def _judged(rows: Iterable[Pair], opinions: Opinions) -> tuple[F64, F64]:
    """The heads' difficulty where it is known, and the failures of the weak model there."""
    known = [(each, row.weak) for row in rows if (each := opinions[row.prompt].difficulty) is not None]
    return np.array([each for each, _ in known]), np.array([1.0 - weak for _, weak in known])


def _grades(rows: Sequence[Pair]) -> tuple[F64, F64]:
    return column(rows, lambda row: row.weak), column(rows, lambda row: row.strong)
