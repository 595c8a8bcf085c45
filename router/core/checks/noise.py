"""Checks for what is no text at all: signs at random, bytes, words with signs and digits in them. Pure, linear."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

import re
from collections.abc import Callable
from itertools import filterfalse
from typing import Final

from router.core.checks.asked import ENCODINGS, NONSENSE, asks_for
from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.prose import Prose, without_code
from router.core.checks.written import Written
from router.core.verdict import evidence

MOST_KINDS = 10
"""Kinds of signs that formulas, emoticons and bare code hardly have side by side."""

LEAST_SMALL = 0.15
"""Share of small words that sentences have, code has not."""

FEWEST = 8
"""Odd words below which they may be names of something."""

_SIGN = r"!-/:-@\[-`{-~"
_SOUP: Final = re.compile(rf"(?:[{_SIGN}]{{1,5}}+[A-Za-z0-9]{{0,3}}+ ?+){{10}}[{_SIGN}A-Za-z0-9 ]{{0,200}}")
_CRUMBS: Final = re.compile(r"(?<!\S)(?:\S{1,4}+ ){18,}+")
_PAIRS: Final = re.compile(r"(?i)(?:\b[0-9a-f]{2}[ ,:]{1,2}){16}")
_BYTES: Final = re.compile(r"(?:\\x[0-9a-fA-F]{2}){6}")
_PACKED: Final = re.compile(
    r"(?<![\w/,+-])(?=[A-Za-z+/]{0,40}\d)(?=[^a-z\s]{0,40}[a-z])(?=[^A-Z\s]{0,40}[A-Z])[A-Za-z0-9+/]{72}"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_DIGIT_WITHIN: Final = re.compile(r"(?<![\w.-])(?=[a-z\d]{0,20}?\d[a-z])(?=[a-z\d]{0,20}?[a-z]\d)[a-z\d]{3,24}")
_SIGN_WITHIN: Final = re.compile(r"[^\W\d_][!#$%&*+<=>?@^|~;\"\[\]{}(\\_][^\W\d_]")
_CODE: Final = re.compile(r"\);|\)\{|=>|\bfunction\b|\breturn\b")
_MIXED: Final = re.compile(
    r"(?<!\w)[^\W\d_]{0,20}[a-zа-я][A-ZА-Я]{1,12}[a-zа-я]{1,12}[A-ZА-Я]|\b[a-zа-я][A-ZА-Я][^\W\d_]*"
)
_SPELT_OUT: Final = re.compile(r"(?:(?<= )[a-z] {1,2}){12}")
_ON_PURPOSE: Final = re.compile(
    r"(?i)\bhex|\bbytes?\b|\bbinary|\bdump|packet|\bmac addr|colou?r code|ascii|emoticon|kaomoji|punctuat|symbol"
    r"|\bsigns?\b|special char|base64|certificate|signature|\buuid|checksum|digest|\bleet|l33t|1337"
    r"|(?:camel|snake|mixed|random).?case|\bshell\b|assembl|opcode"
)


def is_noise(written: Written, _limit: float) -> str | None:
    """Signs, bytes or packed data where there should be text."""
    prose = written.prose
    found = _soup(prose, without_code(written.text, written.lately))
    found = found or next((said for look in _LOOKS if (said := look(prose))), None)
    if found is None or asks_for(written.brief, NONSENSE) or asks_for(written.brief, _ON_PURPOSE):
        return None
    return None if asks_for(written.brief, ENCODINGS) else f"no text: {evidence(found)}"


def has_odd_words(written: Written, _limit: float) -> str | None:
    """Words with digits or signs in them, in capitals at random, or with blanks between their letters."""
    prose = written.prose
    least = max(FEWEST, len(prose.words) // 7 + 1)
    found: list[str] = []
    for shapes, pattern in _WITHIN:
        if sum(map(prose.shape.count, shapes)) >= least and len(found) < least:
            found = list(dict.fromkeys(pattern.findall(prose.text)))
    if len(found) < least or (not prose.is_plain and not _is_of_sentences(prose)):
        return None
    is_meant = asks_for(written.brief, NONSENSE) or asks_for(written.brief, _ON_PURPOSE)
    return None if is_meant else f"{len(found)} odd words: {evidence(' '.join(found[:8]))}"


def _is_of_sentences(prose: Prose) -> bool:
    """Whether text with many signs in it is still no code."""
    share = prose.languages.get(prose.language, 0) / len(prose.words)
    return share > LEAST_SMALL and _CODE.search(prose.text) is None


def has_text(written: Written) -> bool:
    """Whether there is enough text to be no text."""
    return len(written.text) >= 40


def _soup(prose: Prose, text: str) -> str | None:
    """Signs of many kinds on end, in text that is neither code nor formulas around them."""
    if prose.shape.count(b";") < MOST_KINDS or text.lstrip()[:1] in _OPENERS_OF_DATA:
        return None
    plain = _INLINE.sub(" ", text)
    found = [each for pattern in (_SOUP, _CRUMBS) for each in pattern.finditer(plain) if _is_soup(each.group())]
    if not found:
        return None
    rest = plain[: min(map(re.Match.start, found))] + plain[max(map(re.Match.end, found)) :]
    if 2 * len(rest) < len(plain) and _CODE.search(plain):
        return None
    signs = sum(map(_SIGNS_OF_CODE.__contains__, rest))
    return found[0].group() if signs <= MOST_SIGNS * len(rest) + SLACK else None


def _is_soup(text: str) -> bool:
    return len(set(filterfalse(str.isalnum, text)) - {" "}) > MOST_KINDS and _COMMAND.search(text) is None


def _bytes(prose: Prose) -> str | None:
    text = prose.text
    if prose.shape.count(b"0") < _FEWEST_DIGITS:
        return None
    pairs = _PAIRS.search(text)
    if pairs and any(map(str.isalpha, pairs.group())) and any(map(str.isdigit, pairs.group())):
        return pairs.group()
    found = (_BYTES.search(text) if "\\x" in text else None) or _PACKED.search(text)
    return found.group() if found else None


def _control(prose: Prose) -> str | None:
    found = _CONTROL.findall(prose.text) if b"!" in prose.shape else None
    return repr("".join(found[:8])) if found and len(found) > 2 else None


def _spelt_out(prose: Prose) -> str | None:
    found = _SPELT_OUT.search(prose.text) if prose.shape.count(b" a a ") > 2 else None
    return found.group() if found else None


_LOOKS: Final[tuple[Callable[[Prose], str | None], ...]] = (_bytes, _control, _spelt_out)
_SIGNS_OF_CODE = frozenset("{}[]=;|<>\\_/#@^~+&%`")
SLACK = 12
"""Signs that may be left of soup on either side."""

_INLINE = re.compile(r"`[^`\n]{1,200}`")
_COMMAND = re.compile(r"\\[A-Za-z]{2}")
_OPENERS_OF_DATA = frozenset("{[<")
MOST_SIGNS = 0.06
"""Share of signs in what else there is, from which on it is code or formulas."""

_FEWEST_DIGITS = 5
_WITHIN: Final = (
    ((b"a0",), _DIGIT_WITHIN),
    ((b"a;a", b"a.a", b"a?a"), _SIGN_WITHIN),
    ((b"aA",), _MIXED),
)

ROWS: Final = (
    Check("noise", "signs or bytes in place of text", 4.0, has_text, is_noise, EVERYWHERE),
    Check("odd_words", "words with digits, signs or capitals in them", 8.0, has_text, has_odd_words, EVERYWHERE),
)
