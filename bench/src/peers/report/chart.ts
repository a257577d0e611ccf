// One question as a figure: a panel per figure, a bar per server, its median written beside it, its interval drawn on it.
// Axes begin at zero. An SVG that carries both grounds and its own paper, so that it reads on any page it is shown on.

import { figureOf, type Run, serversOf, valuesOf } from '../results.js';
import { type Estimate, estimate, type Interval } from '../statistics.js';
import { amount, kindOf, labelOf, withUnit } from './format.js';
import type { Panel } from './questions.js';

const WIDTH = 820;
const MARGIN = 24;
const LABELS = 268;
/** Right of the longest bar, for its value. */
const VALUES = 92;
const ROW = 24;
const BAR = 14;
const HEAD = 46;
const AXIS = 26;
const PANEL_GAP = 18;
const BARS_X = MARGIN + LABELS;
const BARS_WIDTH = WIDTH - BARS_X - VALUES - MARGIN;

const STYLE = `
  .paper { fill: #ffffff; stroke: #e6e3dc }
  text { font: 13px Inter, system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1d1b17 }
  .title { font-weight: 600; font-size: 14px }
  .note, .tick { font-size: 12px; fill: #756f62 }
  .server, .value { fill: #5d584d }
  .value { font-variant-numeric: tabular-nums }
  .grid { stroke: #e6e3dc }
  .axis { stroke: #756f62 }
  .interval { stroke: #1d1b17; stroke-width: 1.5 }
  .halo { stroke: #ffffff; stroke-width: 4; stroke-linecap: round }
  .bar { fill: #b3ad9f }
  .bar.ours { fill: #2f4bd8 }
  .bar.relay { fill: #ffffff; stroke: #b3ad9f; stroke-dasharray: 3 2 }
  .ours.server, .ours.value { fill: #1d1b17; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #1f1e1b; stroke: #38352f }
    text, .ours.server, .ours.value { fill: #ece8df }
    .note, .tick { fill: #8f8877 }
    .server, .value { fill: #b0a998 }
    .grid { stroke: #38352f }
    .axis { stroke: #8f8877 }
    .interval { stroke: #ece8df }
    .halo { stroke: #1f1e1b }
    .bar { fill: #6b665a }
    .bar.ours { fill: #93a5ff }
    .bar.relay { fill: #1f1e1b; stroke: #8f8877 }
  }`;

/** @returns null when the run has none of the panels */
export function drawChart(run: Run, heading: string, panels: readonly Panel[]): string | null {
  const drawn = panels.flatMap((panel) => {
    const rows = rowsOf(run, panel);
    return rows.some(({ value }) => value !== null) ? [{ panel, rows }] : [];
  });
  if (drawn.length === 0) return null;
  let y = MARGIN - 6;
  const body = drawn.map(({ panel, rows }) => {
    const svg = drawPanel(run, panel, rows, y);
    y += HEAD + rows.length * ROW + AXIS + PANEL_GAP;
    return svg;
  });
  const height = y;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(heading)}</title>
<style>${STYLE}
</style>
<rect class="paper" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>
${body.join('\n')}
</svg>
`;
}

interface Row {
  readonly server: string;
  readonly value: Estimate | null;
}

/** Everybody who took part, in the order of the results: ours, peers, relays. */
function rowsOf(run: Run, { scenario, figure }: Panel): Row[] {
  return serversOf(run, scenario).map((server) => ({
    server,
    value: estimate(valuesOf(run, scenario, server, figure)),
  }));
}

function drawPanel(run: Run, { scenario, figure, title }: Panel, rows: readonly Row[], top: number): string {
  const { unit, isLessBetter } = figureOf(run, scenario, figure)!;
  const ends = rows.flatMap(({ value }) =>
    value === null ? [] : [value.interval?.high ?? value.median, value.median],
  );
  const ticks = ticksUpTo(Math.max(...ends));
  const scale = BARS_WIDTH / ticks.at(-1)!;
  const firstRow = top + HEAD;
  const bottom = firstRow + rows.length * ROW;
  const x = (value: number): string => (BARS_X + value * scale).toFixed(1);
  const grid = ticks.map((tick, index) => {
    const kind = index === 0 ? 'axis' : 'grid';
    const shown = index === ticks.length - 1 ? withUnit(tick, unit) : amount(tick);
    return `<path class="${kind}" d="M${x(tick)} ${firstRow - 4}V${bottom + 2}"/><text class="tick" x="${x(tick)}" y="${bottom + 17}" text-anchor="middle">${escapeXml(shown)}</text>`;
  });
  const bars = rows.map(({ server, value }, index) => drawRow(run, server, value, unit, firstRow + index * ROW, x));
  return `<g>
<text class="title" x="${MARGIN}" y="${top + 20}">${escapeXml(title)}</text>
<text class="note" x="${WIDTH - MARGIN}" y="${top + 20}" text-anchor="end">${isLessBetter ? 'less is better' : 'more is better'}</text>
${[...grid, ...bars].join('\n')}
</g>`;
}

function drawRow(
  run: Run,
  server: string,
  value: Estimate | null,
  unit: string,
  y: number,
  x: (value: number) => string,
): string {
  const kind = kindOf(server);
  const middle = y + ROW / 2;
  const label = `<text class="server ${kind}" x="${BARS_X - 10}" y="${middle + 4.5}" text-anchor="end">${escapeXml(labelOf(run, server))}</text>`;
  if (value === null) return `${label}<text class="note" x="${BARS_X + 8}" y="${middle + 4.5}">no figure</text>`;
  const { median, interval } = value;
  const width = Math.max(Number(x(median)) - BARS_X, 0.5).toFixed(1);
  const end = Number(x(Math.max(median, interval?.high ?? 0))) + 8;
  const whisker = interval === null || interval.low === interval.high ? '' : drawInterval(interval, middle, x);
  return `${label}<rect class="bar ${kind}" x="${BARS_X}" y="${middle - BAR / 2}" width="${width}" height="${BAR}" rx="2"/>${whisker}<text class="value ${kind}" x="${end}" y="${middle + 4.5}">${escapeXml(withUnit(median, unit))}</text>`;
}

/** With a rim of the ground, so that it reads on a bar of any colour. */
function drawInterval({ low, high }: Interval, middle: number, x: (value: number) => string): string {
  const path = `d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 4}v8M${x(high)} ${middle - 4}v8" fill="none"`;
  return `<path class="halo" ${path}/><path class="interval" ${path}/>`;
}

/** 0 and three to six more in round steps, the last at least `max`. */
export function ticksUpTo(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
