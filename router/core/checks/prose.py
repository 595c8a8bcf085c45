"""The prose of a block: what is left without code, formulas, addresses and markup. Pure, in time linear in the text."""

import re
from typing import Final

from msgspec import Struct

FENCE: Final = "```"

_ASIDE = re.compile(
    r"`[^`\n]{1,200}`|\$\$[^$]{1,400}\$\$|\$[^$\n]{1,200}\$|\\\([^\n]{1,200}?\\\)|\\\[.{1,400}?\\\]"
    r"|https?://[^\s)]{1,300}|</?[A-Za-z][^<>\n]{0,200}>",
    re.DOTALL,
)
"""Inline code, formulas, addresses and tags. Every part is bounded, so that what is left open costs little."""

_WORD = re.compile(r"[\u0900-\u0963]{2,24}|[^\W\d_]{1,24}")
_SYMBOLS = "{}[]=;|<>\\_/#@^~+&%`"
_MOST_SYMBOLS = 0.06
_MOST_DIGITS = 0.2
_DIGITS = "0123456789"


class Prose(Struct, frozen=True, gc=False):
    """The prose of a block. `text` keeps its lines. `words` are its words as they stand, of 24 letters at most.
    `is_plain`: few signs and digits are left in it, as in sentences and unlike in code, logs and data."""

    text: str
    words: tuple[str, ...]
    is_plain: bool


def read_prose(text: str, before: str) -> Prose:
    """The prose of a block that stands after `before`, of which only open code fences matter."""
    plain = without_asides(text, before)
    signs = sum(map(plain.count, _SYMBOLS))
    digits = sum(map(plain.count, _DIGITS))
    most = len(plain)
    is_plain = signs <= _MOST_SYMBOLS * most and digits <= _MOST_DIGITS * most
    return Prose(plain, tuple(_WORD.findall(plain)), is_plain)


def without_code(text: str, before: str = "") -> str:
    """A text without fenced code; what follows a fence that `before` left open is code, too."""
    opened = before.count(FENCE) % 2
    if not opened and FENCE not in text:
        return text
    return "\n".join(text.split(FENCE)[opened::2])


def without_asides(text: str, before: str = "") -> str:
    """A text without code, formulas, addresses and tags."""
    plain = without_code(text, before)
    if "`" in plain or "$" in plain or "\\" in plain or "<" in plain or "://" in plain:
        return _ASIDE.sub(" ", plain)
    return plain
