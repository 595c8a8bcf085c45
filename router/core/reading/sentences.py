"""Where sentences and lines of prose end for certain. Pure.

An end is the offset right after the last mark of a sentence, or the last character of a line that is no blank: what
follows begins with its own blank, as tokens do.

INVARIANT: what is an end stays one however the text goes on, and nothing becomes one that stands before it.
"""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from collections.abc import Iterator
from typing import Final

from router.core.reading.seams import is_whole

_CLOSERS = "”’»)\\]}」』）】》〉"
_ENDS = re.compile(
    f"(?P<line>(?<=\\S)[^\\S\\n]*\\n)|(?P<mark>[.!?…]+)[{_CLOSERS}\"'*_`]*|(?P<full>[。！？｡।॥؟۔։።]+)[{_CLOSERS}]*"
)
_LINE = re.compile(r"(?<=\S)[^\S\n]*\n")
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*\Z")
_BULLET = re.compile(r"[ \t>*_#-]*(?:\d{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,5})\Z")
_LONGEST_WORD: Final = 40

_TITLES: Final = frozenset(
    """mr mrs ms dr prof st sr jr mme mlle sra srta dra hr fr gen col capt lt sgt rev hon gov sen rep pres vs cf approx
    resp bzw usw inkl evtl ggf vgl ca sog viz al""".split()
)
"""Abbreviations after which a sentence goes on with a capital letter."""

_BEFORE_NUMBERS: Final = frozenset("no nr nos fig figs eq eqs sec vol pp art ch chap abb tab núm num р стр рис".split())


def ends(text: str, start: int) -> Iterator[int]:
    """The ends of sentences and lines from `start` on, in their order; one may come twice."""
    start = _start_of_marks(text, start)
    for found in _ENDS.finditer(text, start):
        if found["line"] is not None:
            if is_whole(text, found.start()):
                yield found.start()
        elif found["full"] is not None:
            if found.end() < len(text) and is_whole(text, found.end()):
                yield found.end()
        elif _ends_sentence(text, found.start(), found.end("mark"), found.end()):
            yield found.end()


def line_ends(text: str, start: int) -> Iterator[int]:
    """The ends of lines from `start` on, in their order."""
    start = _start_of_marks(text, start)
    return (found.start() for found in _LINE.finditer(text, start) if is_whole(text, found.start()))


def _start_of_marks(text: str, at: int) -> int:
    """Where to begin so that marks in a row, and blanks, are seen whole."""
    while at and not text[at - 1].isalnum():
        at -= 1
    return at


def _ends_sentence(text: str, mark: int, after_mark: int, end: int) -> bool:
    """Whether the sentence is over after marks that stand in other places, too: a new one begins after a blank."""
    if end >= len(text) or not text[end].isspace() or not mark or text[mark - 1].isspace():
        return False
    rest = text[end : end + _LONGEST_WORD].lstrip()
    if not rest or rest[0].islower() or rest[0] in ".!?…,;:" or not is_whole(text, end):
        return False
    return text[mark:after_mark] != "." or not _is_abbreviated(text, mark, rest[0])


def _is_abbreviated(text: str, mark: int, follows: str) -> bool:
    """Whether a full stop belongs to an abbreviation, to an initial or to the number of a list."""
    start = max(0, mark - _LONGEST_WORD)
    line = max(start, text.rfind("\n", start, mark) + 1)
    if _BULLET.match(text, line, mark):
        return True
    found = _LAST_WORD.search(text, start, mark)
    if found is None:
        return False
    word = found.group().lower()
    is_initials = all(len(part) == 1 and part.isalpha() for part in word.split("."))
    return is_initials or word in _TITLES or (word in _BEFORE_NUMBERS and follows.isdigit())
