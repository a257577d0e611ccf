// Places what floats beside the text: under or above what it belongs to, whichever has room in the part of the window that one sees.

import { isMirrored, rootOf } from './root.js';

const MARGIN_PX = 8;
const GAP_PX = 6;
/** Of what is less tall one would see nothing. */
const MIN_HEIGHT_PX = 96;

/** The box of some text or of a block, in the window. */
export type Box = Pick<DOMRect, 'left' | 'top' | 'right' | 'bottom'>;

/** @param side  where it goes if there is room on both @param top  what covers the top of the window ends there */
export function placeBeside(floating: HTMLElement, box: Box, side: 'above' | 'below', top = 0): void {
  floating.style.maxHeight = '';
  const { offsetWidth: width, offsetHeight: height } = floating;
  // On a phone the keyboard covers the rest.
  const bottom = (visualViewport?.height ?? innerHeight) + (visualViewport?.offsetTop ?? 0);
  const room = { above: box.top - top - GAP_PX - MARGIN_PX, below: bottom - box.bottom - GAP_PX - MARGIN_PX };
  const other = side === 'above' ? 'below' : 'above';
  const taken = room[side] >= height || room[side] >= room[other] ? side : other;
  const shown = Math.min(height, Math.max(room[taken], MIN_HEIGHT_PX));
  if (shown < height) floating.style.maxHeight = `${shown}px`;
  const furthest = document.documentElement.clientWidth - width - MARGIN_PX;
  const start =
    taken === 'above' ? box.top - GAP_PX - shown : Math.min(box.bottom + GAP_PX, bottom - MARGIN_PX - shown);
  const wanted = isMirrored(floating) ? box.right - width : box.left;
  floating.style.left = `${Math.max(MARGIN_PX, Math.min(wanted, furthest))}px`;
  floating.style.top = `${Math.max(top + MARGIN_PX, start)}px`;
}

/** How much the head above a text covers at the top of what scrolls them, once it stays there. */
export function headHeight(of: Node): number {
  const head = rootOf(of).querySelector<HTMLElement>('.head');
  if (!head) return 0;
  const { position, top } = getComputedStyle(head);
  return position === 'sticky' ? head.offsetHeight + Number.parseFloat(top) : 0;
}

/** Where the head above a text ends, which stays at the top of the window. */
export const headBottom = (of: Node): number => rootOf(of).querySelector('.head')?.getBoundingClientRect().bottom ?? 0;
