"""Numbers, identifiers, addresses and names that an answer had to keep and changed: those that its material lacks."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.kept_tasks import Keeping, keeping_of, may_respell
from router.core.checks.number_forms import Numbers
from router.core.checks.slips import is_misspelt, is_swapped
from router.core.checks.written import Written
from router.core.verdict import evidence

SEAM = 48
"""Characters before a block in which a number that ends in it may begin."""

MAX_NUMBERS = 60
"""Different numbers, and different addresses, of a block that are looked for."""

NAMES_READ = 20_000
"""Characters of the material whose names are read."""

_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"')\]|]{3,200}|[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,30})+"
    r"|(?<![\w-])(?:[A-Za-z]{1,8}[-_/#]?\d{2,}|\d{1,8}[A-Za-z]\d|[A-F0-9]{8}-)[A-Za-z0-9_-]{0,40}"
)
_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?(?![\d])")  # noqa: RUF001
_MARKER: Final = re.compile(
    r"^[ \t>#*_-]*\(?\d{1,3}[.):、]|\[\d{1,3}\]|\b(?:Step|Section|Part|Point|Item|Figure|Table|Note) \d{1,3}\b",
    re.MULTILINE,
)
_NAME: Final = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-ÞА-Я][a-zà-öø-ÿа-яё]{3,24}(?![\w'’])")  # noqa: RUF001
_INSIDE_NAME: Final = re.compile(r"(?<=[a-z,;\"] )[A-ZÀ-ÖØ-ÞА-Я][a-zà-öø-ÿа-яё]{3,24}(?![\w'’])")  # noqa: RUF001


def keeps_material(written: Written) -> bool:
    """Whether a block must keep what its material says."""
    return bool(written.text) and keeping_of(written.brief) != ""


def has_changed(written: Written, _limit: float) -> str | None:
    """The first address, number or name of a block that its material does not have."""
    text = _MARKER.sub(" ", _whole_words(written))
    source = f"{written.brief.context}\n{written.brief.prompt}"
    keeping = keeping_of(written.brief)
    changes = (
        _changed_addresses(text, source),
        _changed_numbers(text, source, keeping),
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


def _changed_addresses(text: str, source: str) -> Iterator[str]:
    if "@" not in text and "://" not in text and "www." not in text and not any(map(str.isdigit, text)):
        return
    folded = source.casefold()
    for written in islice(dict.fromkeys(_ADDRESS.findall(text)), MAX_NUMBERS):
        address = written.casefold().rstrip(".,;:!?*_`/-")
        is_link = "://" in address or "@" in address or address.startswith("www.")
        bare = address.split("://", 1)[-1].removeprefix("www.")
        if bare not in folded and (is_link or bare.replace("-", "") not in folded.replace("-", "").replace(" ", "")):
            if not is_link and not _is_like(bare, folded):
                continue
            yield f"{written} is not in the material"


def _is_like(identifier: str, source: str) -> bool:
    """Whether the material has identifiers of the same shape."""
    shape = re.escape(re.sub(r"\d", "0", identifier)).replace("0", r"\d")
    return re.search(rf"(?<![\w]){shape}(?!\w)", source) is not None


def _changed_numbers(text: str, source: str, keeping: Keeping) -> Iterator[str]:
    known: Numbers | None = None
    for number in islice(dict.fromkeys(_NUMBER.findall(_ADDRESS.sub(" ", text))), MAX_NUMBERS):
        if _stands_in(number, source):
            continue
        known = known or Numbers.of(source)
        if not known.explains(number, keeping == "condenses") and (len(number) > 1 or known.misses_digit(text)):
            yield f"{number} is not in the material"


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
    lowered = source[:NAMES_READ].lower()
    kept = [name for name in set(_INSIDE_NAME.findall(source[:NAMES_READ])) if name not in text]
    for name in sorted(unknown):
        if name.lower() in lowered:
            continue
        for right in kept:
            if _is_slip(name, right, keeping):
                yield f"{name} for {right}"


def _is_slip(name: str, right: str, keeping: Keeping) -> bool:
    """Whether a name is another one misspelt. Endings change with grammar; translations spell names their own way."""
    if keeping == "translates":
        return is_swapped(name, right)
    return is_misspelt(name, right) and name[:-2] != right[: len(name) - 2] and name[-1] == right[-1]


ROWS: Final = (
    Check(
        "kept",
        "numbers, addresses or names that had to be kept were changed",
        30.0,
        keeps_material,
        has_changed,
        EVERYWHERE,
    ),
)
