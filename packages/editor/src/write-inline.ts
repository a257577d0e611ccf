// Writes a change of a textblock into Yjs: the characters that are new or gone, and the marks that differ, and nothing else.

import { schema, wellFormed } from '@weft/model';
import type { Fragment, Node } from 'prosemirror-model';
import * as Y from 'yjs';
import type { Layout, Place } from './inline-layout.js';
import { formatOf } from './marks-and-attributes.js';
import { type BlockType, typeOf } from './mirror.js';
import { deleteUnits, partsOf } from './text-parts.js';

/** Nodes that stand in text. */
interface Leaves {
  make(node: Node): Y.XmlElement;
  /** Of two that differ in their attributes alone. */
  write(y: Y.XmlElement, before: Node, after: Node): void;
}

/**
 * @param caret  where the person writes, in units of `after`; of two ways to say a change it is the one that is meant
 */
export function writeInline(
  y: Y.XmlElement,
  before: Node,
  after: Node,
  layout: Layout,
  caret: number | null,
  leaves: Leaves,
): void {
  const { from, to, end } = changedRange(before.content, after.content, caret);
  // What stays is formatted first: it moves nothing.
  format(before, after, 0, 0, from, layout);
  format(before, after, to, end, before.content.size - to, layout);
  const spans = layout.spans(from, to);
  const [first] = spans;
  const [old, now] = [before.nodeAt(from), after.nodeAt(from)];
  if (to - from === 1 && end - from === 1 && first && 'child' in first && canBecome(old, now)) {
    return leaves.write(first.child as Y.XmlElement, old!, now!);
  }
  for (const span of spans.reverse()) {
    if ('text' in span) deleteUnits(span.text, span.index, span.length);
    else removeType(span.child);
  }
  if (end > from) insert(y, layout.place(from), after.content.cut(from, end), leaves.make);
  layout.wrote?.(from, to, end - from);
}

/**
 * Made anew, it would be there twice when two people change it at once. What has nothing in common with it was put in its
 * place, and a placeholder is the whole of what it stands for.
 */
const canBecome = (old: Node | null, now: Node | null): boolean =>
  old !== null &&
  old.type === now?.type &&
  !old.isText &&
  old.type !== schema.nodes.unknown_inline &&
  Object.entries(old.attrs).some(([name, value]) => value !== null && value !== '' && value === now.attrs[name]);

export function removeType(y: BlockType): void {
  const item = y._item!;
  Y.transact(y.doc!, (transaction) => item.delete(transaction));
}

interface Range {
  /** Up to here both have the same units. */
  readonly from: number;
  /** From here on in `before`, and from `end` on in `after`, both have the same. */
  readonly to: number;
  readonly end: number;
}

/** What differs but for marks. */
function changedRange(before: Fragment, after: Fragment, caret: number | null): Range {
  const [a, b] = [unitsIn(before), unitsIn(after)];
  const least = Math.min(a.text.length, b.text.length);
  let from = 0;
  while (from < least && sameUnit(a, from, b, from)) from++;
  // A character of two halves is one: Yjs would replace the half that is left.
  if (isHigh(a.text, from - 1) && (isLow(a.text, from) || isLow(b.text, from))) from--;
  let same = 0;
  while (same < least - from && sameUnit(a, a.text.length - 1 - same, b, b.text.length - 1 - same)) same++;
  if (same > 0 && isLow(a.text, a.text.length - same)) same--;
  const [to, end] = [a.text.length - same, b.text.length - same];
  const shift = caret === null ? 0 : shiftToCaret(a, b, { from, to, end }, caret);
  return { from: from - shift, to: to - shift, end: end - shift };
}

/** In "lll", which l is new? The one before the caret; and the one after it is the one that is gone. */
function shiftToCaret(before: Units, after: Units, { from, to, end }: Range, caret: number): number {
  const [length, shift] = to === from ? [end - from, end - caret] : end === from ? [to - from, from - caret] : [0, 0];
  if (length === 0 || shift <= 0 || shift > from) return 0;
  const whole = to === from ? after : before;
  for (let at = from - shift; at < from; at++) if (!sameUnit(whole, at, whole, at + length)) return 0;
  return shift;
}

interface Units {
  /** Nodes that are no text are one character each. */
  readonly text: string;
  readonly nodes: ReadonlyMap<number, Node>;
}

function unitsIn(content: Fragment): Units {
  let text = '';
  const nodes = new Map<number, Node>();
  content.forEach((node) => {
    if (!node.isText) nodes.set(text.length, node);
    text += node.isText ? node.text : '\ufffc';
  });
  return { text, nodes };
}

