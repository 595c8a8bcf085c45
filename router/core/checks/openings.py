"""What is left open at the end of an answer: code fences, and brackets and strings within code."""

import re
from typing import Final

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.code_marks import FAMILY, balance_of
from router.core.checks.passages import find_code, has_code, has_fence
from router.core.checks.written import Written
from router.core.verdict import evidence

_ELIDED: Final = re.compile(r"^(?:[ \t]*(?:\.\.\.|…)[ \t]*$|(?:[+@<]{1,2}|-) )|…", re.MULTILINE)
"""What tells that code was left out, or that it shows a change."""


def fence_is_open(written: Written, _limit: float) -> str | None:
    """A fence that never closes, or in which another one opens."""
    for fence in written.fences:
        if fence.is_cut or (fence.end < 0 and written.is_last and not written.was_cut):
            return evidence(f"{fence.marker}{fence.language} never closes")
    return None


def brackets_are_open(written: Written, _limit: float) -> str | None:
    """Code in a language of the C family whose brackets or strings do not match."""
    for code in find_code(written, FAMILY):
        text = code.text if code.is_whole else code.text[: code.text.rfind("\n") + 1]
        balance = balance_of(text, code.language)
        if (balance.fault or (balance.open and code.is_whole)) and not _ELIDED.search(code.text):
            return evidence(balance.fault or f"{balance.open} left open in {code.language}")
    return None


ROWS: Final = (
    Check("fence", "a code fence that never closes", 35.0, has_fence, fence_is_open, EVERYWHERE),
    Check("brackets", "brackets or strings in code that do not match", 25.0, has_code, brackets_are_open, EVERYWHERE),
)
