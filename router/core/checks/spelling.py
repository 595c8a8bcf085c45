"""Whether words are spelt like words, by which letters follow which; and signs of text in a wrong encoding. Pure."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from operator import add
from typing import Final, NamedTuple

from router.core.checks.asked import ENCODINGS, NONSENSE, asks_for
from router.core.checks.check import Check, Limits
from router.core.checks.letter_pairs import ALPHABETS, FOLLOWS
from router.core.checks.prose import Prose
from router.core.checks.tongues import count_apart
from router.core.checks.vocabulary import UNCOUNTED, is_known, is_well_formed
from router.core.checks.written import Written
from router.core.scripts import writing_of
from router.core.verdict import evidence

SAMPLE = 60
"""Words that are looked at, spread over the block."""

FEWEST_LONG = 8
FEW_WORDS = 2.5
"""How many times odder than others so few long words in lower case have to be."""

SECOND = 6
"""Languages, the main one among them, of which one may be that of a quotation."""

FEWEST = 12
"""Words of which there must be as many for their spelling to say anything."""

MOJIBAKE = re.compile(
    "[\ufffd\u0080-\u009f\u00c2\u00c3\u00e2\u00ef\u00f0\u00d0\u00d1\u00e3\u00d8\u00d9\u00e0\u00ce\u00cf\u00e4-\u00e9]"
    "(?:(?<=[\ufffd\u0080-\u009f])|(?<=[\u00c2\u00c3])[\u0080-\u00bf\u0192\u2013-\u2122]|(?<=\u00e2)\u20ac"
    "|(?<=\u00ef)\u00bf\u00bd|(?<=\u00f0)\u0178|(?<=[\u00d0\u00d1])[^\\x00-\\x7f](?:[\u00d0\u00d1][^\\x00-\\x7f]){2}"
    "|(?<=[\u00d8\u00d9])[^\\x00-\\x7f](?:[\u00d8\u00d9][^\\x00-\\x7f]){2}|(?<=\u00e3)[\u0080-\u0083\u201a\u0192\u20ac].\u00e3"
    "|(?<=\u00e0)\u00a4.\u00e0|(?<=[\u00ce\u00cf])[^\\x00-\\x7f](?:[\u00ce\u00cf][^\\x00-\\x7f]){2}"
    "|(?<=[\u00e4-\u00e9])[^\\x00-\\x7f]{2}(?:[\u00e4-\u00e9][^\\x00-\\x7f]{2}){2})"
)
"""UTF-8 read as a Western encoding, and characters that could not be read at all."""

PAGES: Final = ("cp437", "mac-roman", "cp1250", "cp1251", "cp1252", "latin-1", "cp866", "koi8-r", "cp1254")
"""Encodings of one byte a character in which UTF-8 is read by mistake."""

MOST_RUNS = 6
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")
_LATIN_FOR_CYRILLIC = re.compile(r"(?<![\u00c0-\u00ff])[\u00c0-\u00ff]{4,}+(?:[ ,.]{1,2}[\u00c0-\u00ff]{2,}+){2}")
_UPSIDE_DOWN = re.compile(r"(?:\b[\u0430-\u044f][\u0410-\u042f]{3,}\b[ ,.]{0,2}){2}")
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_A-Z]|(?<!\?)\?{2,}+(?: \?{2,}+){3,}+|&#x?[0-9a-f]{2,6};|\\u[0-9a-fA-F]{4}")
_STAND_INS = ("???", "&#", "\\u")
_MARKED = re.compile(r"(?i)html|xml|json|entit|escap|url|regex|javascript|\bjs\b")

IMPOSSIBLE: Final[Mapping[str, re.Pattern[str]]] = {
    "cyrillic": re.compile(r"(?<=[A-Za-z])[\u0400-\u04ff]|(?<=[\u0400-\u04ff])[A-Za-z]"),
    "arabic": re.compile(r"[\u0629\u0649](?=[\u0621-\u064a])|(?<=[\u0621-\u064a])[a-z](?=[\u0621-\u064a])"),
    "greek": re.compile(r"\u03c2(?=[\u03b1-\u03c9])"),
    "hebrew": re.compile(r"[\u05dd\u05df\u05e3\u05e5\u05da](?=[\u05d0-\u05ea])"),
    "devanagari": re.compile(r"[\u093e-\u094c](?:(?<=[\s\u0904-\u0914].)|(?<=[\u093e-\u094c].))"),
    "thai": re.compile(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e](?:(?<=[\s\u0e40-\u0e44].)|(?=[\u0e31\u0e34-\u0e3a]))"),
    "kana": re.compile(
        r"[\u3092\u3083\u3085\u3087\u3063\u30fc\u3001\u3002\u30f3](?:(?<=\u3092)[\u3092\u304c\u306f]"
        r"|(?<=[\u3083\u3085\u3087\u3063])(?:(?<=[\u3042-\u304a\u306a\u306e\u306f\u307e\u3089\u308b-\u308d\u308f-\u3093][\u3083\u3085\u3087])|[\u3083\u3085\u3087])"
        r"|(?<=[\u4e00-\u9fff\u3042-\u3093]\u30fc)|(?<=\u3063)[\u3042-\u304a\u306a-\u306e\u3001\u3002]|(?<=[\u3001\u3002])[\u3001\u3002])"
    ),
    "han": re.compile(
        r"[\u7684\u3001\u3002\uff0c](?:(?<=\u7684)\u7684|(?<=[\n\u3001\u3002\uff0c][\u3001\u3002\uff0c]))"
    ),
}
"""What no spelling allows: letters of two alphabets in a word, final forms within one, vowel signs on nothing."""

HEADSTART: Final[Mapping[str, float]] = {"latin": 0.0, "cyrillic": 0.75, "greek": 1.2, "arabic": 1.0, "devanagari": 0.4}
"""Bits by which a letter's score is raised where fewer languages were counted, so that one limit fits all."""

