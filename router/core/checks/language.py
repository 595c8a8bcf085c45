"""Checks for answers in a language or a writing system that nobody asked for, as a whole or in between. Pure."""

import re
from collections.abc import Mapping, Sequence, Set
from typing import Final

from router.core.checks.asked import LANGUAGES, asks_for
from router.core.checks.check import Check, Limits
from router.core.checks.prose import words_of
from router.core.checks.written import Written
from router.core.function_words import ENGLISH, FOREIGN
from router.core.scripts import LATIN, writing_of
from router.core.verdict import evidence

FEWEST = 10
"""Small words, or letters of another writing system, below which a language is not sure."""

STRETCH = 30
"""Words of a stretch that is looked at by itself, for a switch in the midst of a block."""

_NAMED = re.compile(
    r"(?i)english|french|german|spanish|italian|portuguese|russian|ukrain|turk|arab|hebrew|persian|hindi|sanskrit|chinese|"
    r"mandarin|cantonese|japan|korea|\bthai|greek|latin\b|translat|pronounc|kanji|pinyin|hangul|hiragana|meaning|literally"
)
NEAR = 80
"""Characters before words of another language within which its name explains them."""

_ASIDE = re.compile(r"[(\[\"'\u2018\u201c\u00ab\uff08\u300c\u300e*_:=/\u2013\u2014-]")
_SPANS: Mapping[str, str] = {
    "greek": r"\u0370-\u03ff\u1f00-\u1fff", "cyrillic": r"\u0400-\u052f", "armenian": r"\u0530-\u058f",
    "hebrew": r"\u05d0-\u05ea", "arabic": r"\u0600-\u06ff", "devanagari": r"\u0900-\u097f", "bengali": r"\u0980-\u09ff",
    "tamil": r"\u0b80-\u0bff", "telugu": r"\u0c00-\u0c7f", "thai": r"\u0e00-\u0e7f", "georgian": r"\u10a0-\u10ff",
    "hangul": r"\uac00-\ud7a3", "kana": r"\u3041-\u30ff", "han": r"\u3400-\u9fff",
}  # fmt: skip
_EAST_ASIAN = frozenset({"han", "kana"})


def _others(home: str) -> re.Pattern[str]:
    """Two letters and more of any writing system but this one."""
    kin = _EAST_ASIAN if home in _EAST_ASIAN else {home}
    spans = "".join([span for name, span in _SPANS.items() if name not in kin])
    return re.compile(f"[{spans}][{spans}\\s.,!?\u3002\u3001\uff0c\u060c]{{1,80}}")


_OTHERS: Final = {home: _others(home) for home in (LATIN, *_SPANS)}
READ = 4000
"""Characters of a prompt that tell its language."""

_MORE = """
    mit im wurde wurden durch zwischen unter gegen ohne vom beim diese dieser dieses waren hatte haben sein seine ihre
    ete entre aussi peut tous comme apres fue fueron sobre tambien desde hasta sido otros la din pe ale sau prin dintre
    fost lor mai acest aceasta da daha gibi kadar olarak sonra tarafindan dal dalla essere stato tra pela foram tambem
    mais werd nog bij tot uit przez jako byl byla ktore od
"""
_OURS: Final = frozenset(word for word in ENGLISH if len(word) > 1)
_THEIRS: Final = frozenset(word for word in (*FOREIGN, *_MORE.split()) if len(word) > 1) - ENGLISH - {"et", "al"}
"""Small words, without letters that are as likely to be signs of formulas, and without those of citations."""

_MOST_GREEK = 6
"""Letters of a Greek run that may be a formula's."""


def drifts(written: Written, limit: float) -> str | None:
    """A block in another language than the prompt, where the prompt does not say why."""
    english, foreign = _counts(written.prose.folded)
    said = _drift_of_script(written)
    if foreign >= limit and foreign > 2 * english and _is_throughout(written.prose.words, limit):
        said = said or _drift_from_english(written, foreign)
    elif english >= 3 * limit and english > 6 * foreign:
        said = said or _drift_to_english(written, english)
    return said


def switches(written: Written, limit: float) -> str | None:
    """A stretch of a block in another language than the rest of it: words of another writing system amid a sentence,
    or `limit` small words of another language together."""
    said = _other_script(written) or _other_words(written, limit)
    return None if said is None or asks_for(written.brief, LANGUAGES) else said


def has_other_letters(written: Written) -> bool:
    """Whether a block may hold more than one language."""
    return len(written.text) >= FEWEST


