"""Recorded answers played to the histories that serving keeps, as if they had come one after the other.

Each model counts as a tenant, and answers come in one random order: theirs in the file is by task and subject.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from router.core.length_history import LengthHistory, SeenLength, new_history
from router.core.values import Quantiles
from router.learn.exam import Answered, Opinions

SEED: Final = 0


class Trial(Struct, frozen=True):
    """An answer, how long its prompt alone made it likely to be, and how long the answers before it did."""

    answer: Answered
    base: Quantiles
    learned: Quantiles


def tried(answers: Sequence[Answered], opinions: Opinions) -> list[Trial]:
    """The answers in the order in which they were played."""
    histories: dict[tuple[str, str], LengthHistory] = {}
    found = []
    for at in np.random.default_rng(SEED).permutation(len(answers)).tolist():
        answer = answers[at]
        opinion = opinions[answer.prompt]
        base, pair = opinion.answer_tokens, (answer.model, opinion.task)
        history = histories.get(pair)
        learned = base if history is None else history.correct(base)
        found.append(Trial(answer, base, learned))
        if base.yields:
            seen = SeenLength(opinion.task, base, learned, max(round(answer.tokens), 1), answer.was_cut)
            histories[pair] = (history or new_history(base)).after(seen)
    return found
