// What people do to a document, as an editor writes it: blocks with attributes in the XML fragment of y-prosemirror,
// marks, splits and joins of paragraphs, a title in a map, plain text, notes in an array. One call is one transaction.

import * as Y from 'yjs';
import type { Chance } from './chance.js';

const WORDS = ['weft ', 'warp', ' loom', 'ä', '織', '🧵', '👩‍🌾', '\n', 'x', 'shuttle thread heddle reed '];
const MARKS = ['strong', 'em', 'link'] as const;
const BLOCKS = ['paragraph', 'heading', 'blockquote', 'code_block'] as const;

const kinds = {
  typeInBlock: 30,
  eraseInBlock: 14,
  mark: 10,
  addBlock: 8,
  removeBlock: 5,
  splitBlock: 5,
  joinBlocks: 3,
  nestBlock: 3,
  setAttribute: 6,
  typeText: 8,
  eraseText: 4,
  formatText: 4,
  setTitle: 5,
  addNote: 2,
  removeNote: 2,
} as const;

export type EditKind = keyof typeof kinds;

/** Where a caret can be, and what an undo manager watches. */
export const rootsOf = (doc: Y.Doc) => ({
  fragment: doc.getXmlFragment('prosemirror'),
  text: doc.getText('text'),
  meta: doc.getMap('meta'),
  notes: doc.getArray('notes'),
});

/** What was put down with each edit, in order. */
export const tokensOf = (doc: Y.Doc): Y.Array<string> => doc.getArray('tokens');

/** @returns what was done; an edit that finds nothing to act on is done to something new */
export function edit(doc: Y.Doc, chance: Chance, origin: unknown): EditKind {
  const kind = chance.weighted(kinds);
  doc.transact(() => edits[kind](doc, chance), origin);
  return kind;
}

/** Pastes a long text that does not compress well. */
export function paste(doc: Y.Doc, chance: Chance, length: number, origin: unknown): void {
  const parts: string[] = [];
  for (let left = length; left > 0; left -= 10) parts.push(chance.next().toString(36).slice(2, 12).padEnd(10, '_'));
  doc.transact(() => textOf(blockOf(doc, chance)).insert(0, parts.join('').slice(0, length)), origin);
}

const edits: Record<EditKind, (doc: Y.Doc, chance: Chance) => void> = {
  typeInBlock(doc, chance) {
    const text = textOf(blockOf(doc, chance));
    insert(text, chance);
  },
  eraseInBlock(doc, chance) {
    erase(textOf(blockOf(doc, chance)), chance);
  },
  mark(doc, chance) {
    format(textOf(blockOf(doc, chance)), chance);
  },
  addBlock(doc, chance) {
    const { fragment } = rootsOf(doc);
    fragment.insert(chance.int(0, fragment.length), [newBlock(chance)]);
  },
  removeBlock(doc, chance) {
    const parent = blockOf(doc, chance).parent as Y.XmlFragment;
    parent.delete(chance.int(0, parent.length - 1), 1);
  },
  splitBlock(doc, chance) {
    // As y-prosemirror writes it: the second half is a new block, what it takes over is deleted in the first.
    const block = blockOf(doc, chance);
    const text = textOf(block);
    const at = placeIn(text, chance);
    const rest = plainText(text).slice(at);
    if (text.length > at) text.delete(at, text.length - at);
    const second = new Y.XmlElement(block.nodeName);
    second.insert(0, [new Y.XmlText(rest)]);
    (block.parent as Y.XmlFragment).insertAfter(block, [second]);
  },
  joinBlocks(doc, chance) {
    const block = blockOf(doc, chance);
    const next = block.nextSibling;
    if (!(next instanceof Y.XmlElement)) return insert(textOf(block), chance);
    const text = textOf(block);
    text.insert(text.length, plainText(textOf(next)));
    const parent = block.parent as Y.XmlFragment;
    parent.delete(parent.toArray().indexOf(next), 1);
  },
  nestBlock(doc, chance) {
    const block = blockOf(doc, chance);
    block.insert(block.length, [newBlock(chance)]);
  },
  setAttribute(doc, chance) {
    const block = blockOf(doc, chance);
    const name = chance.pick(['level', 'align', 'id']);
    if (chance.happens(0.2)) block.removeAttribute(name);
    else block.setAttribute(name, String(chance.int(1, 6)));
  },
  typeText(doc, chance) {
    insert(rootsOf(doc).text, chance);
  },
  eraseText(doc, chance) {
    erase(rootsOf(doc).text, chance);
  },
  formatText(doc, chance) {
    const { text } = rootsOf(doc);
    if (chance.happens(0.1)) text.insertEmbed(chance.int(0, text.length), { image: `${chance.int(1, 9)}.png` });
    else format(text, chance);
  },
  setTitle(doc, chance) {
    rootsOf(doc).meta.set('title', `Title ${chance.int(1, 1000)}`);
  },
  addNote(doc, chance) {
    const { notes } = rootsOf(doc);
    notes.insert(chance.int(0, notes.length), [{ at: chance.int(0, 99), done: chance.happens(0.5) }, chance.next()]);
  },
  removeNote(doc, chance) {
    const { notes } = rootsOf(doc);
    if (notes.length > 0) notes.delete(chance.int(0, notes.length - 1), 1);
    else notes.push(['first']);
  },
};

