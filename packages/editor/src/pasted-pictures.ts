// The pictures in HTML that is pasted (ADR 0034). Those whose bytes are in it, and those of other documents here, are brought to the
// server; one that lies elsewhere becomes a link to it, for a page loads nothing from elsewhere; others are counted. Where one of the
// first is to stand is marked by a node that leaves the transaction again before it is a change.

import { safeLinkHref, schema } from '@weft/model';
import * as text from '@weft/words/text';
import type { Slice } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import { isFigure } from './selected-picture.js';

/** A picture, or another file, that is to come to the server. */
export interface ArrivingPicture {
  readonly name: string;
  readonly alt: string | null;
  /** @throws Error with a sentence when it cannot be read */
  readonly file: () => Promise<File>;
}

export interface PastedPictures {
  /** What is to be parsed instead. */
  readonly html: string;
  /** Pictures that nobody can get at from here. */
  readonly lost: number;
  /** Whether some of what has come of it is to be fetched. */
  isIn(slice: Slice): boolean;
  /** Takes the marks out of what was put in. @returns what they stood for, where they stood after that */
  takeFrom(tr: Transaction): Arrived[];
}

export interface Arrived {
  readonly arriving: ArrivingPicture;
  readonly position: number;
  /** It is there, as a picture of another document, which whoever reads this one may not see. */
  readonly isReplacement?: true;
}

const MARK = 'weft-arriving:';
/** A picture that says it is smaller is part of how a page looks. */
const SMALLEST_PX = 25;
const { nodes } = schema;

/** Null when there is no picture in it. */
export function readPastedHtml(
  html: string,
  copyOf: (src: string) => (() => Promise<File>) | null,
): PastedPictures | null {
  if (!/<img/i.test(html)) return null;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  /** By the address that a node of theirs has in what is pasted. */
  const inline = new Map<unknown, ArrivingPicture>();
  const copies = new Map<unknown, ArrivingPicture>();
  let lost = 0;
  for (const image of body.querySelectorAll('img')) {
    const own = image.closest('[data-weft-image]')?.getAttribute('data-weft-image') ?? null;
    const alt = image.getAttribute('alt');
    if (own !== null) {
      const file = copyOf(own);
      if (file) copies.set(own, { name: '', alt, file });
      continue;
    }
    // Google Docs has one for the box of a task, which every task has here.
    if (image.matches('[role=checkbox] > img')) {
      image.remove();
      continue;
    }
    const src = image.getAttribute('src') ?? '';
    const file = inlineFile(src);
    if (file !== null) {
      const marked = body.ownerDocument.createElement('img');
      marked.setAttribute('data-weft-image', MARK + crypto.randomUUID());
      inline.set(marked.getAttribute('data-weft-image'), { name: '', alt: alt || null, file });
      image.before(marked);
    } else if (!isDecoration(image) && !linkInstead(image, src, alt)) lost++;
    image.remove();
  }
  return {
    html: body.innerHTML,
    lost,
    isIn: (slice) => {
      let isThere = false;
      slice.content.descendants(({ attrs: { src } }) => {
        isThere ||= inline.has(src) || copies.has(src);
      });
      return isThere;
    },
    takeFrom: (tr) => [...takeMarks(tr, inline), ...copiesIn(tr, copies)],
  };
}

function takeMarks(tr: Transaction, inline: ReadonlyMap<unknown, ArrivingPicture>): Arrived[] {
  const found: { readonly arriving: ArrivingPicture; readonly at: number }[] = [];
  tr.doc.descendants(({ attrs }, at) => {
    const arriving = inline.get(attrs.src);
    if (arriving) found.push({ arriving, at });
  });
  const taken = found.toReversed().map(({ arriving, at }) => {
    const $at = tr.doc.resolve(at);
    const isAlone = $at.parent.type === nodes.paragraph && $at.parent.childCount === 1 && $at.node(-1).childCount > 1;
    const from = isAlone ? $at.before() : at;
    tr.delete(from, isAlone ? $at.after() : at + 1);
    return { arriving, from, steps: tr.steps.length };
  });
  return taken
    .toReversed()
    .map(({ arriving, from, steps }) => ({ arriving, position: tr.mapping.slice(steps).map(from, -1) }));
}

/** They are shown from where they are until they are here. */
function copiesIn(tr: Transaction, copies: ReadonlyMap<unknown, ArrivingPicture>): Arrived[] {
  const found: Arrived[] = [];
  const from = tr.before.content.findDiffStart(tr.doc.content) ?? tr.doc.content.size;
  const to = Math.max(from, tr.before.content.findDiffEnd(tr.doc.content)?.b ?? 0);
  tr.doc.nodesBetween(from, to, (node, at) => {
    const arriving = copies.get(node.attrs.src);
    if (arriving) found.push({ arriving, position: isFigure(node) ? at + 1 : at, isReplacement: true });
  });
  return found;
}

/** Of a `data:` address. */
function inlineFile(src: string): (() => Promise<File>) | null {
  const [head, type] = /^data:(image\/(?:png|jpeg|gif|webp|avif));base64,/i.exec(src) ?? [];
  if (head === undefined || type === undefined) return null;
  return async () => {
    try {
      const bytes = Uint8Array.from(atob(src.slice(head.length)), (sign) => sign.charCodeAt(0));
      return new File([bytes], '', { type: type.toLowerCase() });
    } catch {
      throw new Error(text.damaged);
    }
  };
}

function isDecoration(image: HTMLImageElement): boolean {
  const sizes = [image.getAttribute('width'), image.getAttribute('height')].map((size) =>
    Number.parseInt(size ?? '', 10),
  );
  return image.getAttribute('alt') === '' || sizes.some((size) => size < SMALLEST_PX);
}

/** @returns false when it is at no address that can be linked to */
function linkInstead(image: HTMLImageElement, src: string, alt: string | null): boolean {
  const isOnTheWeb = /^https?:\/\//i.test(src.trim()) && safeLinkHref(src) !== null;
  if (!isOnTheWeb) return false;
  const words = alt?.trim() || text.picture;
  if (image.closest('a[href]')) image.before(words);
  else {
    const link = image.ownerDocument.createElement('a');
    link.setAttribute('href', src.trim());
    link.textContent = words;
    image.before(link);
  }
  return true;
}
