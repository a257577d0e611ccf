// What stands within text without being text. A mention carries the name it was written with, so that it can be read where
// nobody can look it up.

import type { DOMOutputSpec, Node, NodeSpec } from 'prosemirror-model';
import { widthOf } from './attributes.js';
import { safeImageSource } from './safe-url.js';

/** @param attribute  holds the id in the markup */
function mention(attribute: string, sign: string) {
  return {
    inline: true,
    group: 'inline',
    atom: true,
    attrs: { id: { default: '', validate: 'string' }, label: { default: '', validate: 'string' } },
    leafText: (node: Node): string => sign + (node.attrs.label || node.attrs.id),
    parseDOM: [
      {
        tag: `span[${attribute}]`,
        getAttrs: (dom: HTMLElement) => ({
          id: dom.getAttribute(attribute) ?? '',
          label: dom.getAttribute('data-label') ?? (dom.textContent ?? '').replace(/^@/, ''),
        }),
      },
    ],
    toDOM: (node: Node): DOMOutputSpec => {
      const { id, label } = node.attrs;
      return ['span', { class: 'mention', [attribute]: id, 'data-label': label }, sign + (label || id)];
    },
  } as const;
}

export const inlineNodes = {
  text: { group: 'inline' },
  // Only our own markup is parsed: a page that is pasted does not bring in pictures that every reader's browser would
  // then fetch from somewhere else.
  image: {
    inline: true,
    attrs: {
      src: { default: '', validate: 'string' },
      alt: { default: null, validate: 'string|null' },
      title: { default: null, validate: 'string|null' },
      width: { default: null, validate: 'number|null' },
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
          width: widthOf(dom.getAttribute('width')),
        }),
      },
    ],
    toDOM: (node: Node): DOMOutputSpec => {
      const { src, alt, title } = node.attrs;
      const width = widthOf(node.attrs.width);
      return ['img', { 'data-weft-image': src, src: safeImageSource(src), alt, title, width: width && String(width) }];
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
  document_mention: mention('data-weft-document', ''),
  person_mention: mention('data-weft-person', '@'),
} as const satisfies Record<string, NodeSpec>;
