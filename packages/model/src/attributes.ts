// What is shown of an attribute. Its value comes from the wire and may be anything of its type: what is out of range is
// shown as the default, stays in the document as it is, and is never rewritten.

export const alignments = ['left', 'center', 'right', 'justify'] as const;
export const directions = ['ltr', 'rtl', 'auto'] as const;
export const calloutKinds = ['note', 'tip', 'important', 'warning', 'caution'] as const;
/** Names, not values: how a colour looks is for the page to say, in light and in dark. */
export const colors = ['gray', 'red', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink'] as const;

export type Alignment = (typeof alignments)[number];
export type Direction = (typeof directions)[number];
export type CalloutKind = (typeof calloutKinds)[number];
export type Color = (typeof colors)[number];

const MAX_SPAN = 100;
const MAX_LANGUAGE_LENGTH = 40;
const [MIN_WIDTH_PX, MAX_WIDTH_PX] = [16, 4000];

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | null =>
  values.find((known) => known === value) ?? null;

export const alignmentOf = (value: unknown): Alignment | null => oneOf(alignments, value);
/** As our own markup and that of others says it. */
export const readAlignment = (dom: HTMLElement): Alignment | null =>
  alignmentOf(dom.getAttribute('data-align') || dom.style.textAlign || dom.getAttribute('align'));
export const directionOf = (value: unknown): Direction | null => oneOf(directions, value);
/** What other blocks stand in goes the way of its first letter, with its margin and its bullets; a block of text goes its own (text.css). */
export const byItsText = { dir: 'auto' } as const satisfies { dir: Direction };
export const calloutKindOf = (value: unknown): CalloutKind => oneOf(calloutKinds, value) ?? 'note';
export const colorOf = (value: unknown): Color | null => oneOf(colors, value);

/** The nearest level there is. */
export function headingLevelOf(value: unknown): number {
  const level = Math.trunc(Number(value));
  return level >= 1 && level <= 6 ? level : level > 6 ? 6 : 1;
}

export function listStartOf(value: unknown): number {
  const start = value === null || value === '' ? Number.NaN : Math.trunc(Number(value));
  return Number.isFinite(start) ? start : 1;
}

/** How many rows or columns a cell takes. Bounded: a peer may say a billion. */
export function spanOf(value: unknown): number {
  const span = Math.trunc(Number(value));
  return span >= 1 && span <= MAX_SPAN ? span : 1;
}

/** In pixels. */
export function widthOf(value: unknown): number | null {
  const width = value === null || value === '' ? Number.NaN : Math.round(Number(value));
  return width >= MIN_WIDTH_PX && width <= MAX_WIDTH_PX ? width : null;
}

/** The nearest that is a width. */
export const boundedWidth = (px: number): number => Math.max(MIN_WIDTH_PX, Math.min(MAX_WIDTH_PX, Math.round(px)));

/** Of the columns a cell spans, in pixels; null unless each has a width. */
export function columnWidthsOf(value: unknown, colspan: number): readonly number[] | null {
  if (!Array.isArray(value) || value.length !== colspan) return null;
  const widths = value.map(widthOf);
  return widths.every((width) => width !== null) ? widths : null;
}

/** The first word, as it names a language after a fence. */
export function codeLanguageOf(value: unknown): string | null {
  const word = typeof value === 'string' ? (/^\s*(\S+)/.exec(value)?.[1] ?? '') : '';
  return word === '' || word.length > MAX_LANGUAGE_LENGTH ? null : word;
}
