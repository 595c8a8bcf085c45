"""Numbers, identifiers, addresses and names that an answer had to keep and changed: those that its material lacks."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.kept_tasks import Keeping, may_respell
from router.core.checks.number_forms import Numbers
from router.core.checks.number_words import MONTH_NAME, months_of, names_month
from router.core.checks.slips import is_misspelt, is_swapped
from router.core.checks.written import Brief, Written
from router.core.verdict import evidence

SEAM = 48
"""Characters before a block in which a number that ends in it may begin."""

MAX_NUMBERS = 60
"""Different numbers, and different addresses, of a block that are looked for."""

MIN_LETTERS = 5
"""Shorter words at the start of a sentence are swaps of each other by chance: From and Form."""

NEAR = 40
"""Characters around a number in which words may say that it was worked out."""

NAMES_READ = 20_000
"""Characters of the material whose names are read."""

_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]|]{3,200}|[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,30})+"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]\d)|(?<![\w-])(?:[A-Za-z]{1,8}[-_/#]?\d{2,}|\d{1,8}[A-Za-z]\d"
    r"|[A-F0-9]{8}-)[A-Za-z0-9_-]{0,40}"
)
_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?(?![\d])")  # noqa: RUF001
_MARKER: Final = re.compile(
    r"^[ \t>#*_-]*\(?\d{1,3}(?:[.):](?=\s)|、)|\[\d{1,3}\]|\b(?:Step|Section|Part|Point|Item|Figure|Table"
    r"|Note) \d{1,3}\b",
    re.MULTILINE,
)
_NAME: Final = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-ÞА-Я][a-zà-öø-ÿа-яё]{3,24}(?![\w'’])")  # noqa: RUF001
_INSIDE_NAME: Final = re.compile(r"(?<=[a-z0-9,;\"'(/] )[A-ZÀ-ÖØ-ÞА-Я][a-zà-öø-ÿа-яё]{3,24}(?![\w'’])")  # noqa: RUF001


_FULL_NAME: Final = re.compile(r"(?<![\w'’])([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,24}) ([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{3,24})(?![\w'’])")  # noqa: RUF001
_CAPITALISES: Final = re.compile(r"\b(?:und|der|das|ist|nicht|mit)\b")
"""Words of German, which begins all nouns with a capital."""

_DATE: Final = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.|er)? (?:of |de |di )?(?P<before>{MONTH_NAME})\b"
    rf"|\b(?P<behind>{MONTH_NAME}) \d{{1,2}}\b",
    re.IGNORECASE,
)
_NUMERIC_DATE: Final = re.compile(
    r"(?<![\d.])\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?!\d|\.\d)|\b\d{1,2}/\d{1,2}\b|\b\d{1,2}\.\d{1,2}\.(?!\d)|\d ?[月월]"
)
_WORKED_OUT: Final = re.compile(
    r"%|\b(?:total\w*|sum|together|combined|altogether|difference|more|less|fewer|left|leaving|remain\w*|by|increas\w+"
    r"|decreas\w+|up|down|rise|rose|fell|fall|drop\w*|gr[eo]w\w*|growth|percent\w*|per cent|average|ratio|times"
    r"|later|older"
    r"|younger|over|net|profit|margin|gain\w*|lost|loss|sav\w+|span\w*|period|lasted|after|aged?|years?|Prozent)\b",
    re.IGNORECASE,
)


def keeps_material(written: Written) -> bool:
    """Whether a block must keep what its material says."""
    return bool(written.text) and written.brief.keeping != ""


def has_changed(written: Written, _limit: float) -> str | None:
    """The first address, number, month or name of a block that its material does not have."""
    text = _MARKER.sub(" ", _whole_words(written))
    source, keeping = written.brief.material, written.brief.keeping
    figures = _figures_of(text)
    changes = (
        _changed_addresses(figures, source),
        _changed_numbers(figures, text, written.brief),
        _changed_months(text, written.brief),
        _changed_names(text, source, keeping, written),
    )
    return next((evidence(change) for found in changes for change in found), None)


def _whole_words(written: Written) -> str:
    """A block from the start of the word in which it begins to the end of the last that is certain to be whole."""
    head = written.before[-SEAM:]
    text = head[max(head.rfind(" "), head.rfind("\n")) + 1 :] + written.text
    if written.is_last:
        return text
    return text[: max(text.rfind(" "), text.rfind("\n"), 0)].rstrip()


def _figures_of(text: str) -> str:
    """A text of which only the words are left that hold digits or addresses; the others are slower to search."""
    return " ".join([word if not word.isalpha() and _FIGURE.search(word) else "~" for word in text.split(" ")])


_FIGURE: Final = re.compile(r"[\d@]|://|www\.")


def _changed_addresses(figures: str, source: str) -> Iterator[str]:
    found = dict.fromkeys(_ADDRESS.findall(figures))
    folded = source.casefold() if found else ""
    for written in islice(found, MAX_NUMBERS):
        address = written.casefold().rstrip(".,;:!?*_`/-")
        is_link = "://" in address or "@" in address or address.startswith("www.")
        bare = address.split("://", 1)[-1].removeprefix("www.")
        if bare not in folded and (is_link or bare.replace("-", "") not in folded.replace("-", "").replace(" ", "")):
            if not is_link and not _is_like(bare, folded):
                continue
            yield f"{written} is not in the material"


def _is_like(identifier: str, source: str) -> bool:
    """Whether the material has identifiers of the same shape: of such digits, letters and marks in turn."""
    shape = "".join(_shape_of(part) for part in _SHAPE_PARTS.findall(identifier[:40]))
    return re.search(rf"(?<!\w){shape}(?!\w)", source) is not None


def _shape_of(part: str) -> str:
    if part[0].isdigit():
        return r"\d{1,40}+"
    return "[^\\W\\d_]{1,40}+" if part[0].isalpha() else re.escape(part)


_SHAPE_PARTS: Final = re.compile(r"\d+|[^\W\d_]+|.")


def _changed_numbers(figures: str, text: str, brief: Brief) -> Iterator[str]:
    source = brief.material
    plain = _GROUPED.sub(
        lambda found: " ~ " if brief.numbers.has_digits(_digits(found[0])) else found[0], _ADDRESS.sub(" ~ ", figures)
    )
    for number in islice(dict.fromkeys(_NUMBER.findall(plain)), MAX_NUMBERS):
        if _stands_in(number, source):
            continue
        known = brief.numbers
        if known.explains(number) or (brief.keeping == "condenses" and _is_worked_out(number, known, text)):
            continue
        if len(number) > 1 or known.misses_digit(text):
            yield f"{number} is not in the material"


_GROUPED: Final = re.compile(r"(?<!\d)\d[\d ()./-]{7,30}\d(?!\d)")
"""Digits in groups, as of telephones and accounts, which may be grouped otherwise."""


def _digits(written: str) -> str:
    return "".join(filter(str.isdecimal, written))


def _is_worked_out(number: str, known: Numbers, text: str) -> bool:
    """Whether a number may be a count, or a result that words around speak of; that of a day is neither."""
    at = re.search(rf"(?<![\d.,]){re.escape(number)}(?!\d)", text)
    around = text[max(0, at.start() - NEAR) : at.end() + NEAR] if at else ""
    if _DATE.search(around):
        return False
    if len(number) == 1 or number == "10":
        return True
    return _WORKED_OUT.search(around) is not None and known.leads_to(number)


def _changed_months(text: str, brief: Brief) -> Iterator[str]:
    if not names_month(text):
        return
    known = brief.numbers
    may_be_numbers = _NUMERIC_DATE.search(brief.material) is not None
    for found in islice(_DATE.finditer(text), MAX_NUMBERS):
        months = months_of({(found["before"] or found["behind"]).lower()})
        if not months & known.words.months and not (may_be_numbers and known.amounts & months):
            yield f"{found.group()} is not in the material"


def _stands_in(number: str, source: str) -> bool:
    at = source.find(number)
    while at >= 0:
        if not source[at - 1 : at].isdigit() and not source[at + len(number) : at + len(number) + 1].isdigit():
            return True
        if len(number) < 2:
            return re.search(rf"(?<![\d.,]){number}(?![\d])", source) is not None
        at = source.find(number, at + len(number))
    return False


def _changed_names(text: str, source: str, keeping: Keeping, written: Written) -> Iterator[str]:
    if may_respell(written.brief):
        return
    unknown = {name for name in _NAME.findall(text) if name not in source}
    if not unknown:
        return
    head = source[:NAMES_READ]
    lowered = head.lower()
    unknown = {name for name in unknown if name.lower() not in lowered}
    kept = {name for name in set(_INSIDE_NAME.findall(head)) if name not in text}
    starts = {name for name in set(_NAME.findall(head)) if len(name) >= MIN_LETTERS and name not in text}
    careful = keeping == "translates" or _CAPITALISES.search(lowered) is not None
    for name in sorted(unknown):
        for right in sorted(kept | starts):
            if is_swapped(name, right) or (not careful and right in kept and _is_slip(name, right)):
                yield f"{name} for {right}"
    if not careful:
        yield from _exchanged_names(text, head, unknown)


def _is_slip(name: str, right: str) -> bool:
    """Whether a name is another one misspelt. Endings change with grammar."""
    return is_misspelt(name, right) and name[-1] == right[-1] and name[0] == right[0]


def _exchanged_names(text: str, source: str, unknown: set[str]) -> Iterator[str]:
    """Unknown names behind a first name that the material gives another surname."""
    for first, last in _FULL_NAME.findall(text):
        if last in unknown and first not in unknown:
            surnames = set(re.findall(rf"(?<!\w){first} ([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{{2,24}})(?!\w)", source))
            if (
                surnames
                and len(surnames) == len(surnames - {last})
                and not re.search(rf"\b{first}\b(?! [A-Z])", source)
            ):
                yield f"{first} {last} for {first} {min(surnames)}"


ROWS: Final = (
    Check(
        "kept",
        "numbers, addresses or names that had to be kept were changed",
        150.0,
        keeps_material,
        has_changed,
        EVERYWHERE,
    ),
)
