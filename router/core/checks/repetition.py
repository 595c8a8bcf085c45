"""Checks for text that says itself again: loops within a block and across its seam, and doubled sentences. Linear.

A loop is the same stretch of words several times with nothing between. Parallel lists, tables and refrains hold other
words between what they share, or are asked for.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from router.core.checks.asked import REPEATING, VERSE, asks_for
from router.core.checks.check import EVERYWHERE, Check, Limits, always
from router.core.checks.prose import Prose, without_code
from router.core.checks.written import Written
from router.core.verdict import evidence

SEAM = 200
"""Characters before a block within which it may go on with what stands there already."""

GRAM = 3
"""Words, or characters where there are no words, that must come again for a stretch to be one of a loop."""

OFTEN = 7
"""Times on end that no refrain has."""

LONG, VERY_LONG = 40, 150
"""Words of a stretch, in prose and elsewhere, of which once more is too often."""

SAME_LINES = 5
SHORTEST_LINE = 10
"""Times that no line of so many characters stands on end, not even in code or in tables."""

TOO_OFTEN = 40
"""Times on end that not even a number stands in prose."""

_COUNTING = re.compile(r"(?:^[ \t]*\(?\d{1,4}[.):]?[ \t]*\n){12}|(?:\b\d{1,4}, ){60}", re.MULTILINE)
_SYLLABLES = re.compile(r"([^\W\d_]{2,5})\1{11}")
_NUMBERS_WANTED = re.compile(r"(?i)number|count|list|range|sequence|prime|sort|digit|array|table|data|to \d\d|\d\d+")
_RUN = re.compile(r"([^\W\d_xXfFA])\1{15,}|([!?,;:'\"])\2{14,}|([^\w\s.=*#~_\u2500-\u25ff-])\3{39,}")
_BLANKS = ("\n" * 15, " " * 300)
_RUNS = (b"a" * 16, b"A" * 16, b"0" * 16, b"." * 15, b";" * 15, b"?" * 15)
_LONG_WORD = b"a" * 23
_MANY_DIGITS = 20
WORDY = re.compile(r"[^\W\d_]{2}")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
LISTED = re.compile(r"^\s*(?:[-*+\u2022|>]|\d{1,3}[.):])")
_VERSE = re.compile(r"(?i)chorus|verse \d|refrain|\blyrics\b")


def loops(written: Written, limit: float) -> str | None:
    """A stretch of words that stands there `limit` times on end (twice as often where it takes whole lines, or is of
    a word or two), or a long one in prose that stands there twice."""
    joined = written.before[-SEAM:] + written.text
    found = _same_lines(joined)
    if found is None and _comes_again(joined.split()):
        words = joined.replace("\n", " \n ").split(" ")
        found = _loop(words, limit, LONG if written.prose.is_plain else VERY_LONG)
    if found is None:
        found = _loop_but_for_numbers(written.prose, limit)
    if found is None and _is_unspaced(joined):
        characters = [letter for letter in joined if not letter.isspace()]
        found = _loop_of_characters(characters, limit) if _comes_again(characters) else None
    if found is None or asks_for(written.brief, REPEATING) or (_is_verse(written) and joined.count(found) < OFTEN):
        return None
    return f"again and again: {evidence(found)}"


def runs_on(written: Written, _limit: float) -> str | None:
    """One character over and over, or nothing but blank lines."""
    found = _run_of(written.prose) or next((blank for blank in _BLANKS if blank in written.text), None)
    if found is None:
        return _counts_on(written)
    return None if is_wanted(written) else f"at least {len(found)} times {found[:1]!r}"


def _counts_on(written: Written) -> str | None:
    """Numbers or a syllable on and on."""
    prose = written.prose
    found = _COUNTING.search(prose.text) if prose.shape.count(b"0") >= _MANY_DIGITS else None
    if found is not None and not asks_for(written.brief, _NUMBERS_WANTED):
        return f"counts on and on: {evidence(found.group())}"
    found = _SYLLABLES.search(prose.text) if _LONG_WORD in prose.shape else None
    return None if found is None or is_wanted(written) else f"again and again: {evidence(found.group())}"


def repeats_sentences(written: Written, limit: float) -> str | None:
    """A sentence that follows itself at once, or stands in the block more often than the limit."""
    sentences = _sentences(without_code(written.text, written.lately))
    if len(set(sentences)) == len(sentences):
        return None
    again = [first for first, second in pairwise(sentences) if first == second]
    doubled = [each for each in again if _is_sentence(each)]
    if not doubled and len(sentences) - len(set(sentences)) >= limit:
        spoken = Counter(filter(_is_sentence, sentences))
        doubled = [each for each, times in spoken.items() if times > limit and 4 * times > spoken.total()]
    if not doubled or is_wanted(written):
        return None
    return f"said again: {evidence(doubled[0])}"


def _run_of(prose: Prose) -> str | None:
    """A long run of one character: of one kind, to begin with."""
    if not any([run in prose.shape for run in _RUNS]):  # noqa: C419 - faster
        return None
    found = _RUN.search(prose.text)
    return found.group() if found else None


def _sentences(text: str) -> list[str]:
    for mark in ". ", "! ", "? ":
        text = text.replace(mark, mark[0] + "\n")
    if not text.isascii():
        for mark in "\u3002\uff01\uff1f\u0964":
            text = text.replace(mark, mark + "\n")
    return [sentence for line in text.split("\n") if (sentence := line.strip())]


def _comes_again(parts: Sequence[str]) -> bool:
    grams = len(parts) - GRAM + 1
    return grams - len(set(zip(parts, parts[1:], parts[2:], strict=False))) >= 2 * GRAM


def _loop(words: Sequence[str], limit: float, long: int) -> str | None:
    for end, gap, run in _stretches(words):
        period = words[end - gap : end]
        times = run / gap + 1
        if run >= long and _says_words(words[end - run : end]):
            return " ".join(words[end - run : end])
        if "\n" in period:
            times = times / 2 if sum(map(len, period)) > 12 * period.count("\n") else 0
        least = limit if gap > 2 else limit + 2
        if times >= least and run + gap >= 9 and (_says_words(period) or (gap == 1 and times >= TOO_OFTEN)):
            return " ".join(period)
    return None


def _same_lines(text: str) -> str | None:
    """A line of some length that follows itself `SAME_LINES` times on end, in whatever."""
    lines = text.split("\n")
    if len(lines) <= SAME_LINES or len(set(lines)) > len(lines) - SAME_LINES:
        return None
    run = 1
    for line, following in pairwise(lines):
        run = run + 1 if line == following else 1
        if run >= SAME_LINES and len(line.strip()) >= SHORTEST_LINE and WORDY.search(line):
            return line
    return None


def _loop_but_for_numbers(prose: Prose, limit: float) -> str | None:
    """Lines of a few words on end that say the same but for their numbers, twice as often as other loops."""
    if not prose.is_plain or prose.shape.count(b"\n") < 2 * limit or prose.shape.count(b"0") < 2 * limit:
        return None
    lines = prose.text.encode("utf-8", "replace").translate(None, b"0123456789").split(b"\n")
    run = 1
    for line, following in pairwise(filter(None, lines)):
        run = run + 1 if line == following else 1
        if run >= 2 * limit and line.count(b" ") >= GRAM:
            return line.decode().strip()
    return None


def _loop_of_characters(characters: Sequence[str], limit: float) -> str | None:
    for end, gap, run in _stretches(characters):
        period = characters[end - gap : end]
        if run >= 2 * LONG and _UNSPACED.search("".join(period)):
            return "".join(period)
        if run / gap + 1 >= (limit if gap > 3 else 2 * limit) and run + gap >= 15 and _UNSPACED.search("".join(period)):
            return "".join(period)
    return None


def _stretches(parts: Sequence[str]) -> list[tuple[int, int, int]]:
    """Where the parts go on as they did `gap` parts before: end, gap and length of each such stretch."""
    found: list[tuple[int, int, int]] = []
    last: dict[tuple[str, ...], int] = {}
    gap = run = 0
    for place, gram in enumerate(zip(parts, parts[1:], parts[2:], strict=False)):
        now = place - last.get(gram, place)
        last[gram] = place
        if now and now == gap:
            run += 1
            continue
        if gap and run >= min(gap, LONG - GRAM):
            found.append((place + GRAM - 1, gap, run + GRAM - 1))
        gap, run = now, 1
    if gap and run >= min(gap, LONG - GRAM):
        found.append((len(parts), gap, run + GRAM - 1))
    return found


def _says_words(period: Sequence[str]) -> bool:
    spoken = sum(1 for word in period if WORDY.search(word) or not word.isascii())
    written = sum(1 for word in period if word.strip())
    return spoken > 0 and 2 * spoken >= written


def _is_unspaced(text: str) -> bool:
    return not text.isascii() and _UNSPACED.search(text) is not None


def _is_sentence(text: str) -> bool:
    if text[:1] == "|":
        return False
    if text[-1:] in ".!?":
        return len(text) >= 18 and text.count(" ") >= 3 and text.count("(") == text.count(")")
    return text[-1:] in "\u3002\uff01\uff1f\u0964" and len(text) >= 8


def is_wanted(written: Written) -> bool:
    """Whether the prompt asks for the same words again, or verse has them."""
    return _is_verse(written) or asks_for(written.brief, REPEATING)


def _is_verse(written: Written) -> bool:
    return _VERSE.search(written.prose.text) is not None or asks_for(written.brief, VERSE)


TIMES: Final[Limits] = {"light": 5.0, "standard": 3.0, "strict": 3.0}
SENTENCES: Final[Limits] = {"light": 6.0, "standard": 3.0, "strict": 2.0}

ROWS: Final = (
    Check("repetition", "the same words several times on end", 25.0, always, loops, TIMES),
    Check("character_run", "one character over and over", 5.0, always, runs_on, EVERYWHERE),
    Check("repeated_sentence", "a sentence said again", 8.0, always, repeats_sentences, SENTENCES),
)
