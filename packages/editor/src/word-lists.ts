// Lists in what is pasted from Word, which puts a list on the clipboard as paragraphs that look like one: each says its level in a style
// (`mso-list:l0 level2 lfo1`), and begins with its bullet or number as text, in a span that says to ignore it.

import { Plugin } from 'prosemirror-state';

const LEVEL = /mso-list:\s*l\d+\s+level(\d+)/;
const MARKER = '[style*="mso-list:Ignore"], [style*="mso-list: Ignore"]';
const NUMBER = /^\s*\(?(\d+|[a-z]{1,5})[.)]/i;

export const wordLists = (): Plugin =>
  new Plugin({
    props: {
      transformPastedHTML: (html) => {
        if (!LEVEL.test(html)) return html;
        const { body } = new DOMParser().parseFromString(html, 'text/html');
        makeLists(body);
        return body.innerHTML;
      },
    },
  });

interface OpenList {
  readonly list: Element;
  readonly level: number;
}

/** Puts lists in the place of the paragraphs that look like some. */
export function makeLists(body: Element): void {
  /** The list that goes on, and those within it, to the one that the last item is in. */
  let open: OpenList[] = [];
  for (const block of [...body.querySelectorAll('[style*="mso-list"]')]) {
    const level = Number(LEVEL.exec(block.getAttribute('style') ?? '')?.[1] ?? 0);
    if (level === 0) continue;
    const marker = block.querySelector(MARKER);
    const number = NUMBER.exec(marker?.textContent ?? '')?.[1] ?? null;
    marker?.remove();
    const kind = number === null ? 'ul' : 'ol';
    if (block.previousElementSibling !== open[0]?.list) open = [];
    open = open.filter((each) => each.level < level || (each.level === level && each.list.localName === kind));
    if (open.at(-1)?.level !== level) {
      const list = body.ownerDocument.createElement(kind);
      if (Number(number) > 1) list.setAttribute('start', String(number));
      const around = open.at(-1)?.list.lastElementChild;
      if (around) around.append(list);
      else block.before(list);
      open.push({ list, level });
    }
    const item = body.ownerDocument.createElement('li');
    const text = body.ownerDocument.createElement('p');
    text.append(...block.childNodes);
    item.append(text);
    open.at(-1)?.list.append(item);
    block.remove();
  }
}
