// Draws the lines of a page and renews them. Colours are those of the style sheet, light or dark.
"use strict";

const COLOURS = {
  fast: "--fast", strong: "--strong", hosted: "--hosted", p50: "--fast", p95: "--strong",
  "went up": "--warn", late: "--bad", failed: "--text",
};
const HEIGHT = 190;
const EVERY_MS = 2000;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function draw(place, times, lines) {
  const unit = place.dataset.unit;
  const told = (_plot, value) => (value === null || value === undefined ? "–" : `${Number(value.toPrecision(3))}${unit}`);
  const axis = {stroke: colour("--faint"), grid: {stroke: colour("--line"), width: 1}, ticks: {show: false}};
  const options = {
    width: place.clientWidth,
    height: HEIGHT,
    legend: {live: true},
    cursor: {drag: {setScale: false}},
    scales: {y: {range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1]}},
    axes: [axis, {...axis, size: 64, values: (_plot, values) => values.map((each) => told(null, each))}],
    series: [
      {value: (_plot, at) => (at === null ? "–" : new Date(at * 1000).toLocaleTimeString())},
      ...Object.keys(lines).map((name) => ({
        label: name, stroke: colour(COLOURS[name]), width: 2, value: told, spanGaps: false,
        dash: ["p95", "late"].includes(name) ? [6, 4] : undefined,
      })),
    ],
  };
  place.replaceChildren();
  return new uPlot(options, [times, ...Object.values(lines)], place);
}

function begin(section) {
  const drawn = new Map();

  async function renew() {
    if (document.hidden) return;
    const response = await fetch(section.dataset.series, {headers: {"hx-request": "true"}});
    if (!response.ok) return;
    const told = await response.json();
    for (const place of section.querySelectorAll("[data-chart]")) {
      const lines = told[place.dataset.chart];
      const names = Object.keys(lines).join();
      const known = drawn.get(place);
      if (known !== undefined && known.names === names) {
        known.plot.setData([told.at_s, ...Object.values(lines)]);
      } else {
        drawn.set(place, {names, plot: draw(place, told.at_s, lines)});
      }
    }
    section.dataset.drawn = String(Number(section.dataset.drawn ?? 0) + 1);
  }

  function again() {
    drawn.clear();
    renew();
  }

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  window.addEventListener("resize", again);
  setInterval(renew, EVERY_MS);
  renew();
}

document.querySelectorAll("[data-series]").forEach(begin);