/** A block somewhere in the document; the first one is made by whoever needs it. */
function blockOf(doc: Y.Doc, chance: Chance): Y.XmlElement {
  const { fragment } = rootsOf(doc);
  if (fragment.length === 0) fragment.insert(0, [newBlock(chance)]);
  let block = chance.pick(elementsOf(fragment));
  while (chance.happens(0.4)) {
    const inner = elementsOf(block);
    if (inner.length === 0) break;
    block = chance.pick(inner);
  }
  return block;
}

const elementsOf = (parent: Y.XmlFragment): Y.XmlElement[] =>
  parent.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement);

function textOf(block: Y.XmlElement): Y.XmlText {
  const existing = block.toArray().find((child) => child instanceof Y.XmlText);
  if (existing) return existing;
  const text = new Y.XmlText();
  block.insert(0, [text]);
  return text;
}

/** One unit per place; an embed is one. */
const plainText = (text: Y.Text): string =>
  (text.toDelta() as { insert: unknown }[])
    .map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc'))
    .join('');

function newBlock(chance: Chance): Y.XmlElement {
  const block = new Y.XmlElement(chance.pick(BLOCKS));
  if (chance.happens(0.5)) block.setAttribute('level', String(chance.int(1, 3)));
  block.insert(0, [new Y.XmlText(chance.happens(0.7) ? chance.pick(WORDS) : '')]);
  return block;
}

function insert(text: Y.Text, chance: Chance): void {
  const at = placeIn(text, chance);
  if (chance.happens(0.15)) text.insert(at, chance.pick(WORDS), { [chance.pick(MARKS)]: {} });
  else text.insert(at, chance.pick(WORDS));
}

function erase(text: Y.Text, chance: Chance): void {
  const [from, to] = stretchOf(text, chance, 8);
  if (to > from) text.delete(from, to - from);
  else insert(text, chance);
}

function format(text: Y.Text, chance: Chance): void {
  const [from, to] = stretchOf(text, chance, 12);
  if (to === from) return insert(text, chance);
  const mark = chance.pick(MARKS);
  const value = chance.happens(0.3) ? null : mark === 'link' ? { href: `/${chance.int(1, 3)}` } : {};
  text.format(from, to - from, { [mark]: value });
}

function stretchOf(text: Y.Text, chance: Chance, maxLength: number): readonly [from: number, to: number] {
  const from = placeIn(text, chance);
  return [from, wholeCharacter(text, Math.min(text.length, from + chance.int(0, maxLength)))];
}

const placeIn = (text: Y.Text, chance: Chance): number => wholeCharacter(text, chance.int(0, text.length));

/**
 * Editors never cut a surrogate pair, and with Yjs they must not: asked to, it replaces both halves in the one document
 * where it happens, at times without a word to the others.
 */
function wholeCharacter(text: Y.Text, at: number): number {
  const unit = plainText(text).charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
