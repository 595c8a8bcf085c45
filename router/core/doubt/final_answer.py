"""The final answer that an answer ends in: where it is stated, and its one form. Pure.

Marks such as "the answer is", a box or a JSON field are found by plain search and read by patterns that are tried at
those places alone, on bounded windows: time grows with the length of the answer and with nothing else.
"""

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from router.core.doubt.form import Normal, normal_choice, normal_code, normal_output, normalise, same, unwrap
from router.core.doubt.question import Question, read_question

Place: TypeAlias = Literal["boxed", "field", "marked", "stated", "line", "whole", "concluded", "named", "fence"]
"""Where it stands: in a box of LaTeX, in a field of JSON, behind "####", behind words such as "the answer is", alone on
the last line, as the whole answer, at the end of a concluding sentence, as the text of an option, in a code fence."""

WINDOW: Final = 300
"""Characters read behind a mark; of a field's value up to FIELD_CHARS."""

FIELD_CHARS: Final = 4_000
MOST_MARKS: Final = 40
"""So many marks of a kind are looked at, the last first."""

SHORT: Final = 60
"""An answer of so many characters, on one line, is its own final answer."""

TAIL: Final = 400
"""Characters at the end where a conclusion that no mark announces is looked for."""


class FinalAnswer(Struct, frozen=True, gc=False):
    """A final answer in its one form, where it stands and from which character on."""

    normal: Normal
    place: Place
    at: int

    @property
    def shown(self) -> str:
        """As people read it, the same for answers that mean the same."""
        return self.normal.shown


def find_final(answer: str, question: Question) -> FinalAnswer | None:
    """The final answer to a question. None: it ends in none that can be compared."""
    found = find_marked(answer, question)
    if found:
        return found[-1]
    return _find_choice(answer, question) if question.options else _find_unmarked(answer, question)


def final_of(prompt: str, answer: str) -> FinalAnswer | None:
    """The final answer to a prompt."""
    return find_final(answer, read_question(prompt))


def read_stated(text: str, question: Question) -> FinalAnswer | None:
    """A final answer that was given by itself, as a whole. None: it is nothing that can be compared."""
    return _as_final(text, "whole", 0, question) if text or question.kind == "output" else None


def agree(first: FinalAnswer | None, second: FinalAnswer | None) -> bool:
    """Whether two answers end in the same; what has no final answer agrees with nothing."""
    return first is not None and second is not None and same(first.normal, second.normal)


def find_marked(answer: str, question: Question) -> list[FinalAnswer]:
    """Every final answer that is announced by a mark and can be read, in the order of their places."""
    low = answer.lower() if answer.isascii() else _lower(answer)
    found = []
    for needle, place in _NEEDLES:
        at, seen = low.rfind(needle), 0
        while at >= 0 and seen < MOST_MARKS:
            if (read := _read_mark(answer, at, place, question)) is not None:
                found.append(read)
            at, seen = low.rfind(needle, 0, at), seen + 1
    return sorted(found, key=lambda each: each.at)


def _read_mark(answer: str, at: int, place: Place, question: Question) -> FinalAnswer | None:
    if place == "boxed":
        inside = _inside_braces(answer, answer.find("{", at, at + 10))
        return _as_final(inside, place, at, question)
    if place == "marked":
        return _as_final(_to_line_end(answer, at + 4), place, at, question)
    if (field := _FIELD.match(answer, at)) is not None:
        if (value := _read_field(answer, field.end())) is None:
            return None
        return _as_final(value, "field", at, question)
    if question.options:
        letter = _STATED_LETTER.match(answer, at) or _LETTER_BEFORE.search(answer, max(at - 40, 0), at)
        return None if letter is None else FinalAnswer(normal_choice(letter["letter"]), "stated", at)
    stated = _STATED.match(answer, at)
    if stated is None:
        return None
    return _as_final(_to_sentence_end(answer, stated.end()), "stated", at, question)


