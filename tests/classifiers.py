"""Small classifiers, as values: heads that know nothing, or just a few words."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from router.core.features import COLUMNS, SEEN_BITS, SHAPE, read_window
from router.core.heads import HEADS, LENGTH_BANDS, Calibration, Heads, Thresholds, lay_out
from router.core.learned import DifficultyBands

SHIPPED = Path(__file__).parents[1] / "policies" / "classifiers" / "default"

BANDS = len(LENGTH_BANDS) + 1

THRESHOLDS = Thresholds(
    length_bands=LENGTH_BANDS,
    difficulty=(Calibration(slope=1.0, offset=0.0),) * BANDS,
    stakes=(0.0,) * BANDS,
    seen_floor=0.0,
    foreign_ceiling=0.3,
    task_floor=0.5,
    difficulty_bands=DifficultyBands(0.3, 0.6, ("competition_maths", "knowledge_quiz")),
)


def heads_that_know(
    words: Mapping[str, Mapping[str, float]], thresholds: Thresholds = THRESHOLDS, seen: bool = True
) -> Heads:
    """Heads to which each of these words is worth so much, in log-odds where the text has no other known word, and
    everything else nothing. All n-grams are `seen`, or none."""
    weights = np.zeros((COLUMNS, len(HEADS)), np.int16)
    rarity = np.zeros(COLUMNS, np.uint8)
    for word, worth in words.items():
        column = int(read_window(word).columns[0])
        rarity[column] = 20
        for name, value in worth.items():
            weights[column, HEADS.index(name)] = round(value * 1000)
    return Heads(
        table=lay_out(weights, rarity),
        scale=np.full(len(HEADS), 0.001),
        bias=np.zeros(len(HEADS)),
        shape_weights=np.zeros((len(HEADS), len(SHAPE))),
        shape_mean=np.zeros(len(SHAPE)),
        shape_deviation=np.ones(len(SHAPE)),
        seen=np.full(1 << SEEN_BITS, seen),
        thresholds=thresholds,
    )
