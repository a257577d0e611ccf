// A document as it stands in Yjs, in y-prosemirror's form, to and from JSON. It is read without a schema: what no editor of
// ours knows is in the JSON all the same (I12).

import * as Y from 'yjs';
import type { JsonMark, JsonNode } from './document-json.js';
import { wellFormed, wellFormedValue } from './sound-text.js';

/** An object that is no text, in the place where it stands. */
const EMBED = 'embed';
/** y-prosemirror appends a hash to marks that may overlap themselves. */
const overlapHash = /--[a-zA-Z0-9+/=]{8}$/;

/** Where the editor keeps the text, and where the title. */
const TEXT_ROOT = 'prosemirror';
const META_ROOT = 'meta';
const TITLE_KEY = 'title';
/** What a document says of itself, such as which editor it needs. */
const OWN_ROOT = 'weft';
const knownRoots: readonly string[] = [TEXT_ROOT, META_ROOT, OWN_ROOT];

export interface YjsContent {
  readonly content: JsonNode;
  /** The one that was given; '' when it is derived from the text. */
  readonly title: string;
  /** Roots that are no text of the editor, and not empty. */
  readonly others: readonly string[];
}

export interface ComposedYjs {
  /** One Yjs v1 update that makes the document out of nothing. */
  readonly update: Uint8Array;
  /** What was left out, in sentences. */
  readonly warnings: readonly string[];
}

export function readYjs(doc: Y.Doc): YjsContent {
  const others = [...doc.share].flatMap(([name, type]) => (knownRoots.includes(name) || isEmpty(type) ? [] : [name]));
  const content = { type: 'doc', content: readChildren(doc.getXmlFragment(TEXT_ROOT).toArray()) };
  const title = doc.getMap(META_ROOT).get(TITLE_KEY);
  return { content, title: typeof title === 'string' ? title : '', others };
}

/** Puts a document before what is there, which is best nothing. @param title none when empty @returns what was left out, in sentences */
export function writeYjs(doc: Y.Doc, { content = [] }: JsonNode, title: string): readonly string[] {
  const warnings = new Set<string>();
  doc.transact(() => {
    doc.getXmlFragment(TEXT_ROOT).insert(0, makeChildren(wellFormedValue(content), warnings));
    if (title !== '') doc.getMap(META_ROOT).set(TITLE_KEY, wellFormed(title));
  });
  return [...warnings];
}

/** @param title none when empty */
export function composeYjs(content: JsonNode, title: string): ComposedYjs {
  const doc = new Y.Doc();
  const warnings = writeYjs(doc, content, title);
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return { update, warnings };
}

type SharedType = Y.ContentType['type'];

function isEmpty({ _start, _map }: SharedType): boolean {
  for (let item = _start; item !== null; item = item.right) if (!item.deleted) return false;
  return [..._map.values()].every((item) => item.deleted);
}

function readChildren(children: readonly unknown[]): JsonNode[] {
  const nodes: JsonNode[] = [];
  for (const child of children) {
    if (child instanceof Y.XmlText) for (const node of readText(child)) pushText(nodes, node);
    else if (child instanceof Y.XmlElement) nodes.push(readElement(child));
    else if (typeof child === 'string') pushText(nodes, { type: 'text', text: child });
    else nodes.push({ type: EMBED, attrs: { value: jsonOf(child) } });
  }
  return nodes;
}

function readElement(element: Y.XmlElement): JsonNode {
  const attrs = jsonOf(element.getAttributes()) as Record<string, unknown>;
  const content = readChildren(element.toArray());
  return {
    type: element.nodeName,
    ...(Object.keys(attrs).length > 0 ? { attrs } : {}),
    ...(content.length > 0 ? { content } : {}),
  };
}

function readText(text: Y.XmlText): JsonNode[] {
  return (text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[]).map(
    ({ insert, attributes }) => {
      const marks = Object.entries(attributes ?? {})
        .map(([name, value]): JsonMark => {
          const type = name.replace(overlapHash, '');
          const attrs = jsonOf(value);
          return isEmptyObject(attrs) ? { type } : { type, attrs };
        })
        .sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
      const marked = marks.length > 0 ? { marks } : {};
      if (typeof insert === 'string') return { type: 'text', text: insert, ...marked };
      return { type: EMBED, attrs: { value: jsonOf(insert) }, ...marked };
    },
  );
}

/** What Yjs holds and JSON does not, as text: a whole number beyond any double by its digits, bytes by their hexadecimals. */
export function jsonOf(value: unknown): unknown {
  if (value instanceof Y.AbstractType || value instanceof Y.Doc) return jsonOf(value.toJSON());
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, jsonOf(item)]));
}

/** Text of two pieces that look alike is one text. */
function pushText(nodes: JsonNode[], node: JsonNode): void {
  const last = nodes.at(-1);
  const isAlike =
    last?.type === 'text' && node.type === 'text' && JSON.stringify(last.marks) === JSON.stringify(node.marks);
  if (isAlike) nodes[nodes.length - 1] = { ...last, text: last.text! + node.text! };
  else nodes.push(node);
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Neighbours that are text, or stand in text with looks of their own, share one Yjs text, as the editor has it. */
function makeChildren(nodes: readonly JsonNode[], warnings: Set<string>): (Y.XmlElement | Y.XmlText)[] {
  const children: (Y.XmlElement | Y.XmlText)[] = [];
  let delta: { insert: unknown; attributes: Record<string, unknown> }[] = [];
  const finishText = (): void => {
    if (delta.length === 0) return;
    const text = new Y.XmlText();
    text.applyDelta(delta);
    children.push(text);
    delta = [];
  };
  for (const node of nodes) {
    if (node.type === 'text' || node.type === EMBED) {
      const insert = node.type === 'text' ? node.text! : (node.attrs?.value ?? {});
      delta.push({ insert, attributes: formatOf(node.marks ?? []) });
      continue;
    }
    finishText();
    for (const { type } of node.marks ?? []) {
      warnings.add(`Editors keep no "${type}" on a "${node.type}": it was left out there.`);
    }
    const element = new Y.XmlElement(node.type);
    for (const [name, value] of Object.entries(node.attrs ?? {})) {
      if (value !== null && value !== undefined) element.setAttribute(name, value as string);
    }
    element.insert(0, makeChildren(node.content ?? [], warnings));
    children.push(element);
  }
  finishText();
  return children;
}

function formatOf(marks: readonly JsonMark[]): Record<string, unknown> {
  const format: Record<string, unknown> = {};
  for (const { type, attrs = {} } of marks) {
    // Two of one type on the same text: each needs a key of its own, in the form that editors take for that.
    let key = type;
    for (let count = 1; key in format; count++) key = `${type}--${String(count).padStart(8, '0')}`;
    format[key] = attrs;
  }
  return format;
}
