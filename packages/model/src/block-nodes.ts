// The blocks of a document, but for tables. What can be open or closed, chosen or not, is no more than its content here:
// which section somebody has folded is theirs, and not in the document.

import type { DOMOutputSpec, Node, NodeSpec } from 'prosemirror-model';
import {
  alignmentOf,
  byItsText,
  calloutKindOf,
  codeLanguageOf,
  directionOf,
  headingLevelOf,
  listStartOf,
  readAlignment,
  widthOf,
} from './attributes.js';
import { safeImageSource } from './safe-url.js';

const textblockAttrs = {
  align: { default: null, validate: 'string|null' },
  dir: { default: null, validate: 'string|null' },
} as const;

const readTextblock = (dom: HTMLElement) => ({
  align: readAlignment(dom),
  dir: directionOf(dom.getAttribute('dir')),
});

const textblockMarkup = ({ attrs }: Node) => ({ 'data-align': alignmentOf(attrs.align), dir: directionOf(attrs.dir) });

function readLanguage(dom: HTMLElement): string | null {
  const code = dom.querySelector('code') ?? dom;
  const named = /(?:^|\s)language-(\S+)/.exec(code.getAttribute('class') ?? '')?.[1];
  return codeLanguageOf(dom.getAttribute('data-language') ?? named);
}

/** As our own markup and that of others, GitHub's and that of Google Docs among them, says it. */
function readChecked(dom: HTMLElement): boolean {
  const box = dom.querySelector('input[type=checkbox]');
  return box
    ? box.hasAttribute('checked')
    : (dom.getAttribute('data-checked') ?? dom.getAttribute('aria-checked')) === 'true';
}

export const blockNodes = {
  paragraph: {
    attrs: textblockAttrs,
    content: 'inline*',
    group: 'block',
    parseDOM: [{ tag: 'p', getAttrs: readTextblock }],
    toDOM: (node: Node): DOMOutputSpec => ['p', textblockMarkup(node), 0],
  },
  blockquote: {
    content: 'block*',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'blockquote' }],
    toDOM: (): DOMOutputSpec => ['blockquote', byItsText, 0],
  },
  horizontal_rule: { group: 'block', parseDOM: [{ tag: 'hr' }], toDOM: (): DOMOutputSpec => ['hr'] },
  heading: {
    attrs: { level: { default: 1, validate: 'number' }, ...textblockAttrs },
    content: 'inline*',
    group: 'block',
    defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({
      tag: `h${level}`,
      getAttrs: (dom: HTMLElement) => ({ level, ...readTextblock(dom) }),
    })),
    toDOM: (node: Node): DOMOutputSpec => [`h${headingLevelOf(node.attrs.level)}`, textblockMarkup(node), 0],
  },
  code_block: {
    attrs: { language: { default: null, validate: 'string|null' } },
    content: '(text | unknown_inline)*',
    marks: 'unknown_mark',
    group: 'block',
    code: true,
    defining: true,
    parseDOM: [
      {
        tag: 'pre',
        preserveWhitespace: 'full',
        getAttrs: (dom: HTMLElement) => ({ language: readLanguage(dom) }),
      },
    ],
    toDOM: (node: Node): DOMOutputSpec => {
      const attrs = { spellcheck: 'false', 'data-language': codeLanguageOf(node.attrs.language) };
      return ['pre', attrs, ['code', 0]];
    },
  },
  bullet_list: {
    content: 'list_item*',
    group: 'block',
    parseDOM: [{ tag: 'ul' }],
    toDOM: (): DOMOutputSpec => ['ul', byItsText, 0],
  },
  ordered_list: {
    attrs: { order: { default: 1, validate: 'number' } },
    content: 'list_item*',
    group: 'block',
    parseDOM: [{ tag: 'ol', getAttrs: (dom: HTMLElement) => ({ order: listStartOf(dom.getAttribute('start')) }) }],
    toDOM: (node: Node): DOMOutputSpec => {
      const start = listStartOf(node.attrs.order);
      return ['ol', { ...byItsText, start: start === 1 ? null : String(start) }, 0];
    },
  },
  list_item: {
    content: 'block*',
    defining: true,
    parseDOM: [{ tag: 'li' }],
    toDOM: (): DOMOutputSpec => ['li', 0],
  },
  task_list: {
    content: 'task_item*',
    group: 'block',
    parseDOM: ['ul.tasks', 'ul.contains-task-list', 'ul:has(>[role=checkbox])'].map((tag) => ({ tag, priority: 60 })),
    toDOM: (): DOMOutputSpec => ['ul', { class: 'tasks', ...byItsText }, 0],
  },
  task_item: {
    attrs: { checked: { default: false, validate: 'boolean' } },
    content: 'block*',
    defining: true,
    parseDOM: ['li[data-checked]', 'li.task-list-item', 'li[role=checkbox]'].map((tag) => ({
      tag,
      priority: 60,
      getAttrs: (dom: HTMLElement) => ({ checked: readChecked(dom) }),
    })),
    toDOM: (node: Node): DOMOutputSpec => ['li', { 'data-checked': String(node.attrs.checked) }, 0],
  },
  callout: {
    attrs: { kind: { default: 'note', validate: 'string' } },
    content: 'block*',
    group: 'block',
    defining: true,
    parseDOM: [
      {
        tag: 'aside[data-callout]',
        getAttrs: (dom: HTMLElement) => ({ kind: calloutKindOf(dom.getAttribute('data-callout')) }),
      },
    ],
    toDOM: (node: Node): DOMOutputSpec => {
      const kind = calloutKindOf(node.attrs.kind);
      return ['aside', { 'data-callout': kind, 'aria-label': kind, ...byItsText }, 0];
    },
  },
  // While it is edited it is drawn as a plain box: browsers take the space bar and clicks of a <summary> for themselves.
  details: {
    content: '(block | details_summary)*',
    group: 'block',
    defining: true,
    parseDOM: [{ tag: 'details' }, { tag: 'div[data-details]' }],
    toDOM: (): DOMOutputSpec => ['div', { 'data-details': '', ...byItsText }, 0],
  },
  details_summary: {
    content: 'inline*',
    defining: true,
    isolating: true,
    parseDOM: [{ tag: 'summary' }, { tag: 'div[data-summary]' }],
    toDOM: (): DOMOutputSpec => ['div', { 'data-summary': '' }, 0],
  },
  // A picture by itself; its content is the caption. The source is an address of this server or of the web.
  figure: {
    attrs: {
      src: { default: '', validate: 'string' },
      alt: { default: null, validate: 'string|null' },
      width: { default: null, validate: 'number|null' },
    },
    content: 'inline*',
    group: 'block',
    isolating: true,
    parseDOM: [
      {
        tag: 'figure[data-weft-image]',
        contentElement: 'figcaption',
        getAttrs: (dom: HTMLElement) => {
          const image = dom.querySelector('img');
          return {
            src: dom.getAttribute('data-weft-image') ?? '',
            alt: image?.getAttribute('alt') ?? null,
            width: widthOf(image?.getAttribute('width') ?? null),
          };
        },
      },
    ],
    toDOM: (node: Node): DOMOutputSpec => {
      const { src, alt } = node.attrs;
      const width = widthOf(node.attrs.width);
      const image = { src: safeImageSource(src), alt, width: width && String(width), contenteditable: 'false' };
      return ['figure', { 'data-weft-image': src }, ['img', image], ['figcaption', 0]];
    },
  },
} as const satisfies Record<string, NodeSpec>;
