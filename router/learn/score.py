"""Scores requests one after another: a line for each, in order, also for what is no request."""

from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from msgspec import Struct
from msgspec.json import Encoder

from router.core.errors import FileError
from router.core.heads import Heads
from router.core.judgement import gather_evidence, judge
from router.core.prompt_reader import read_prompt
from router.core.values import ChatRequest

UNJUDGED: Final = ("difficulty", "stakes", "task", "answer_tokens")


class Scored(Struct, frozen=True):
    """How many rows were written, and how many of them are about what is no request."""

    rows: int
    bad: int


def write_scores(heads: Heads, rows: Iterable[ChatRequest | FileError], file: BinaryIO) -> Scored:
    """Writes a line of JSON for each row. Raises OSError, and what reading the rows raises."""
    encode, written, bad = Encoder().encode, 0, 0
    for row in rows:
        file.write(encode(score_row(heads, row)) + b"\n")
        written, bad = written + 1, bad + isinstance(row, FileError)
    return Scored(written, bad)


def score_row(heads: Heads, row: ChatRequest | FileError) -> dict[str, Any]:
    """The line for a row. One that is no request abstains on everything and says why in `error`."""
    if not isinstance(row, FileError):
        return judge(gather_evidence(heads, read_prompt(row), row.max_tokens)).as_dict()
    return {
        "difficulty": None,
        "difficulty_band": None,
        "stakes": None,
        "stakes_band": None,
        "stakes_domain": "",
        "task": "",
        "answer_tokens": {"p50": None, "p90": None},
        "abstained": list(UNJUDGED),
        "reasons": [],
        "error": row.message,
    }
