"""Checks of what no answer should hold whatever it is about: nothing at all, and marks that only engines use."""

import re
from typing import Final

from router.core.checks.check import EVERYWHERE, Check, always, at_the_end
from router.core.checks.written import Written
from router.core.verdict import evidence

SPECIAL = re.compile(
    r"<(?:pad|unk|bos|eos|mask|unused\d{1,4}|start_of_turn|end_of_turn|/?s)>|<\|(?:mask|pad|endoftext)\|>"
)
"""Special tokens of Gemma's vocabulary, and of others that turn up in its place."""


def is_empty(written: Written, _limit: float) -> str | None:
    """A whole answer without text and without a tool call."""
    if written.whole.strip() or written.calls:
        return None
    return f"no text, and the finish {written.finish or 'unknown'}"


def has_special_tokens(written: Written, _limit: float) -> str | None:
    """A special token in the text."""
    found = SPECIAL.search(written.text)
    return None if found is None else evidence(found.group())


ROWS: Final = (
    Check("empty", "no text at all", 0.2, at_the_end, is_empty, EVERYWHERE),
    Check("special_tokens", "tokens that only engines use", 1.0, always, has_special_tokens, EVERYWHERE),
)
