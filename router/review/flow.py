"""The picture of a comparison: ladders before on the left, after on the right, and how many requests went between.
Pure geometry, in pixels from the top left."""

from collections.abc import Sequence

from msgspec import Struct

from router.core.values import TIERS, Tier
from router.review.comparison import DiffReport, Flow

WIDTH = 720.0
LABEL_WIDTH = 190.0
NODE_WIDTH = 10.0
FLOWS_HEIGHT = 220.0
GAP = 30.0
MARGIN = 16.0
THINNEST = 2.0
"""Of so many requests few are still seen."""

Ladder = tuple[Tier, ...]


class Node(Struct, frozen=True):
    """One ladder on one side: where its bar stands, and how many requests have it."""

    ladder: Ladder
    x: float
    y: float
    height: float
    count: int


class Band(Struct, frozen=True):
    """The requests that have one ladder before and one after. `path`: its outline in SVG."""

    flow: Flow
    path: str


class Picture(Struct, frozen=True):
    """Everything there is to draw."""

    height: float
    before: tuple[Node, ...]
    after: tuple[Node, ...]
    bands: tuple[Band, ...]


def draw_flows(report: DiffReport) -> Picture:
    """The picture of one report."""
    flows = sorted(report.flows, key=lambda flow: (_rank(flow.before), _rank(flow.after)))
    thickness = [max(THINNEST, FLOWS_HEIGHT * report.share(flow.count)) for flow in flows]
    before = _stack([flow.before for flow in flows], flows, thickness, LABEL_WIDTH)
    after = _stack([flow.after for flow in flows], flows, thickness, WIDTH - LABEL_WIDTH - NODE_WIDTH)
    lowest = max((node.y + node.height for node in before + after), default=0.0)
    return Picture(lowest + MARGIN, before, after, _bands(flows, thickness, before, after))


def _rank(ladder: Ladder) -> tuple[int, ...]:
    """Cheap ladders first, what is refused last."""
    return tuple(TIERS.index(tier) for tier in ladder) or (len(TIERS),)


def _stack(ladders: Sequence[Ladder], flows: Sequence[Flow], thickness: Sequence[float], x: float) -> tuple[Node, ...]:
    """The bars of one side, one below the other; `ladders` names the bar of each flow."""
    nodes: list[Node] = []
    y = MARGIN
    for ladder in sorted(set(ladders), key=_rank):
        mine = [at for at, each in enumerate(ladders) if each == ladder]
        height = sum(thickness[at] for at in mine)
        nodes.append(Node(ladder, x, y, height, sum(flows[at].count for at in mine)))
        y += height + GAP
    return tuple(nodes)


def _bands(
    flows: Sequence[Flow], thickness: Sequence[float], before: Sequence[Node], after: Sequence[Node]
) -> tuple[Band, ...]:
    left = {node.ladder: node.y for node in before}
    right = {node.ladder: node.y for node in after}
    bands = []
    for flow, thick in zip(flows, thickness, strict=True):
        bands.append(Band(flow, _outline(left[flow.before], right[flow.after], thick)))
        left[flow.before] += thick
        right[flow.after] += thick
    return tuple(bands)


def _outline(left_y: float, right_y: float, thick: float) -> str:
    start, end, middle = LABEL_WIDTH + NODE_WIDTH, WIDTH - LABEL_WIDTH - NODE_WIDTH, WIDTH / 2
    return (
        f"M{start:g} {left_y:.1f}C{middle:g} {left_y:.1f} {middle:g} {right_y:.1f} {end:g} {right_y:.1f}"
        f"V{right_y + thick:.1f}"
        f"C{middle:g} {right_y + thick:.1f} {middle:g} {left_y + thick:.1f} {start:g} {left_y + thick:.1f}Z"
    )