def _as_final(text: str, place: Place, at: int, question: Question) -> FinalAnswer | None:
    if question.options:
        letter = _LETTER.match(unwrap(text))
        if letter is not None:
            return FinalAnswer(normal_choice(letter["letter"]), place, at)
        named = _option_of(text, question)
        return None if named is None else FinalAnswer(normal_choice(named), place, at)
    normal = normal_output(text) if question.kind == "output" else normalise(text)
    return None if normal is None else FinalAnswer(normal, place, at)


def _read_field(answer: str, at: int) -> str | None:
    """The value of a field: to the quote that ends it, or to the end of the line."""
    if answer[at : at + 3] == '"""':
        at += 2
    if answer[at : at + 1] != '"':
        line = _to_line_end(answer, at)
        return line.rstrip("}, ") if line.count("}") > line.count("{") else line.rstrip(", ")
    window = answer[at + 1 : at + FIELD_CHARS]
    ended = _FIELD_END.search(window)
    return None if ended is None else _unescape(window[: ended.start()])


def _unescape(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\") if "\\" in text else text


def _find_choice(answer: str, question: Question) -> FinalAnswer | None:
    """A letter that no mark announces: the whole answer, alone at its end, in brackets near it, or an option's text."""
    bare = unwrap(answer)
    whole = _LETTER.match(bare)
    if whole is not None and (len(bare) <= SHORT or bare[whole.end() :].lstrip(")].: ")[:20] in _texts(question)):
        return FinalAnswer(normal_choice(whole["letter"]), "whole", 0)
    start = max(len(answer) - TAIL, 0)
    last = None
    for last in _BRACKETED.finditer(answer, start):
        pass
    if last is not None:
        return FinalAnswer(normal_choice(last[1]), "concluded", last.start())
    lines = answer[start:].rstrip().rsplit("\n", 1)
    alone = _LETTER.fullmatch(unwrap(lines[-1]))
    if alone is not None:
        return FinalAnswer(normal_choice(alone["letter"]), "line", len(answer) - len(lines[-1]))
    named = _option_of(_last_sentence(answer), question)
    return None if named is None else FinalAnswer(normal_choice(named), "named", start)


def _texts(question: Question) -> set[str]:
    return {text[:20] for text in question.options.values()}


def _option_of(text: str, question: Question) -> str | None:
    """The one option whose text is in a text; None where none is, or several are that are not parts of one."""
    low = text.casefold()
    held = [(len(each), letter) for letter, each in question.options.items() if _stands_in(each.casefold(), low)]
    if not held:
        return None
    length, letter = max(held)
    others = [question.options[other].casefold() for _, other in held if other != letter]
    return letter if all([other in question.options[letter].casefold() for other in others]) and length > 1 else None


def _stands_in(option: str, text: str) -> bool:
    at = text.find(option)
    if at < 0:
        return False
    before, after = text[at - 1 : at], text[at + len(option) : at + len(option) + 1]
    return not (before.isalnum() or after.isalnum())


def _find_unmarked(answer: str, question: Question) -> FinalAnswer | None:
    bare = answer.strip()
    if len(bare) <= SHORT and "\n" not in bare:
        normal = normalise(bare)
        return None if normal is None else FinalAnswer(normal, "whole", 0)
    fenced = _find_fence(answer)
    if fenced is not None and question.kind == "open":
        return fenced
    line = bare.rsplit("\n", 1)[-1]
    if question.kind == "open":
        return None
    if len(line) <= SHORT and (normal := normalise(line)) is not None and normal.form != "phrase":
        return FinalAnswer(normal, "line", len(answer) - len(line))
    return _find_concluded(answer)


def _find_fence(answer: str) -> FinalAnswer | None:
    """The last code in a fence."""
    end = answer.rfind("```")
    start = answer.rfind("```", 0, end) if end > 0 else -1
    if start < 0:
        return None
    code = normal_code(answer[start + 3 : end].partition("\n")[2])
    return None if code is None else FinalAnswer(code, "fence", start)


def _find_concluded(answer: str) -> FinalAnswer | None:
    """The last number of the last sentence, where that concludes: by a word such as "therefore", or by equality."""
    sentence = _last_sentence(answer)
    ended = answer.rstrip().endswith((".", "$", ")", "]", "*", "!"))
    if not (_CONCLUDES if ended else _CONCLUDES_SURELY).search(sentence):
        return None
    last = None
    for last in _FIGURE.finditer(sentence):
        pass
    normal = None if last is None else normalise(last[0])
    return None if normal is None else FinalAnswer(normal, "concluded", len(answer) - len(sentence))


def _last_sentence(answer: str) -> str:
    tail = answer[-TAIL:].rstrip()
    parts = _SENTENCE_END.split(tail)
    return parts[-1]


def _to_line_end(answer: str, at: int) -> str:
    return answer[at : at + WINDOW].lstrip(" \t*").partition("\n")[0]


def _to_sentence_end(answer: str, at: int) -> str:
    line = answer[at : at + WINDOW].lstrip(" \t*\n").partition("\n")[0]
    return _SENTENCE_END.split(line, 1)[0]


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
    """Lower case of as many characters."""
    low = text.lower()
    return low if len(low) == len(text) else "".join([c.lower() if len(c.lower()) == 1 else c for c in text])


_NEEDLES: Final[tuple[tuple[str, Place], ...]] = (
    ("boxed", "boxed"), ("####", "marked"), ("answer", "stated"), ("correct option", "stated"),
    ("correct choice", "stated"), ('"output"', "field"), ('"result"', "field"), ('"solution"', "field"),
)  # fmt: skip
_FIELD = re.compile(r"\"?(?:answer|output|result|solution)[\"*]{1,3}\s{0,3}:\s{0,4}(?=\S)|answer`?\"\s{0,3}:\s{0,4}", re.IGNORECASE)
_FIELD_END = re.compile(r"(?<!\\)\"(?=\s{0,8}[,}\n`]|\s{0,8}$)")
_STATED = re.compile(
    r"answer(?: to [^.\n:]{0,60})?(?:\s(?:choice|option|value))?[*_\"']{0,3}\s{0,2}(?:is|was|equals|would be|should be|must be|will be|:|=)"
    r"(?: (?:indeed|therefore|thus|that|then|simply|just|approximately|about))?[:\s*_]{0,4}",
    re.IGNORECASE,
)
_STATED_LETTER = re.compile(
    r"(?:correct )?(?:answer|option|choice)[^.\n]{0,25}?(?:is|was|would be|should be|must be|:|=)[\s*_:\"'$(\[\\]{0,8}"
    r"(?:(?:option|choice|letter|text\{|boxed\{|mathrm\{|textbf\{)[\s*:(\[]{0,3}){0,2}[(\[]{0,2}(?P<letter>[A-P])(?![\w'’/])(?! [a-z])",
    re.IGNORECASE,
)
_LETTER_BEFORE = re.compile(r"\(?\b(?P<letter>[A-P])\)? is (?:therefore |thus |also )?(?:the |a )?(?:correct |best |right )?\Z")
_LETTER = re.compile(r"[\s*_\"'$(\[\\{]{0,6}(?:(?:[Oo]ption|[Cc]hoice|text\{|boxed\{)[\s*:(]{0,3})?(?:(?P<letter>[A-P])(?![\w'’/])|(?P<small>(?!))[)\]])(?:[)\]}*.:]{0,4})")
_BRACKETED = re.compile(r"\(([A-P])\)")
_CONCLUDES = re.compile(r"\b(?:therefore|thus|hence|so|total|finally|equals?|result|is|are)\b|=", re.IGNORECASE)
_CONCLUDES_SURELY = re.compile(r"\b(?:therefore|thus|hence|so|total|altogether|finally)\b", re.IGNORECASE)
_FIGURE = re.compile(r"[-−]?[$€£]?\d[\d,]{0,20}(?:\.\d{1,20})?(?:/\d{1,12})?%?|\\[dt]?frac\{\d{1,12}\}\{\d{1,12}\}")
_SENTENCE_END = re.compile(r"(?<=[a-zA-Z0-9)\]}$*'\"`%])[.!](?=\s)|\n\n")
