"""Whether an answer means what it states, or only talks about it. Pure, and bounded."""

import re
from typing import Final

NEAR = 160
"""Characters around a statement in which words may say that it is not meant."""

_NOT_MEANT: Final = re.compile(
    r"\b(?:wrong|incorrect|false|not|mistake|error|isn|doesn|don|never|impossible|contradict\w*|claim\w*"
    r"|suppose|assum\w+|imagine"
    r"|pretend|instead|mod|modulo|modulus|base|binary|hex\w*|octal|xor|ratio|odds|score|otherwise|unless|would"
    r"|if|falsch|faux|"
    r"incorrecto|sbagliato|errado|remainder|remain\w*|\(mod|rest|joke|1984|orwell|clock|o'clock|am|pm|bitwise"
    r"|concat\w*|string|floor|rounded|(?:off|wrong) by|(?:your?|line|text) (?:says?|said|claims?|writes?|wrote))\b"
    r"|≠|错|不|\?|\\pmod|\\bmod|≡|'\d|\d'|\"\d+\"",
    re.IGNORECASE,
)

_SIGNS: Final = str.maketrans({"×": "*", "x": "*", "·": "*", "÷": "/", "−": "-", "–": "-"})  # noqa: RUF001


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether words around a statement say that it is false, or in other numbers."""
    first = max(text.rfind("\n", max(0, start - NEAR), start), start - NEAR, 0)
    last = text.find("\n", end, end + NEAR)
    return _NOT_MEANT.search(text, first, last if last >= 0 else end + NEAR) is not None


def is_quoted(statement: str, prompt: str) -> bool:
    """Whether the prompt says so, too: then the answer talks about it."""
    return _plain(statement) in _plain(prompt)


def _plain(text: str) -> str:
    return text.translate(_SIGNS).replace(" ", "")
