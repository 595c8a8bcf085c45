"""An evaluation as one HTML page that stands alone: no script, nothing fetched, everything escaped."""

from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby
from typing import Final

import numpy as np
from jinja2 import Environment, StrictUndefined
from msgspec import Struct

from router.core.features import F64
from router.learn.evaluate import Evaluation, StakesOf
from router.learn.evaluation_text import figure
from router.learn.metrics import Bin, Curve

TEMPLATE: Final = "report.html.jinja"
SIDE: Final = 220.0
"""The side of a picture's square, in pixels."""

POINTS: Final = 160
"""So many points of a curve are drawn."""

_LARGEST, _SMALLEST = 9.0, 2.0


class Drawn(Struct, frozen=True):
    """A deferral curve: its points as SVG has them, and what is said under it."""

    source: str
    points: str
    caption: str


class Dot(Struct, frozen=True):
    """A bin of a calibration plot, in pixels from the top left; `told` says its numbers."""

    x: float
    y: float
    radius: float
    told: str


class Plot(Struct, frozen=True):
    """A calibration plot of one length band."""

    band: str
    caption: str
    dots: tuple[Dot, ...]


class StakesTable(Struct, frozen=True):
    """The shares called high at one threshold."""

    threshold: str
    rows: tuple[StakesOf, ...]


def render_report(evaluation: Evaluation, heading: str) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"figure": figure, "share": lambda value: f"{value:.3f}"}
    template = environment.from_string(files("router.learn").joinpath(TEMPLATE).read_text("utf-8"))
    by_threshold = groupby(evaluation.stakes, key=lambda row: row.threshold)
    return template.render(
        heading=heading,
        evaluation=evaluation,
        curves=draw_curves(evaluation),
        plots=[
            Plot(
                each.band,
                f"{each.rows} rows, ECE {figure(each.error)}, by chance {each.by_chance:.3f}",
                draw_bins(each.bins),
            )
            for each in evaluation.calibration
        ],
        stakes=[StakesTable(threshold, tuple(rows)) for threshold, rows in by_threshold],
        side=SIDE,
    )


def draw_curves(evaluation: Evaluation) -> tuple[Drawn, ...]:
    """The deferral curve of each source whose models differ."""
    told = {row.source: f"APGR {figure(row.apgr)}, {row.rows} rows" for row in evaluation.difficulty}
    return tuple(
        Drawn(source, draw_curve(curve), told[source])
        for source, curve in evaluation.curves.items()
        if np.isfinite(curve.recovered).all()
    )


def draw_curve(curve: Curve) -> str:
    """The points of a curve: to the right the share of strong calls, upwards the share of the gap recovered, drawn
    from -20% to 120%."""
    at = np.unique(np.linspace(0, len(curve.strong_calls) - 1, POINTS).astype(int))
    across, up = curve.strong_calls[at] * SIDE, _height_of(curve.recovered[at])
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across.tolist(), up.tolist(), strict=True))


def draw_bins(bins: Sequence[Bin]) -> tuple[Dot, ...]:
    """The bins of a calibration plot: to the right what was said, upwards what came."""
    most = max((each.rows for each in bins), default=1)
    return tuple(
        Dot(
            x=each.said * SIDE,
            y=(1 - each.came) * SIDE,
            radius=max(_SMALLEST, _LARGEST * (each.rows / most) ** 0.5 / 2),
            told=f"said {each.said:.2f}, came {each.came:.2f}, {each.rows} rows",
        )
        for each in bins
    )


def _height_of(recovered: F64) -> F64:
    found: F64 = SIDE * (1.2 - np.clip(recovered, -0.2, 1.2)) / 1.4
    return found
