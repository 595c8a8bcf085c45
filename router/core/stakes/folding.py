"""A text as the rules about stakes read it: plain lower-case words, whatever it was dressed up in. Pure, linear.

Case, accents, compatibility forms, letters of other scripts that look Latin, invisible characters and white space
make no difference. Every digit becomes `0`, an apostrophe vanishes (`don't` reads `dont`), `>` is a word, for a shell
writes to what follows it, and other signs part words.
"""

import re

from router.core.folding import fold_text

END = b"\x01"
"""Stands between sentences."""

COMMA = b"\x02"
"""Stands between the parts of a sentence: for a comma, a colon or a line break."""

_TITLES = (b" mr. ", b" mrs. ", b" ms. ", b" dr. ")
"""No sentence ends after these."""

_FROM_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")


def fold(text: str) -> bytes:
    """The words of a text with blanks around them, and `END` and `COMMA` among them."""
    data = b" %b " % fold_text(text).encode("utf-8", "surrogatepass").translate(_FOLDED, b"'`")
    for title in _TITLES:
        data = data.replace(title, title.replace(b".", b""))
    sentences = data.split(b". ")  # parting and joining reads the text once where replacing two bytes reads it twice
    data = b" \x01 ".join(sentences).replace(b",", b" \x02 ").replace(b".", b" ")
    return data.replace(b">", b" > ") if b">" in data else data


def fold_name(name: str) -> bytes:
    """The words of an identifier: `deleteUser`, `delete_user` and `delete-user` read the same."""
    return fold(_FROM_CAMEL.sub(" ", name))


def _folded(code: int) -> int:
    """What a byte reads as. Bytes of letters outside ASCII stay, and so do dots, commas, `$` and `>`."""
    character = chr(code)
    if code >= 128 or character in "$.,>":
        return code
    if character in "!?;":
        return ord(".")
    if character in ":\n":
        return ord(",")
    if character.isdigit():
        return ord("0")
    return ord(character.lower()) if character.isalpha() else ord(" ")


_FOLDED = bytes(_folded(code) for code in range(256))
