"""A comparison as one HTML page that stands alone: no script, nothing fetched, everything escaped."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from router.review.comparison import Comparison
from router.review.flow import LABEL_WIDTH, NODE_WIDTH, WIDTH, draw_flows
from router.review.words import count_words, ladder_words, share_words

TEMPLATE = "page.html.jinja"


def render_page(comparison: Comparison, heading: str) -> str:
    """The whole page."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"ladder": ladder_words, "share": share_words, "count": count_words}
    template = environment.from_string(files("router.review").joinpath(TEMPLATE).read_text("utf-8"))
    return template.render(
        heading=heading,
        comparison=comparison,
        pictures=[draw_flows(report) for report in comparison.reports],
        width=WIDTH,
        label_width=LABEL_WIDTH,
        node_width=NODE_WIDTH,
    )
