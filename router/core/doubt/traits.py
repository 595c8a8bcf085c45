"""The named traits of an answer and of its prompt by which doubt is estimated. Text only, and numbers only.

Logarithms are of one more than a count. Every trait is 0 where it does not apply. Sums and sets over words and plain
counts: the time it takes grows with the length of the text and with nothing else.
"""

import re
from collections.abc import Callable
from math import log1p
from typing import Final, TypeAlias

from msgspec import Struct

from router.core.doubt.ending import FinalAnswer
from router.core.doubt.marked import find_marked
from router.core.doubt.question import Question
from router.core.doubt.unmarked import find_unmarked

Traits: TypeAlias = dict[str, float]

LOOK_BACK: Final = 400
"""Characters before a final answer in which the last number before it is looked for."""

MOST_CHARS: Final = 16_384
"""Of a longer answer the head and the tail are read, half of this each."""

_FIGURE = re.compile(r"\d[\d,]{0,30}(?:\.\d{1,30})?")
_WORD = re.compile(r"[a-z]{4,}")
_ENDS: Final = frozenset(".!?)]}`\"'*$>|")
_PAIRED: Final = ("```", '"', "$")
_HEDGES: Final = {
    "says_however": ("however",),
    "says_maybe": ("might", "perhaps", "likely", "probably", "seems", "appears", "possibl"),
    "says_assuming": ("assum",),
    "says_about": ("closest", "approximately", "≈", "\\approx"),
    "says_none_listed": ("not listed", "none of the", "not among", "not in the options", "no correct", "not an option"),
    "says_cannot": ("cannot be", "can not be", "not enough", "insufficient", "not possible", "impossible", "unable"),
    "says_error": ("error", "incorrect", "mistake", "apolog", "sorry"),
    "says_suppose": ("suppose", "let "),
    "says_not": (" not ",),
    "says_later": ("let me know", "would you like", "work through"),
}
_STRING_METHODS = (
    ".replace(", ".split(", ".strip(", ".find(", ".index(", ".join(", ".count(", "just(", ".zfill(", "partition(",
    ".swapcase(", ".translate(", "lines(", ".center(",
)  # fmt: skip


class Look(Struct, frozen=True, gc=False):
    """What traits are read from: the texts, what the prompt asks, the final answer and all that are announced."""

    prompt: str
    answer: str
    question: Question
    marked: list[FinalAnswer]
    final: FinalAnswer | None
    low: str
    words: list[str]

    @property
    def before(self) -> str:
        """What stands before the final answer; all where there is none."""
        return self.answer if self.final is None else self.answer[: self.final.at]


