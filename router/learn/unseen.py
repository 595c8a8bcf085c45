"""Stakes on sources that nothing was learned from: what to expect of traffic that no training has seen.

Each source in turn is left out of everything that is fitted or tuned, and its rows in `dev/` are judged by rules and by
heads that were taught by the other sources.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct, to_builtins
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from router.core.features import COLUMNS, SHAPE
from router.core.heads import HEADS, TASKS, Heads
from router.core.scoring import HIGH_FROM
from router.learn.calibrate import UNTUNED, tune
from router.learn.exam import Opinions, form_opinions
from router.learn.logistic import Fitted
from router.learn.rows import Rows, Staked, read_rows, with_subjects
from router.learn.train import fit_stakes, prepare, quantise_all

_SAME_QUESTIONS: Final = "MMLU"
"""Sources with this in their names ask alike, and are left out together."""


class UnseenOf(Struct, frozen=True):
    """The shares of a source's rows of one level that are called high: recall where it is high, false alarms where it
    is low."""

    source: str
    level: str
    rows: int
    rules: float
    heads: float
    both: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        found: dict[str, Any] = to_builtins(self)
        return found


def measure_unseen(data: Path, progress: Callable[[str], None]) -> tuple[UnseenOf, ...]:
    """Measures each source of `dev/` with heads that were not taught by it. `progress` is told what has been done.
    Raises FileError when the data cannot be read."""
    taught, dev = with_subjects(read_rows(data / "train")), read_rows(data / "dev")
    found: list[UnseenOf] = []
    with threadpool_limits(limits=1):
        for family in sorted({family_of(row) for row in dev.staked}):
            heads = _teach([row for row in taught if family_of(row) != family], _without(dev, family))
            found += _judge(heads, [row for row in dev.staked if family_of(row) == family])
            progress(f"measured without {family}")
    return tuple(found)


def family_of(row: Staked) -> str:
    """The sources that are left out with this row's."""
    return _SAME_QUESTIONS if _SAME_QUESTIONS in row.source else row.source


def _without(dev: Rows, family: str) -> Rows:
    return replace(dev, staked=tuple([row for row in dev.staked if family_of(row) != family]))


def _teach(rows: Sequence[Staked], dev: Rows) -> Heads:
    """Heads of stakes taught by these rows, with thresholds set on `dev`; all other heads know nothing."""
    prepared = prepare([row.prompt for row in rows])
    nothing = Fitted(np.zeros(COLUMNS), np.zeros(len(SHAPE)), 0.0)
    stakes = fit_stakes(prepared, rows)
    heads = quantise_all(
        prepared, [nothing] * (len(HEADS) - len(TASKS) - len(stakes)) + stakes + [nothing] * len(TASKS)
    )
    return replace(heads, thresholds=tune(heads, UNTUNED.difficulty, dev))


def _judge(heads: Heads, rows: Sequence[Staked]) -> list[UnseenOf]:
    opinions = form_opinions(heads, [row.prompt for row in rows])
    cells = sorted({(row.source, row.level) for row in rows if row.level != "medium"})
    return [
        _measure(source, level, opinions, [row for row in rows if (row.source, row.level) == (source, level)])
        for source, level in cells
    ]


def _measure(source: str, level: str, opinions: Opinions, rows: Sequence[Staked]) -> UnseenOf:
    said = [opinions[row.prompt] for row in rows]
    return UnseenOf(
        source=source,
        level=level,
        rows=len(rows),
        rules=float(np.mean([each.rules >= HIGH_FROM for each in said])),
        heads=float(np.mean([each.heads >= HIGH_FROM for each in said])),
        both=float(np.mean([each.both >= HIGH_FROM for each in said])),
    )
