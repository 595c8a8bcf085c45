"""Lines over two axes as SVG, for pages that stand alone. Pure."""

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10
from typing import Final

from msgspec import Struct

WIDTH, HEIGHT = 520.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 12.0, 26.0, 40.0
TICKS: Final = 4
APART: Final = 44.0
"""Between two figures of an axis."""

STYLE: Final = """
:root { color-scheme: light dark; --ground: #f7f8fa; --card: #fff; --ink: #1a2230; --faint: #5b6678; --line: #dfe3ea;
  --fast: #0f8a7e; --strong: #4c51d6; --mark: #cc3340; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161d; --card: #1a2029; --ink: #e4e9f1; --faint: #98a4b7;
  --line: #2c3542; --fast: #35c2b2; --strong: #8b90ff; --mark: #ff7a85; } }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 70rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1rem; margin: 1.6rem 0 .5rem; } .said { color: var(--faint); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); gap: 1rem; }
figure { margin: 0; padding: .8rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
figcaption { font-size: .9rem; } svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--faint); font-size: 12px; } .grid { stroke: var(--line); } path { fill: none; stroke-width: 2.2; }
.fast { stroke: var(--fast); } .strong { stroke: var(--strong); } .mark { stroke: var(--mark); stroke-dasharray: 4 3; }
circle.fast { fill: var(--fast); } circle.strong { fill: var(--strong); } .band { stroke-width: 6; opacity: .28; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .7rem; text-align: right; }
th { color: var(--faint); font-weight: 500; font-size: .85rem; } tr + tr { border-top: 1px solid var(--line); }
.scroll { overflow-x: auto; } .key .fast { color: var(--fast); } .key .strong { color: var(--strong); }
"""


class Line(Struct, frozen=True):
    """One line: `kind` is its colour (`fast`, `strong`); `bars`: how far each point's interval goes, from below to
    above (empty: no intervals)."""

    kind: str
    points: Sequence[tuple[float, float]]
    bars: Sequence[tuple[float, float]] = ()


class Chart(Struct, frozen=True):
    """A picture: `marks` are places on the axis across that are to be seen."""

    title: str
    across: str
    up: str
    lines: Sequence[Line]
    marks: Sequence[float] = ()


def page_of(title: str, said: Sequence[str], charts: Sequence[Chart], tables: Sequence[str] = ()) -> str:
    """A page of HTML with pictures, that needs nothing else."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style>"
    )
    lines = "".join(f'<p class="said">{escape(line)}</p>' for line in said)
    drawn = "".join(map(figure_of, charts))
    kinds = sorted({line.kind for chart in charts for line in chart.lines})
    key = "".join(f'<b class="{kind}">&#9679; {escape(kind)}</b> ' for kind in kinds)
    body = f'<h1>{escape(title)}</h1>{lines}<p class="key">{key}</p><div class="charts">{drawn}</div>{"".join(tables)}'
    return f"{head}{body}</html>\n"


def table_of(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table under its title."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<h2>{escape(title)}</h2><div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def figure_of(chart: Chart) -> str:
    """One picture."""
    scale = _Scale(chart)
    marks = "".join(f'<path class="mark" d="M{scale.x(at):.1f} {TOP}V{HEIGHT - BOTTOM}"/>' for at in chart.marks)
    drawn = "".join(_line(line, scale) for line in chart.lines)
    names = (
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 4:.0f}" text-anchor="middle">{escape(chart.across)}</text>'
        f'<text x="2" y="10">{escape(chart.up)}</text>'
    )
    label = escape(chart.title, quote=True)
    svg = f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{label}">'
    return (
        f"<figure>{svg}{scale.grid()}{marks}{drawn}{names}</svg><figcaption>{escape(chart.title)}</figcaption></figure>"
    )


class _Scale:
    """Where values stand in a picture. Up it begins at 0."""

    def __init__(self, chart: Chart) -> None:
        points = [point for line in chart.lines for point in line.points]
        highs = [high for line in chart.lines for _, high in line.bars]
        self._first = min([x for x, _ in points], default=0.0)
        self._last = max([x for x, _ in points], default=1.0)
        most = max([*[y for _, y in points], *highs], default=1.0)
        self._step = _round_step(most / TICKS)
        self._rows = max(ceil(most / self._step), 1)
        self._ticks = sorted({x for line in chart.lines for x, _ in line.points})

    def x(self, value: float) -> float:
        """Pixels across."""
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - self._first) / ((self._last - self._first) or 1.0)

    def y(self, value: float) -> float:
        """Pixels down."""
        return TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - value / (self._step * self._rows))

    def grid(self) -> str:
        """The lines behind the picture, with what they stand for."""
        found, last_x = [], -100.0
        for tick in range(self._rows + 1):
            at = self.y(tick * self._step)
            found.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
            found.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{tick * self._step:g}</text>')
        for value in self._ticks:
            if self.x(value) - last_x > APART:
                last_x = min(self.x(value), WIDTH - RIGHT - 12.0)
                found.append(f'<text x="{last_x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{value:g}</text>')
        return "".join(found)


def _line(line: Line, scale: _Scale) -> str:
    way = " L".join(f"{scale.x(x):.1f} {scale.y(y):.1f}" for x, y in line.points)
    dots = "".join(
        f'<circle class="{line.kind}" cx="{scale.x(x):.1f}" cy="{scale.y(y):.1f}" r="3"/>' for x, y in line.points
    )
    bars = "".join(
        f'<path class="{line.kind} band" d="M{scale.x(x):.1f} {scale.y(low):.1f}V{scale.y(high):.1f}"/>'
        for (x, _), (low, high) in zip(line.points, line.bars, strict=False)
    )
    return f'{bars}<path class="{line.kind}" d="M{way}"/>{dots}'


def _round_step(step: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** floor(log10(step)) if step > 0.0 else 1.0
    return next(each * power for each in (1.0, 2.0, 5.0, 10.0) if ceil(step / power * 1000) <= each * 1000)
