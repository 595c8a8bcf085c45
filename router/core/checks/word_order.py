"""Whether words stand in the order of sentences: capitals after full stops, and small words before what they may be
before. Shuffled words break all of it; lists, headings and names break little. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from collections.abc import Sequence
from itertools import pairwise
from operator import add, sub
from typing import Final

from router.core.checks.asked import NONSENSE, asks_for
from router.core.checks.check import Check, Limits
from router.core.checks.tongues import tags_of
from router.core.checks.vocabulary import are_neighbours, never_meet
from router.core.checks.written import Written
from router.core.verdict import evidence

FEWEST = 10
"""Words below which order says too little."""

NEAR = 60
"""Words within which signs of broken order count together."""

_ABBREVIATED: Final = frozenset(
    """e.g i.e etc vs cf al approx no fig eq vol pp ca dr mr mrs ms st jr inc ltd co dept est resp min max ex incl
    z.b d.h u.a bzw usw ggf ca nr vgl p.ej ej pág núm sr sra dra n.b a.m p.m u.s u.k ph.d т.е т.д т.п т.к др г гг см
    напр     np tzw itd itp m.in por enz bijv vb vs örn yy cad dott sig ing prof gen col adj adv sing pl lit
    orig""".split()
)
_OPENERS: Final = frozenset(
    """The This These It They There In If When However We She That Its Their You For As At By But And
    Es Ein Eine Wenn Wir Diese Dieser Aber Und Ich Il Elle Ils Une Cette Dans Pour Nous
    En Una Este Esta Para Por Se Lo Gli Nel Per Questo Questa Sono De Het Een O Os As Uma Um No Na Em
    В На И Но Это Он Она Они Если Для По Как Bir Bu Ve Într Această Acest Στο Το Η Ο Οι Ένα Και Một Các Những Khi
    Trong""".split()
)
_AFTER_STOP = re.compile(r"\. [^\W\d_A-Z]")
SHORT = 3
LONGEST = 19
"""Words that hardly a sentence of the languages below has without a small one of at most `SHORT` letters or a mark
among them."""

_LOOSE: Final = frozenset("en de fr es it pt nl ro sv da no".split())
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
FEWEST_PAIRS, MOST_PAIRS = 40, 160
"""Pairs of characters that say something, and those that are looked at."""

USUAL_SHARES: Final = (
    (re.compile("[\uac00-\ud7af]"), 0.5),
    (re.compile("[\u3040-\u30ff]"), 0.42),
    (re.compile("[\u0e00-\u0e7f]"), 0.08),
    (re.compile(""), 0.7),
)
"""Shares of pairs never seen below which sensible text stays: Korean, Japanese, Thai, Chinese."""


def is_out_of_order(written: Written, limit: float) -> str | None:
    """As many signs of broken order within `NEAR` words as the limit."""
    if not written.prose.is_plain or len(written.prose.words) < FEWEST:
        return None
    words = written.prose.text.replace("\n", " \n ").split(" ")
    small = [place for place, tag in enumerate(tags_of(words)) if tag]
    short = [place for place in small if len(words[place]) <= SHORT]
    salad = _salad(words, short) if written.prose.language in _LOOSE else None
    if salad is not None:
        return None if asks_for(written.brief, NONSENSE) else f"no small words: {evidence(salad)}"
    places = _places(words, small, written.prose.text)
    for first, last in zip(places, places[int(limit) - 1 :], strict=False):
        if last - first <= NEAR and not asks_for(written.brief, NONSENSE):
            return evidence("; ".join([" ".join(words[place : place + 2]) for place in places[:4]]))
    return None


def is_jumbled(written: Written, limit: float) -> str | None:
    """Characters of scripts without blanks that stand beside each other where no text has them: `limit` times as many
    as rare names make."""
    runs = _UNSPACED.findall(written.prose.text)
    pairs = [pair for run in runs for pair in map(add, run, run[1:])][:MOST_PAIRS]
    if len(pairs) < FEWEST_PAIRS:
        return None
    odd = sum([not are_neighbours(pair) for pair in pairs]) / len(pairs)
    usual = next(share for pattern, share in USUAL_SHARES if pattern.search("".join(runs)))
    if odd < limit * usual or asks_for(written.brief, NONSENSE):
        return None
    return f"{odd:.0%} of neighbours were never seen together: {evidence(runs[0])}"


def has_unspaced(written: Written) -> bool:
    """Whether there is a script without blanks between words, or with syllables."""
    return not written.text.isascii() and _UNSPACED.search(written.text) is not None


def has_blanks(written: Written) -> bool:
    """Whether words stand apart at all."""
    return " " in written.text


def _salad(words: Sequence[str], small: Sequence[int]) -> str | None:
    """Many words on end without a small one, a mark or a capital among them."""
    edged = [-1, *small, len(words)]
    if max(map(sub, edged[1:], edged)) <= LONGEST:
        return None
    for start, end in pairwise(edged):
        stretch = [word for word in words[start + 1 : end] if word]
        most = run = 0
        for word in stretch:
            run = run + 1 if word.isalpha() else 0
            most = max(most, run)
        if most >= LONGEST and 5 * sum(map(str.islower, stretch)) >= 4 * len(stretch):
            return " ".join(stretch)
    return None


def _places(words: Sequence[str], small: Sequence[int], text: str) -> list[int]:
    """Where a word comes after one that no sentence has before it."""
    clashes = [at for at, after in pairwise(small) if after - at == 1 and never_meet(words[at], words[after])]
    if not clashes and _AFTER_STOP.search(text) is None:
        return []
    return sorted({*clashes, *[place for place, pair in enumerate(pairwise(words)) if _is_sign(*pair)]})


def _is_sign(first: str, second: str) -> bool:
    """Whether no sentence has this word before that."""
    if second in _OPENERS:
        return first.isalpha() and first.islower() and len(first) > 3
    if first[-1:] == ".":
        return second[:1].islower() and second.strip(",.").isalpha() and _closes_sentence(first)
    if second[-1:] == "." and second[:-1].isdigit() and len(second) < 3:
        return first.isascii() and first.isalpha() and first.islower() and len(first) > 3 and first not in _COUNTED
    return False


def _closes_sentence(word: str) -> bool:
    stem = word[:-1].lower()
    return len(stem) >= 3 and stem.isalpha() and stem not in _ABBREVIATED


_COUNTED: Final = frozenset(
    """step question part chapter page section item number figure table line index through becomes about than from over
    version""".split()
)
"""Words that a number with a full stop may come after."""

SIGNS: Final[Limits] = {"light": 6.0, "standard": 3.0, "strict": 2.0}
JUMBLED: Final[Limits] = {"light": 1.3, "standard": 1.0, "strict": 1.0}

ROWS: Final = (
    Check("word_order", "words in the order of no sentence", 25.0, has_blanks, is_out_of_order, SIGNS),
    Check("character_order", "characters in the order of no word", 30.0, has_unspaced, is_jumbled, JUMBLED),
)