function sameUnit(a: Units, at: number, b: Units, other: number): boolean {
  if (a.text.charCodeAt(at) !== b.text.charCodeAt(other)) return false;
  const [node, otherNode] = [a.nodes.get(at), b.nodes.get(other)];
  return node === otherNode || (node !== undefined && otherNode !== undefined && sameLeaf(node, otherNode));
}

const sameLeaf = (a: Node, b: Node): boolean => a.hasMarkup(b.type, b.attrs, a.marks);

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** Gives units that stay the marks they have now. */
function format(before: Node, after: Node, start: number, newStart: number, length: number, layout: Layout): void {
  const [olds, news] = [piecesOf(before, start, start + length), piecesOf(after, newStart, newStart + length)];
  let [i, j, at] = [0, 0, 0];
  while (at < length) {
    const [old, now] = [olds[i]!, news[j]!];
    const next = Math.min(old.to - start, now.to - newStart);
    if (old.node.isText && old.node.marks !== now.node.marks) {
      const changed = differing(formatOf(old.node.marks), formatOf(now.node.marks));
      if (changed) {
        for (const span of layout.spans(start + at, start + next)) {
          if ('text' in span) span.text.format(span.index, span.length, changed);
        }
      }
    }
    at = next;
    if (old.to - start === at) i++;
    if (now.to - newStart === at) j++;
  }
}

function piecesOf(block: Node, from: number, to: number): { node: Node; to: number }[] {
  const pieces: { node: Node; to: number }[] = [];
  if (from < to) {
    block.content.nodesBetween(from, to, (node, offset) => {
      pieces.push({ node, to: Math.min(to, offset + node.nodeSize) });
    });
  }
  return pieces;
}

/** What a format has to say to lead from one to the other; null takes away. */
function differing(old: Record<string, unknown>, now: Record<string, unknown>): Record<string, unknown> | null {
  const changed: Record<string, unknown> = {};
  for (const key of Object.keys(old)) if (!(key in now)) changed[key] = null;
  for (const [key, value] of Object.entries(now)) {
    if (!(key in old) || (old[key] !== value && JSON.stringify(old[key]) !== JSON.stringify(value)))
      changed[key] = value;
  }
  return Object.keys(changed).length > 0 ? changed : null;
}

function insert(y: Y.XmlElement, start: Place, content: Fragment, makeLeaf: Leaves['make']): void {
  let place = start;
  content.forEach((node) => {
    if (node.isText) {
      const at = 'text' in place ? place : textAfter(y, place.after);
      at.text.insert(at.index, wellFormed(node.text!), formatOf(node.marks));
      place = { text: at.text, index: at.index + node.nodeSize };
    } else {
      const leaf = makeLeaf(node);
      y.insertAfter('text' in place ? partOf(y, place.text, place.index) : (place.after as never), [leaf]);
      place = { after: leaf };
    }
  });
}

/** The text right after a child, made if there is none. */
function textAfter(y: Y.XmlElement, after: BlockType | null): { text: Y.XmlText; index: number } {
  let item = after === null ? y._start : after._item!.right;
  while (item && (item.deleted || typeOf(item) === null)) item = item.right;
  const next = item && typeOf(item);
  if (next instanceof Y.XmlText) return { text: next, index: 0 };
  const text = new Y.XmlText();
  y.insertAfter(after as never, [text]);
  return { text, index: 0 };
}

/** Makes an end of a child at this place, and answers with what is before it: a node stands between two texts. */
function partOf(y: Y.XmlElement, text: Y.XmlText, index: number): Y.XmlText | null {
  if (index === 0) {
    let item = text._item!.left;
    while (item && (item.deleted || typeOf(item) === null)) item = item.left;
    return item && (typeOf(item) as Y.XmlText);
  }
  if (index < text.length) {
    const rest = restOf(text, index);
    deleteUnits(text, index, text.length - index);
    const other = new Y.XmlText();
    y.insertAfter(text, [other]);
    other.applyDelta(rest);
  }
  return text;
}

function restOf(text: Y.XmlText, index: number): { insert: unknown; attributes: object }[] {
  const rest: { insert: unknown; attributes: object }[] = [];
  let before = 0;
  for (const { text: words, value, attributes = {} } of partsOf(text)) {
    const length = words?.length ?? 1;
    const cut = Math.max(0, index - before);
    // A type stands in one place: elsewhere it is another one.
    const whole = value instanceof Y.AbstractType ? value.clone() : value;
    if (cut < length) rest.push({ insert: words?.slice(cut) ?? whole, attributes });
    before += length;
  }
  return rest;
}
