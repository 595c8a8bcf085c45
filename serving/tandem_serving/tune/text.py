"""A curve as a table for a terminal and as a page with pictures. Prints nothing."""

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tandem_serving.measure.chart import Chart, Line, page_of, table_of
from tandem_serving.tune.curve import CapPoint, Curve, Interval

COLUMNS = ("cap", "quality, %", "to most passes, %", "seconds", "times as fast", "loss within margin")


def curve_text(curve: Curve) -> RenderableType:
    """A row for each cap, and what to do."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for each in curve.points:
        table.add_row(*_cells(each), style="bold" if each.cap == curve.advice.cap else "")
    return Group(Text("\n".join(_head(curve)) + "\n"), table, Text(f"\n{advice_words(curve)}", style="bold"))


def advice_words(curve: Curve) -> str:
    """What to do, and why."""
    if curve.advice.cap is None:
        return f"No recommendation: {curve.advice.why}."
    return f"Take a cap of {curve.advice.cap}: {curve.advice.why}."


def render_curve(curve: Curve) -> str:
    """The page."""
    marks = [] if curve.advice.cap is None else [float(curve.advice.cap)]
    quality = Line(
        "fast",
        [(each.cap, each.quality.value) for each in curve.points],
        [(each.quality.low, each.quality.high) for each in curve.points],
    )
    seconds = Line(
        "fast",
        [(each.cap, each.seconds.value) for each in curve.points],
        [(each.seconds.low, each.seconds.high) for each in curve.points],
    )
    charts = [
        Chart("Quality by cap, with 95% intervals", "most passes of a canvas", "quality", [quality], marks),
        Chart("Median time of an answer, with 95% intervals", "most passes of a canvas", "s", [seconds], marks),
    ]
    table = table_of("By cap", COLUMNS, [_cells(each) for each in curve.points])
    return page_of("How few passes do", [*_head(curve), advice_words(curve)], charts, [table])


def _head(curve: Curve) -> Sequence[str]:
    return (f"{curve.prompts} prompts at {curve.url}", f"graded by {curve.graded_by}")


def _cells(each: CapPoint) -> tuple[str, ...]:
    return (
        str(each.cap),
        _shares(each.quality),
        _shares(each.difference),
        f"{each.seconds.value:.3f}",
        f"{each.faster.value:.2f} [{each.faster.low:.2f}, {each.faster.high:.2f}]",
        "shown" if each.proved else "not shown",
    )


def _shares(interval: Interval) -> str:
    return f"{100 * interval.value:.1f} [{100 * interval.low:.1f}, {100 * interval.high:.1f}]"
