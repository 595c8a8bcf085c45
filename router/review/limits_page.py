"""What a target does to limits as one HTML page that stands alone, with a picture: how many of the released answers are
worse, the more are released."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from msgspec import Struct

from router.review.limits import LimitReport, Point
from router.review.limits_text import (
    factor_words,
    legend,
    limits_words,
    note_words,
    saved_words,
    source_words,
    target_words,
    verdict_words,
)
from router.review.words import share_words

TEMPLATE = "limits.html.jinja"
WIDTH = 720.0
HEIGHT = 300.0
LEFT = 56.0
TOP = 16.0
RIGHT = 24.0
BOTTOM = 48.0
ABOVE_TARGET = 4.0
"""The picture ends at so many times the target, or before, where no rate comes so far."""


class Mark(Struct, frozen=True):
    """One point of the path in the picture: `says` is shown when it is pointed at."""

    point: Point
    x: float
    y: float
    says: str


class Drawn(Struct, frozen=True):
    """All that is in the picture: the rates, the band between the ends of their intervals, and the target's line.
    `ticks` are rates by where they stand."""

    marks: tuple[Mark, ...]
    line: str
    band: str
    target_y: float
    ticks: tuple[tuple[float, str], ...]


def render_limits(report: LimitReport) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"share": share_words, "limits": limits_words, "factor": factor_words, "saved": saved_words}
    template = environment.from_string(files("router.review").joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(
        report=report,
        source=source_words(report),
        target=target_words(report),
        verdict=verdict_words(report),
        notes=note_words(report),
        legend=legend(report),
        drawn=draw(report),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        top=TOP,
        right=WIDTH - RIGHT,
        bottom=HEIGHT - BOTTOM,
        x_of=x_of,
    )


def draw(report: LimitReport) -> Drawn:
    """Where everything stands in the picture."""
    most = min(max([point.high for point in report.points], default=1.0), ABOVE_TARGET * report.target.rate)
    most = max(most, 1.25 * report.target.rate)
    marks = tuple([Mark(each, x_of(each.released), y_of(each.rate, most), _says(each)) for each in report.points])
    upper = [(x_of(each.released), y_of(each.high, most)) for each in report.points]
    lower = [(x_of(each.released), y_of(each.low, most)) for each in report.points]
    return Drawn(
        marks,
        _path([(mark.x, mark.y) for mark in marks]),
        _path([*upper, *reversed(lower)]),
        y_of(report.target.rate, most),
        tuple([(y_of(most * part / 4, most), f"{100 * most * part / 4:.2g} %") for part in range(5)]),
    )


def x_of(released: float) -> float:
    """Where a share of released answers stands, in pixels."""
    return round(LEFT + released * (WIDTH - LEFT - RIGHT), 1)


def y_of(rate: float, most: float) -> float:
    """Where a rate stands in a picture that ends at this one, in pixels from above."""
    return round(HEIGHT - BOTTOM - min(rate / most, 1.0) * (HEIGHT - TOP - BOTTOM), 1)


def _says(point: Point) -> str:
    return f"{factor_words(point)}: {share_words(point.released)} released, {point.worse:,} of {point.rows:,} worse"


def _path(places: list[tuple[float, float]]) -> str:
    return " ".join([f"{x},{y}" for x, y in places])
