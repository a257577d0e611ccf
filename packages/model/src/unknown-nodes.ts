// Placeholders for what this schema does not know, or has no place for: made with a newer Weft, or by somebody else's
// editor. A placeholder holds the whole of what it stands for, so that it can be moved, copied and brought back; it is
// read and drawn, and never changed from within.

import type { DOMOutputSpec, Node, NodeSpec } from 'prosemirror-model';
import { soundText } from './sound-text.js';
import { isShallow } from './value-depth.js';

/** What a placeholder stands for, as JSON: an element or a run of text of the shared document. */
export type UnknownContent =
  | {
      readonly name: string;
      readonly attrs: Readonly<Record<string, unknown>>;
      readonly children: readonly UnknownContent[];
    }
  /** Text with its marks, and objects that stand in it, as Yjs tells them. */
  | {
      readonly delta: readonly { readonly insert: unknown; readonly attributes?: Readonly<Record<string, unknown>> }[];
    };

/** Deeper than anybody writes, and well within what a server takes. */
const MAX_DEPTH = 40;
/** In characters of JSON; what comes from the clipboard is not to be without bound. */
const MAX_LENGTH = 1_000_000;

/** Null when it is not what a placeholder holds: it may come from a page that is pasted. */
export function readUnknown(json: unknown): UnknownContent | null {
  if (typeof json !== 'string' || json.length > MAX_LENGTH) return null;
  try {
    const content: unknown = JSON.parse(json);
    return isUnknown(content, 0) ? content : null;
  } catch {
    return null;
  }
}

function isUnknown(value: unknown, depth: number): value is UnknownContent {
  if (!isObject(value) || depth > MAX_DEPTH) return false;
  const { name, attrs, children, delta } = value;
  if (delta !== undefined) return Array.isArray(delta) && delta.every(isOp);
  return (
    typeof name === 'string' &&
    name !== '' &&
    isObject(attrs) &&
    Object.values(attrs).every((attr) => isShallow(attr)) &&
    Array.isArray(children) &&
    children.every((child) => isUnknown(child, depth + 1))
  );
}

function isOp(op: unknown): boolean {
  if (!isObject(op)) return false;
  const { insert, attributes = {} } = op;
  const isContent = typeof insert === 'string' || (isObject(insert) && isShallow(insert));
  return isContent && isObject(attributes) && Object.values(attributes).every((look) => isShallow(look));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All the text in it; blocks are divided by a space. */
function textOfUnknown(content: UnknownContent | null): string {
  if (content === null) return '';
  if ('delta' in content) {
    return content.delta.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
  }
  return content.children.map(textOfUnknown).filter(Boolean).join(' ');
}

const contentOf = (node: Node): UnknownContent | null => readUnknown(node.attrs.content);

function readPlaceholder(dom: HTMLElement): { name: string; content: string } | false {
  const content = dom.getAttribute('data-weft-content') ?? '';
  return readUnknown(content) === null ? false : { name: dom.getAttribute('data-weft-unknown') ?? '', content };
}

const markup = ({ attrs: { name, content } }: Node) => ({
  class: 'unknown',
  'data-weft-unknown': name,
  'data-weft-content': content,
});

const attrs = { name: { default: '', validate: 'string' }, content: { default: '', validate: 'string' } } as const;
const leafText = (node: Node): string => soundText(textOfUnknown(contentOf(node)));

/** What it is called, in words for people: `flow_chart` is a “flow chart”. */
const title = ({ attrs: { name } }: Node): string => `“${String(name).replace(/[_-]+/g, ' ').slice(0, 60)}”`;

export const unknownNodes = {
  unknown_block: {
    group: 'block',
    atom: true,
    defining: true,
    attrs,
    leafText,
    parseDOM: [{ tag: 'div[data-weft-unknown]', priority: 70, getAttrs: readPlaceholder }],
    toDOM: (node: Node): DOMOutputSpec => [
      'div',
      markup(node),
      ['p', { class: 'unknown-note' }, `${title(node)}, made with a newer Weft; it is kept`],
      ['p', {}, leafText(node)],
    ],
  },
  unknown_inline: {
    inline: true,
    group: 'inline',
    atom: true,
    attrs,
    leafText,
    parseDOM: [{ tag: 'span[data-weft-unknown]', priority: 70, getAttrs: readPlaceholder }],
    toDOM: (node: Node): DOMOutputSpec => [
      'span',
      { ...markup(node), title: `${title(node)}, made with a newer Weft; it is kept` },
      leafText(node) || title(node),
    ],
  },
} as const satisfies Record<string, NodeSpec>;
