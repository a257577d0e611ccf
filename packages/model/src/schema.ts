// The document model. Names and attributes are those of ProseMirror's basic and list schemas, so that a stock
// y-prosemirror client can write in the same document. Content expressions are as permissive as they can be: two people's
// edits merge in Yjs before any schema is asked, and a node the schema refuses would be deleted for everyone.

import { type DOMOutputSpec, type Mark, type MarkSpec, type Node, type NodeSpec, Schema } from 'prosemirror-model';
import { safeImageSource, safeLinkHref } from './safe-url.js';

/** Other clients may write any number, so a level is brought into range where it is drawn. */
function headingLevel(node: Node): number {
  const level = Math.trunc(node.attrs.level);
  return level >= 1 && level <= 6 ? level : level > 6 ? 6 : 1;
}

function listStart(node: Node): number {
  const order = Math.trunc(node.attrs.order);
  return Number.isFinite(order) ? order : 1;
}

function listStartOf(dom: HTMLElement): number {
  const start = Number.parseInt(dom.getAttribute('start') ?? '', 10);
  return Number.isFinite(start) ? start : 1;
}

const nodes = {
  // The one `+`: an empty document needs a paragraph to put the caret in. It is filled in, never a reason to refuse.
  doc: { content: 'block+' },
  paragraph: { content: 'inline*', group: 'block', parseDOM: [{ tag: 'p' }], toDOM: (): DOMOutputSpec => ['p', 0] },
  blockquote: {
    content: 'block*',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: (): DOMOutputSpec => ['blockquote', 0],
  },
  horizontal_rule: { group: 'block', parseDOM: [{ tag: 'hr' }], toDOM: (): DOMOutputSpec => ['hr'] },
  heading: {
    attrs: { level: { default: 1, validate: 'number' } },
    content: 'inline*',
    group: 'block',
    defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
    toDOM: (node: Node): DOMOutputSpec => [`h${headingLevel(node)}`, 0],
  },
  code_block: {
    content: 'text*',
    marks: '',
    group: 'block',
    code: true,
    defining: true,
    parseDOM: [{ tag: 'pre', preserveWhitespace: 'full' }],
    toDOM: (): DOMOutputSpec => ['pre', { spellcheck: 'false' }, ['code', 0]],
  },
  ordered_list: {
    attrs: { order: { default: 1, validate: 'number' } },
    content: 'list_item*',
    group: 'block',
    parseDOM: [{ tag: 'ol', getAttrs: (dom: HTMLElement) => ({ order: listStartOf(dom) }) }],
    toDOM: (node: Node): DOMOutputSpec => {
      const start = listStart(node);
      return start === 1 ? ['ol', 0] : ['ol', { start: String(start) }, 0];
    },
  },
  bullet_list: {
    content: 'list_item*',
    group: 'block',
    parseDOM: [{ tag: 'ul' }],
    toDOM: (): DOMOutputSpec => ['ul', 0],
  },
  list_item: {
    content: 'block*',
    defining: true,
    parseDOM: [{ tag: 'li' }],
    toDOM: (): DOMOutputSpec => ['li', 0],
  },
  text: { group: 'inline' },
  // Kept and shown because the basic schema has it. Only our own markup is parsed: a page that is pasted does not bring
  // in pictures that every reader's browser would then fetch from somewhere else.
  image: {
    inline: true,
    attrs: {
      src: { default: '', validate: 'string' },
      alt: { default: null, validate: 'string|null' },
      title: { default: null, validate: 'string|null' },
    },
    group: 'inline',
    draggable: true,
    parseDOM: [
      {
        tag: 'img[data-weft-image]',
        getAttrs: (dom: HTMLElement) => ({
          src: dom.getAttribute('data-weft-image') ?? '',
          alt: dom.getAttribute('alt'),
          title: dom.getAttribute('title'),
        }),
      },
    ],
    toDOM: (node: Node): DOMOutputSpec => {
      const { src, alt, title } = node.attrs;
      return ['img', { 'data-weft-image': src, src: safeImageSource(src), alt, title }];
    },
  },
  hard_break: {
    inline: true,
    group: 'inline',
    selectable: false,
    linebreakReplacement: true,
    parseDOM: [{ tag: 'br' }],
    toDOM: (): DOMOutputSpec => ['br'],
  },
} as const satisfies Record<string, NodeSpec>;

const marks = {
  link: {
    attrs: { href: { default: '', validate: 'string' }, title: { default: null, validate: 'string|null' } },
    inclusive: false,
    parseDOM: [
      {
        tag: 'a[href]',
        // A refused address is refused at the door too, not only when it is drawn.
        getAttrs: (dom: HTMLElement) => {
          const href = safeLinkHref(dom.getAttribute('href'));
          return href === null ? false : { href, title: dom.getAttribute('title') };
        },
      },
    ],
    toDOM: (mark: Mark): DOMOutputSpec => {
      const href = safeLinkHref(mark.attrs.href);
      if (href === null) return ['span', { class: 'inert-link' }, 0];
      return ['a', { href, title: mark.attrs.title, rel: 'noopener noreferrer nofollow' }, 0];
    },
  },
  em: {
    parseDOM: [
      { tag: 'i' },
      { tag: 'em' },
      { style: 'font-style=italic' },
      { style: 'font-style=normal', clearMark: (mark: Mark) => mark.type.name === 'em' },
    ],
    toDOM: (): DOMOutputSpec => ['em', 0],
  },
  strong: {
    parseDOM: [
      { tag: 'strong' },
      // Google Docs wraps whole selections in <b style="font-weight: normal">.
      { tag: 'b', getAttrs: (dom: HTMLElement) => dom.style.fontWeight !== 'normal' && null },
      { style: 'font-weight=400', clearMark: (mark: Mark) => mark.type.name === 'strong' },
      { style: 'font-weight', getAttrs: (value: string) => /^(bold(er)?|[6-9]\d{2})$/.test(value) && null },
    ],
    toDOM: (): DOMOutputSpec => ['strong', 0],
  },
  underline: {
    parseDOM: [{ tag: 'u' }, { style: 'text-decoration=underline' }, { style: 'text-decoration-line=underline' }],
    toDOM: (): DOMOutputSpec => ['u', 0],
  },
  strike: {
    parseDOM: [
      { tag: 's' },
      { tag: 'del' },
      { tag: 'strike' },
      { style: 'text-decoration=line-through' },
      { style: 'text-decoration-line=line-through' },
    ],
    toDOM: (): DOMOutputSpec => ['s', 0],
  },
  code: {
    code: true,
    parseDOM: [{ tag: 'code' }],
    toDOM: (): DOMOutputSpec => ['code', { spellcheck: 'false' }, 0],
  },
} as const satisfies Record<string, MarkSpec>;

export const schema = new Schema<keyof typeof nodes, keyof typeof marks>({ nodes, marks });
