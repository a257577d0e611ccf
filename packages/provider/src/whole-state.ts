// The whole state of a Y.Doc as one update, encoded in portions, for a long document takes a page's time when it is done at
// once. Portion by portion it takes what each client wrote, in its order; the last one adds what has come meanwhile and what is
// deleted by then, so that the update is that of the moment of the last portion.

import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

/** Of Yjs, in one portion: some 5 ms. */
const STRUCTS = 1_000;

/** What is written of one client: everything up to `clock`, in so many structs. */
interface Part {
  readonly client: number;
  readonly encoder: Y.UpdateEncoderV1;
  clock: number;
  structs: number;
}

/** @param structs in a portion. Each `next()` does one; the Y.Doc may change in between. The last one returns the update. */
export function* wholeState(doc: Y.Doc, structs = STRUCTS): Generator<undefined, Uint8Array, undefined> {
  const parts = new Map<number, Part>();
  let left = structs;
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(doc))) {
    const part = partOf(client, parts);
    while (part.clock < clock) {
      left -= write(part, doc, left);
      if (left > 0) continue;
      left = structs;
      yield;
    }
  }
  for (const client of doc.store.clients.keys()) write(partOf(client, parts), doc, Number.POSITIVE_INFINITY);
  return update(parts, doc);
}

function partOf(client: number, parts: Map<number, Part>): Part {
  let part = parts.get(client);
  if (!part) {
    part = { client, encoder: new Y.UpdateEncoderV1(), clock: 0, structs: 0 };
    parts.set(client, part);
  }
  return part;
}

/** @returns how many it wrote, up to `most` */
function write(part: Part, doc: Y.Doc, most: number): number {
  if (part.clock >= Y.getState(doc.store, part.client)) return 0;
  const structs = doc.store.clients.get(part.client)!;
  // It may have become part of another one since.
  const from = Y.findIndexSS(structs, part.clock);
  const written = structs.slice(from, from + most);
  for (const struct of written) {
    struct.write(part.encoder, part.clock - struct.id.clock);
    part.clock = struct.id.clock + struct.length;
  }
  part.structs += written.length;
  return written.length;
}

function update(parts: ReadonlyMap<number, Part>, doc: Y.Doc): Uint8Array {
  const encoder = encoding.createEncoder();
  // As Yjs does: it makes integrating cheaper.
  const inOrder = [...parts.values()].filter((part) => part.structs > 0).sort((a, b) => b.client - a.client);
  encoding.writeVarUint(encoder, inOrder.length);
  for (const part of inOrder) {
    encoding.writeVarUint(encoder, part.structs);
    encoding.writeVarUint(encoder, part.client);
    encoding.writeVarUint(encoder, 0);
    encoding.writeUint8Array(encoder, part.encoder.toUint8Array());
  }
  // An update without a struct: a byte says so, and all deletions follow.
  encoding.writeUint8Array(encoder, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc)).subarray(1));
  return encoding.toUint8Array(encoder);
}
