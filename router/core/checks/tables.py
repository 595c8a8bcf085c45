"""Whether the rows of a table have as many cells as its head."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.passages import find_code
from router.core.checks.written import LOOK_BACK, Written
from router.core.verdict import evidence

_RULE: Final = re.compile(r"[ \t>]*+\|?[ \t]*+:?-+:?[ \t]*+(?:\|[ \t]*+:?-+:?[ \t]*+)*+\|?[ \t]*+")
_NEARLY_RULE: Final = re.compile(r"[ \t|:-]{3,}+")
_BROKEN_OFF: Final = re.compile(r"\|[^|\n$]*\|[^\n$]*[^|\s$][ \t]*")
_CODE_SPAN: Final = re.compile(r"`[^`\n]*+`")
_CSV: Final = frozenset({"csv", "tsv"})
MIN_ROWS = 3
"""Rows of separated values from which on it is plain how many there should be."""


def may_hold_table(written: Written) -> bool:
    """Whether a block may hold rows of a table."""
    return "|" in written.text or "```csv" in written.text or "```tsv" in written.text


def has_uneven_rows(written: Written, _limit: float) -> str | None:
    """A row with more or fewer cells than the head of its table, or a rule under it that does not fit."""
    seen = _whole_lines(written)
    for code in find_code(written, _CSV):
        if (odd := _odd_record(code.text, "\t" if code.language == "tsv" else ",")) is not None:
            return evidence(odd)
    if seen and written.is_last and not written.was_cut and _BROKEN_OFF.fullmatch(seen[-1]):
        return evidence(f"the last row breaks off: {seen[-1]}")
    return next((evidence(f"{cells} cells instead of {width}: {row}") for row, cells, width in _odd_rows(seen)), None)


def _whole_lines(written: Written) -> Sequence[str]:
    """The lines that end in a block, with as much before them as checks may see."""
    text = written.before[-LOOK_BACK:] + written.text
    lines = text.split("\n")
    if not written.is_last or written.was_cut:
        lines.pop()
    return lines[1:] if len(written.before) > LOOK_BACK else lines


def _odd_rows(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Rows that do not fit, each with its number of cells and the number it should have."""
    width = 0
    for at, line in enumerate(lines):
        if "|" not in line or (not line.strip() and width):
            width = 0
        elif width:
            cells = _cells(line)
            if cells not in (0, width):
                yield line, cells, width
        elif (
            "---" in line and at and _NEARLY_RULE.fullmatch(line) and "|" in lines[at - 1] and not _RULE.fullmatch(line)
        ):
            yield line, 0, _cells(lines[at - 1])
        elif "-" in line and at and _RULE.fullmatch(line) and "|" in lines[at - 1]:
            width = _cells(lines[at - 1])
            if width and (cells := _cells(line)) != width:
                yield line, cells, width


def _cells(line: str) -> int:
    """How many cells a row has; 0 where bars may mean something else."""
    row = line.strip(" \t>")
    if "`" in row:
        row = _CODE_SPAN.sub("", row)
    row = row.replace("\\|", "").removeprefix("|").removesuffix("|")
    return 0 if "||" in row or ("$" in row and "\\" in row) else row.count("|") + 1


def _odd_record(text: str, separator: str) -> str | None:
    try:
        records = [each for each in csv.reader(text.splitlines(), delimiter=separator) if each]
    except csv.Error:
        return None
    counts = Counter(map(len, records))
    if len(records) < MIN_ROWS or len(counts) == 1 or counts[1]:
        return None
    usual = counts.most_common(1)[0][0]
    odd = next(each for each in records if len(each) != usual)
    return f"{len(odd)} fields instead of {usual}: {separator.join(odd)}"


ROWS: Final = (Check("table", "table rows of differing width", 10.0, may_hold_table, has_uneven_rows, EVERYWHERE),)
