"""Whether words are spelt like words, by which letters follow which; and signs of text in a wrong encoding. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from operator import add
from typing import Final

from router.core.checks.asked import ENCODINGS, NONSENSE, asks_for
from router.core.checks.check import Check, Limits
from router.core.checks.letter_pairs import ALPHABETS, FOLLOWS
from router.core.checks.written import Written
from router.core.verdict import evidence

SAMPLE = 64
"""Words that are looked at, spread over the block."""

FEWEST = 12
"""Words of which there must be as many for their spelling to say anything."""

MOJIBAKE = re.compile(
    "\ufffd|[\u00c3\u00c2][\u0080-\u00bf\u0192\u2013-\u2122]|\u00e2\u20ac.|\u00ef\u00bf\u00bd|\u00f0\u0178|[\u0080-\u009f]"
    "|(?:[\u00d0\u00d1][^\\x00-\\x7f]){3}|(?:\u00e3[\u0080-\u0083\u201a\u0192\u20ac].){2}|(?:[\u00d8\u00d9][^\\x00-\\x7f]){3}"
    "|(?:\u00e0\u00a4.){2}|(?:[\u00ce\u00cf][^\\x00-\\x7f]){3}|(?:[\u00e4-\u00e9][^\\x00-\\x7f]{2}){3}"
)
"""UTF-8 read as a Western encoding, and characters that could not be read at all."""

IMPOSSIBLE = re.compile(
    r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]"
    r"|[\u0629\u0649][\u0621-\u064a]|\u03c2[\u03b1-\u03c9]|[\u05dd\u05df\u05e3\u05e5\u05da][\u05d0-\u05ea]"
    r"|(?:^|[\s\u0904-\u0914])[\u093e-\u094c\u0962]|[\u093e-\u094c]{2}|[\u0e30-\u0e3a\u0e47-\u0e4e]{4}|\s[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
    r"|\u3092[\u3092\u304c\u306f]|[\u3083\u3085\u3087\u3063]{2}|[\u3042-\u304a\u306a\u306e\u306f\u307e\u3089-\u308d\u308f-\u3093][\u3083\u3085\u3087]"
    r"|[\u4e00-\u9fff\u3042-\u3093]\u30fc|\u3063[\u3042-\u304a\u306a-\u306e\u3001\u3002]|[\u3001\u3002\uff0c]{2}|\u7684{2}"
    r"|(?:^|\n)[\u3001\u3002\uff0c\uff1b\uff01\uff1f]|[\u3041-\u3096]\u30f3[\u3041-\u3096]"
)
"""What no spelling allows: letters of two alphabets in a word, final forms within one, vowel signs on nothing."""

HEADSTART: Final[Mapping[str, float]] = {"latin": 0.0, "cyrillic": 0.75, "greek": 1.2, "arabic": 1.0, "devanagari": 0.4}
"""Bits by which a letter's score is raised where fewer languages were counted, so that one limit fits all."""


def looks_garbled(written: Written, limit: float) -> str | None:
    """Words whose letters follow each other too unlike those of any language in the table. The limit is in bits a
    letter above chance; sensible text has 2.1 to 2.5, shuffled letters 1.4 to 2.0."""
    prose = written.prose
    if not prose.is_plain or len(prose.words) < FEWEST:
        return None
    words = _sample(word for word in prose.words if word == word.lower())
    bits = _bits(words)
    if bits is None or bits >= limit or asks_for(written.brief, NONSENSE):
        return None
    return f"{bits:.2f} bits a letter: {evidence(' '.join(words[:8]))}"


def has_impossible_spelling(written: Written, limit: float) -> str | None:
    """More impossible spellings than a slip of the pen, as a share of the letters outside ASCII."""
    found = IMPOSSIBLE.findall(written.prose.text)
    if len(found) <= 2 or len(found) < limit * len(written.prose.text) or asks_for(written.brief, NONSENSE):
        return None
    return f"{len(found)} impossible spellings, as {evidence(' '.join(found[:6]))}"


def is_misread(written: Written, _limit: float) -> str | None:
    """Text that went through a wrong encoding."""
    found = MOJIBAKE.search(written.text)
    if found is None or found.group() in written.brief.prompt or asks_for(written.brief, ENCODINGS):
        return None
    return evidence(written.text[max(found.start() - 20, 0) : found.end() + 20])


def goes_beyond_ascii(written: Written) -> bool:
    """Whether there is anything but ASCII."""
    return not written.text.isascii()


def _any(written: Written) -> bool:
    return len(written.text) >= FEWEST


def _sample(words: Iterable[str]) -> list[str]:
    distinct = list(dict.fromkeys(words))
    return distinct[:: len(distinct) // SAMPLE + 1]


def _bits(words: list[str]) -> float | None:
    """Mean bits of the pairs of letters in words of the alphabets in the table; None: too few such words."""
    total, pairs, read = 0.0, 0, 0
    for word in words:
        folded = f" {word.translate(_FOLDED)} "
        bits = [_PAIRS[pair] for pair in map(add, folded, folded[1:]) if pair in _PAIRS]
        if 2 * len(bits) > len(word) > 1:
            total, pairs, read = total + sum(bits), pairs + len(bits), read + 1
    return total / pairs if read >= FEWEST else None


def _plain(code: int) -> str:
    letter = unicodedata.normalize("NFD", chr(code))[0]
    return letter if letter.isalpha() else chr(code)


def _pairs() -> Mapping[str, float]:
    return {
        first + second: (ord(sign) - ord("A")) / 2 - 6 + HEADSTART[name]
        for name, letters in ALPHABETS.items()
        for first, row in zip(letters, FOLLOWS[name].split(), strict=True)
        for second, sign in zip(letters, row, strict=True)
    }


_FOLDED: Final = {
    **{code: _plain(code) for code in (*range(0xE0, 0x250), *range(0x1E00, 0x2000), *range(0x3AC, 0x3CF))},
    **{ord(letter): plain for letter, plain in zip("ıßłøđæœ", "isloaeo", strict=False)},
}
_PAIRS: Final = _pairs()

SPELT: Final[Limits] = {"light": 1.75, "standard": 2.0, "strict": 2.05}
IMPOSSIBLES: Final[Limits] = {"light": 0.02, "standard": 0.005, "strict": 0.002}
MISREAD: Final[Limits] = {"standard": 0.0, "strict": 0.0}

ROWS: Final = (
    Check("gibberish", "words that are spelt like no words", 50.0, _any, looks_garbled, SPELT),
    Check("spelling", "spellings that no language has", 30.0, goes_beyond_ascii, has_impossible_spelling, IMPOSSIBLES),
    Check("misread", "text in a wrong encoding", 8.0, goes_beyond_ascii, is_misread, MISREAD),
)
