"""The figures of a reading are the limits at which criteria would begin to reject it."""

import random

import pytest

from router.core.reading.criteria import STANDARD, Criteria
from router.core.reading.figures import figures_of
from router.core.reading.grade import grade
from router.core.reading.reading import Reading, ReadToken

OUT_OF_REACH = 1e9
ROUNDED_BY = 0.001


def a_reading(seed: int, tokens: int = 60) -> Reading:
    rng, read = random.Random(seed), []
    for at in range(tokens):
        nats = rng.expovariate(0.4)
        read.append(ReadToken(at * 6, at * 6 + 6, -nats, 1 if nats < 0.5 else rng.randrange(2, 40), -0.2, 0.4))
    return Reading(tuple(read), tokens)


@pytest.mark.parametrize("seed", range(8))
def test_a_criterion_accepts_at_its_figure_and_rejects_below_it(seed: int) -> None:
    reading, text = a_reading(seed), "otters" * 60
    figures = figures_of(reading, text)

    assert {"mean", "worst_window", "out_of_top", "improbable_run"} <= {name for name, at in figures.items() if at > 0}
    for name, figure in figures.items():
        for limit, accepts in ((figure + ROUNDED_BY, True), (figure - ROUNDED_BY, False)):
            limits = {**dict.fromkeys(figures, OUT_OF_REACH), "top_k": STANDARD.limits["top_k"], name: limit}
            accepted = grade(reading, text, Criteria(limits), is_last=True).upto == len(text)
            assert accepted is accepts or figure == 0.0
