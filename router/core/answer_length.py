"""How long the answer to a question will be, judged by what is asked for. Pure."""

import re
from collections.abc import Callable, Mapping

from router.core.passage import Passage

USUAL_TOKENS = 250
"""The answer to a question that says nothing of its length."""

_Length = Callable[[int], int]


def _fixed(tokens: int) -> _Length:
    return lambda _: tokens


def _as_long(ask_tokens: int) -> int:
    return max(ask_tokens, 16)


def _condensed(ask_tokens: int) -> int:
    return min(max(ask_tokens // 4, 40), 400)


LENGTHS: Mapping[str, _Length] = {
    "answer.one_word": _fixed(4),
    "answer.yes_no": _fixed(4),
    "answer.terse": _fixed(8),
    "text.classification": _fixed(12),
    "greeting.only": _fixed(30),
    "text.summary": _condensed,
    "text.rewrite": _as_long,
    "text.translation": _as_long,
    "text.extraction": _fixed(120),
    "language.definition": _fixed(80),
    "answer.essay": _fixed(900),
    "facts.long_form": _fixed(900),
    "agent.plan": _fixed(700),
    "creative.joke": _fixed(80),
    "creative.fiction": _fixed(600),
    "code.write": _fixed(500),
    "code.in_language": _fixed(500),
    "code.debug": _fixed(500),
    "code.trace": _fixed(400),
    "maths.proof": _fixed(800),
    "maths.competition": _fixed(600),
    "maths.latex": _fixed(600),
    "logic.puzzle": _fixed(500),
    "answer.list": _fixed(300),
    "answer.explanation": _fixed(350),
    "facts.lookup": _fixed(60),
}
"""Tokens of the answer from the tokens of the ask, by the first cue found in it (in the order of `cues.CUES`)."""

UNIT_TOKENS: Mapping[str, int] = {"word": 1, "line": 15, "bullet": 25, "sentence": 25, "paragraph": 110, "page": 600}
"""Tokens of one of what a length is asked for in (a word is a little more than one)."""

_NUMBERS = {
    name: count
    for count, name in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
}
_AMOUNT = re.compile(
    rf"\b(\d{{1,5}}|an?|{'|'.join(_NUMBERS)})[ -](?:[a-z]{{1,12}} )?({'|'.join(UNIT_TOKENS)})s?\b", re.IGNORECASE
)


def expected_tokens(ask: Passage, ask_tokens: int) -> int:
    """The tokens that the answer to an ask of so many tokens is likely to take."""
    for cue in ask.cues:
        if cue.name == "answer.length" and (amount := _AMOUNT.search(ask.text)):
            return _tokens_of(amount[1].lower(), amount[2].lower())
        if cue.name in LENGTHS:
            return LENGTHS[cue.name](ask_tokens)
    return USUAL_TOKENS


def _tokens_of(number: str, unit: str) -> int:
    count = int(number) if number.isdigit() else _NUMBERS.get(number, 1)
    return max(count * UNIT_TOKENS[unit] * 4 // 3, 1)
