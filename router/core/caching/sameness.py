"""Whether the answer to one question may be given to another: alike enough, and nothing that matters differs. Pure."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from router.core.caching.nearest import Neighbour
from router.core.caching.question import read_question
from router.core.caching.second_look import difference
from router.core.caching.terms import THRESHOLD

SAME: Final = "the same question"


class Sameness(Struct, frozen=True):
    """Whether a question may be answered with the answer to another, how alike they are (0 to 1), and why or why
    not."""

    hit: bool
    similarity: float
    reason: str


def compare(one: str, other: str, similarity: float, threshold: float = THRESHOLD) -> Sameness:
    """Two questions of this similarity. It does not matter which is first."""
    if similarity < threshold and one != other:
        return Sameness(hit=False, similarity=similarity, reason=f"too unlike: {similarity:.2f} of {threshold:.2f}")
    said = difference(read_question(one), read_question(other))
    return Sameness(hit=said is None, similarity=similarity, reason=said or SAME)


def first_same(text: str, neighbours: Iterable[Neighbour]) -> Neighbour | None:
    """The first of these that asks the same as a text, or None."""
    question = read_question(text)
    for neighbour in neighbours:
        if difference(question, read_question(neighbour.asked.text)) is None:
            return neighbour
    return None
