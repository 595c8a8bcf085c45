"""Words of code that are keywords or names of it with two letters swapped: a slip that no author makes and runs."""

import re
from collections import Counter
from typing import Final

from router.core.checks.check import Check
from router.core.checks.code_marks import FAMILY
from router.core.checks.passages import find_code, has_code
from router.core.checks.slips import swaps_of
from router.core.checks.written import Written
from router.core.verdict import evidence

LANGUAGES: Final = FAMILY | {"python", "py", "python3", "py3"}
MAX_CHARS = 20_000
"""Longer code is not read."""

MIN_LETTERS = 5
"""Names shorter than this are swaps of each other by chance."""

_KEYWORDS: Final = (
    "return function import class while else elif except raise const struct static void yield with async await "
    "switch case break continue "
    "default public private protected interface extends implements package namespace template typename include "
    "define lambda "
    "finally export throw catch print self this True False None true false null undefined string double float "
    "boolean require "
    "module console document window typeof instanceof delete range enumerate isinstance append extend split "
    "strip replace"
).split()
_NO_SLIPS: Final = frozenset(
    "form trial trail angle angel casual causal united untied quiet quite sign sing lair liar tow".split()
)
_SHORT_SLIPS: Final = {"ofr": "for", "rty": "try", "tyr": "try", "dfe": "def", "edf": "def", "nto": "not", "nad": "and"}
_LONG: Final = [word for word in _KEYWORDS if len(word) > 3]
_SWAPPED: Final = {slip: word for word in _LONG for slip in swaps_of(word) if slip not in _NO_SLIPS} | _SHORT_SLIPS

_SKIPPED: Final = (
    r'"""(?:[\s\S]*?"""|[\s\S]*)|"(?:[^"\\\n]|\\.){0,500}+"|/\*(?:[\s\S]*?\*/|[\s\S]*)|`[^`]{0,4000}+`|//[^\n]*|#[^\n]*|'
    r"'''(?:[\s\S]*?'''|[\s\S]*)|'(?:[^'\\\n]|\\.){0,300}+'"
)
_WORD: Final = re.compile(rf"{_SKIPPED}|(?P<word>[A-Za-z_]\w{{2,40}})")


def has_swapped_letters(written: Written, _limit: float) -> str | None:
    """A word in code that is a keyword, or a name used elsewhere in it, but for two letters in the wrong order."""
    for code in find_code(written, LANGUAGES):
        counts = Counter(found["word"] for found in _WORD.finditer(code.text[:MAX_CHARS]) if found["word"])
        for word, count in counts.items():
            right = _SWAPPED.get(word)
            if right is None and count == 1 and len(word) >= MIN_LETTERS and word not in _NO_SLIPS:
                right = next((swap for swap in swaps_of(word) if counts[swap] > 1), None)
            if right is not None and not counts[word] > 1:
                return evidence(f"{word} for {right}")
    return None


ROWS: Final = (
    Check(
        "code_words",
        "words of code with two letters swapped",
        40.0,
        has_code,
        has_swapped_letters,
        {"standard": 0.0, "strict": 0.0},
    ),
)
