"""Checks of how answers end: cut off, or lost in thought. Pure."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from typing import Final

from router.core.checks.check import EVERYWHERE, Check, Limits, at_the_end
from router.core.checks.prose import FENCE
from router.core.checks.written import Written
from router.core.verdict import evidence

LAST_PARAGRAPH = 1500
"""Characters at the end of an answer that tell whether it was cut off."""

_TERMINAL = (
    ".!?:;\"')]}>*_`|~-=$%/\\\u3002\uff01\uff1f\uff1a\uff1b\u300d\u300f\uff09\u3011\u201d\u2019\u00bb\u2026\u0964\u061f\u06d4"
    "\u0965\u00b0\u20ac\u00a3\u2014\u2013"
)
_SENTENCE = re.compile(r"[^\W\d_]{2}[.!?][\"')\u201d*]{0,2}\s+[\"'(\u201c*]{0,2}[^\W\d_]|[\u3002\uff01\uff1f]|\u0964")
_LISTED = re.compile(r"\s*(?:[-*+\u2022#|>]|\d{1,3}[.):]|[A-Za-z][.):]\s)")
_STATED = re.compile(
    r"(?i)\banswer\b|\bfinal\b|=|\\boxed|\bresult\b|\u7b54|(?:^|:)\W*\d[\d.,]*\s*$|(?:^|\s)\(?[A-J]\)?$|https?:|www\.|@"
)
_UNFINISHED: Final = frozenset(
    """the a an of and or to in for with by from as at on that which is are was were be has have had
    will would can could     should may might because since although if when while where their its his her
    our your my this these into than but
    und oder der die das den dem des ein eine einen einem einer mit von zu für auf im in dass weil wenn ist sind
    et ou le la les un une des du de à dans pour avec que qui est sont sur par y o el los las una del en con para por
    que es son e il lo gli di della del con per che è sono os um uma do da em com não é en het een van met voor dat
    i oraz lub w z na do że jest и или в на с что для по как это не к от ve veya bir ile için olan""".split()
)


def runs_away(written: Written, _limit: float) -> str | None:
    """Thinking that used up the answer's room."""
    if written.finish == "length" and written.reasoning.strip() and not written.whole.strip():
        return f"{len(written.reasoning)} characters of thinking and no answer"
    return None


def stops_at_canvas(written: Written, _limit: float) -> str | None:
    """An answer cut at exactly a canvas, below what the caller allowed."""
    if not written.canvas or not written.tokens or written.tokens % written.canvas:
        return None
    is_allowed_more = not written.brief.max_tokens or written.tokens < written.brief.max_tokens
    cut = written.finish == "length" or _is_cut(written.whole)
    return f"cut after {written.tokens} tokens, a multiple of {written.canvas}" if cut and is_allowed_more else None


def is_cut_off(written: Written, _limit: float) -> str | None:
    """An answer that is said to be complete and stops amid a sentence."""
    if written.was_cut or written.calls:
        return None
    return f"ends with: {evidence(written.whole[-60:])}" if _is_cut(written.whole) else None


def _is_cut(answer: str) -> bool:
    """Whether the last line of an answer is of sentences and stops amid one."""
    end = answer.rstrip()
    if not end or end[-1] in _TERMINAL or not (end[-1].isalnum() or end[-1] in ",(") or answer.count(FENCE) % 2:
        return False
    lines = [line for line in end[-LAST_PARAGRAPH:].split("\n") if line.strip()]
    rest = _since_sentence(lines[-1])
    words = rest.split()
    if words[-1][0] in "#@" or _STATED.search(rest):
        return False
    if _dangles(rest, words[-1].lower()) and len(words) >= 3 and _WORDY.search(rest):
        return True
    return len(words) >= 1 and _leaves_open(lines, len(words))


def _dangles(rest: str, last_word: str) -> bool:
    is_open = rest.count("(") > rest.count(")") or rest.count("**") % 2 == 1
    return last_word in _UNFINISHED or rest[-1] in ",(" or is_open


def _leaves_open(lines: list[str], words: int) -> bool:
    """Whether the last line, which ends on no mark, is of a kind whose lines all end on one."""
    last = lines[-1]
    if _LISTED.match(last):
        ended = [_ends_on_mark(line) for line in lines[:-1] if _LISTED.match(line) and len(line) > 40]
        return len(ended) >= 2 and all(ended)
    if _SENTENCE.search(last):
        return True
    return words >= 8 and _is_of_sentences(lines[:-1])


def _ends_on_mark(line: str) -> bool:
    return line.rstrip()[-1] in _ENDS or _SENTENCE.search(line) is not None


def _since_sentence(line: str) -> str:
    ends = [line.rfind(mark) for mark in (". ", "! ", "? ", "\u3002", "\uff01", "\uff1f", "\u0964")]
    return line[max(ends) + 1 :]


def _is_of_sentences(lines: list[str]) -> bool:
    """Whether most lines before the last end as sentences do."""
    spoken = [_ends_on_mark(line) for line in lines if len(line) > 40 and not _LISTED.match(line)]
    return bool(spoken) and 3 * sum(spoken) >= 2 * len(spoken)


_ENDS: Final = ".!?:\"'\u201d)*\u3002\uff01\uff1f\u0964"
_WORDY: Final = re.compile(r"[^\W\d_]{3}")

UNSURE: Final[Limits] = {"standard": 0.0, "strict": 0.0}

ROWS: Final = (
    Check("runaway_thinking", "thinking without an answer", 0.3, at_the_end, runs_away, EVERYWHERE),
    Check("canvas_truncation", "cut at exactly a canvas", 1.0, at_the_end, stops_at_canvas, EVERYWHERE),
    Check("cut_off", "cut amid a sentence", 18.0, at_the_end, is_cut_off, UNSURE),
)