def look_at(prompt: str, answer: str, question: Question) -> Look:
    """An answer as traits are read from it."""
    if len(answer) > MOST_CHARS:
        answer = answer[: MOST_CHARS // 2] + answer[-MOST_CHARS // 2 :]
    marked = find_marked(answer, question)
    final = marked[-1] if marked else find_unmarked(answer, question)
    low = answer.lower()
    return Look(prompt[-MOST_CHARS:], answer, question, marked, final, low, low.split())


def read_traits(look: Look) -> Traits:
    """The traits that apply, by name."""
    found: Traits = {}
    for group in (*_ALWAYS, *_OF_KIND.get(look.question.kind, ())):
        found.update(group(look))
    return found


def _of_the_final(look: Look) -> Traits:
    texts = [each.normal.text for each in look.marked]
    final, size = look.final, len(look.answer)
    restated = len(texts) > 1 and texts[-1] == texts[-2]
    return {
        "no_final": final is None,
        "unannounced": final is not None and not texts,
        "log_announced_again": log1p(max(len(texts) - 1, 0)),
        "announced_differ": len(set(texts)) > 1,
        "restated": restated,
        "log_after": 0.0 if final is None else log1p(max(size - final.at - 20, 0)),
        "bare": final is not None and len(look.answer[: final.at].strip()) < 20,
    }


def _of_the_shape(look: Look) -> Traits:
    answer, words = look.answer, look.words
    size, count = len(answer), max(len(words), 1)
    sentences = answer.count(". ") + answer.count(".\n") + 1
    return {
        "log_chars": log1p(size),
        "log_chars_squared": log1p(size) ** 2,
        "log_lines": log1p(answer.count("\n")),
        "log_sentence": log1p(count / sentences),
        "word_length": min((size - count) / count, 12.0),
        "distinct_words": len(set(words)) / count,
        "digits": sum([answer.count(digit) for digit in "0123456789"]) / max(size, 1),
        "log_equations": log1p(answer.count("=")),
        "log_latex": log1p(answer.count("\\")),
        "log_brackets": log1p(answer.count("(")),
        "steps": log1p(answer.count("\n1. ") + answer.count("\n2. ") + answer.count("\n3. ")),
    }


def _of_the_finish(look: Look) -> Traits:
    answer, words = look.answer, look.words
    end = answer.rstrip()[-1:]
    lines = [line for line in answer.split("\n") if line.strip()]
    runs = set(zip(words, words[1:], words[2:], words[3:], strict=False))
    return {
        "ends_open": end not in _ENDS,
        "ends_as_sentence": end == ".",
        "unclosed": answer.count("{") != answer.count("}") or bool(sum([answer.count(mark) % 2 for mark in _PAIRED])),
        "repeated_words": 1 - len(runs) / max(len(words) - 3, 1) if runs else 0.0,
        "repeated_lines": 1 - len(set(lines)) / max(len(lines), 1),
    }


def _of_hedges(look: Look) -> Traits:
    return {name: log1p(sum([look.low.count(sign) for sign in signs])) for name, signs in _HEDGES.items()}


def _of_overlap(look: Look) -> Traits:
    asked, said = set(_WORD.findall(look.prompt.lower())), set(_WORD.findall(look.low))
    given, used = set(_FIGURE.findall(look.prompt)), set(_FIGURE.findall(look.answer))
    shared = len(asked & said)
    return {
        "shared_words": shared / max(len(said), 1),
        "covered_words": shared / max(len(asked), 1),
        "log_new_words": log1p(len(said) - shared),
        "covered_figures": len(given & used) / max(len(given), 1),
        "log_new_figures": log1p(len(used - given)),
        "prompt_log_figures": log1p(len(given)),
    }


def _of_the_prompt(look: Look) -> Traits:
    prompt = look.prompt
    return {
        "prompt_log_chars": log1p(len(prompt)),
        "prompt_log_lines": log1p(prompt.count("\n")),
        "prompt_questions": min(prompt.count("?"), 4),
        "prompt_log_latex": log1p(prompt.count("\\")),
        "prompt_log_equations": log1p(prompt.count("=")),
        "prompt_digits": sum([prompt.count(digit) for digit in "0123456789"]) / max(len(prompt), 1),
        "prompt_negates": " not " in prompt or " NOT " in prompt or "EXCEPT" in prompt or "incorrect" in prompt,
    }


def _of_a_number(look: Look) -> Traits:
    """How a number looks, and whether it stands in what leads to it."""
    if look.final is None:
        return {}
    normal, before = look.final.normal, look.before
    if normal.number is None:
        return {"not_a_number": 1.0}
    digits = normal.text.lstrip("-")
    last = _FIGURE.findall(before, max(len(before) - LOOK_BACK, 0))
    return {
        "number_whole": normal.number.denominator == 1,
        "number_negative": normal.number < 0,
        "number_small": abs(normal.number) <= 1,
        "number_digits": len(digits),
        "number_decimals": len(digits.partition(".")[2]),
        "number_round": normal.number != 0 and normal.number % 10 == 0,
        "number_absent": digits not in before.replace(",", ""),
        "number_not_last": bool(last) and last[-1].replace(",", "") != digits,
        "number_in_prompt": digits in look.prompt,
    }


def _of_an_output(look: Look) -> Traits:
    """How a literal looks, whether it stands in what leads to it, and how much the code does."""
    prompt = look.prompt
    loops, argument = prompt.count("for "), log1p(len(prompt.rpartition("assert")[2]))
    traits: Traits = {
        "code_loops": loops,
        "code_while": prompt.count("while "),
        "code_branches": prompt.count("if "),
        "code_log_argument": argument,
        "code_loops_by_argument": loops * argument,
        "code_string_methods": log1p(sum([prompt.count(method) for method in _STRING_METHODS])),
    }
    if look.final is not None:
        text = look.final.normal.text
        traits |= {
            "output_log_chars": log1p(len(text)),
            "output_constant": text in ("True", "False", "None"),
            "output_container": text[:1] in ("[", "{", "("),
            "output_negative": text.startswith("-"),
            "output_error": "rror" in text,
            "output_absent": text not in look.before,
            "output_in_prompt": bool(text) and text in prompt,
        }
    return traits


def _of_a_choice(look: Look) -> Traits:
    """How the options look, and the one that is chosen beside the others and beside what leads to it."""
    options = look.question.options
    sizes = [len(option) for option in options.values()]
    mean = sum(sizes) / len(sizes)
    with_figures = sum([_FIGURE.search(option) is not None for option in options.values()])
    traits: Traits = {
        "options": len(options),
        "options_log_chars": log1p(mean),
        "options_with_figures": with_figures / len(options),
    }
    if look.final is not None:
        letter = look.final.normal.text
        chosen = options.get(letter, "")
        traits |= {
            "choice_unknown": letter not in options,
            "choice_first": letter == "A",
            "choice_length": log1p(len(chosen)) - log1p(mean),
            "choice_longest": len(chosen) == max(sizes),
            **_support(chosen.lower(), look),
        }
    return traits


def _support(chosen: str, look: Look) -> Traits:
    before = look.low[: len(look.before)]
    figures, words = _FIGURE.findall(chosen), set(_WORD.findall(chosen))
    plain = before.replace(",", "") if figures else ""
    stand = [figure.replace(",", "") in plain for figure in figures]
    return {
        "choice_figures_absent": bool(figures) and not any(stand),
        "choice_words_said": len([word for word in words if word in before]) / len(words) if words else 0.0,
        "choice_said": bool(chosen) and chosen in before,
        "choice_of_none_or_all": chosen.startswith(("none of", "all of", "both ", "neither", "cannot")),
    }


_ALWAYS: Final[tuple[Callable[[Look], Traits], ...]] = (
    _of_the_final, _of_the_shape, _of_the_finish, _of_hedges, _of_overlap, _of_the_prompt,
)  # fmt: skip
_OF_KIND: Final[dict[str, tuple[Callable[[Look], Traits], ...]]] = {
    "choice": (_of_a_choice,),
    "output": (_of_an_output,),
    "number": (_of_a_number,),
}
