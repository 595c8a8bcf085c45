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
_ACCENTS = str.maketrans("äöüßàáâãåèéêëìíîïòóôõùúûçñýğışłńśźżąęășțőű", "aousaaaaaeeeeiiiioooouuucnygislnszzaeastou")

_SIGNS = b"{}[]=;|<>\\_/#@^~+&%`"
_DIGITS = b"0123456789"
_LETTERS_ALONE = bytes(code if chr(code).isalpha() and code < 128 else 32 for code in range(256))
_MOST_SIGNS, _MOST_DIGITS = 0.06, 0.2
"""Shares of signs and digits up to which text is plain."""


class Prose(Struct, frozen=True, gc=False):
    """The prose of a block. `text` keeps its lines. `words` are its words as they stand,
    `folded` the same in lower case and without the accents of Western languages.
    `is_plain`: few signs and digits are left in it, as in sentences and unlike in code, logs and data."""

    text: str
    words: tuple[str, ...]
    folded: tuple[str, ...]
    is_plain: bool


def read_prose(text: str, before: str) -> Prose:
    """The prose of a block that stands after `before`, of which only open code fences matter."""
    plain = without_asides(text, before)
    data = plain.encode("utf-8", "surrogatepass")
    signs = len(data) - len(data.translate(None, _SIGNS))
    digits = len(data) - len(data.translate(None, _DIGITS))
    is_plain = signs <= _MOST_SIGNS * len(plain) and digits <= _MOST_DIGITS * len(plain)
    words = _words(plain)
    return Prose(plain, tuple(words), _fold(words), is_plain)


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, as `folded` has those of a block."""
    return _fold(_words(text))


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


def _words(text: str) -> list[str]:
    if text.isascii():
        return text.encode().translate(_LETTERS_ALONE).decode().split()
    return _WORD.findall(text)


def _fold(words: list[str]) -> tuple[str, ...]:
    lower = " ".join(words).lower()
    return tuple((lower if lower.isascii() else lower.translate(_ACCENTS)).split(" "))
