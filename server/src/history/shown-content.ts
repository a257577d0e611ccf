// What a document shows, as bytes to be compared: two documents have the same if they show the same, whoever wrote it and
// under whatever ids. It is read as bare items, whatever types they are used as elsewhere.

import * as Y from 'yjs';

/** Any shared type, whatever it is used as. */
type SharedType = Y.ContentType['type'];

/** No kind of content of Yjs: what follows belongs to the type around. */
const END_OF_LIST = 20;
const END_OF_TYPE = 21;

/** A type whose children are still to be read: those in the list, then those under keys. */
interface Open {
  next: Y.Item | null;
  readonly keys: (readonly [key: string, item: Y.Item])[];
  hasKeysLeft: boolean;
}

export function shownContent(doc: Y.Doc): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  for (const [name, type] of [...doc.share].sort(byName)) {
    const root = open(type as SharedType);
    // A root that was only asked for shows as much as one that nobody knows.
    if (root.next === null && root.keys.length === 0) continue;
    encoder.writeString(name);
    writeType(encoder, root);
  }
  return encoder.toUint8Array();
}

export const showsSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const open = (type: SharedType): Open => ({
  next: firstShown(type._start),
  keys: [...type._map].filter(([, item]) => !item.deleted).sort(byName),
  hasKeysLeft: true,
});

function firstShown(item: Y.Item | null): Y.Item | null {
  let next = item;
  while (next?.deleted) next = next.right;
  return next;
}

/** Without recursion: how deep a document nests is for its writers to say. */
function writeType(encoder: Y.UpdateEncoderV1, root: Open): void {
  const stack = [root];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const isInList = top.next !== null;
    const item = top.next ?? takeKey(encoder, top);
    if (item === null) {
      encoder.writeTypeRef(END_OF_TYPE);
      stack.pop();
      continue;
    }
    const last = writeItem(encoder, item, isInList);
    if (isInList) top.next = firstShown(last.right);
    if (item.content instanceof Y.ContentType) stack.push(open(item.content.type));
  }
}

function takeKey(encoder: Y.UpdateEncoderV1, top: Open): Y.Item | null {
  if (top.hasKeysLeft) {
    top.hasKeysLeft = false;
    top.keys.reverse();
    encoder.writeTypeRef(END_OF_LIST);
  }
  const entry = top.keys.pop();
  if (!entry) return null;
  encoder.writeString(entry[0]);
  return entry[1];
}

/** @returns the last item that was written: a run of text is one, however it is cut */
function writeItem(encoder: Y.UpdateEncoderV1, item: Y.Item, isInList: boolean): Y.Item {
  const { content } = item;
  if (content instanceof Y.ContentString) {
    encoder.writeTypeRef(content.getRef());
    return writeRun(encoder, item, content.str, isInList);
  }
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) {
    for (const value of content.arr) {
      encoder.writeTypeRef(content.getRef());
      encoder.writeAny(value);
    }
    return item;
  }
  encoder.writeTypeRef(content.getRef());
  content.write(encoder, 0);
  return item;
}

function writeRun(encoder: Y.UpdateEncoderV1, item: Y.Item, start: string, isInList: boolean): Y.Item {
  let last = item;
  let text = start;
  for (let next = isInList ? firstShown(item.right) : null; next; next = firstShown(next.right)) {
    if (!(next.content instanceof Y.ContentString)) break;
    text += next.content.str;
    last = next;
  }
  encoder.writeString(text);
  return last;
}