LEAST_BITS = 2.1
"""Bits a letter above chance that text in other languages has: sensible text 2.1 to 2.5, shuffled letters 1.4 to 2."""

LEAST_SMALL = 0.12
"""Share of small words from which on a language is sure."""

WELL_FORMED: Final[Mapping[str, float]] = {"en": 0.6}
USUAL_WELL_FORMED = 0.25
"""What an unknown word counts for whose letters stand as they do in its language. Nearly all English ones are known."""

DRIFT = 0.35
"""What the oddness of a run of words is above, on the average of a word."""


class Tolerance(NamedTuple):
    """How much may be odd: a share of all words, and the most in a run of them beyond `DRIFT`."""

    share: float
    run: float


SOME_FORMS: Final = Tolerance(0.32, 4.8)
MANY_FORMS: Final = Tolerance(0.35, 5.0)
"""Where words take many more forms than were counted."""

TOLERANCES: Final[Mapping[str, Tolerance]] = {
    "en": Tolerance(0.09, 2.0),
    "hi": Tolerance(0.5, 8.0),
    "ar": Tolerance(0.45, 6.5),
    **dict.fromkeys("pl cs sk hr sl".split(), SOME_FORMS),
    **dict.fromkeys("ru uk bg sr tr el fi hu et lt fa he".split(), MANY_FORMS),
}
USUAL: Final = Tolerance(0.23, 3.4)
"""Other languages. All were set so that of texts unlike the counted ones hardly any is odder."""


def looks_garbled(written: Written, limit: float) -> str | None:
    """More odd words than `limit` times what its language tolerates, in all or in a run."""
    prose = written.prose
    if not prose.is_plain or len(prose.words) < FEWEST:
        return None
    language = prose.language
    if language in UNCOUNTED or _BELARUSIAN in prose.text:
        return None
    if prose.languages.get(language, 0) < LEAST_SMALL * len(prose.words):
        return _is_unlike_any(written)
    odd = _odd_words(prose, language, limit)
    if not odd or asks_for(written.brief, NONSENSE):
        return None
    asked = (written.brief.prompt + written.brief.context).lower()
    if 2 * sum([word in asked for word in odd]) > len(odd):
        return None
    return f"{len(odd)} odd words: {evidence(' '.join(odd[:8]))}"


def has_impossible_spelling(written: Written, limit: float) -> str | None:
    """More impossible spellings than a slip of the pen, as a share of the letters outside ASCII."""
    first = _BEYOND_LATIN.search(written.prose.text)
    script = writing_of(first.group()).scripts[:1] if first else ()
    pattern = IMPOSSIBLE.get(script[0]) if script else None
    found = pattern.findall(written.prose.text) if pattern else []
    if len(found) <= 2 or len(found) < limit * len(written.prose.text) or asks_for(written.brief, NONSENSE):
        return None
    return f"{len(found)} impossible spellings, as {evidence(' '.join(found[:6]))}"


def is_misread(written: Written, _limit: float) -> str | None:
    """Text that went through a wrong encoding, or through one that lost what it could not hold."""
    text = written.text
    found = MOJIBAKE.search(text)
    said = found.group() if found else _misread_run(text)
    if said is None or said in written.brief.prompt or asks_for(written.brief, ENCODINGS):
        return None
    at = text.find(said)
    return evidence(text[max(at - 20, 0) : at + len(said) + 20])


def is_lossy(written: Written, _limit: float) -> str | None:
    """Question marks, numbers of characters or escapes where letters were."""
    prose = written.prose
    if prose.shape.count(b"a?a") < 3 and not any(each in prose.text for each in _STAND_INS):
        return None
    found = _LOST.findall(prose.text)
    is_lost = len(found) >= 3 or (found and len(found[0]) > 8)
    if not is_lost or asks_for(written.brief, ENCODINGS) or asks_for(written.brief, _MARKED):
        return None
    return f"{len(found)} letters lost: {evidence(' '.join(found[:6]))}"


def may_be_lossy(written: Written) -> bool:
    """Whether there is any of what stands for lost letters."""
    return "?" in written.text or "&#" in written.text or "\\u" in written.text


