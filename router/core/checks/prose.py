"""The prose of a block: what is left without code, formulas, addresses and markup. Pure, in time linear in the text."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from router.core.checks.tongues import Tag, count_languages, tags_of

FENCE: Final = "```"

_ASIDE = re.compile(
    r"`[^`\n]{1,200}`|\$\$[^$]{1,400}\$\$|\$[^$\n]{1,200}\$|\\\([^\n]{1,200}?\\\)|\\\[.{1,400}?\\\]"
    r"|https?://[^\s)]{1,300}|</?[A-Za-z][^<>\n]{0,200}>",
    re.DOTALL,
)
"""Inline code, formulas, addresses and tags. Every part is bounded, so that what is left open costs little."""

_WORD = re.compile(r"[\u0900-\u0963]{2,24}|[^\W\d_]{1,24}")

_SIGNS = b"{}[]=;|<>\\_/#@^~+&%`"
_SHAPES = bytes(
    ord(
        "a"
        if code > 127 or chr(code).islower()
        else "A"
        if chr(code).isupper()
        else "0"
        if chr(code).isdigit()
        else _sign
    )
    for code in range(256)
    for _sign in (";" if code in _SIGNS else chr(code) if chr(code) in " \n?" else "!" if code < 32 else ".",)
)
_LETTERS_ALONE = bytes(code if chr(code).isalpha() and code < 128 else 32 for code in range(256))
_MOST_SIGNS, _MOST_DIGITS = 0.06, 0.2
"""Shares of signs and digits up to which text is plain."""


class Prose(Struct, frozen=True, gc=False):
    """The prose of a block. `text` keeps its lines. `words` are its words as they stand, `tags` the languages that each
    is a small word of, `counts` how often each tag is there, `languages` how many words there are of each language, the
    most first. `shape` has a sign for each byte: `A` and
    `a` for letters, `0` for digits, `?` and blanks for themselves, `;` for signs of code and `.` for other ones.
    `is_plain`: few signs and digits are left in it, as in sentences and unlike in code, logs and data."""

    text: str
    words: Sequence[str]
    tags: Sequence[Tag]
    counts: Mapping[Tag, int]
    languages: Mapping[str, int]
    shape: bytes
    is_plain: bool

    @property
    def language(self) -> str:
        """The language with the most small words; "" without any."""
        return next(iter(self.languages), "")


def read_prose(text: str, before: str) -> Prose:
    """The prose of a block that stands after `before`, of which only open code fences matter."""
    plain = without_asides(text, before)
    shape = plain.encode("utf-8", "surrogatepass").translate(_SHAPES)
    signs, digits = shape.count(b";"), shape.count(b"0")
    is_plain = signs <= _MOST_SIGNS * len(plain) and digits <= _MOST_DIGITS * len(plain)
    words = _words(plain)
    tags = tags_of(_words(plain.lower()))
    counts = Counter(tags)
    return Prose(plain, words, tags, counts, count_languages(counts), shape, is_plain)


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
