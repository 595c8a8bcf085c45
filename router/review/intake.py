"""Which rows of a file a policy can be asked about, and a count of those that it cannot. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec import Struct

from router.core.errors import FileError
from router.core.policy import Policy
from router.core.situation import UNRECORDED, Question
from router.review.requests_file import Row

Read = TypeVar("Read")

BAD_ROW = "rows that are not requests"
UNDECIDED = "logged requests that were refused before a policy was asked"


class LeftOut(Struct, frozen=True):
    """Requests that could not be asked: how many, and in words which."""

    count: int
    which: str


def strictly(rows: Iterable[Read | FileError]) -> Iterator[Read]:
    """The same rows. Raises the first error among them."""
    for row in rows:
        if isinstance(row, FileError):
            raise row
        yield row


def askable(rows: Iterable[Row | FileError], unloggable: str, left: Counter[str]) -> Iterator[tuple[Row, Question]]:
    """The rows that can be asked, with their questions. The others are counted in `left`, by what they are.
    `unloggable`: which logged rows cannot be asked (see the function of that name)."""
    for row in rows:
        if isinstance(row, FileError):
            left[BAD_ROW] += 1
        elif row.question is None:
            left[UNDECIDED] += 1
        elif row.is_logged and unloggable:
            left[unloggable] += 1
        else:
            yield row, row.question


def unloggable(policy: Policy) -> str:
    """Which requests the policy cannot be asked about, and why; empty: none."""
    facts = [name for name in policy.names if name in UNRECORDED]
    if not facts:
        return ""
    return f"log lines, because {policy.version} looks at {' and '.join(facts)}, which a log does not hold"


def left_out(counts: Counter[str]) -> tuple[LeftOut, ...]:
    """What was left out, the most frequent first."""
    return tuple([LeftOut(count, which) for which, count in counts.most_common()])
