// How text looks, and what is tied to it. Any two marks may be on the same text: which of two people's would win is not
// for a schema to say.

import type { DOMOutputSpec, Mark, MarkSpec } from 'prosemirror-model';
import { colorOf } from './attributes.js';
import { safeLinkHref } from './safe-url.js';
import { isShallow } from './value-depth.js';

export const markSpecs = {
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
      { style: 'font-weight=normal', clearMark: (mark: Mark) => mark.type.name === 'strong' },
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
  subscript: {
    parseDOM: [{ tag: 'sub' }, { style: 'vertical-align=sub' }],
    toDOM: (): DOMOutputSpec => ['sub', 0],
  },
  superscript: {
    parseDOM: [{ tag: 'sup' }, { style: 'vertical-align=super' }],
    toDOM: (): DOMOutputSpec => ['sup', 0],
  },
  // The colours of a page that is pasted stay there: on our ground nobody could answer for their contrast.
  highlight: {
    attrs: { color: { default: null, validate: 'string|null' } },
    parseDOM: [{ tag: 'mark', getAttrs: (dom: HTMLElement) => ({ color: colorOf(dom.getAttribute('data-color')) }) }],
    toDOM: (mark: Mark): DOMOutputSpec => ['mark', { 'data-color': colorOf(mark.attrs.color) }, 0],
  },
  text_color: {
    attrs: { color: { default: null, validate: 'string|null' } },
    parseDOM: [
      {
        tag: 'span[data-color]',
        getAttrs: (dom: HTMLElement) => {
          const color = colorOf(dom.getAttribute('data-color'));
          return color === null ? false : { color };
        },
      },
    ],
    toDOM: (mark: Mark): DOMOutputSpec => ['span', { 'data-color': colorOf(mark.attrs.color) }, 0],
  },
  // Ties text to a thread of the discussion, and goes where the text goes. Several may be on the same text.
  comment: {
    attrs: { id: { default: '', validate: 'string' } },
    excludes: '',
    inclusive: false,
    parseDOM: [
      { tag: 'span[data-comment]', getAttrs: (dom: HTMLElement) => ({ id: dom.getAttribute('data-comment') ?? '' }) },
    ],
    toDOM: (mark: Mark): DOMOutputSpec => ['span', { 'data-comment': mark.attrs.id }, 0],
  },
  // A mark this schema does not know, or whose value it cannot read, under the key it has in the shared document.
  unknown_mark: {
    attrs: { key: { default: '', validate: 'string' }, value: { default: true } },
    excludes: '',
    inclusive: false,
    parseDOM: [
      {
        tag: 'span[data-weft-mark]',
        getAttrs: (dom: HTMLElement) => {
          const value = readValue(dom.getAttribute('data-weft-value'));
          return value === null ? false : { key: dom.getAttribute('data-weft-mark') ?? '', value };
        },
      },
    ],
    toDOM: ({ attrs: { key, value } }: Mark): DOMOutputSpec => [
      'span',
      { 'data-weft-mark': key, 'data-weft-value': JSON.stringify(value) },
      0,
    ],
  },
} as const satisfies Record<string, MarkSpec>;

/** Null when it is no JSON, stands for nothing, or is what nobody can send. */
function readValue(json: string | null): unknown {
  try {
    const value: unknown = JSON.parse(json ?? 'true');
    return isShallow(value) ? value : null;
  } catch {
    return null;
  }
}
