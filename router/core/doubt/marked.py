"""Final answers that a mark announces: a box, a field, "####", or words such as "the answer is".

Marks are found by plain search and read by patterns that are tried at those places alone, on bounded windows.
"""

import re
from typing import Final

from router.core.doubt.ending import SENTENCE_END, FinalAnswer, Place, as_final
from router.core.doubt.form import normal_choice
from router.core.doubt.question import Question

WINDOW: Final = 300
"""Characters read behind a mark; of a field's value up to FIELD_CHARS."""

FIELD_CHARS: Final = 2_000
LETTER_BEFORE: Final = 40
"""Characters before a mark in which a letter may stand, as in "B is the correct answer"."""

MOST_MARKS: Final = 12
"""So many marks of a kind are looked at, the last first."""

_NEEDLES: Final[tuple[tuple[str, Place], ...]] = (
    ("boxed", "boxed"), ("####", "marked"), ("answer", "stated"), ("correct option", "stated"),
    ("correct choice", "stated"), ('"output"', "field"), ('"result"', "field"), ('"solution"', "field"),
)  # fmt: skip
_FIELD = re.compile(
    r"\"?(?:answer|output|result|solution)[\"*]{1,3}\s{0,3}:\s{0,4}(?=\S)|answer`?\"\s{0,3}:\s{0,4}", re.IGNORECASE
)
_FIELD_END = re.compile(r"(?<!\\)\"(?=\s{0,8}[,}\n`]|\s{0,8}$)")
_STATED = re.compile(
    r"answer(?: to [^.\n:]{0,60})?(?:\s(?:choice|option|value))?[*_\"']{0,3}\s{0,2}"
    r"(?:is|was|equals|would be|should be|must be|will be|:|=)"
    r"(?: (?:indeed|therefore|thus|that|then|simply|just|approximately|about))?[:\s*_]{0,4}",
    re.IGNORECASE,
)
_STATED_LETTER = re.compile(
    r"(?:correct )?(?:answer|option|choice)[^.\n]{0,25}?(?:is|was|would be|should be|must be|:|=)[\s*_:\"'$(\[\\]{0,8}"
    r"(?:(?:option|choice|letter|text\{|boxed\{|mathrm\{|textbf\{)[\s*:(\[]{0,3}){0,2}[(\[]{0,2}"
    r"(?P<letter>[A-P])(?![\w'\u2019/])(?! [a-z])",
    re.IGNORECASE,
)
_LETTER_BEFORE = re.compile(
    r"\(?\b(?P<letter>[A-P])\)? is (?:therefore |thus |also )?(?:the |a )?(?:correct |best |right )?\Z"
)


def find_marked(answer: str, question: Question) -> list[FinalAnswer]:
    """Every final answer that a mark announces and that can be read, in the order of their places."""
    low = _lower(answer)
    found = []
    for needle, place in _NEEDLES:
        at, seen = low.rfind(needle), 0
        while at >= 0 and seen < MOST_MARKS:
            if (read := _READERS[place](answer, at, question)) is not None:
                found.append(read)
            at, seen = low.rfind(needle, 0, at), seen + 1
    return sorted(found, key=lambda each: each.at)


def _read_box(answer: str, at: int, question: Question) -> FinalAnswer | None:
    return as_final(_inside_braces(answer, answer.find("{", at, at + 10)), "boxed", at, question)


def _read_mark(answer: str, at: int, question: Question) -> FinalAnswer | None:
    return as_final(_to_line_end(answer, at + 4), "marked", at, question)


def _read_field(answer: str, at: int, question: Question) -> FinalAnswer | None:
    field = _FIELD.match(answer, at)
    value = None if field is None else _value_at(answer, field.end())
    return None if value is None else as_final(value, "field", at, question)


def _read_statement(answer: str, at: int, question: Question) -> FinalAnswer | None:
    if _FIELD.match(answer, at) is not None:
        return _read_field(answer, at, question)
    if question.options:
        letter = _STATED_LETTER.match(answer, at) or _LETTER_BEFORE.search(answer, max(at - LETTER_BEFORE, 0), at)
        if letter is not None:
            return FinalAnswer(normal_choice(letter["letter"]), "stated", at)
    stated = _STATED.match(answer, at)
    if stated is None:
        return None
    line = answer[stated.end() : stated.end() + WINDOW].lstrip(" \t*\n").partition("\n")[0]
    return as_final(SENTENCE_END.split(line, 1)[0], "stated", at, question)


def _value_at(answer: str, at: int) -> str | None:
    """The value of a field: to the quote that ends it, or to the end of the line."""
    if answer.startswith('"""', at):
        at += 2
    if not answer.startswith('"', at):
        line = _to_line_end(answer, at)
        return line.rstrip("}, ") if line.count("}") > line.count("{") else line.rstrip(", ")
    window = answer[at + 1 : at + FIELD_CHARS]
    ended = _FIELD_END.search(window)
    return None if ended is None else window[: ended.start()].replace('\\"', '"').replace("\\\\", "\\")


def _to_line_end(answer: str, at: int) -> str:
    return answer[at : at + WINDOW].lstrip(" \t*").partition("\n")[0]


def _inside_braces(answer: str, at: int) -> str:
    """What is between the brace at this place and the one that closes it, within a window; "" where none does."""
    if at < 0:
        return ""
    depth = 0
    for i in range(at, min(at + WINDOW, len(answer))):
        depth += (answer[i] == "{") - (answer[i] == "}")
        if not depth:
            return answer[at + 1 : i]
    return ""


def _lower(text: str) -> str:
    """Lower case of as many characters, so that places are the same."""
    low = text.lower()
    return low if len(low) == len(text) else "".join([c.lower() if len(c.lower()) == 1 else c for c in text])


_READERS: Final = {"boxed": _read_box, "marked": _read_mark, "field": _read_field, "stated": _read_statement}
