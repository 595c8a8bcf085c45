"""Draws a study of load: goodput by load, a chart for each hardware, kind of arrivals and budget, as a page of HTML."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Final

from tests.bench.load_study.rows import FIXED, ORACLE, TANDEM, Interval, Summary, tally_of

WIDTH, HEIGHT, LEFT, BOTTOM = 300, 170, 30, 22
"""Of a chart, in its units; `LEFT` and `BOTTOM` of it belong to the figures of the axes."""

SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)

LINES: Final[Mapping[str, str]] = {
    ORACLE: "oracle",
    "always fast": "fast",
    "always strong": "strong",
    "best split": "split",
    f"{TANDEM}, policy default": "default",
    f"{TANDEM}, told lengths": "told",
    TANDEM: "tandem",
}
"""What is drawn, and its class; the last on top."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1a2230; --faint: #5b6678; --grid: #dfe4ec; --tandem: #4c51d6;
  --oracle: #1a2230; --fast: #d9822b; --strong: #2a9d5c; --split: #cc3340; --told: #8b90ff; --default: #9a6fb0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f1; --faint: #98a4b7; --grid: #2c3442; --tandem: #8b90ff;
  --oracle: #e4e9f1; --fast: #f0a45d; --strong: #57c98a; --split: #ff7a85; --told: #5e63c9; --default: #c79bdc; } }
body { margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption, p, th, li { color: var(--faint); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--faint); font-size: 11px; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; }
.key svg { display: inline; width: 2rem; height: .8rem; vertical-align: middle; }
path { fill: none; stroke-width: 1.6; } .band { stroke: none; fill: var(--tandem); opacity: .16; }
.grid { stroke: var(--grid); } .tandem { stroke: var(--tandem); stroke-width: 2.8; }
.told { stroke: var(--told); stroke-dasharray: 2 3; } .default { stroke: var(--default); }
.oracle { stroke: var(--oracle); stroke-dasharray: 5 3; }
.fast { stroke: var(--fast); } .strong { stroke: var(--strong); } .split { stroke: var(--split); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; white-space: nowrap; } .missed { color: var(--split); }
"""
_NARROW = '<meta name=viewport content="width=device-width">'
_HEAD = ("load", "asked", TANDEM, "best fixed", "", "of it", "of the best split", "of the oracle")


def page_of(found: Sequence[Summary]) -> str:
    """The page."""
    head = f"<meta charset=utf-8>{_NARROW}<title>Two tiers under load</title><style>{_STYLE}</style>"
    title = (
        "<h1>Two tiers under load</h1><p>Right answers in time, as a share of all requests, by load; 1 is what both "
        "engines serve at their knees. The shaded band is the 95% interval of Tandem's.</p>"
    )
    tally = "".join(f"<li>{escape(line)}</li>" for line in tally_of(found))
    parts = "".join(_profile(name, list(of)) for name, of in groupby(found, lambda each: each.scene.profile))
    return f"<!doctype html><html lang=en>{head}{title}<ul>{tally}</ul>{_key()}{parts}\n"


def _key() -> str:
    marks = [
        f'<li><svg viewBox="0 0 30 10"><path class="{kind}" d="M0 5H30"/></svg> {escape(name)}'
        for name, kind in LINES.items()
    ]
    return f'<ul class="key">{"".join(marks)}</ul>'


def _profile(name: str, found: Sequence[Summary]) -> str:
    groups = [list(of) for _, of in groupby(found, lambda each: (each.scene.arrivals, each.scene.budget_s))]
    charts, tables = "".join(map(_chart, groups)), "".join(map(_table, groups))
    details = f"<details><summary>Figures</summary>{tables}</details>"
    return f'<h2>{escape(name)}</h2><div class="charts">{charts}</div>{details}'


def _said(found: Sequence[Summary]) -> str:
    scene = found[0].scene
    return f"{scene.arrivals} arrivals, {scene.budget_s:g} s to answer"


def _chart(found: Sequence[Summary]) -> str:
    grid = "".join(_share_line(share) for share in SHARES) + "".join(
        _load_mark(found, each.scene.load) for each in found
    )
    drawn = "".join(f'<path class="{kind}" d="{_path(found, name)}"/>' for name, kind in LINES.items())
    high = [_point(found, each, each.goodput[TANDEM].high) for each in found]
    low = [_point(found, each, each.goodput[TANDEM].low) for each in reversed(found)]
    band = f'<path class="band" d="M{" L".join(high + low)}Z"/>'
    svg = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{grid}{band}{drawn}</svg>'
    return f"<figure>{svg}<figcaption>{escape(_said(found))}</figcaption></figure>"


def _path(found: Sequence[Summary], name: str) -> str:
    return "M" + " L".join(_point(found, each, _of(each, name).value) for each in found)


def _of(each: Summary, name: str) -> Interval:
    if name == "best split":
        return max([each.goodput[one] for one in FIXED if "%" in one], key=lambda interval: interval.value)
    return each.goodput[name]


def _point(found: Sequence[Summary], each: Summary, share: float) -> str:
    return f"{_x(found, each.scene.load):.1f} {_y(share):.1f}"


def _x(found: Sequence[Summary], load: float) -> float:
    """Loads stand at even distances: most of them are near the knee."""
    loads = [each.scene.load for each in found]
    return LEFT + (WIDTH - LEFT - 8) * loads.index(load) / max(len(loads) - 1, 1)


def _y(share: float) -> float:
    return 6 + (HEIGHT - BOTTOM - 6) * (1.0 - share)


def _share_line(share: float) -> str:
    at = f"{_y(share):.1f}"
    line = f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{at}" y2="{at}"/>'
    return f'{line}<text x="0" y="{_y(share) + 4:.1f}">{share:.0%}</text>'


def _load_mark(found: Sequence[Summary], load: float) -> str:
    return f'<text text-anchor="middle" x="{_x(found, load):.1f}" y="{HEIGHT - 6}">{load:g}</text>'


def _table(found: Sequence[Summary]) -> str:
    head = "".join(f"<th>{title}" for title in _HEAD)
    rows = "".join(f"<tr>{_cells(each)}" for each in found)
    return f'<h3>{escape(_said(found))}</h3><div class="scroll"><table><tr>{head}{rows}</table></div>'


def _cells(each: Summary) -> str:
    tandem, best = each.goodput[TANDEM], each.goodput[each.best]
    return (
        f"<td>{each.scene.load:g}<td>{each.asked}<td>{_interval(tandem)}<td>{escape(each.best)}<td>{_interval(best)}"
        + _ratio(each.to_best, missed=not each.holds)
        + _ratio(each.to_best_split, missed=each.beats_splits is False)
        + _ratio(each.to_oracle, missed=not each.nears_oracle)
    )


def _ratio(interval: Interval, *, missed: bool) -> str:
    return f"<td{' class=missed' if missed else ''}>{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"
