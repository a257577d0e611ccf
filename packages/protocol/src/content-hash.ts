// What a document shows, as 16 bytes (G3): two Y.Docs have the same if, and only if, they show the same content under the
// same ids in the same order. It does not matter what was collected, how Yjs cut the content into items, or who asks. Written
// against the shape of a Y.Doc, so that both ends compute it with the Yjs they have.

import * as encoding from 'lib0/encoding';
import { digest } from 'lib0/hash/sha256';

/** A `Y.Doc`, as far as it is read. */
export interface ReadableDoc {
  readonly share: ReadonlyMap<string, ReadableType>;
}

interface ReadableType {
  readonly _start: ReadableItem | null;
  readonly _map: ReadonlyMap<string, ReadableItem>;
}

interface ReadableItem {
  readonly id: { readonly client: number; readonly clock: number };
  readonly right: ReadableItem | null;
  readonly deleted: boolean;
  readonly content: ReadableContent;
}

interface ReadableContent {
  getRef(): number;
  getContent(): unknown[];
  /** Takes an encoder of Yjs, or what has the methods that content uses of one. */
  write(encoder: never, offset: number): void;
  readonly str?: string;
}

/** Content of several elements, each with an id of its own, and a type: as Yjs numbers the kinds of content. */
const JSON_VALUES = 2;
const STRING = 4;
const TYPE = 7;
const ANY_VALUES = 8;
/** No kind of content: what follows belongs to the type around. */
const END_OF_LIST = 20;
const END_OF_TYPE = 21;

const HASH_BYTES = 16;

/** Takes what content writes of itself, as an encoder of Yjs does. */
class Sink {
  readonly #encoder = encoding.createEncoder();

  writeUint(value: number): void {
    encoding.writeVarUint(this.#encoder, value);
  }
  writeString(text: string): void {
    encoding.writeVarString(this.#encoder, text);
  }
  writeKey(key: string): void {
    this.writeString(key);
  }
  writeTypeRef(ref: number): void {
    this.writeUint(ref);
  }
  writeLen(length: number): void {
    this.writeUint(length);
  }
  writeBuf(bytes: Uint8Array): void {
    encoding.writeVarUint8Array(this.#encoder, bytes);
  }
  writeJSON(value: unknown): void {
    this.writeString(JSON.stringify(value) ?? '');
  }
  writeAny(value: unknown): void {
    encoding.writeAny(this.#encoder, value as Parameters<typeof encoding.writeAny>[1]);
  }
  toBytes(): Uint8Array {
    return encoding.toUint8Array(this.#encoder);
  }
}

/** A type whose children are still to be read: those in the list, then those under keys. */
interface Open {
  next: ReadableItem | null;
  readonly keys: [key: string, item: ReadableItem][];
  hasKeysLeft: boolean;
}

export function contentHash(doc: ReadableDoc): Uint8Array {
  const sink = new Sink();
  for (const [name, type] of [...doc.share].sort(byName)) {
    // A root that was only asked for shows as much as one that nobody knows.
    if (isEmpty(type)) continue;
    sink.writeString(name);
    writeType(sink, type);
  }
  return Uint8Array.from(digest(sink.toBytes()).subarray(0, HASH_BYTES));
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function isEmpty(type: ReadableType): boolean {
  return firstShown(type._start) === null && shownKeys(type).length === 0;
}

function firstShown(item: ReadableItem | null): ReadableItem | null {
  let next = item;
  while (next?.deleted) next = next.right;
  return next;
}

const shownKeys = (type: ReadableType): Open['keys'] => [...type._map].filter(([, item]) => !item.deleted).sort(byName);

const open = (type: ReadableType): Open => ({
  next: firstShown(type._start),
  keys: shownKeys(type),
  hasKeysLeft: true,
});

/** Without recursion: how deep a document nests is for its writers to say. */
function writeType(sink: Sink, root: ReadableType): void {
  const stack = [open(root)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const item = top.next ?? takeKey(sink, top);
    if (item === null) {
      sink.writeUint(END_OF_TYPE);
      stack.pop();
      continue;
    }
    const isInList = top.next !== null;
    const last = writeItem(sink, item, isInList);
    if (isInList) top.next = firstShown(last.right);
    if (item.content.getRef() === TYPE) stack.push(open(item.content.getContent()[0] as ReadableType));
  }
}

function takeKey(sink: Sink, top: Open): ReadableItem | null {
  if (top.hasKeysLeft) {
    top.hasKeysLeft = false;
    top.keys.reverse();
    sink.writeUint(END_OF_LIST);
  }
  const entry = top.keys.pop();
  if (!entry) return null;
  sink.writeString(entry[0]);
  return entry[1];
}

/** @returns the last item that was written: a run of text is one, however it is cut. */
function writeItem(sink: Sink, item: ReadableItem, isInList: boolean): ReadableItem {
  const { id, content } = item;
  const ref = content.getRef();
  const begin = (clock: number): void => {
    sink.writeUint(ref);
    sink.writeUint(id.client);
    sink.writeUint(clock);
  };
  if (ref === STRING) {
    begin(id.clock);
    return writeRun(sink, item, isInList);
  }
  if (ref === ANY_VALUES || ref === JSON_VALUES) {
    for (const [index, value] of content.getContent().entries()) {
      begin(id.clock + index);
      if (ref === ANY_VALUES) sink.writeAny(value);
      else sink.writeJSON(value);
    }
    return item;
  }
  begin(id.clock);
  content.write(sink as never, 0);
  return item;
}

function writeRun(sink: Sink, item: ReadableItem, isInList: boolean): ReadableItem {
  let last = item;
  let text = item.content.str ?? '';
  for (let next = isInList ? firstShown(item.right) : null; next; next = firstShown(next.right)) {
    const continues = next.id.client === item.id.client && next.id.clock === item.id.clock + text.length;
    if (!continues || next.content.getRef() !== STRING) break;
    text += next.content.str ?? '';
    last = next;
  }
  sink.writeString(text);
  return last;
}
