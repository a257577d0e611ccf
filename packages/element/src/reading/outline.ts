// The headings of a text, each of which leads to its place.

import type { OutlineEntry } from '@weft/editor';
import * as words from '@weft/words/reading';
import { html, nothing, type TemplateResult } from 'lit';

/** Nothing for less than two headings. @param here  of the section one is in; -1 before the first @param goTo  takes the number of an entry */
export function outlineNav(
  outline: readonly OutlineEntry[],
  here: number,
  goTo: (index: number) => void,
): TemplateResult | typeof nothing {
  if (outline.length < 2) return nothing;
  const top = Math.min(...outline.map(({ level }) => level));
  return html`<nav class="outline" part="outline" aria-label=${words.outline}>
    ${outline.map(
      ({ level, text }, index) => html`<button
        title=${text}
        aria-current=${index === here ? 'location' : nothing}
        .style=${`--depth: ${Math.min(3, level - top)}`}
        @click=${() => goTo(index)}
      >
        ${text}
      </button>`,
    )}
  </nav>`;
}
