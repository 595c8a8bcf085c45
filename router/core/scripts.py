"""Which writing systems a text uses, by Unicode block. Pure."""

import re
from collections import Counter

from msgspec import Struct

LATIN = "latin"
OTHER = "other"

_BLOCKS: tuple[tuple[str, int, int], ...] = (
    (LATIN, 0x0041, 0x02AF),
    ("greek", 0x0380, 0x03FF),
    ("cyrillic", 0x0400, 0x052F),
    ("armenian", 0x0540, 0x057F),
    ("hebrew", 0x05C0, 0x05FF),
    ("arabic", 0x0600, 0x077F),
    ("devanagari", 0x0900, 0x097F),
    ("bengali", 0x0980, 0x09FF),
    ("gurmukhi", 0x0A00, 0x0A7F),
    ("gujarati", 0x0A80, 0x0AFF),
    ("tamil", 0x0B80, 0x0BFF),
    ("telugu", 0x0C00, 0x0C7F),
    ("kannada", 0x0C80, 0x0CFF),
    ("malayalam", 0x0D00, 0x0D7F),
    ("sinhala", 0x0D80, 0x0DFF),
    ("thai", 0x0E00, 0x0E7F),
    ("burmese", 0x1000, 0x107F),
    ("georgian", 0x1080, 0x10FF),
    ("hangul", 0x1100, 0x11FF),
    ("ethiopic", 0x1200, 0x137F),
    ("khmer", 0x1780, 0x17FF),
    (LATIN, 0x1E00, 0x1EFF),
    ("greek", 0x1F00, 0x1FFF),
    ("kana", 0x3040, 0x30FF),
    ("hangul", 0x3130, 0x318F),
    ("han", 0x3400, 0x4DBF),
    ("han", 0x4E00, 0x9FFF),
    ("hangul", 0xAC00, 0xD7AF),
    ("arabic", 0xFB40, 0xFDFF),
    ("han", 0x20000, 0x2FA1F),
)
"""Each writing system and the code points it holds, widened to whole groups of 64. Letters elsewhere are `other`."""

SCRIPTS: tuple[str, ...] = (*dict.fromkeys(name for name, _, _ in _BLOCKS), OTHER)
"""Every name of a writing system."""

LETTERS_TO_A_CHARACTER = {"han": 3, "kana": 2, "hangul": 2}
"""What a character is worth beside a letter, where it stands for a syllable or a word."""


class Writing(Struct, frozen=True, gc=False):
    """The writing systems of a text, the one with the most letters first, and the share of Latin letters in 0..1."""

    scripts: tuple[str, ...]
    latin_share: float


_GROUP_BITS = 6
_SCRIPT_OF_GROUP = {
    group: name for name, first, last in _BLOCKS for group in range(first >> _GROUP_BITS, (last >> _GROUP_BITS) + 1)
}

_SAMPLE = 96
"""So many letters outside ASCII, spread over the text, show its writing systems as well as all of them would."""

_LETTER = re.compile("[A-Za-z]")
_ASCII = bytes(range(128))
_NOT_ASCII_LETTERS = bytes(code for code in range(256) if not (code < 128 and chr(code).isalpha()))
_ALL_LATIN = Writing((LATIN,), 1.0)
_NO_LETTERS = Writing((), 0.0)


def writing_of(text: str) -> Writing:
    """The writing systems of a text; none for a text without letters."""
    if text.isascii():
        return _ALL_LATIN if _LETTER.search(text) else _NO_LETTERS
    counts = _letters_by_script(text)
    if not counts:
        return _NO_LETTERS
    return Writing(tuple(name for name, _ in counts.most_common()), counts[LATIN] / counts.total())


def _letters_by_script(text: str) -> Counter[str]:
    data = text.encode("utf-8", "surrogatepass")
    ascii_letters = len(data.translate(None, _NOT_ASCII_LETTERS))
    counts = Counter({LATIN: ascii_letters} if ascii_letters else {})
    outside = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
    step = len(outside) // _SAMPLE + 1
    for letter in filter(str.isalpha, outside[::step]):
        script = _SCRIPT_OF_GROUP.get(ord(letter) >> _GROUP_BITS, OTHER)
        counts[script] += step * LETTERS_TO_A_CHARACTER.get(script, 1)
    return counts
