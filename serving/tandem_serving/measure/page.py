"""What was measured as one page of HTML, with pictures: pace and throughput by how many ask, reading, whole answers."""

from collections.abc import Callable, Sequence

from tandem_serving.measure.chart import Chart, Line, page_of, table_of
from tandem_serving.measure.course import Study
from tandem_serving.measure.figures import Measured
from tandem_serving.measure.text import crossover_words, knee_words

Points = Callable[[Measured], Sequence[tuple[float, float]]]


def render_study(study: Study) -> str:
    """The whole page."""
    both = [each for each in (study.measured, study.against) if each is not None]
    said = [
        f"{each.tier}: {each.model} at {each.url}, measured {each.measured}; knee {knee_words(each)}" for each in both
    ]
    said += [
        f"{each.running} at once on either: diffusion is quicker {crossover_words(each)}" for each in study.crossovers
    ]
    knees = [float(each.knee) for each in both if each.knee is not None]
    charts = [
        _chart(both, "Time of a step; dashed: the knee, where it is twice that alone", "at once", "ms", _steps, knees),
        _chart(both, "Tokens a second, of all together", "at once", "tokens/s", _throughput, knees),
        _chart(both, "Time to read a prompt", "tokens of the prompt", "ms", _reading),
        _chart(both, "Time of a whole answer, one at a time", "tokens of the answer", "s", _answers),
    ]
    return page_of("How fast the engines are", said, charts, [_table(each) for each in both])


def _chart(
    both: Sequence[Measured], title: str, across: str, up: str, points: Points, marks: Sequence[float] = ()
) -> Chart:
    return Chart(title, across, up, [Line(each.tier, points(each)) for each in both if points(each)], marks)


def _steps(measured: Measured) -> Sequence[tuple[float, float]]:
    return [(running, 1000.0 * step_s) for running, step_s in sorted(measured.step_s.items())]


def _throughput(measured: Measured) -> Sequence[tuple[float, float]]:
    block = measured.block_tokens / measured.passes_p50
    return [(running, running * block / step_s) for running, step_s in sorted(measured.step_s.items())]


def _reading(measured: Measured) -> Sequence[tuple[float, float]]:
    return [(each.prompt_tokens, 1000.0 * each.prefill_s) for each in measured.readings]


def _answers(measured: Measured) -> Sequence[tuple[float, float]]:
    return [(each.tokens, each.seconds) for each in measured.lengths]


def _table(measured: Measured) -> str:
    rows = [
        (f"{running:g}", f"{step:.2f}", f"{tokens:,.0f}")
        for (running, step), (_, tokens) in zip(_steps(measured), _throughput(measured), strict=True)
    ]
    return table_of(f"{measured.model}, by how many run at once", ("at once", "step, ms", "tokens/s in all"), rows)
