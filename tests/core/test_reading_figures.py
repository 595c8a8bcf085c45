"""The figures of a reading are the limits at which criteria would begin to reject it."""

from hypothesis import given
from hypothesis import strategies as st

from router.core.reading.criteria import STANDARD, Criteria
from router.core.reading.figures import FIGURES, figures_of
from router.core.reading.grade import grade
from router.core.reading.reading import Reading, ReadToken

NEVER = 1e9

logprobs = st.floats(-30.0, 0.0).map(lambda value: round(value, 3))


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    tokens = []
    for at, best in enumerate(draw(st.lists(logprobs, min_size=1, max_size=20))):
        logprob = min(best, draw(logprobs))
        tokens.append(ReadToken(at * 5, at * 5 + 5, logprob, 1 if logprob == best else 2, best, 1.0))
    return Reading(tuple(tokens), len(tokens))


def test_there_is_a_figure_for_every_criterion() -> None:
    assert set(FIGURES) == set(STANDARD.limits)


@given(readings())
def test_a_criterion_accepts_at_its_figure_and_rejects_below_it(reading: Reading) -> None:
    text = "word " * len(reading.tokens)
    for name, figure in figures_of(reading, text).items():
        for limit, accepts in ((figure + 1e-6, True), (figure - 1e-3, False)):
            limits = {**dict.fromkeys(STANDARD.limits, NEVER), name: limit}
            accepted = grade(reading, text, Criteria(limits), is_last=True).upto == len(text)
            assert accepted is accepts or limit < 0
