"""An evaluation of the gate as one HTML page that stands alone: no script, nothing fetched, everything escaped."""

from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined

from router.learn.evaluation_text import figure
from router.learn.gate_evaluate import GateEvaluation
from router.learn.report import SIDE, Drawn, Plot, draw_bins, draw_curve

TEMPLATE: Final = "gate.html.jinja"


def render_gate_report(evaluation: GateEvaluation, heading: str) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"figure": figure, "share": lambda value: f"{value:.3f}", "ms": lambda value: f"{value:.2f}"}
    template = environment.from_string(files("router.learn").joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(
        heading=heading,
        evaluation=evaluation,
        curves=_draw_curves(evaluation),
        plots=[
            Plot(
                each.kind,
                f"{each.rows} answers, ECE {figure(each.error)}, by chance {each.by_chance:.3f}",
                draw_bins(each.bins),
            )
            for each in evaluation.calibration
        ],
        side=SIDE,
    )


def _draw_curves(evaluation: GateEvaluation) -> list[Drawn]:
    told = {row.ordering: f"APGR {figure(row.apgr)}" for row in reversed(evaluation.orderings)}
    return [Drawn(name, draw_curve(curve), told[name]) for name, curve in sorted(evaluation.curves.items())]
