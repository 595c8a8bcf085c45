"""Doubt on what it was not taught by: items and models left out together, and whole sources.

A source left out is judged by one scorer for all kinds of questions, because no other source has questions of its kind:
that is the least to expect of an unknown source, and why open requests get no opinion.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct, to_builtins
from threadpoolctl import threadpool_limits

from router.core.doubt.question import CLOSED, read_question
from router.core.features import F64
from router.learn.answer_rows import Recorded, read_recorded
from router.learn.doubt_measure import MEASURES, Group, columns_for, group_columns
from router.learn.doubt_train import fit_weights, held_out_margins, margins_of, tabulate, with_traits
from router.learn.metrics import Estimate, estimate_macro

ITEMS_AND_MODELS: Final = "items and models"
SOURCE: Final = "source"
_LENGTH: Final = "length alone"
_DOUBT: Final = "doubt"


class UnseenOf(Struct, frozen=True):
    """How doubt and length alone do on the answers of a source, with `left_out` left out of what was learned."""

    left_out: str
    source: str
    rows: int
    auroc: Estimate
    apgr: Estimate
    caught: Estimate
    auroc_of_length: Estimate

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = to_builtins(self)
        return found


def measure_unseen_answers(data: Path, progress: Callable[[str], None]) -> tuple[UnseenOf, ...]:
    """Measures on `data`/train what was held out of it by item and model, and on `data`/dev what a source not learned
    from yields. Raises FileError when the data cannot be read."""
    with threadpool_limits(limits=1):
        rows, dev = read_recorded(data / "train"), read_recorded(data / "dev")
        progress("read")
        return (*_items_and_models(rows), *_sources(rows, dev))


def _items_and_models(rows: Sequence[Recorded]) -> Iterable[UnseenOf]:
    for kind in CLOSED:
        its = [row for row in rows if read_question(row.prompt).kind == kind]
        margins = held_out_margins(tabulate(with_traits(its)))
        for source in sorted({row.source for row in its}):
            kept = [i for i, row in enumerate(its) if row.source == source]
            if len(kept) > len(its) // 10:
                yield _measure(ITEMS_AND_MODELS, [its[i] for i in kept], margins[kept])


def _sources(rows: Sequence[Recorded], dev: Sequence[Recorded]) -> Iterable[UnseenOf]:
    traits, held = with_traits(rows), with_traits(dev)
    for source in sorted({row.source for row in rows}):
        scorer = fit_weights(tabulate([each for each in traits if each[0].source != source]))
        its = [each for each in held if each[0].source == source]
        yield _measure(SOURCE, [row for row, _ in its], margins_of(scorer, tabulate(its)))


def _measure(left_out: str, rows: Sequence[Recorded], margins: F64) -> UnseenOf:
    lengths = np.array([float(len(row.answer)) for row in rows])
    groups: list[Group] = group_columns(rows, {_DOUBT: margins, _LENGTH: lengths})

    def of(measure: str, ordering: str) -> Estimate:
        return estimate_macro(MEASURES[measure], columns_for(measure, ordering, groups))

    return UnseenOf(
        left_out=left_out,
        source=rows[0].source,
        rows=len(rows),
        auroc=of("auroc", _DOUBT),
        apgr=of("apgr", _DOUBT),
        caught=of("caught", _DOUBT),
        auroc_of_length=of("auroc", _LENGTH),
    )
