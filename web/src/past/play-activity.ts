// The ground of the slider over a document's life: how much was done when, in the colour of whoever did most of it, with the days.

import { dayInShort } from '@weft/element/ui/when';
import { html, svg, type TemplateResult } from 'lit';
import type { Timeline } from './timeline.js';

/** Of the axis, between two days that are named. */
const BETWEEN_DAYS = 0.12;
const LOWEST = 0.12;

/** @param colorOf  by the place among all people */
export function activityOf(timeline: Timeline, count: number, colorOf: (place: number) => string): TemplateResult {
  const bars = timeline.bars(count);
  const most = Math.max(1, ...bars.map(({ entries }) => entries));
  const drawn = bars.map(({ entries, author }, i) => {
    const height = entries === 0 ? 0.04 : LOWEST + (1 - LOWEST) * Math.sqrt(entries / most);
    return svg`<rect x=${i * 4} width="3" y=${(1 - height) * 100} height=${height * 100} rx="1" fill=${colorOf(author)} />`;
  });
  const picture = (kind: string) =>
    html`<svg class="play-bars ${kind}" viewBox="0 0 ${count * 4 - 1} 100" preserveAspectRatio="none" aria-hidden="true">${drawn}</svg>`;
  return html`${picture('to-come')}${picture('done')}
    <div class="play-days num" aria-hidden="true">
      ${daysNamed(timeline).map(([at, atMs]) => html`<span .style=${`--at: ${(at * 100).toFixed(2)}%`}>${dayInShort(atMs)}</span>`)}
    </div>`;
}

/** Where they begin, from 0 to 1; as many as can be read. */
function daysNamed(timeline: Timeline): [at: number, atMs: number][] {
  const named: [number, number][] = [];
  for (const { seq, atMs } of timeline.days) {
    const at = timeline.placeOf(seq - 1) / Math.max(1, timeline.length);
    const before = named.at(-1)?.[0] ?? -1;
    if (at - before >= BETWEEN_DAYS && at <= 1 - BETWEEN_DAYS) named.push([at, atMs]);
  }
  return named;
}
