"""Where a text that is rejected from some character on is cut, and where one that is mended goes on: clean boundaries.
Pure.

In prose the end of a sentence or a line; in an open code fence that of a line; in JSON that of a token. Where the last
of these is too far back, the end of a word.
"""

import re
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from router.core.checks.fences import scan_fences
from router.core.reading.seams import is_whole, last_seam
from router.core.reading.sentences import ends, line_ends

NEAR: Final = 240
"""Characters that a cut may cost beyond the word that it falls into: some two sentences."""

_FENCES: Final = ("```", "~~~")
_JSON_HEAD = re.compile(r'\s*(?:\{\s*(?:["}]|\Z)|\[\s*(?:[{\["\]]|-?\d[\d.eE+-]*\s*(?:,|\Z)|\Z))')
_JSON_TOKEN = re.compile(
    r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|(?:-?\d[\d.eE+-]*|true|false|null)(?![^\s,}\]])', re.DOTALL
)
_NO_VALUES: Final = frozenset("{[,:")


class Place(Struct, frozen=True):
    """What stands at an offset: prose, code or JSON, which began at `origin`."""

    kind: Literal["prose", "code", "json"]
    origin: int = 0


def cut_back(text: str, offset: int, before: str = "") -> int:
    """The clean boundary of a text that stands after `before` at which it is cut so that nothing from `offset` on is
    kept; 0: there is none, or the sentence in question begins with the text.

    INVARIANT: at most `offset`; what is cut once is cut at the same place again."""
    whole, joint = before + text, len(before)
    at = joint + max(0, min(offset, len(text)))
    cut = _cut(whole, at, joint)
    while cut < at:
        at, cut = cut, _cut(whole, cut, joint)
    return cut - joint


def sentence_end(text: str, start: int) -> int | None:
    """The first offset after `start`, with more than blanks between, at which a sentence or a line of prose, a line of
    code or a value in JSON is over for certain; None: not yet.

    INVARIANT: the end that is found stays the same however the text goes on; it is where `cut_back` would cut it."""
    place = _place(text, start)
    found = (each for each in _ends_of(text, place, start) if each > start and text[start:each].strip())
    return next((each for each in found if cut_back(text, each) == each), None)


def _cut(whole: str, at: int, joint: int) -> int:
    """The boundary before `at` by what stands there; what stands at that boundary may know one before it."""
    seam = last_seam(whole, at, joint)
    best = _latest_end(whole, at, seam - NEAR)
    seam = max(best, seam)
    begins_here = best <= joint and not whole[best:joint].strip()
    if seam - best <= NEAR and (best > joint or begins_here):
        return max(joint, best)
    return max(joint, seam)


def _latest_end(text: str, at: int, since: int) -> int:
    """The last end of a sentence, line or token up to `at`: 0, or an early one, if none is after `since`."""
    place = _place(text, at)
    if place.kind == "json":
        found = [max(0, place.origin - 1), *_token_ends(text, place.origin, at)]
        return found[-1]
    # The end of a value with which the text began is one still, whatever comes behind it.
    latest = max(_token_ends(text, 0, at), default=0) if _JSON_HEAD.match(text) else 0
    for each in _ends_of(text, place, max(0, since)):
        if each > at:
            break
        latest = each
    return latest


def _place(text: str, at: int) -> Place:
    if _JSON_HEAD.match(text) and not _is_json_over(text, at):
        return Place("json")
    if not any(mark in text for mark in _FENCES):
        return Place("prose")
    is_open = [each for each in scan_fences(text[:at], 0) if each.end < 0 and each.start <= at]
    if not is_open:
        return Place("prose")
    return Place("json" if is_open[-1].language == "json" else "code", is_open[-1].start)


def _is_json_over(text: str, at: int) -> bool:
    """Whether the value that a text began with is closed, and more than blanks stand after it, up to an offset."""
    last = max(_token_ends(text, 0, at), default=0)
    depth = sum(_depth(found.group()) for found in _JSON_TOKEN.finditer(text, 0, last))
    return last > 0 and depth == 0 and bool(text[last:at].strip())


def _ends_of(text: str, place: Place, start: int) -> Iterator[int]:
    if place.kind == "prose":
        return ends(text, start)
    if place.kind == "code":
        return line_ends(text, start)
    return _value_ends(text, place.origin)


def _token_ends(text: str, origin: int, until: int) -> Iterator[int]:
    """The ends of whole tokens of JSON, up to a string that is open or that holds a fence."""
    at, depth = origin, 0
    for found in _JSON_TOKEN.finditer(text, origin):
        piece = found.group()
        if text[at : found.start()].strip() or found.end() > until or _FENCES[0] in piece:
            return
        at = found.end()
        if at < len(text) and is_whole(text, at):
            yield at
        depth += _depth(piece)
        if depth <= 0:
            return


def _depth(piece: str) -> int:
    """By how much a token of JSON goes deeper."""
    return 1 if piece in "{[" else -1 if piece in "}]" else 0


def _value_ends(text: str, origin: int) -> Iterator[int]:
    """The ends of values, and of what holds them, after which the mark that parts or closes has come."""
    for each in _token_ends(text, origin, len(text)):
        if text[each - 1] not in _NO_VALUES and text[each : each + NEAR].lstrip()[:1] in ("]", "}", ",", "`"):
            yield each
