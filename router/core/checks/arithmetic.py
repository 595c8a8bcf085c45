"""Statements of arithmetic, recomputed: what is plainly false is found, what may be meant otherwise is left alone."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from msgspec import Struct

from router.core.checks.arithmetic_words import MAY_STATE, STATES, spell_out
from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.disbelief import is_denied, is_quoted
from router.core.checks.passages import has_fence
from router.core.checks.sums import MEASURED, Reading, Unsure, Value, value_of
from router.core.checks.written import Written
from router.core.verdict import evidence

SEAM = 200
"""Characters before a block in which a statement that ends in it may begin."""

MAX_CHARS = 400
"""Longer statements are not read."""

MAX_READ = 20_000
"""Characters of a block that are read."""

MAX_STATED = 200
"""Statements of a block that are read."""

ABOUT: Final = Fraction(1, 50)
"""How far off a result may be that says that it is only about so much."""

PROSE: Final = frozenset({"", "text", "txt", "plaintext", "math", "latex", "tex", "markdown", "md"})
"""Languages of fences whose statements are read."""

EXACT: Final = Fraction(1, 10**12)
"""How far off a result may be that floating point worked out."""

_STRETCH: Final = re.compile(r"(?:[-\d.,%+−–*/×÷·∙^()=≈√²³! \t\u00a0\u202f]|‹[^›]{0,24}›){5,}+")  # noqa: RUF001
_PARTS: Final = re.compile(r"([=≈])")
_SENTENCE: Final = re.compile(r"(?:[.,]|(?<!\d)!)(?=[ \t])")
_MARKER: Final = re.compile(r"[ \t]*(?:[-*+•] +|\d{1,3}[.)] +|\*\*+)*")
_FUNCTION: Final = re.compile(
    r"(?:sin|cos|tan|log|ln|sqrt|exp|mod|arc\w+|max|min|gcd|lcm|choose|step|page|pi|over|of|\\[a-z]{1,12})$",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(r"[ \t][-+×÷·*/−][ \t]*\Z")  # noqa: RUF001
_LONE: Final = re.compile(r"[\d.,]+%?(?:‹[^›]*›)?")  # noqa: RUF001
_FOLLOWED_BY: Final = re.compile(
    r"[ \t]*(?:[A-Za-z](?![A-Za-z'])|\\|π|pi\b|sqrt|√|log|ln\b|sin|cos|tan|mod|[_^&<>{\[:′∙∞°\"'`]|\.\.\.|…)"  # noqa: RUF001
)
_CONVERSIONS: Final = frozenset(
    Fraction(n)
    for n in (
        7,
        12,
        24,
        30,
        36,
        52,
        60,
        100,
        365,
        1440,
        3600,
        86400,
        "3.6",
        "2.54",
        *(10**power for power in range(1, 13)),
    )
)


class _Part(Struct, frozen=True, gc=False):
    """One side of an equation, and the sign before it."""

    text: str
    sign: str


def may_hold_sums(written: Written) -> bool:
    """Whether a block may state a result."""
    return MAY_STATE.search(written.text, 0, MAX_READ) is not None


def is_false(written: Written, _limit: float) -> str | None:
    """A statement of arithmetic that is false however it is read."""
    stated = 0
    for text in _readable(written):
        for found in _STRETCH.finditer(text):
            stated += "=" in found.group() or "≈" in found.group()
            if stated > MAX_STATED:
                return None
            if found.end() - found.start() > MAX_CHARS or ("=" not in found.group() and "≈" not in found.group()):
                continue
            if found.end() == len(text) and not written.is_last:
                continue
            said = _false_step(text, found)
            if said is not None and not (
                is_denied(text, *found.span()) or is_quoted(said, written.brief.prompt[:MAX_READ])
            ):
                return evidence(said)
    return None


def _readable(written: Written) -> Iterator[str]:
    """The text of a block outside of code, spelt out."""
    base = max(0, len(written.before) - SEAM)
    text = written.before[base:] + written.text
    if len(text) > MAX_READ:
        text = text[: text.rfind("\n", 0, MAX_READ) + 1]
    start = 0
    for fence in written.fences if has_fence(written) else ():
        if fence.language not in PROSE:
            yield from _spelt_out(text[start : max(start, fence.start - base)])
            start = max(start, (fence.end if fence.end >= 0 else base + len(text)) - base)
    yield from _spelt_out(text[start:])


def _spelt_out(text: str) -> Iterator[str]:
    """Those lines that state something, each with the end that tells whether more may follow."""
    found = STATES.search(text)
    while found is not None:
        start, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end()) + 1 or len(text)
        yield spell_out(text[start:end])
        found = STATES.search(text, end)


def _false_step(text: str, found: re.Match[str]) -> str | None:
    """The first two sides of a chain of equations that are not equal."""
    stretch = found.group()
    if "==" in stretch or "!=" in stretch or "=-=" in stretch:
        return None
    parts = _parts(text, found)
    for left, right in pairwise(parts):
        if left and right and _is_false(left.text, right):
            return f"{left.text.strip()} {right.sign} {right.text.strip()}".replace("‹", "").replace("›", "")  # noqa: RUF001
    return None


def _parts(text: str, found: re.Match[str]) -> Sequence[_Part | None]:
    """The sides of a chain of equations; None for one that is not all there."""
    pieces = _PARTS.split(found.group())
    sides, signs = pieces[::2], ["=", *pieces[1::2]]
    parts: list[_Part | None] = [_Part(side, sign) for side, sign in zip(sides, signs, strict=True)]
    parts[0] = _first(text, found.start(), sides[0])
    last = _last(text, found.end(), sides[-1])
    parts[-1] = None if last is None else _Part(last, signs[-1])
    return parts


def _first(text: str, start: int, side: str) -> _Part | None:
    """What of the first side is certain to be the whole of it."""
    cut = max([0, *[each.end() for each in _SENTENCE.finditer(side)], _unmatched(side)])
    before = text[max(0, start - 24) : start].rstrip(" \t")
    if cut == 0:
        marker = _MARKER.match(side)
        if not before or before[-1] == "\n":
            cut = marker.end() if marker else 0
        elif not _may_precede(before, side):
            return None
    rest = side[cut:].strip()
    if not rest or (before and before[-1] != "\n" and _LONE.fullmatch(rest)):
        return None  # a number may be the end of an expression in words: 2% of the 7,000 = 0.02 times 7,000
    return _Part(rest, "=")


def _may_precede(before: str, side: str) -> bool:
    """Whether an expression may begin behind some text: behind a word or a mark, not within a formula."""
    if before[-1].isalpha():
        word = before[-2:]
        begins = side.lstrip(" \t*(\u00a0")[:1]
        return word.isalpha() and begins.isdigit() and side[:1] in " \t*" and _FUNCTION.search(before) is None
    return before[-1] in ':;|→⇒>“”"—∴' and not (before[-1] == ":" and side[:1].isdigit())


def _unmatched(side: str) -> int:
    """Where the last bracket that does not close in a side has opened, one further; 0 where each closes."""
    opened: list[int] = []
    for at, mark in enumerate(side):
        if mark == "(":
            opened.append(at + 1)
        elif mark == ")" and opened:
            opened.pop()
    return opened[-1] if opened else 0


def _last(text: str, end: int, side: str) -> str | None:
    """The last side as far as it is an expression, where nothing behind it belongs to it."""
    cut = _SENTENCE.search(side)
    side = side if cut is None else side[: cut.start()]
    if _GOES_ON.search(side):
        return None
    depth = 0
    for at, mark in enumerate(side):
        depth += (mark == "(") - (mark == ")")
        if depth < 0:
            return side[:at]
    kept = side.rstrip(" \t.,*!" if not side.rstrip().endswith("!") else " \t.,*")
    if cut is None and len(kept) == len(side.rstrip(" \t")):
        following = text[end : end + 16]
        if (following[:1].isalnum() and side[-1:] not in " \t") or _FOLLOWED_BY.match(following):
            return None
    return kept


def _is_false(left: str, right: _Part) -> bool:
    is_equal = _compare(left, right, "english")
    if is_equal is None or (not is_equal and (_GROUPS.search(left) or _GROUPS.search(right.text))):
        is_equal = _compare(left, right, "continental")
    return is_equal is False


_GROUPS: Final = re.compile(r"\d\.\d{3}(?!\d)")
"""What may be thousands, set off by points."""


def _compare(left: str, right: _Part, reading: Reading) -> bool | None:
    """Whether two sides are equal; None where nobody can tell."""
    try:
        ours, theirs = value_of(left, reading), value_of(right.text, reading)
    except Unsure:
        return None
    if not (ours.operators | theirs.operators) - {"-"} and not _is_difference(left):
        return None
    return _are_equal(ours, theirs, right.sign)


def _is_difference(left: str) -> bool:
    return re.match(r"\s*[\d.,]+(?:‹[^›]*›)? [-−–] [\d.,]+(?:‹[^›]*›)?\s*$", left) is not None  # noqa: RUF001


def _are_equal(left: Value, right: Value, sign: str) -> bool | None:
    if left.amount == right.amount or _is_close(left, right, sign, Fraction(1)):
        return True
    if left.is_binary and right.is_binary:
        return None
    units = left.units | right.units
    if (len(left.units) > 1 and left.operators & {"+", "-", "/"}) or (sign == "≈" and right.operators - {"-", "^"}):
        return None
    scales = {Fraction(100), Fraction(1, 100)} if left.has_percent or right.has_percent else set()
    if (units and left.units != right.units) or len(units) > 1:
        scales |= _CONVERSIONS | {1 / each for each in _CONVERSIONS}
    return any(_is_close(left, right, sign, scale) for scale in scales)


def _is_close(left: Value, right: Value, sign: str, scale: Fraction) -> bool:
    """Whether a side, scaled, is the other one but for rounding."""
    amount = left.amount * scale
    off = abs(amount - right.amount)
    size = max(abs(amount), abs(right.amount))
    if off <= size * EXACT:
        return True
    if off <= size * (ABOUT if sign == "≈" else _slack(left, right)):
        return True
    if right.decimals is not None:
        return _is_rounding(amount, right.amount, right.decimals + 2 * right.has_percent)
    return left.decimals is not None and _is_rounding(right.amount, amount, left.decimals + 2 * left.has_percent)


def _slack(left: Value, right: Value) -> Fraction:
    """By which share two sides may differ: not at all where every digit of the result is there."""
    if (
        right.decimals is not None
        and right.decimals >= left.precision
        and left.slack == MEASURED
        and "/" not in left.operators
    ):
        return Fraction(0)
    return max(left.slack, right.slack) if right.operators else left.slack


def _is_rounding(exact: Fraction, rounded: Fraction, decimals: int) -> bool:
    """Whether a number is another one with so many decimals, cut or rounded; a number that has no more is not rounded.
    Whole numbers are rounded up, too: so many boxes are needed."""
    scaled = exact * 10**decimals
    off = scaled - rounded * 10**decimals
    if scaled.denominator == 1:
        return False
    return abs(off) <= _HALF or (abs(off) < 1 and (decimals == 0 or (off > 0) == (exact > 0)))


_HALF: Final = Fraction(1, 2)


ROWS: Final = (Check("arithmetic", "arithmetic that is false", 65.0, may_hold_sums, is_false, EVERYWHERE),)
