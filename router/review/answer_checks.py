"""What the gate says of recorded answers: checks of the whole and of the first block, the final answer, the doubt."""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Final

from msgspec import Struct
from msgspec.json import Encoder

from router.core.checks.table import CheckSet, judge
from router.core.checks.written import Brief, Written
from router.core.doubt.estimate import Scorers, Signs, doubt_of
from router.core.doubt.final_answer import find_final
from router.core.errors import FileError
from router.core.scripts import writing_of
from router.core.verdict import Verdict
from router.review.answers_file import AnswerRow

BLOCK_TOKENS: Final = 256
"""The canvas of the fast engine, and so the length of a first block."""

SAMPLE_CHARS: Final = 1_024
"""Characters at the beginning of an answer that tell its writing system."""

CHARS_PER_TOKEN: Final[Mapping[str, float]] = {"latin": 4.0, "han": 1.5, "kana": 1.5, "hangul": 1.5, "thai": 2.0}
OTHER_CHARS_PER_TOKEN: Final = 2.5
"""About what tokenizers of today's models make of text: near enough to know where a block ends."""


class Checked(Struct, frozen=True):
    """How many rows were written, how many of them were rejected, had an opinion on doubt, and were no answers."""

    rows: int = 0
    rejected: int = 0
    doubted: int = 0
    bad: int = 0


def write_checks(scorers: Scorers, checks: CheckSet, rows: Iterable[AnswerRow | FileError], file: BinaryIO) -> Checked:
    """Writes a line of JSON for each row. Raises OSError, and what reading the rows raises."""
    encode, written, rejected, doubted, bad = Encoder().encode, 0, 0, 0, 0
    for row in rows:
        line = check_row(scorers, checks, row)
        file.write(encode(line) + b"\n")
        written += 1
        rejected += line["rejected"]
        doubted += line["doubt"] is not None
        bad += isinstance(row, FileError)
    return Checked(written, rejected, doubted, bad)


def check_row(scorers: Scorers, checks: CheckSet, row: AnswerRow | FileError) -> dict[str, Any]:
    """The line for a row. One that is no answer is rejected by nothing and says why in `error`."""
    if isinstance(row, FileError):
        return {
            **_as_dict(Verdict()),
            "doubt": None,
            "final": None,
            "first_block": _as_dict(Verdict()),
            "error": row.message,
        }
    thought = doubt_of(scorers, row.prompt, row.answer, Signs(finish=row.finish))
    final = thought.final or find_final(row.answer, thought.question)
    return {
        **_as_dict(judge(whole_of(row), checks)),
        "doubt": thought.doubt,
        "final": None if final is None else final.shown,
        "first_block": _as_dict(judge(first_block_of(row), checks)),
    }


def whole_of(row: AnswerRow) -> Written:
    """An answer as its last block's checks see it."""
    return Written(Brief(row.prompt, task=row.task), row.answer, finish=row.finish or "stop")


def first_block_of(row: AnswerRow) -> Written:
    """The first block of an answer, cut where BLOCK_TOKENS are about full; the whole answer where it is no longer."""
    scripts = writing_of(row.answer[:SAMPLE_CHARS]).scripts
    per_token = CHARS_PER_TOKEN.get(scripts[0], OTHER_CHARS_PER_TOKEN) if scripts else CHARS_PER_TOKEN["latin"]
    size = round(BLOCK_TOKENS * per_token)
    if len(row.answer) <= size:
        return whole_of(row)
    return Written(Brief(row.prompt, task=row.task), row.answer[:size], is_last=False, finish="")


def _as_dict(verdict: Verdict) -> dict[str, Any]:
    return {"rejected": not verdict.is_accepted, "reasons": list(verdict.reasons)}
