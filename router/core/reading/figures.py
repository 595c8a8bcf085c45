"""How bad what was read looks to each criterion: the number that its limit is compared with. Pure.

Whoever chooses limits from evidence needs it of answers that passed, too: it tells which limits would have cut them.
"""

from collections.abc import Mapping

from router.core.reading.criteria import STANDARD
from router.core.reading.grade import grade
from router.core.reading.reading import Reading


def figures_of(reading: Reading, text: str) -> Mapping[str, float]:
    """By criterion, the least limit that accepts all of this text, which is a whole answer read at once; larger is
    worse. Read in parts, as where it is served, means over parts may be higher."""
    return grade(reading, text, STANDARD, is_last=True).profile.scores
