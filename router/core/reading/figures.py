"""How bad what was read looks to each criterion: the number that its limit is compared with. Pure.

Whoever chooses limits from evidence needs it of answers that passed, too: it tells which limits would have cut them.
"""

from collections.abc import Callable, Mapping
from typing import Final

from router.core.reading.reading import Reading

Figure = Callable[[Reading, str], float]
"""The least limit at which the criterion would accept all of a finished text; larger is worse."""


def figures_of(reading: Reading, text: str) -> Mapping[str, float]:
    """By criterion, the least limit that accepts all of this text, which is a whole answer."""
    return {name: figure(reading, text) for name, figure in FIGURES.items()}


def _improbable(reading: Reading, _text: str) -> float:
    return max([token.best_logprob - token.logprob for token in reading.tokens], default=0.0)


FIGURES: Final[Mapping[str, Figure]] = {"improbable": _improbable}
"""INVARIANT: one for each criterion that there is."""
