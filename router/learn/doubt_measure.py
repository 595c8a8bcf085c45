"""How well scores of answers tell wrong ones from right ones: the measures, and the orderings that are compared.

Measures are taken inside of each source and model and then averaged: what only tells sources or models apart is worth
nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from router.core.doubt.estimate import Doubted, Scorers, doubt_of, doubt_with_second
from router.core.doubt.final_answer import agree
from router.core.features import F64
from router.learn.answer_rows import Recorded
from router.learn.metrics import Measure, apgr, auc, calibration_error

SENT_UP: Final = 0.2
"""The share of answers that goes to the strong model where it is counted how many wrong ones do."""

SMALLEST_GAP: Final = 0.05
"""Shares of right answers that a strong model must have more than a weak one for their pair to count in APGR."""

UNDECIDED: Final = 0.5
"""Where an answer without an opinion stands in an ordering."""

DIGITS: Final = 4

Opinion = tuple[Recorded, Doubted]


class Group(Struct, frozen=True):
    """Answers of one model to one source: whether each is wrong, and the grade of the strong model, in 0..1."""

    source: str
    model: str
    wrong: F64
    strong: F64
    scores: Mapping[str, F64]

    @property
    def has_gap(self) -> bool:
        """Whether the strong model is better by SMALLEST_GAP: below, APGR divides by next to nothing."""
        return float(self.strong.mean() - (1.0 - self.wrong).mean()) >= SMALLEST_GAP

    def columns(self, ordering: str) -> tuple[F64, F64, F64]:
        """What measures take: the score, the grade of the weak and of the strong model."""
        return self.scores[ordering], 1.0 - self.wrong, self.strong


def auc_of_wrong(score: F64, weak: F64, _strong: F64) -> float:
    """The chance that a wrong answer scores above a right one."""
    return auc(score, 1.0 - weak)


def caught(score: F64, weak: F64, _strong: F64) -> float:
    """The share of the wrong answers that is among the SENT_UP with the highest scores; of answers with the same score
    the share that chance would take. NaN without wrong answers."""
    wrong = 1.0 - weak
    values, tied = np.unique(-score, return_inverse=True)
    rows, its = np.bincount(tied, minlength=len(values)), np.bincount(tied, wrong, len(values))
    room = SENT_UP * len(score) - (np.cumsum(rows) - rows)
    return float((its * np.clip(room / rows, 0.0, 1.0)).sum() / wrong.sum()) if wrong.any() else float("nan")


def most_caught(_score: F64, weak: F64, _strong: F64) -> float:
    """What `caught` would be if every wrong answer scored above every right one."""
    return caught(1.0 - weak, weak, weak)


MEASURES: Final[Mapping[str, Measure]] = {
    "auroc": auc_of_wrong, "apgr": apgr, "caught": caught, "most_caught": most_caught,
}  # fmt: skip


def form_doubts(scorers: Scorers, rows: Sequence[Recorded]) -> list[Opinion]:
    """What is thought of each answer by its text."""
    return [(row, doubt_of(scorers, row.prompt, row.answer, row.signs)) for row in rows]


def order_answers(scorers: Scorers, opinions: Sequence[Opinion]) -> dict[str, F64]:
    """The orderings that need nothing else: by length, by doubt, by a second answer that differs, and by doubt after
    it."""
    return {
        "length alone": np.array([float(len(row.answer)) for row, _ in opinions]),
        "doubt": _filled([each.doubt for _, each in opinions]),
        "second answer alone": np.array([float(not agree(each.final, row.second)) for row, each in opinions]),
        "doubt and second answer": _filled([doubt_with_second(scorers, each, row.second) for row, each in opinions]),
    }


def group_columns(rows: Sequence[Recorded], orderings: Mapping[str, F64]) -> list[Group]:
    """Answers and their scores by source and model, in the order of their names."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        places[row.source, row.model].append(at)
    return [
        Group(
            source,
            model,
            np.array([rows[i].wrong for i in at]),
            np.array([1.0 - rows[i].strong_wrong for i in at]),
            {name: score[at] for name, score in orderings.items()},
        )
        for (source, model), at in sorted(places.items())
    ]


def columns_for(name: str, ordering: str, groups: Sequence[Group]) -> list[tuple[F64, F64, F64]]:
    """What a measure of this name takes, of each group that it counts."""
    return [group.columns(ordering) for group in groups if name != "apgr" or group.has_gap]


def macro(name: str, ordering: str, groups: Sequence[Group]) -> float:
    """The unweighted mean of a measure over the groups that it counts. NaN where it counts none."""
    figures = [MEASURES[name](*columns) for columns in columns_for(name, ordering, groups)]
    return float(np.nanmean(figures)) if figures else float("nan")


def measure_doubt(scorers: Scorers, rows: Sequence[Recorded]) -> dict[str, float]:
    """The figures that go into a manifest."""
    opinions = form_doubts(scorers, rows)
    groups = group_columns([row for row, _ in opinions], order_answers(scorers, opinions))
    held = [(each.doubt, row.wrong) for row, each in opinions if each.doubt is not None]
    doubts, wrong = np.array([doubt for doubt, _ in held]), np.array([was for _, was in held])
    found = {
        "auroc": macro("auroc", "doubt", groups),
        "apgr": macro("apgr", "doubt", groups),
        "apgr_with_second_answer": macro("apgr", "doubt and second answer", groups),
        "caught": macro("caught", "doubt", groups),
        "coverage": len(held) / max(len(rows), 1),
        "calibration_error": calibration_error(doubts, wrong),
    }
    return {name: round(value, DIGITS) for name, value in found.items()}


def _filled(doubts: Sequence[float | None]) -> F64:
    return np.array([UNDECIDED if doubt is None else doubt for doubt in doubts])
