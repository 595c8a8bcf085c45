"""Final answers that no mark announces: the whole of a short answer, a last line, an option named near the end, the
number in which a concluding sentence ends. Only the end of an answer is read."""

import re
from collections.abc import Callable
from typing import Final

from router.core.doubt.ending import SENTENCE_END, FinalAnswer, as_final, letter_at_start, option_in
from router.core.doubt.form import normal_choice, normal_code, normalise
from router.core.doubt.question import Question

SHORT: Final = 60
"""An answer of so many characters, on one line, is its own final answer."""

TAIL: Final = 400
"""Characters at the end where a conclusion is looked for."""

_BRACKETED = re.compile(r"\(([A-P])\)")
_CONCLUDES = re.compile(r"\b(?:therefore|thus|hence|so|total|finally|equals?|result|is|are)\b|=", re.IGNORECASE)
_CONCLUDES_SURELY = re.compile(r"\b(?:therefore|thus|hence|so|total|altogether|finally)\b", re.IGNORECASE)
"""What must be in a sentence that does not end: it may have been cut short."""

_FIGURE = re.compile(
    r"[-\u2212]?[$€£]?\d[\d,]{0,20}(?:\.\d{1,20})?(?:/\d{1,12})?%?|\\[dt]?frac\{\d{1,12}\}\{\d{1,12}\}"
)

Find = Callable[[str, Question], FinalAnswer | None]


def find_unmarked(answer: str, question: Question) -> FinalAnswer | None:
    """The final answer that no mark announces; None where there is none."""
    for find in _BY_KIND[question.kind]:
        if (found := find(answer, question)) is not None:
            return found
    return None


def _short(answer: str, question: Question) -> FinalAnswer | None:
    bare = answer.strip()
    if not bare or len(bare) > SHORT or "\n" in bare or SENTENCE_END.search(bare):
        return None
    return as_final(bare, "whole", 0, question)


def _letter_first(answer: str, question: Question) -> FinalAnswer | None:
    """A letter with the text of its option, whatever is said after it."""
    letter = letter_at_start(answer[:SHORT])
    option = question.options.get(letter or "")
    if letter is None or option is None or not answer[: SHORT + len(option)].partition(option)[1]:
        return None
    return FinalAnswer(normal_choice(letter), "whole", 0)


def _letter_in_brackets(answer: str, _question: Question) -> FinalAnswer | None:
    letters = [*_BRACKETED.finditer(answer, max(len(answer) - TAIL, 0))]
    return FinalAnswer(normal_choice(letters[-1][1]), "concluded", letters[-1].start()) if letters else None


def _last_line(answer: str, question: Question) -> FinalAnswer | None:
    line = answer[-TAIL:].rstrip().rsplit("\n", 1)[-1]
    if len(line) > SHORT:
        return None
    found = as_final(line, "line", len(answer) - len(line), question)
    return None if found is None or found.normal.form == "phrase" else found


def _option_named(answer: str, question: Question) -> FinalAnswer | None:
    letter = option_in(_last_sentence(answer), question)
    return None if letter is None else FinalAnswer(normal_choice(letter), "named", max(len(answer) - TAIL, 0))


def _number_concluded(answer: str, _question: Question) -> FinalAnswer | None:
    sentence = _last_sentence(answer)
    ended = answer.rstrip().endswith((".", "$", ")", "]", "*", "!"))
    if not (_CONCLUDES if ended else _CONCLUDES_SURELY).search(sentence):
        return None
    figures = _FIGURE.findall(sentence)
    normal = normalise(figures[-1]) if figures else None
    return None if normal is None else FinalAnswer(normal, "concluded", len(answer) - len(sentence))


def _code_in_a_fence(answer: str, _question: Question) -> FinalAnswer | None:
    end = answer.rfind("```")
    start = answer.rfind("```", 0, end) if end > 0 else -1
    code = normal_code(answer[start + 3 : end].partition("\n")[2]) if start >= 0 else None
    return None if code is None else FinalAnswer(code, "fence", start)


def _last_sentence(answer: str) -> str:
    return SENTENCE_END.split(answer[-TAIL:].rstrip())[-1]


_BY_KIND: Final[dict[str, tuple[Find, ...]]] = {
    "choice": (_short, _letter_first, _letter_in_brackets, _last_line, _option_named),
    "output": (_short, _last_line, _number_concluded),
    "number": (_short, _last_line, _number_concluded),
    "open": (_short, _code_in_a_fence),
}
