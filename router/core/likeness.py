"""How alike two texts are in their words. Pure; no model.

It is an overlap of words and says nothing of meaning: two right answers in different words are unlike, and a wrong
number among right words hardly shows. It is of use for open answers alone, where there is nothing better without a
judge, and then at its lower end: answers that share few words are seldom about the same.
"""

import re
from collections import Counter
from typing import Final

from router.core.folding import fold_text

MOST_CHARS: Final = 100_000
"""So much of a text is looked at."""

_WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|\d+(?:[.,]\d+)*|[^\W\d_]+"
)
"""A word, a number, or a character of a script that puts no blanks between its words."""


def likeness(first: str, second: str) -> float:
    """The share of their words that two texts have in common, from 0 to 1: the F1 score of the one's words as a
    prediction of the other's, each as often as it occurs (ROUGE-1, Lin 2004). Two texts without a word are alike."""
    ours, theirs = _words(first), _words(second)
    total = ours.total() + theirs.total()
    return 2.0 * (ours & theirs).total() / total if total else 1.0


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(fold_text(text[:MOST_CHARS]).casefold()))
