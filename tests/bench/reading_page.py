"""Draws a study of reading: what each mode took of the caller's time and of the strong tier's, as a page of HTML."""

from collections.abc import Sequence
from html import escape

from tests.bench.reading_rows import LATENCY_GOAL, WORK_GOAL, Interval, Summary

WIDTH, ROW, LEFT, RIGHT = 640, 26, 140, 60
"""Of a chart, in its units: the bars have what is left between their names and their figures."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1a2230; --faint: #5b6678; --bar: #4c51d6; --goal: #cc3340; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f1; --faint: #98a4b7; --bar: #8b90ff; --goal: #ff7a85; } }
body { margin: 2rem auto; max-width: 52rem; padding: 0 1rem; color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 13px; }
.bar { fill: var(--bar); } .range { stroke: var(--ink); stroke-width: 1.5; } .figure { text-anchor: end; }
.goal { stroke: var(--goal); stroke-dasharray: 4 3; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .5rem; text-align: right; }
th:first-child, td:first-child { text-align: left; white-space: nowrap; }
small { display: block; white-space: nowrap; } p, th, small, h3 span { color: var(--faint); }
"""
_NARROW = '<meta name=viewport content="width=device-width">'
_HEAD = ("mode", "answers", "latency, s", "of alone", "strong tier, s", "of alone", "fast tier, s", "wrong answers")


def page_of(found: Sequence[Summary], circumstances: str) -> str:
    """The page. `circumstances`: what was played."""
    kinds = dict.fromkeys(each.kind for each in found)
    parts = "".join(_kind(kind, [each for each in found if each.kind == kind]) for kind in kinds)
    head = f"<meta charset=utf-8>{_NARROW}<title>What reading saves</title><style>{_STYLE}</style>"
    title = f"<h1>What reading saves</h1><p>{escape(circumstances)}; intervals are of 95%</p>"
    return f"<!doctype html><html lang=en>{head}{title}{parts}\n"


def _kind(kind: str, found: Sequence[Summary]) -> str:
    latency, work = [each.latency_ratio for each in found], [each.work_ratio for each in found]
    names = [each.mode for each in found]
    return (
        f"<h2>{escape(kind).capitalize()} answers, of {found[0].tokens:.0f} tokens</h2>"
        + _chart("Latency, of that of the strong tier alone", names, latency, LATENCY_GOAL)
        + _chart("Engine time of the strong tier, of the same", names, work, WORK_GOAL)
        + _table(found)
    )


def _chart(title: str, names: Sequence[str], ratios: Sequence[Interval], goal: float) -> str:
    bars = "".join(_bar(place, *each) for place, each in enumerate(zip(names, ratios, strict=True)))
    height, at = ROW * len(names) + 4, _x(goal)
    line = f'<line class="goal" x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{height}"/>'
    aim = f"dashed: the goal of {goal:.0%}"
    return f'<h3>{title} <span>({aim})</span></h3><svg viewBox="0 0 {WIDTH} {height}" role="img">{bars}{line}</svg>'


def _bar(place: int, name: str, ratio: Interval) -> str:
    top, middle = place * ROW + 4, place * ROW + ROW // 2
    low, value, high = _x(ratio.low), _x(ratio.value), _x(ratio.high)
    return (
        f'<text x="0" y="{middle + 5}">{escape(name)}</text>'
        f'<rect class="bar" x="{LEFT}" y="{top}" width="{value - LEFT:.1f}" height="{ROW - 8}" rx="3"/>'
        f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
        f'<text class="figure" x="{WIDTH}" y="{middle + 5}">{ratio.value:.1%}</text>'
    )


def _x(share: float) -> float:
    return LEFT + min(share, 1.0) * (WIDTH - LEFT - RIGHT)


def _table(found: Sequence[Summary]) -> str:
    head = "".join(f"<th>{title}" for title in _HEAD)
    rows = ["".join(f"<td>{cell}" for cell in _cells(each)) for each in found]
    return f"<table><tr>{head}<tr>{'<tr>'.join(rows)}</table>"


def _cells(each: Summary) -> Sequence[str]:
    return (
        escape(each.mode),
        str(each.answers),
        _seconds(each.total_s),
        f"{each.latency_ratio.value:.1%}",
        _seconds(each.strong_s),
        f"{each.work_ratio.value:.1%}",
        _seconds(each.fast_s),
        str(each.released_errors),
    )


def _seconds(interval: Interval) -> str:
    return f"{interval.value:.3f} <small>{interval.low:.3f} to {interval.high:.3f}</small>"
