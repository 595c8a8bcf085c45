"""Where a text may be cut at all: nowhere amid a word, a number, an escape or a character. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
import unicodedata
from typing import Final

_HELD_TOGETHER: Final = frozenset("\u00a0\u2007\u202f")
"""Blanks at which nothing breaks: they stand inside numbers and before marks."""

_DIGIT_GROUPS = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)")
_OPEN_TAG = re.compile(r"(?:<[A-Za-z/!][^<>\n]*|\]\([^()\n]*)\Z")
_LONGEST_OPENING: Final = 256
_LONGEST_NUMBER: Final = 24

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_UNSPACED = re.compile(f"[{_HAN}\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe]")
"""Han and kana: written without blanks, and read character by character."""

_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30fe]")
_COUNTS: Final = frozenset("〇零一二三四五六七八九十百千万萬億亿兆两兩点點")
_OPENING: Final = frozenset("「『（《〈【〔“‘")
_CLOSING: Final = frozenset("、，。！？；：」』）》〉】〕”’…")
_LATE_VOWELS: Final = frozenset("\u0e33\u0eb3")
"""Letters by their category that join the one before them all the same."""


def joins(text: str, at: int) -> bool:
    """Whether what stands on either side of an offset makes one character together, as far as that is possible between
    what may be cut: next to blanks, marks and letters (Unicode Standard Annex 29, rules GB9 to GB9b)."""
    after, before = text[at], text[at - 1]
    if after.isascii() and before.isascii():
        return after == "\n" and before == "\r"
    if unicodedata.category(before) == "Cf":
        return True
    kind = unicodedata.category(after)
    is_tone = "\U0001f3fb" <= after <= "\U0001f3ff" or after in "\uff9e\uff9f"
    return kind[0] == "M" or kind == "Cf" or is_tone or after in _LATE_VOWELS


def last_seam(text: str, at: int, since: int) -> int:
    """The last offset up to `at`, and after `since`, at which a text may be cut; `since` where there is none."""
    return next((each for each in range(min(at, len(text) - 1), since, -1) if is_seam(text, each)), since)


def is_seam(text: str, at: int) -> bool:
    """Whether a text may be cut at an offset inside it: before the blank that ends a word, or between characters of
    writing that has no blanks."""
    after, before = text[at], text[at - 1]
    if after.isspace():
        return not before.isspace() and after not in _HELD_TOGETHER and is_whole(text, at) and not _is_inside(text, at)
    return not after.isascii() and _may_part(before, after) and not joins(text, at)


def is_whole(text: str, at: int) -> bool:
    """Whether no escape and no character is cut at an offset."""
    head = text[max(0, at - _LONGEST_OPENING) : at]
    return (len(head) - len(head.rstrip("\\"))) % 2 == 0 and not joins(text, at)


def _is_inside(text: str, at: int) -> bool:
    """Whether a number that is written in groups, or a tag or the address of a link, goes on."""
    start = max(0, at - _LONGEST_NUMBER)
    if text[at - 1].isdigit() and any(
        found.start() < at < found.end() for found in _DIGIT_GROUPS.finditer(text, start, at + _LONGEST_NUMBER)
    ):
        return True
    return _OPEN_TAG.search(text, max(0, at - _LONGEST_OPENING), at) is not None


def _may_part(before: str, after: str) -> bool:
    if not (_UNSPACED.match(after) or after in _OPENING) or not (_UNSPACED.match(before) or before in _CLOSING):
        return False
    if before in _COUNTS and after in _COUNTS:
        return False
    return after != "ー" and not (_KATAKANA.match(before) and _KATAKANA.match(after))
