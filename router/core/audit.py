"""What an audit found of one answer of the fast tier, as the decision log holds it: no text. Plain values, and the
comparing of two answers."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from router.core.doubt.final_answer import agree, find_final
from router.core.doubt.question import read_question
from router.core.likeness import likeness
from router.core.log_schema import SCHEMA
from router.core.values import Tier, Usage

AUDITED: Final[Tier] = "fast"
"""The tier whose answers are audited."""

AUDITOR: Final[Tier] = "strong"
"""The tier that answers as well, and reads what the other said."""

KIND: Final = "audit"


class Likeness(Struct, frozen=True, gc=False):
    """How two answers to one prompt compare. `agree`: whether they end in the same final answer; None: it is an open
    question, or one of them ends in nothing that can be compared. `similarity`: see `core.likeness`."""

    agree: bool | None
    similarity: float


class Audit(Struct, frozen=True, tag_field="kind", tag=KIND):
    """One audited answer: a line of the decision log of a kind of its own, beside the record of the same request.

    `time_s`: Unix time at which the audit ended. `propensity`: how likely it was drawn, so that what it says counts for
    1 / propensity answers. `figures`: by criterion of reading, the least limit that would have let the whole answer
    pass; empty: it was not read. `limits`: those by which the caller's answer was read; what they cut is never audited.
    `doubt`: as the gate saw it. `fast` and `strong`: the tokens of the two answers; `tokens_read`: what the reading
    took in. `answered_s` and `read_s`: the strong engine's time. `error`: why the audit came to nothing, or to less, in
    the word of the error; empty: it did not. `schema`: see `core.log_schema`."""

    request_id: str
    time_s: float
    policy: str
    rule: str
    task: str
    propensity: float
    figures: Mapping[str, float] = {}
    limits: Mapping[str, float] = {}
    doubt: float | None = None
    agree: bool | None = None
    similarity: float | None = None
    fast: Usage | None = None
    strong: Usage | None = None
    tokens_read: int = 0
    answered_s: float = 0.0
    read_s: float = 0.0
    error: str = ""
    schema: int = SCHEMA


_BEGINS = re.compile(rb'\s*\{\s*"kind"\s*:\s*"audit"\s*[,}]')
"""The tag comes first, which is how the log is written."""


def is_audit(line: bytes) -> bool:
    """Whether a line of a decision log is about an audit: it is then no record of a request."""
    return _BEGINS.match(line) is not None


def compare(prompt: str, first: str, second: str) -> Likeness:
    """How two answers to a prompt compare."""
    question = read_question(prompt)
    ends = [] if question.kind == "open" else [find_final(each, question) for each in (first, second)]
    agreed = agree(*ends) if ends and None not in ends else None
    return Likeness(agreed, likeness(first, second))
