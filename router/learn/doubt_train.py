"""Trains doubt from recorded answers and writes it: the same bytes each time on one machine.

`train/` is fitted and calibrated, `dev/` only yields metrics. Within every model and source right and wrong answers
weigh the same, so that to recognise either earns nothing.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from router.config.doubt_file import FORMAT, DoubtManifest, pack_scorers, write_doubt
from router.core.doubt.estimate import MOST_DEVIATIONS, Platt, Scorer, Scorers, Second, Weighed
from router.core.doubt.final_answer import agree, find_final
from router.core.doubt.probe import probe_traits
from router.core.doubt.question import CLOSED, Kind, read_question
from router.core.doubt.traits import Traits, look_at, read_traits
from router.core.features import F64
from router.learn.answer_rows import ANSWERS_NAME, Recorded, hash_answers, read_recorded
from router.learn.doubt_measure import measure_doubt

STRENGTH: Final = 0.02
"""The inverse of the penalty on weights: of 0.0003 to 0.1 about the best on items and models held out together, and
on subjects and models. Whole sources held out would have it far smaller."""

ITEM_FOLDS: Final = 4
MODEL_FOLDS: Final = 3
DIGITS: Final = 5
_FREE = 1e6
_STEPS = 500

Mask = NDArray[np.bool_]


class Table(Struct, frozen=True):
    """Answers to one kind of question as numbers: traits by column, and of each answer whether it is wrong, whether a
    second one differs, its weight, and the folds of its item and of its model."""

    names: tuple[str, ...]
    traits: F64
    wrong: F64
    differs: F64
    weights: F64
    item_folds: NDArray[np.int64]
    model_folds: NDArray[np.int64]

    def rows(self, kept: Mask) -> "Table":
        """Some of the rows."""
        return Table(
            self.names,
            self.traits[kept],
            self.wrong[kept],
            self.differs[kept],
            self.weights[kept],
            self.item_folds[kept],
            self.model_folds[kept],
        )


def train_doubt(data: Path, out: Path, progress: Callable[[str], None]) -> DoubtManifest:
    """Trains on `data`/train, measures on `data`/dev, writes into `out`, and returns the manifest. `progress` is told
    what has been done. Raises FileError when the data cannot be read or the folder not be written."""
    with threadpool_limits(limits=1):  # INVARIANT: more threads add in another order, and the last digits differ
        rows, dev = read_recorded(data / "train"), read_recorded(data / "dev")
        progress(f"read {len(rows)} answers to learn from and {len(dev)} to measure on")
        scorers = fit_doubt(rows)
        progress("fitted")
        metrics = measure_doubt(scorers, dev)
    weights = pack_scorers(scorers)
    manifest = DoubtManifest(
        format=FORMAT,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        probe=probe_traits(),
        data={f"{split}/{ANSWERS_NAME}": hash_answers(data / split) for split in ("train", "dev")},
        made_with={name: version(name) for name in ("numpy", "scipy", "scikit-learn", "pyarrow")},
        metrics=metrics,
    )
    write_doubt(out, weights, manifest)
    return manifest


def fit_doubt(rows: Sequence[Recorded]) -> Scorers:
    """What is learned from these answers, for each kind of question that they are to. One whose final answer stands
    there, but was not found by the grader, teaches nothing: it would teach that other ways to end are wrong."""
    by_kind: dict[Kind, list[Recorded]] = defaultdict(list)
    for row in rows:
        question = read_question(row.prompt)
        if row.was_read or find_final(row.answer, question) is None:
            by_kind[question.kind].append(row)
    return {kind: _fit_kind(with_traits(by_kind[kind])) for kind in CLOSED if by_kind[kind]}


def with_traits(rows: Sequence[Recorded]) -> list[tuple[Recorded, Traits]]:
    """These answers, each with its traits."""
    return [(row, read_traits(look_at(row.prompt, row.answer, read_question(row.prompt)))) for row in rows]


def _fit_kind(rows: Sequence[tuple[Recorded, Traits]]) -> Scorer:
    table = tabulate(rows)
    margins = held_out_margins(table)
    calibration = _fit_platt(margins, table.wrong)
    log_odds = calibration.slope * margins + calibration.offset
    return replace(fit_weights(table), calibration=calibration, second=_fit_second(log_odds, table))


def tabulate(rows: Sequence[tuple[Recorded, Traits]]) -> Table:
    """These answers as numbers."""
    names = tuple(sorted({name for _, traits in rows for name in traits}))
    items = {item: i for i, item in enumerate(sorted({row.item for row, _ in rows}))}
    models = {model: i for i, model in enumerate(sorted({row.model for row, _ in rows}))}
    return Table(
        names=names,
        traits=np.array([[float(traits.get(name, 0.0)) for name in names] for _, traits in rows]),
        wrong=np.array([row.wrong for row, _ in rows]),
        differs=np.array([_differs(row) for row, _ in rows]),
        weights=_balance([row for row, _ in rows]),
        item_folds=np.array([items[row.item] % ITEM_FOLDS for row, _ in rows]),
        model_folds=np.array([models[row.model] % MODEL_FOLDS for row, _ in rows]),
    )


def held_out_margins(table: Table) -> F64:
    """The margin of each answer by weights that saw neither its item nor its model."""
    margins = np.zeros(len(table.wrong))
    for item_fold, model_fold in product(range(ITEM_FOLDS), range(MODEL_FOLDS)):
        in_item, in_model = table.item_folds == item_fold, table.model_folds == model_fold
        held, seen = in_item & in_model, ~in_item & ~in_model
        if held.any():
            margins[held] = margins_of(fit_weights(table.rows(seen if seen.any() else ~held)), table.rows(held))
    return margins


def margins_of(scorer: Scorer, table: Table) -> F64:
    """The margins of answers, all at once."""
    weighed = [scorer.traits.get(name, _WORTHLESS) for name in table.names]
    mean, deviation = np.array([each.mean for each in weighed]), np.array([each.deviation for each in weighed])
    standard = np.clip((table.traits - mean) / deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
    found: F64 = standard @ np.array([each.weight for each in weighed]) + scorer.bias
    return found


def fit_weights(table: Table) -> Scorer:
    """The weights of traits, in standard deviations; calibration and what a second answer does are still to be set."""
    mean, deviation = table.traits.mean(0).round(DIGITS), table.traits.std(0).round(DIGITS)
    deviation[deviation == 0] = 1.0
    standard = np.clip((table.traits - mean) / deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
    scale = table.weights / table.weights.mean()
    fitted = LogisticRegression(C=STRENGTH, max_iter=_STEPS).fit(standard, table.wrong, sample_weight=scale)
    columns = zip(fitted.coef_[0].round(DIGITS).tolist(), mean.tolist(), deviation.tolist(), strict=True)
    traits = {name: Weighed(*each) for name, each in zip(table.names, columns, strict=True) if each[0]}
    return Scorer(round(float(fitted.intercept_[0]), DIGITS), traits, Platt(1.0, 0.0), Second(1.0, 0.0, 0.0))


def _fit_platt(margins: F64, wrong: F64) -> Platt:
    fitted = LogisticRegression(C=_FREE, max_iter=_STEPS).fit(margins[:, None], wrong)
    return Platt(round(float(fitted.coef_[0, 0]), DIGITS), round(float(fitted.intercept_[0]), DIGITS))


def _fit_second(log_odds: F64, table: Table) -> Second:
    columns = np.column_stack((log_odds, table.differs))
    fitted = LogisticRegression(C=_FREE, max_iter=_STEPS).fit(columns, table.wrong)
    slope, step = fitted.coef_[0].tolist()
    start = float(fitted.intercept_[0])
    return Second(round(slope, DIGITS), round(start, DIGITS), round(start + step, DIGITS))


def _differs(row: Recorded) -> float:
    question = read_question(row.prompt)
    return float(not agree(look_at(row.prompt, row.answer, question).final, row.second))


def _balance(rows: Sequence[Recorded]) -> F64:
    """Weights by which right and wrong answers of a group count the same together, and a group with the square root of
    its size."""
    sizes = Counter(row.group for row in rows)
    alike = Counter((row.group, row.wrong) for row in rows)
    return np.array([sizes[row.group] ** 0.5 / alike[row.group, row.wrong] for row in rows])


_WORTHLESS: Final = Weighed(0.0, 0.0, 1.0)