def _misread_run(text: str) -> str | None:
    """The first letters that are UTF-8 read in another code page, if most such letters are."""
    if len(text) - len(text.encode("ascii", "ignore")) < MOST_RUNS:
        return None
    if odd := _LATIN_FOR_CYRILLIC.search(text) or _UPSIDE_DOWN.search(text):
        return odd.group()
    runs: list[str] = [run for run in _BEYOND_ASCII.findall(text)[:MOST_RUNS] if "\ufffd" not in run]
    if len(runs) < 2 or "\u3040" < max(max(runs)) < "\uf000":
        return None
    for page in PAGES:
        may_be = _is_utf8_in(page, runs[0]) or _is_utf8_in(page, runs[1])
        if may_be and 4 * sum([_is_utf8_in(page, run) for run in runs]) > 3 * len(runs):
            return runs[0]
    return None


def _is_utf8_in(page: str, run: str) -> bool:
    try:
        run.encode(page).decode()
    except UnicodeError:
        return False
    return True


def goes_beyond_ascii(written: Written) -> bool:
    """Whether there is anything but ASCII."""
    return not written.text.isascii()


_BEYOND_LATIN = re.compile("[\u0370-\u1dff\u3040-\ud7a3]")


def _any(written: Written) -> bool:
    return len(written.text) >= FEWEST


def _odd_words(prose: Prose, language: str, limit: float) -> list[str]:
    """The words that no language has, where they are more than the limit allows."""
    words = [word for word in dict.fromkeys(prose.words) if len(word) > 3 and word == word.lower() and word < _UNSPACED]
    unknown = [word for word in words if not is_known(word)]
    if len(words) < FEWEST_LONG or len(unknown) < FEWEST_LONG // 2 + 1 or _is_mixed(prose):
        return []
    mild = WELL_FORMED.get(language, USUAL_WELL_FORMED)
    oddness = {word: mild if is_well_formed(word, language) else 1.0 for word in unknown[:SAMPLE]}
    run = most = 0.0
    for word in words:
        run = max(run + oddness.get(word, 0.0) - DRIFT, 0.0)
        most = max(most, run)
    share = sum(oddness.values()) / len(words)
    tolerance = TOLERANCES.get(language, USUAL)
    limit *= FEW_WORDS if len(words) < FEWEST else 1.0
    return unknown if max(share / tolerance.share, most / tolerance.run) >= limit else []


def _is_mixed(prose: Prose) -> bool:
    """Whether a second language has so many words in it that those of neither are all that is to be expected."""
    main = prose.language
    apart = [count_apart(prose.counts, other, main)[0] for other in list(prose.languages)[1:SECOND]]
    return 3 * max(apart, default=0) > prose.languages[main]


def _is_unlike_any(written: Written) -> str | None:
    """Words whose letters follow each other too unlike those of any language in the table."""
    words = _sample(written.prose.words)
    bits = _bits(" ".join(words))
    if bits is None or bits >= LEAST_BITS or asks_for(written.brief, NONSENSE):
        return None
    return f"{bits:.2f} bits a letter: {evidence(' '.join(words[:8]))}"


def _sample(words: Sequence[str]) -> list[str]:
    """Some words in lower case, spread over all of them; names and acronyms are spelt as they like."""
    lower = [word for word in words[:: len(words) // (2 * SAMPLE) + 1] if len(word) > 1 and word == word.lower()]
    return list(dict.fromkeys(lower))[:SAMPLE]


def _bits(words: str) -> float | None:
    """Mean bits of the pairs of letters in words of the alphabets in the table, and what chance may have taken from
    so few of them; None: too few such words."""
    if _PERSIAN.search(words):
        return None
    folded = f" {words if words.isascii() else words.translate(_FOLDED)} "
    bits = [each for each in map(_PAIRS.get, map(add, folded, folded[1:])) if each is not None]
    if len(bits) < 5 * FEWEST or 2 * len(bits) < len(folded):
        return None
    return sum(bits) / len(bits) + _MARGIN / math.sqrt(len(bits))


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


_BELARUSIAN = "\u045e"
_UNSPACED = "\u0e00"
_MARGIN = 2.0
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06be\u06cc]")
_FOLDED: Final = {
    **{code: _plain(code) for code in (*range(0xE0, 0x250), *range(0x1E00, 0x2000), *range(0x3AC, 0x3CF))},
    **{ord(letter): plain for letter, plain in zip("ıßłøđæœ", "isloaeo", strict=False)},
}
_PAIRS: Final = _pairs()

SPELT: Final[Limits] = {"light": 2.0, "standard": 1.0, "strict": 0.8}
IMPOSSIBLES: Final[Limits] = {"light": 0.02, "standard": 0.005, "strict": 0.002}
MISREAD: Final[Limits] = {"standard": 0.0, "strict": 0.0}

ROWS: Final = (
    Check("gibberish", "words that are spelt like no words", 14.0, _any, looks_garbled, SPELT),
    Check("spelling", "spellings that no language has", 6.0, goes_beyond_ascii, has_impossible_spelling, IMPOSSIBLES),
    Check("misread", "text in a wrong encoding", 5.0, goes_beyond_ascii, is_misread, MISREAD),
    Check("lossy", "signs in place of letters", 4.0, may_be_lossy, is_lossy, MISREAD),
)
