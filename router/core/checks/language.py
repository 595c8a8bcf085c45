"""Checks for answers in a language or a writing system that nobody asked for, as a whole or in between. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from router.core.checks.asked import LANGUAGES, asks_for
from router.core.checks.asked_language import wanted_language
from router.core.checks.check import Check, Limits
from router.core.checks.prose import Prose, read_prose
from router.core.checks.tongues import KIN, Tag, count_apart
from router.core.checks.written import Written
from router.core.scripts import LATIN, writing_of
from router.core.verdict import evidence

FEWEST = 10
"""Small words, or letters of another writing system, below which a language is not sure."""

FEWEST_ASKED = 2
"""Small words of a prompt from which on its language is sure."""

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
MOST_LATIN = 0.25
"""Share of Latin letters, as of names, that another writing system has among its own."""

READ = 1200
"""Characters of a prompt that tell its language."""

_MOST_GREEK = 6
"""Letters of a Greek run that may be a formula's."""


def drifts(written: Written, limit: float) -> str | None:
    """A block in another language than the prompt, where the prompt does not say why, or in another one than it asks
    for."""
    prose = written.prose
    wanted = wanted_language(written.brief.prompt)
    if wanted:
        return _is_not_in(written, wanted, limit)
    said = _drift_of_script(written)
    if said is None and prose.languages.get(prose.language, 0) >= limit:
        said = _drift_of_words(written, limit)
    return None if said is None or asks_for(written.brief, LANGUAGES) else said


def switches(written: Written, limit: float) -> str | None:
    """A stretch of a block in another language than the rest of it: words of another writing system amid a sentence,
    or `limit` small words of another language together."""
    said = _other_script(written) or _other_words(written, limit)
    return None if said is None or asks_for(written.brief, LANGUAGES) else said


def has_other_letters(written: Written) -> bool:
    """Whether a block may hold more than one language."""
    return len(written.text) >= FEWEST


def _drift_of_script(written: Written) -> str | None:
    """The writing system of most of a block, where the prompt has nothing of it."""
    if _OTHERS[LATIN].search(written.prose.text) is None:
        return None
    main = writing_of(written.prose.text).scripts[:1]
    asked = writing_of(written.brief.prompt + written.brief.context).scripts
    if not main or not asked or main[0] in (LATIN, *asked) or {main[0], *asked} >= {"han", "kana"}:
        return None
    return f"written in {main[0]}, asked in {asked[0]}"


def _drift_of_words(written: Written, limit: float) -> str | None:
    """Small words of another language than the prompt's run through a block."""
    prose, main = written.prose, written.prose.language
    asked = _read_asked(written.brief.prompt[:READ])
    home = asked.language
    if not home:
        return _drift_to_latin(written, limit)
    if main == home or asked.languages.get(home, 0) < FEWEST_ASKED or KIN.get(main, main) == KIN.get(home, home):
        return None
    theirs, ours = count_apart(prose.counts, main, home)
    asked_theirs, asked_ours = count_apart(asked.counts, main, home)
    is_foreign = prose.is_plain and theirs >= limit and theirs > 3 * ours and 9 * theirs > len(prose.words)
    if not is_foreign or asked_ours < FEWEST_ASKED or 3 * asked_theirs > asked_ours:
        return None
    return f"{theirs} small words of {main}, asked in {home}"


def _drift_to_latin(written: Written, limit: float) -> str | None:
    """A language in Latin letters, where the prompt has hardly any of them."""
    asked = writing_of(written.brief.prompt[:READ])
    if asked.scripts[:1] in ((), (LATIN,)) or asked.latin_share > MOST_LATIN or not written.prose.is_plain:
        return None
    main = written.prose.language
    if written.prose.languages[main] < 3 * limit or writing_of(written.prose.text).latin_share < 1 - MOST_LATIN:
        return None
    return f"{written.prose.languages[main]} small words of {main}, asked in {asked.scripts[0]}"


@lru_cache(maxsize=64)
def _read_asked(prompt: str) -> Prose:
    """The prose of a prompt: read once for all of its blocks."""
    return read_prose(prompt, "")


def _is_not_in(written: Written, wanted: str, limit: float) -> str | None:
    """A whole answer without anything of the language that the prompt wants it in."""
    prose = written.prose
    if not written.is_last or written.before or len(prose.words) < FEWEST // 2:
        return None
    if wanted in _SPANS:
        has_some = re.search(f"[{_SPANS[wanted]}]", written.text) is not None
        return None if has_some else f"no letter in {wanted}, which was asked for"
    theirs, ours = count_apart(prose.counts, prose.language, wanted) if prose.language else (0, 0)
    if KIN.get(wanted, wanted) == KIN.get(prose.language, prose.language) or theirs < limit or 6 * ours > theirs:
        return None
    return f"{theirs} small words of {prose.language}, asked for in {wanted}"


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
    prose, main = written.prose, written.prose.language
    if not prose.is_plain or prose.languages.get(main, 0) < limit:
        return None
    if sum([count for tag, count in prose.counts.items() if tag and main not in tag]) < limit:
        return None
    for other, count in prose.languages.items():
        if count < limit:
            return None
        if KIN.get(other, other) == KIN.get(main, main) or count_apart(prose.counts, other, main)[0] < limit:
            continue
        end, most = _most_together(prose.tags, other, main)
        if most >= limit and _NAMED.search(prose.text) is None:
            found = " ".join(prose.words[max(end - STRETCH, 0) : end])
            return f"{most} small words of {other} amid {main}: {evidence(found)}"
    return None


def _most_together(tags: Sequence[Tag], other: str, main: str) -> tuple[int, int]:
    """Where the most words of one language stand with the fewest of the main one among them, and how many more."""
    most = end = more = 0
    for place, languages in enumerate(tags, 1):
        if languages:
            is_main = main in languages
            more = max(more + (other in languages and not is_main) - is_main, 0)
            if more > most:
                most, end = more, place
    return end, most


DRIFT: Final[Limits] = {"light": 12.0, "standard": 4.0, "strict": 4.0}
SWITCH: Final[Limits] = {"light": 10.0, "standard": 6.0, "strict": 5.0}

ROWS: Final = (
    Check("language", "another language than the prompt's", 5.0, has_other_letters, drifts, DRIFT),
    Check("language_switch", "a switch of language in between", 5.0, has_other_letters, switches, SWITCH),
)
