"""Checks of seams: a block that says the end of the one before it again, or goes on amid another word. Pure."""

import re
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.prose import FENCE
from router.core.checks.repetition import LISTED, SEAM, WORDY, is_wanted
from router.core.checks.tongues import is_small
from router.core.checks.vocabulary import UNCOUNTED, is_known, is_well_formed
from router.core.checks.written import Written
from router.core.verdict import evidence

SHORTEST_BROKEN = 5
_LAST_WORD = re.compile(r"[^\W\d_]{1,24}$")
_FIRST_WORD = re.compile(r"^[^\W\d_]{1,24}")
_LAST_OF_SENTENCE = re.compile(r"(?<!\w)([^\W\d_]{2,12})( ?)$")
_TWICE: Final = frozenset("had that her very so no do it is in on you sie die das der nous vous se ha che".split())
"""Small words that may stand twice."""


def doubles_at_seam(written: Written, _limit: float) -> str | None:
    """A block that begins with the words, or with the half of a word, on which the one before it ended."""
    found = _overlap(written.before[-SEAM:], written.text) or _doubled_word(written)
    if found is not None:
        return None if is_wanted(written) else f"twice at the seam: {evidence(found)}"
    is_within = written.before[-1:].isalpha() and written.text[:1].isalpha()
    broken = (_doubled_fragment(written) or _broken_word(written)) if is_within else None
    return None if broken is None else f"a broken word at the seam: {evidence(broken)}"


def has_seam(written: Written) -> bool:
    """Whether anything stands before the block."""
    return bool(written.before)


def _overlap(before: str, text: str) -> str | None:
    head = text[:16]
    place = before.rfind(head) if len(head) == 16 else -1
    if place < 0:
        return None
    shared = before[place:]
    is_whole = text.startswith(shared) and shared.count(" ") >= 2 and not LISTED.match(shared.lstrip("\n"))
    return shared if is_whole and WORDY.search(shared) else None


def _doubled_fragment(written: Written) -> str | None:
    tail, head = _LAST_WORD.search(written.before[-32:]), _FIRST_WORD.search(written.text[:32])
    if tail is None or head is None:
        return None
    half, word = tail.group(), head.group()
    is_doubled = (len(half) > 3 and word.startswith(half)) or (len(word) >= 3 and half.endswith(word))
    if is_doubled and half.islower() and not is_known(half + word):
        return half + "|" + word
    return None


def _doubled_word(written: Written) -> str | None:
    """A small word on either side of the seam."""
    if not (written.before[-1:] == " " or written.text[:1] == " "):
        return None
    last, first = _LAST_OF_SENTENCE.search(written.before[-16:]), _FIRST_WORD.search(written.text[:32].lstrip(" "))
    if last is None or first is None or last[1] != first[0] or first[0] in _TWICE or not is_small(first[0]):
        return None
    is_apart = last[2] or written.text[:1] == " "
    return f"{first[0]} {first[0]}" if is_apart and first[0].islower() and len(first[0]) > 1 else None


def _broken_word(written: Written) -> str | None:
    """Two parts of a word on either side of the seam that are none together: unknown, or but for English misspelt."""
    prose = written.prose
    tail, head = _LAST_WORD.search(written.before[-32:]), _FIRST_WORD.search(written.text[:32])
    if (
        tail is None
        or head is None
        or not prose.is_plain
        or prose.language in UNCOUNTED
        or written.lately.count(FENCE) % 2
    ):
        return None
    word = tail.group() + head.group()
    is_long = min(len(tail.group()), len(head.group())) > 1 and len(word) >= SHORTEST_BROKEN
    if not word.islower() or not is_long or word in written.brief.prompt.lower():
        return None
    is_formed = is_well_formed(word, prose.language or "en")
    if is_formed and (prose.language != "en" or is_known(word)):
        return None
    return f"{tail.group()}|{head.group()}"


ROWS: Final = (
    Check("seam", "a block that says the end of the one before it again", 6.0, has_seam, doubles_at_seam, EVERYWHERE),
)
