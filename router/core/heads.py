"""The learned heads: what a classifier's weights say about a text. Pure functions; numpy, no files.

N-gram counts enter as integers (weight of the count x rarity) and the weights are 16-bit integers, so every sum over
them is exact in float64 in whatever order it is added: machines agree up to the last step, a logistic.
"""

from bisect import bisect_right
from collections.abc import Sequence
from functools import reduce
from math import sqrt
from typing import Final, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from router.core.features import F64, REPEAT_WEIGHTS, Window, cut_windows, read_window
from router.core.kinds import LEARNED_DOMAINS, LEARNED_TASKS
from router.core.learned import DifficultyBands, LearnedScores
from router.core.odds import logistic
from router.core.priors import NO_PRIORS, Priors

I16: TypeAlias = NDArray[np.int16]
U8: TypeAlias = NDArray[np.uint8]

DIFFICULTY: Final = "difficulty"
DOMAINS: Final = LEARNED_DOMAINS
TASKS: Final = LEARNED_TASKS

HEADS: Final = (DIFFICULTY, *DOMAINS, *TASKS)
"""Every head, in the order of the columns of the weights."""

LENGTH_BANDS: Final = (100, 400, 1500)
"""Upper ends, in characters and exclusive, of all length bands but the last, which has none."""

SHAPE_LIMIT: Final = 3.0
"""A shape feature counts up to so many standard deviations from its mean."""

FEWEST_WORDS: Final = 2
"""A text of fewer words says too little to be judged."""

FEWEST_FOREIGN_WORDS: Final = 2
"""So many function words of other languages tell a language by themselves; fewer do where n-grams are odd too."""

DOUBTFUL_SHARE: Final = 0.85
"""Where less of the character n-grams was seen in training, one foreign function word is enough."""

_RARITY = len(HEADS)
_ROW = 16
"""Rows of 32 bytes are copied as one piece; those of 30 are not."""


class Calibration(Struct, frozen=True, forbid_unknown_fields=True):
    """What turns the margin of difficulty into log-odds of failing: slope x margin + offset."""

    slope: float
    offset: float


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """Where margins become judgements. `difficulty` and `stakes` have one entry for each length band.

    `stakes` are the margins above which stakes are high. A window of whose character n-grams less than `seen_floor`
    was seen in training, or of whose letters more than `foreign_ceiling` lie outside a-z, is unknown. A task whose
    margin is below `task_floor` is none.
    """

    length_bands: tuple[int, ...]
    difficulty: tuple[Calibration, ...]
    stakes: tuple[float, ...]
    seen_floor: float
    foreign_ceiling: float
    task_floor: float
    difficulty_bands: DifficultyBands


class Heads(Struct, frozen=True):
    """A classifier's arrays. `table` is made by `lay_out`; `scale` brings each head's weights back to log-odds;
    `shape_weights` is (heads, shape) on standardised shapes; `seen` says which keys of character n-grams training saw
    often. `priors` were published, not learned."""

    table: I16
    scale: F64
    bias: F64
    shape_weights: F64
    shape_mean: F64
    shape_deviation: F64
    seen: NDArray[np.bool_]
    thresholds: Thresholds
    priors: Priors = NO_PRIORS

    @property
    def weights(self) -> I16:
        """(columns, heads): what each column is worth to each head."""
        return self.table[:, : len(HEADS)]

    @property
    def rarity(self) -> U8:
        """What each column weighs, 0 for what was hardly seen; a copy."""
        return self.table[:, _RARITY].astype(np.uint8)


def lay_out(weights: I16, rarity: U8) -> I16:
    """A table of (columns, _ROW): what a column is worth to each head, how rare it is, and nothing. All of a column is
    needed at once, so that it is fetched from a large table once."""
    table = np.zeros((len(weights), _ROW), np.int16)
    table[:, : len(HEADS)] = weights
    table[:, _RARITY] = rarity
    return table


def score_text(heads: Heads, text: str) -> LearnedScores:
    """The scores of a text: each head's margin is its highest over the windows."""
    windows = [read_window(piece) for piece in cut_windows(text)]
    margins = highest_margins(heads, windows).tolist()
    limits, band = heads.thresholds, length_band(len(text))
    calibration, threshold = limits.difficulty[band], limits.stakes[band]
    tasks = margins[1 + len(DOMAINS) :]
    best = tasks.index(max(tasks))
    return LearnedScores(
        difficulty=logistic(calibration.slope * margins[0] + calibration.offset),
        stakes={domain: logistic(margin - threshold) for domain, margin in zip(DOMAINS, margins[1:], strict=False)},
        task=TASKS[best] if tasks[best] >= limits.task_floor else "",
        unknown=is_unknown(heads, windows),
    )


def highest_margins(heads: Heads, windows: Sequence[Window]) -> F64:
    """The highest margin of each head over the windows of a text."""
    return reduce(np.maximum, [read_margins(heads, window) for window in windows])


def length_band(characters: int) -> int:
    """Which length band a text of so many characters lies in, from 0."""
    return bisect_right(LENGTH_BANDS, characters)


def read_margins(heads: Heads, window: Window) -> F64:
    """Log-odds of all heads for one window, in the order of HEADS, before calibration and thresholds."""
    rows = heads.table.take(window.columns, axis=0).astype(np.float64)
    counted = REPEAT_WEIGHTS.take(window.counts, mode="clip")
    counted *= rows[:, _RARITY]
    total = np.zeros(_ROW)
    start = 0
    for end in window.family_ends:
        family = counted[start:end]
        total += family.dot(rows[start:end]) / sqrt(max(family.dot(family), 1.0))
        start = end
    shaped: F64 = heads.shape_weights.dot(standardise(heads, window.shape))
    return total[: len(HEADS)] * heads.scale + shaped + heads.bias


def weigh_counts(window: Window, rarity: U8) -> F64:
    """What each column of a window counts: an integer, 0 where training hardly saw it."""
    return REPEAT_WEIGHTS.take(window.counts, mode="clip") * rarity.take(window.columns)


def standardise(heads: Heads, shape: F64) -> F64:
    """A shape (or rows of them) in standard deviations from the mean, within SHAPE_LIMIT."""
    deviations = (shape - heads.shape_mean) / heads.shape_deviation
    return np.minimum(np.maximum(deviations, -SHAPE_LIMIT), SHAPE_LIMIT)


def is_unknown(heads: Heads, windows: Sequence[Window]) -> bool:
    """Whether a text is unlike what was learned from: too few words, another language, or unseen n-grams."""
    limits, words = heads.thresholds, 0
    for window in windows:
        words += window.words
        if window.foreign_letters > limits.foreign_ceiling:
            return True
        if is_strange(window, seen_share(heads.seen, window), limits.seen_floor):
            return True
    return words < FEWEST_WORDS


def is_strange(window: Window, seen: float, seen_floor: float) -> bool:
    """Whether a window of whose n-grams the share `seen` is known is not English, or not like anything known."""
    if window.foreign_words <= window.english_words:
        return seen < seen_floor
    return window.foreign_words >= FEWEST_FOREIGN_WORDS or seen < DOUBTFUL_SHARE


def seen_share(seen: NDArray[np.bool_], window: Window) -> float:
    """The share in 0..1 of a window's character n-grams that training saw often; 1 for a window without any."""
    keys = len(window.seen_keys)
    return int(np.count_nonzero(seen.take(window.seen_keys))) / keys if keys else 1.0
