"""Recorded answers with their grades, read from the `answers.parquet` of a folder."""

import hashlib
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from router.core.doubt.ending import FinalAnswer
from router.core.doubt.estimate import CUT, Signs
from router.core.doubt.final_answer import read_stated
from router.core.doubt.question import read_question
from router.learn.rows import read_columns

ANSWERS_NAME: Final = "answers.parquet"

_COLUMNS = (
    "item_id", "prompt", "source", "model", "answer", "correct", "strong_correct", "alt_final", "truncated_at_cap",
    "has_final",
)  # fmt: skip


class Recorded(Struct, frozen=True):
    """An answer of a weak model. `wrong` and `strong_wrong`, of a stronger model on the same item, are 0 or 1. `second`
    is what another weak model's answer ends in; None: nothing that can be compared. `was_read`: whether the grader
    found the final answer; what it could not read it called wrong."""

    item: str
    prompt: str
    source: str
    model: str
    answer: str
    wrong: float
    strong_wrong: float
    second: FinalAnswer | None
    signs: Signs
    was_read: bool

    @property
    def group(self) -> str:
        """Its source and model: answers of one group are compared with each other alone."""
        return f"{self.source} {self.model}"


def read_recorded(folder: Path) -> tuple[Recorded, ...]:
    """The answers of a folder whose stronger model was graded, too. Raises FileError naming the file or the column that
    is missing."""
    rows = read_columns(folder / ANSWERS_NAME, *_COLUMNS)
    return tuple([_recorded(row) for row in rows if row["strong_correct"] is not None])


def hash_answers(folder: Path) -> str:
    """The SHA-256 of the file that `read_recorded` has read."""
    return hashlib.sha256((folder / ANSWERS_NAME).read_bytes()).hexdigest()


def _recorded(row: dict[str, Any]) -> Recorded:
    return Recorded(
        item=row["item_id"],
        prompt=row["prompt"],
        source=row["source"],
        model=row["model"],
        answer=row["answer"],
        wrong=1.0 - row["correct"],
        strong_wrong=1.0 - row["strong_correct"],
        second=read_stated(row["alt_final"] or "", read_question(row["prompt"])),
        signs=Signs(finish=CUT if row["truncated_at_cap"] else ""),
        was_read=row["has_final"],
    )
