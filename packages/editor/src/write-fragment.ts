// Writes into Yjs what a person changed: only the blocks that differ from what was shown, each as little as can be. What
// no change touched stays as it is, whether the schema knows it or not. Half a character, which Yjs holds and cannot send, is never
// written.

import { readUnknown, schema, type UnknownContent, wellFormed, wellFormedValue } from '@weft/model';
import type { Node } from 'prosemirror-model';
import * as Y from 'yjs';
import { type Layout, layoutOf } from './inline-layout.js';
import { formatOf, isOfAnother, keptAttributes, takeOver } from './marks-and-attributes.js';
import { adopt, type Mirror } from './mirror.js';
import { removeType, writeInline } from './write-inline.js';

const { unknown_block: unknownBlock, unknown_inline: unknownInline } = schema.nodes;

export interface Writing {
  /** Where the person writes: the textblock, and how far into it. */
  readonly caret: { readonly block: Node; readonly offset: number } | null;
  /** Where the content of a block is in Yjs, if it is not as it is shown. */
  layoutOf?(y: Y.XmlElement): Layout | undefined;
}

/** Has the Yjs type of a block become the node. Within a transaction. @returns the block as it is shown from now on */
export function writeBlock(mirror: Mirror, node: Node, writing: Writing): Mirror {
  const { y, node: before } = mirror;
  if (before === node) return mirror;
  if (y instanceof Y.XmlElement) writeAttributes(y, before, node);
  if (node.isTextblock) {
    const caret = writing.caret?.block === node ? writing.caret.offset : null;
    const element = y as Y.XmlElement;
    const layout = writing.layoutOf?.(element) ?? layoutOf(element);
    if (!before.content.eq(node.content)) writeInline(element, before, node, layout, caret, leaves);
    return { y, node, kids: [] };
  }
  if (node.isLeaf) return { y, node, kids: [] };
  return { y, node, kids: writeKids(mirror, node.children, writing) };
}

const leaves = { make: (node: Node) => makeElement(node), write: writeAttributes };

function writeAttributes(y: Y.XmlElement, before: Node, node: Node): void {
  const changed: string[] = [];
  for (const [name, value] of Object.entries(node.attrs)) {
    if (JSON.stringify(before.attrs[name]) === JSON.stringify(value)) continue;
    if (value === null) y.removeAttribute(name);
    else y.setAttribute(name, wellFormedValue(value));
    changed.push(name);
  }
  takeOver(node, before, changed);
}

function writeKids(parent: Mirror, nodes: readonly Node[], writing: Writing): Mirror[] {
  const { kids } = parent;
  const y = parent.y as Y.XmlFragment;
  let [start, kidsEnd, nodesEnd] = [0, kids.length, nodes.length];
  while (start < kidsEnd && start < nodesEnd && isSame(kids[start]!, nodes[start]!)) start++;
  while (kidsEnd > start && nodesEnd > start && isSame(kids[kidsEnd - 1]!, nodes[nodesEnd - 1]!)) {
    kidsEnd--;
    nodesEnd--;
  }
  const left: Mirror[] = kids.slice(0, start);
  const right: Mirror[] = kids.slice(kidsEnd);
  const staying = new Set(kids.slice(start, kidsEnd).map(({ node }) => node));
  const wanted = new Set(nodes.slice(start, nodesEnd));
  let [kid, node] = [start, start];
  const insertLeft = (made: Mirror): void => {
    y.insertAfter((left.at(-1)?.y ?? null) as never, [made.y as Y.XmlElement]);
    left.push(made);
  };
  while (kid < kidsEnd && node < nodesEnd) {
    const [first, last] = [kids[kid]!, kids[kidsEnd - 1]!];
    const [firstNode, lastNode] = [nodes[node]!, nodes[nodesEnd - 1]!];
    if (first.node === firstNode) {
      left.push(first);
      kid++;
      node++;
    } else if (wanted.has(first.node) && !staying.has(firstNode)) {
      insertLeft(makeBlock(firstNode));
      node++;
    } else if (staying.has(firstNode)) {
      removeType(first.y);
      kid++;
    } else if (canBecome(first, firstNode) && !isBetterLast(first, firstNode, last, lastNode)) {
      left.push(writeBlock(first, firstNode, writing));
      kid++;
      node++;
    } else if (canBecome(last, lastNode)) {
      right.unshift(writeBlock(last, lastNode, writing));
      kidsEnd--;
      nodesEnd--;
    } else {
      insertLeft(makeBlock(firstNode));
      removeType(first.y);
      kid++;
      node++;
    }
  }
  for (; node < nodesEnd; node++) insertLeft(makeBlock(nodes[node]!));
  for (; kid < kidsEnd; kid++) removeType(kids[kid]!.y);
  return [...left, ...right];
}

