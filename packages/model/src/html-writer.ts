// A document as HTML, for files and for other programs: what the schema draws, written as text without any DOM, so that it
// runs in a worker. What is drawn otherwise while it is edited, or needs our stylesheet to be seen, is said in plain HTML.

import type { DOMOutputSpec, Mark, Node } from 'prosemirror-model';
import { alignmentOf, byItsText, codeLanguageOf, colorOf, widthOf } from './attributes.js';
import { inks } from './inks.js';
import { safeImageSource, safeLinkHref } from './safe-url.js';
import { type MarkName, type NodeName, schema } from './schema.js';
import { soundText } from './sound-text.js';

const voidTags = new Set(['br', 'col', 'hr', 'img', 'input']);

const alignStyle = ({ attrs }: Node) => {
  const align = alignmentOf(attrs.align);
  return align && { style: `text-align: ${align}` };
};

/** Attributes besides those that the schema draws, or null instead of one. */
const moreNodeAttrs: Partial<Record<NodeName, (node: Node) => object | null>> = {
  paragraph: alignStyle,
  heading: alignStyle,
  table_cell: alignStyle,
  table_header: alignStyle,
};

const nodeSpecs: Partial<Record<NodeName, (node: Node) => DOMOutputSpec>> = {
  code_block: ({ attrs }) => {
    const language = codeLanguageOf(attrs.language);
    return ['pre', ['code', language === null ? {} : { class: `language-${language}` }, 0]];
  },
  task_item: ({ attrs }) => [
    'li',
    { 'data-checked': String(attrs.checked) },
    ['input', { type: 'checkbox', disabled: '', checked: attrs.checked ? '' : null }],
    ['div', 0],
  ],
  details: () => ['details', { open: '', ...byItsText }, 0],
  details_summary: () => ['summary', 0],
  figure: ({ attrs: { src, alt, width } }) => [
    'figure',
    { 'data-weft-image': src },
    ['img', { src: safeImageSource(src), alt, width: widthOf(width) }],
    ['figcaption', 0],
  ],
};

const markSpecs: Partial<Record<MarkName, (mark: Mark) => DOMOutputSpec>> = {
  text_color: ({ attrs }) => {
    const color = colorOf(attrs.color)!;
    return ['span', { 'data-color': color, style: `color: ${inks[color]}` }, 0];
  },
};

/** What a reader of the file does not get back is not written: an empty element would part text that is one then. */
const isSaid = ({ type, attrs }: Mark): boolean =>
  type === schema.marks.link
    ? safeLinkHref(attrs.href) !== null
    : type !== schema.marks.text_color || colorOf(attrs.color) !== null;

/** The content of a <body>: no <html> around it, and nothing that runs or loads but the images of the document. */
export function toHtml(doc: Node): string {
  return content(doc);
}

/** Every block of text goes the way of its first letter, as in the editor (text.css). Where its lines begin is left to what it is in. */
const eachItsWay =
  '<style>:is(p,h1,h2,h3,h4,h5,h6,figcaption,summary):not([dir]){unicode-bidi:plaintext}th{text-align:start}pre{direction:ltr}</style>';

/** A whole page, to be opened by itself. @param title stands above the text; none when empty */
export function toHtmlPage(doc: Node, title: string): string {
  const heading = title === '' ? '' : `<h1 class="title">${escaped(title)}</h1>`;
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`;
  return `<!doctype html>\n<html><head>${head}${eachItsWay}</head><body dir="auto">${heading}${toHtml(doc)}</body></html>\n`;
}

function content(parent: Node): string {
  let html = '';
  let open: readonly Mark[] = [];
  const closeTo = (kept: number): void => {
    for (const mark of open.slice(kept).reverse()) html += partsOf(markSpec(mark, parent)).close;
    open = open.slice(0, kept);
  };
  for (const node of parent.children) {
    const marks = node.marks.filter(isSaid);
    let kept = 0;
    while (kept < open.length && kept < marks.length && open[kept]!.eq(marks[kept]!)) kept++;
    closeTo(kept);
    for (const mark of marks.slice(kept)) html += partsOf(markSpec(mark, parent)).open;
    open = marks;
    html += write(node);
  }
  closeTo(0);
  return html;
}

function write(node: Node): string {
  if (node.isText) return escaped(node.text!);
  const { open, close } = partsOf(nodeSpec(node), moreNodeAttrs[node.type.name as NodeName]?.(node) ?? {});
  // The last line of code ends like the others; a reader takes that one away.
  const lastLineEnd = node.type.spec.code && node.textContent.endsWith('\n') ? '\n' : '';
  return open + content(node) + lastLineEnd + close;
}

const nodeSpec = (node: Node): DOMOutputSpec => (nodeSpecs[node.type.name as NodeName] ?? node.type.spec.toDOM!)(node);

const markSpec = (mark: Mark, parent: Node): DOMOutputSpec =>
  (markSpecs[mark.type.name as MarkName] ?? mark.type.spec.toDOM!)(mark, parent.inlineContent);

interface Parts {
  readonly open: string;
  /** Empty when there is no hole: the whole is in `open`. */
  readonly close: string;
}

/** Splits markup at its hole. */
function partsOf(spec: DOMOutputSpec, moreAttrs: object = {}): Parts {
  if (typeof spec === 'string') return { open: escaped(spec), close: '' };
  const [tag, second, ...others] = spec as readonly [string, ...unknown[]];
  const hasAttrs = typeof second === 'object' && second !== null && !Array.isArray(second);
  const attrs = Object.entries({ ...(hasAttrs ? second : {}), ...moreAttrs });
  const children = hasAttrs || second === null || second === undefined ? others : [second, ...others];
  const start = `<${tag}${attrs.map(([name, value]) => attribute(name, value)).join('')}>`;
  if (voidTags.has(tag)) return { open: start, close: '' };
  const hole = children.findIndex((child) => child === 0 || (Array.isArray(child) && hasHole(child)));
  const written = children.map((child) => (child === 0 ? { open: '', close: '' } : partsOf(child as DOMOutputSpec)));
  const before = written.slice(0, hole < 0 ? written.length : hole + 1).map(({ open }) => open);
  const after = hole < 0 ? [] : [written[hole]!.close, ...written.slice(hole + 1).map(({ open }) => open)];
  const end = `</${tag}>`;
  return hole < 0
    ? { open: start + before.join('') + end, close: '' }
    : { open: start + before.join(''), close: after.join('') + end };
}

const hasHole = (spec: readonly unknown[]): boolean =>
  spec.some((part) => part === 0 || (Array.isArray(part) && hasHole(part)));

const attribute = (name: string, value: unknown): string =>
  value === null || value === undefined ? '' : ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;')}"`;

/** No-break spaces are spelled out, as browsers do it. */
function escaped(text: string): string {
  return soundText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\u00a0', '&nbsp;');
}
