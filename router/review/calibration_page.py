"""How predictions held as one HTML page that stands alone, with a picture: for each tier and size the shares of answers
that kept to both quantiles, beside where they should be."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from msgspec import Struct

from router.review.calibration import ALL, Calibration, LatencyReport, Share
from router.review.words import count_words, share_words

TEMPLATE = "calibration.html.jinja"
WIDTH = 720.0
LABEL_WIDTH = 150.0
ROW_HEIGHT = 40.0
TOP = 30.0
MARGIN = 24.0


class Mark(Struct, frozen=True):
    """One share: where its dot is, and from where to where its interval goes."""

    x: float
    low: float
    high: float


class DrawnRow(Struct, frozen=True):
    """One tier and size in the picture."""

    row: Calibration
    y: float
    p50: Mark
    p90: Mark


def render_calibration(report: LatencyReport) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"share": share_words, "count": count_words}
    template = environment.from_string(files("router.review").joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(
        report=report,
        drawn=[_draw(at, row) for at, row in enumerate(report.rows)],
        all=ALL,
        width=WIDTH,
        height=TOP + ROW_HEIGHT * len(report.rows) + MARGIN,
        label_width=LABEL_WIDTH,
        top=TOP,
        x_of=x_of,
    )


def x_of(share: float) -> float:
    """Where a share stands, in pixels."""
    return round(LABEL_WIDTH + share * (WIDTH - LABEL_WIDTH - MARGIN), 1)


def _draw(at: int, row: Calibration) -> DrawnRow:
    return DrawnRow(row, TOP + ROW_HEIGHT * (at + 0.5), _mark(row.within_p50), _mark(row.within_p90))


def _mark(share: Share) -> Mark:
    return Mark(x_of(share.value), x_of(share.low), x_of(share.high))
