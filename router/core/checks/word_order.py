"""Whether words stand in the order of sentences: capitals after full stops, and small words before what they may be
before. Shuffled words break all of it; lists, headings and names break little. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from itertools import pairwise
from typing import Final

from router.core.checks.asked import NONSENSE, asks_for
from router.core.checks.check import Check, Limits
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
_NEVER: Final = frozenset(
    (first, second)
    for before, after in (
        (
            "the an my your our their its every",
            "of and or is are was were to for that it be by from with the a an as at has have had will would can could "
            "this these they he she we i you been their its his not but if than in on",
        ),
        ("of into", "and or is are was were of to from by at will has have can be for with in"),
        ("for with from at by", "of is are was were will has have can be"),
        ("and", "and or"),
        ("is are was were", "is are was were have has will"),
        ("to", "and is are was of to for has"),
        (
            "ein eine einen einem einer dem des im zum zur beim vom",
            "und oder ist sind war wird werden nicht von zu auf mit dass aber hat wurde der die das ein im",
        ),
        ("un une des du aux cette", "et est de la le les des que qui dans par pour a sont ou un une du au en à"),
        ("el los un una del al las", "y o es en con por para se un una el los las del al son fue pero"),
        ("il gli un una del della nel nella dei alla", "e è di in con per il la un una del della che non sono ma"),
        ("um uma os do da dos das no na ao", "e é de em com por para um uma o os do da não são mas foi"),
        ("het een", "en is van in met het een de zijn op die dat te voor aan werd"),
        ("के की का", "के की का में से को ने पर है हैं था और"),
        ("में को ने", "के की का में को ने"),
        ("в на с из от для при к", "в на с из от для и не но это как к был"),
        ("bir", "ve bir ile için da de olarak"),
        ("في من على إلى عن", "في على إلى و كان"),
        ("της των τον την στο στη στην", "και του της των να με από για που είναι στο στη το ο η οι"),
        ("các những một", "và là của các những một được đã cho với trong"),
        ("în cu pe pentru", "în cu pentru este sunt și"),
    )
    for first in before.split()
    for second in after.split()
)
"""Small words, and those that no sentence of their language has next."""

_AFTER_STOP = re.compile(r"\. [^\W\d_A-Z]")


def is_out_of_order(written: Written, limit: float) -> str | None:
    """As many signs of broken order within `NEAR` words as the limit."""
    if not written.prose.is_plain or len(written.prose.words) < FEWEST:
        return None
    words = written.prose.text.replace("\n", " \n ").split(" ")
    if _AFTER_STOP.search(written.prose.text) is None and _NEVER.isdisjoint(pairwise(words)):
        return None
    places = [place for place, pair in enumerate(pairwise(words)) if _is_sign(*pair)]
    for first, last in zip(places, places[int(limit) - 1 :], strict=False):
        if last - first <= NEAR and not asks_for(written.brief, NONSENSE):
            return evidence("; ".join([" ".join(words[place : place + 2]) for place in places[:4]]))
    return None


def has_blanks(written: Written) -> bool:
    """Whether words stand apart at all."""
    return " " in written.text


def _is_sign(first: str, second: str) -> bool:
    """Whether no sentence has this word before that."""
    if second in _OPENERS:
        return first.isalpha() and first.islower() and len(first) > 3
    if first[-1:] == ".":
        return second[:1].islower() and second.strip(",.").isalpha() and _closes_sentence(first)
    if second[-1:] == "." and second[:-1].isdigit() and len(second) < 3:
        return first.isascii() and first.isalpha() and first.islower() and len(first) > 3 and first not in _COUNTED
    return (first, second) in _NEVER


def _closes_sentence(word: str) -> bool:
    stem = word[:-1].lower()
    return len(stem) >= 3 and stem.isalpha() and stem not in _ABBREVIATED


_COUNTED: Final = frozenset(
    """step question part chapter page section item number figure table line index through becomes about than from over
    version""".split()
)
"""Words that a number with a full stop may come after."""

SIGNS: Final[Limits] = {"light": 6.0, "standard": 3.0, "strict": 2.0}

ROWS: Final = (Check("word_order", "words in the order of no sentence", 13.0, has_blanks, is_out_of_order, SIGNS),)
