"""What a prompt asks for, as far as the form of its answer goes: one of its options, the output of code, a number.

Patterns are tried on bounded pieces and have one way to match.
"""

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

Kind: TypeAlias = Literal["choice", "output", "number", "open"]
"""`choice`: one of the options that it lists. `output`: what code returns or prints. `number`: a quantity or a formula
that is to be found. `open`: anything else."""

CLOSED: Final[tuple[Kind, ...]] = ("choice", "output", "number")
"""The kinds whose answers end in something that can be compared."""

READ_CHARS: Final = 12_000
"""So much of the end of a prompt is looked at: options stand there, and examples before them are of no use."""

ASK_CHARS: Final = 700
"""Characters at either end in which an ask is looked for."""

FEWEST_OPTIONS: Final = 2

_OPTION_LINE = re.compile(
    r"^[ \t]{0,8}(?:\*\*)?[(\[]?([A-Pa-p])[)\].:](?:\*\*)?[ \t]{1,4}(\S[^\n]{0,200})", re.MULTILINE
)
_OPTION_INSIDE = re.compile(r"\(([A-Pa-p])\) {1,2}([^\n()]{1,120})")
_CODE: Final = ("def ", "```", "[python]", "function", "return", "print(", "console.log")
_OUTPUT = re.compile(
    r"== ?\?\?|\bassert\b|\b(?:what|predict|determine|give)\b[^.\n?]{0,60}\b(?:output|print(?:s|ed)?|returns?)\b|"
    r"\boutput of\b"
)
_FIGURES = re.compile(r"[\d$\\]|\b(?:two|three|four|five|six|seven|eight|nine|ten|half|twice|double)\b")
_ASKS: Final = (
    "how many", "how much", "how long", "how far", "how old", "how tall", "how fast", "compute", "evaluate",
    "calculate", "simplify", "solve", "find", "determine ", "percent", "rationalize", "express ",
)  # fmt: skip
_QUANTITY = re.compile(
    r"\bwhat (?:is|are|was|were|will be) (?:the )?(?:\w{1,20} ){0,4}?(?:number|value|sum|product|area|volume|length|"
    r"probability|total|average|mean|median|ratio|remainder|difference|distance|price|cost|speed|perimeter|radius|"
    r"measure|degree|coefficient|maximum|minimum|least|greatest|smallest|largest)\b|"
    r"\b(?:what|which)\b[^.?\n]{0,80}\$"
)
_MAKES = re.compile(
    r"\b(?:write|draft|compose|create|generate|brainstorm|suggest|summari[sz]e|translate) (?!your|in\b)|"
    r"\b(?:essay|poem)\b"
)


class Question(Struct, frozen=True, gc=False):
    """What a prompt asks. `options` are the texts of its options by their letter, in its order; empty unless it is a
    choice."""

    kind: Kind
    options: dict[str, str]


def read_question(prompt: str) -> Question:
    """What a prompt asks."""
    end = prompt[-READ_CHARS:]
    options = _read_options(end)
    if options:
        return Question("choice", options)
    ask = (end if len(end) <= 2 * ASK_CHARS else f"{end[:ASK_CHARS]}\n{end[-ASK_CHARS:]}").lower()
    if any([sign in ask for sign in _CODE]) and _OUTPUT.search(ask):  # noqa: C419 - faster
        return Question("output", {})
    return Question("number" if _asks_for_a_number(ask) else "open", {})


def _asks_for_a_number(ask: str) -> bool:
    asks = any([phrase in ask for phrase in _ASKS]) or _QUANTITY.search(ask) is not None  # noqa: C419 - faster
    return asks and _FIGURES.search(ask) is not None and _MAKES.search(ask) is None


def _read_options(text: str) -> dict[str, str]:
    """The last run of options, from A on and without a gap; none where there are fewer than FEWEST_OPTIONS."""
    for pattern in (_OPTION_LINE, _OPTION_INSIDE):
        found: dict[str, str] = {}
        for option in pattern.finditer(text):
            letter = option[1].upper()
            if letter == "A":
                found = {}
            if ord(letter) == ord("A") + len(found):
                found[letter] = option[2].strip()
        if len(found) >= FEWEST_OPTIONS:
            return found
    return {}