/** The same content counts as well: it is taken for the same. */
function isSame(mirror: Mirror, node: Node): boolean {
  if (mirror.node === node) return true;
  if (!mirror.node.eq(node)) return false;
  adopt(mirror, node);
  return true;
}

const canBecome = ({ node: before }: Mirror, node: Node): boolean =>
  before.type === node.type && node.type !== unknownBlock && !isOfAnother(node, before);

const isBetterLast = (first: Mirror, firstNode: Node, last: Mirror, lastNode: Node): boolean =>
  last !== first && canBecome(last, lastNode) && alike(last.node, lastNode) > alike(first.node, firstNode);

/** How much of a block, from both its ends, another one has too. */
function alike(a: Node, b: Node): number {
  const start = a.content.findDiffStart(b.content);
  if (start === null) return a.content.size;
  return start + a.content.size - a.content.findDiffEnd(b.content)!.a;
}

/** A block that Yjs does not have yet. */
function makeBlock(node: Node): Mirror {
  if (node.isLeaf || node.isTextblock) return { y: makeElement(node), node, kids: [] };
  const y = emptyElement(node);
  const kids = node.children.map(makeBlock);
  y.insert(
    0,
    kids.map((kid) => kid.y as Y.XmlElement),
  );
  return { y, node, kids };
}

function makeElement(node: Node): Y.XmlElement {
  if (node.type === unknownBlock || node.type === unknownInline) return makeUnknown(node) as Y.XmlElement;
  const y = emptyElement(node);
  const parts: (Y.XmlElement | Y.XmlText)[] = [];
  let run: { insert: string; attributes: object }[] = [];
  const endRun = (): void => {
    if (run.length === 0) return;
    const text = new Y.XmlText();
    text.applyDelta(run);
    parts.push(text);
    run = [];
  };
  for (const child of node.children) {
    if (child.isText) {
      run.push({ insert: wellFormed(child.text!), attributes: formatOf(child.marks) });
      continue;
    }
    endRun();
    parts.push(makeElement(child));
  }
  endRun();
  y.insert(0, parts);
  return y;
}

/** What is kept beside the attributes goes along, but for what somebody has set since. */
function emptyElement(node: Node): Y.XmlElement {
  const y = new Y.XmlElement(node.type.name);
  const set = (name: string, value: unknown): void => y.setAttribute(name, wellFormedValue(value) as string);
  for (const [name, value] of Object.entries(node.attrs)) if (value !== null) set(name, value);
  for (const [name, value] of Object.entries(keptAttributes(node.attrs))) set(name, value);
  return y;
}

/** What a placeholder stands for, once more. */
function makeUnknown(node: Node): Y.XmlElement | Y.XmlText {
  const content = readUnknown(node.attrs.content);
  return content === null ? new Y.XmlElement(node.type.name) : typeFrom(wellFormedValue(content));
}

function typeFrom(content: UnknownContent): Y.XmlElement | Y.XmlText {
  if ('delta' in content) {
    const text = new Y.XmlText();
    text.applyDelta(content.delta as never);
    return text;
  }
  const element = new Y.XmlElement(content.name);
  for (const [name, value] of Object.entries(content.attrs)) element.setAttribute(name, value as string);
  element.insert(0, content.children.map(typeFrom));
  return element;
}