def _is_throughout(words: Sequence[str], limit: float) -> bool:
    """Whether small words of other languages, not only parts of names, run through a block."""
    uncapitalised = sum(map(_THEIRS.__contains__, words))
    return uncapitalised >= limit and 9 * uncapitalised > len(words)


def _counts(seen: Sequence[str]) -> tuple[int, int]:
    return sum(map(_OURS.__contains__, seen)), sum(map(_THEIRS.__contains__, seen))


def _drift_of_script(written: Written) -> str | None:
    """The writing system of most of a block, where the prompt has nothing of it."""
    if _OTHERS[LATIN].search(written.prose.text) is None:
        return None
    main = writing_of(written.prose.text).scripts[:1]
    asked = writing_of(written.brief.prompt + written.brief.context).scripts
    if not main or not asked or main[0] in (LATIN, *asked) or {main[0], *asked} >= {"han", "kana"}:
        return None
    return None if asks_for(written.brief, LANGUAGES) else f"written in {main[0]}, asked in {asked[0]}"


def _drift_from_english(written: Written, foreign: int) -> str | None:
    english, other = _counts(words_of(written.brief.prompt[:READ]))
    if english < 3 or other * 3 > english or asks_for(written.brief, LANGUAGES):
        return None
    return f"{foreign} small words of another language than the prompt's"


def _drift_to_english(written: Written, english: int) -> str | None:
    asked = written.brief.prompt[:READ]
    words = words_of(asked)
    ours, theirs = _counts(words)
    writing = writing_of(asked)
    is_foreign = (len(_THEIRS.intersection(words)) >= 3 and theirs > 2 * ours) or (
        writing.scripts[:1] not in ((), (LATIN,)) and writing.latin_share < 0.3
    )
    if (
        not is_foreign
        or ours >= 5
        or writing_of(written.prose.text).latin_share < 0.8
        or asks_for(written.brief, LANGUAGES)
    ):
        return None
    return f"{english} small words of English, which the prompt is not in"


def _other_script(written: Written) -> str | None:
    text = written.prose.text
    if _OTHERS[LATIN].search(text) is None:
        return None
    main = next(iter(writing_of(text).scripts), LATIN)
    asked = written.brief.prompt + written.brief.context
    home = {main, *writing_of(asked).scripts}
    for found in _OTHERS.get(main, _OTHERS[LATIN]).finditer(text):
        name = next(iter(writing_of(found.group()).scripts), main)
        if name in home or (name in _EAST_ASIAN and home & _EAST_ASIAN) or _is_explained(text, found.start()):
            continue
        if name != "greek" or len(found.group().strip()) > _MOST_GREEK:
            return f"{name} amid {main}: {evidence(text[max(found.start() - 20, 0) : found.end() + 10])}"
    return None


def _is_explained(text: str, start: int) -> bool:
    is_aside = _ASIDE.search(text, max(start - 4, 0), start) is not None
    return is_aside or _NAMED.search(text, max(start - NEAR, 0), start) is not None


def _other_words(written: Written, limit: float) -> str | None:
    words = written.prose.folded
    foreign = sum(map(_THEIRS.__contains__, words))
    if foreign < limit or not written.prose.is_plain:
        return None
    english = sum(map(_OURS.__contains__, words))
    if english < limit:
        return None
    end, most = _most_together(words, _THEIRS, _OURS) if english >= foreign else _most_together(words, _OURS, _THEIRS)
    if most < (limit if english >= foreign else 2 * limit) or _NAMED.search(written.prose.text):
        return None
    return f"{most} small words of another language: {evidence(' '.join(words[max(end - STRETCH, 0) : end]))}"


def _most_together(words: Sequence[str], theirs: Set[str], ours: Set[str]) -> tuple[int, int]:
    """Where the most words of `theirs` stand with the fewest of `ours` among them, and how many more they are."""
    most = end = more = 0
    for place, word in enumerate(words, 1):
        more = max(more + (word in theirs) - (word in ours), 0)
        if more > most:
            most, end = more, place
    return end, most


DRIFT: Final[Limits] = {"light": 12.0, "standard": 4.0, "strict": 4.0}
SWITCH: Final[Limits] = {"light": 10.0, "standard": 6.0, "strict": 5.0}

ROWS: Final = (
    Check("language", "another language than the prompt's", 15.0, has_other_letters, drifts, DRIFT),
    Check("language_switch", "a switch of language in between", 6.0, has_other_letters, switches, SWITCH),
)
