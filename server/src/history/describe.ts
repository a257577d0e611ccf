// What the list of documents shows of one: title, the text after it, its length (J4). It reads `meta` and `prosemirror`
// as bare items, whatever types they are used as elsewhere, and leaves everything else alone.

// Of the model this alone: the worker loads the rest when a file is asked for.
import { cutAtWord, derivedTitle, tidy } from '@weft/model/derived-title';
import * as Y from 'yjs';
import type { Description, StateJob } from '../room/room-history.js';
import { loadDocument } from './load-state.js';

/** Any shared type, whatever it is used as. */
type SharedType = Y.ContentType['type'];

const MAX_TITLE_LENGTH = 200;
const MAX_EXCERPT_LENGTH = 200;

export function describeState(job: StateJob): Description {
  const doc = loadDocument(job);
  const description = describeDocument(doc);
  doc.destroy();
  return description;
}

export function describeDocument(doc: Y.Doc): Description {
  const { blocks, characters } = readText(doc.share.get('prosemirror'));
  const ownTitle = readTitle(doc.share.get('meta'));
  const [first = '', ...rest] = blocks;
  const title = ownTitle || derivedTitle(first);
  // A heading that repeats the title is not text after it.
  const following = ownTitle === '' || ownTitle === first ? rest : blocks;
  return { title, excerpt: cutAtWord(following.join(' '), MAX_EXCERPT_LENGTH), characters };
}

function readTitle(meta: SharedType | undefined): string {
  return cutAtWord(tidy(readString(meta?._map.get('title'))), MAX_TITLE_LENGTH);
}

/** The value of an attribute that is a string; '' for any other. */
function readString(item: Y.Item | undefined): string {
  if (!item || item.deleted || !(item.content instanceof Y.ContentAny)) return '';
  const value: unknown = item.content.arr.at(-1);
  return typeof value === 'string' ? value : '';
}

/** A type whose children are still to be read, and the block its text belongs to. */
interface Open {
  next: Y.Item | null;
  /** Pieces of the block being read; null where every child is a block by itself. */
  readonly pieces: string[] | null;
  readonly ownsPieces: boolean;
}

/**
 * The text of a fragment, block by block. A block is an element that holds text; what stands in the middle of its text
 * (a mention, a line break) belongs to it. Without recursion: how deep a document nests is for its writers to say.
 */
function readText(root: SharedType | undefined): { blocks: string[]; characters: number } {
  const blocks: string[] = [];
  let characters = 0;
  /** Length of the blocks after the first. Beyond the excerpt's, text is only counted. */
  let following = 0;
  const stack: Open[] = root ? [open(root, null)] : [];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const item = top.next;
    if (item === null) {
      stack.pop();
      if (!top.ownsPieces) continue;
      const text = tidy(top.pieces!.join(''));
      if (text === '') continue;
      if (blocks.length > 0) following += text.length;
      blocks.push(text);
      continue;
    }
    top.next = item.right;
    if (item.deleted) continue;
    if (item.content instanceof Y.ContentString) {
      characters += item.length;
      if (following < MAX_EXCERPT_LENGTH) top.pieces?.push(item.content.str);
    } else if (item.content instanceof Y.ContentType) {
      const { type } = item.content;
      const label = readLabel(type);
      characters += label.length;
      // An element within text separates words, the text itself does not; a mention is a word of it.
      if (label !== '') top.pieces?.push(label);
      else if (!(type instanceof Y.XmlText)) top.pieces?.push(' ');
      stack.push(open(type, top.pieces));
    }
  }
  return { blocks, characters };
}

function open(type: SharedType, pieces: string[] | null): Open {
  const ownsPieces = pieces === null && holdsText(type);
  return { next: type._start, pieces: ownsPieces ? [] : pieces, ownsPieces };
}

function holdsText(type: SharedType): boolean {
  for (let item = type._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    if (item.content instanceof Y.ContentString) return true;
    if (item.content instanceof Y.ContentType) {
      if (item.content.type instanceof Y.XmlText || readLabel(item.content.type) !== '') return true;
    }
  }
  return false;
}

/** The name a mention was written with; '' for everything else. */
function readLabel(type: SharedType): string {
  if (!(type instanceof Y.XmlElement) || !type.nodeName.endsWith('_mention')) return '';
  return readString(type._map.get('label')) || readString(type._map.get('id'));
}
